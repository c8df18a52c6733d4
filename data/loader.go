package data

import (
	"iter"

	"github.com/declive/declive/tensor"
)

// Loader cuts a dataset into batches, epoch after epoch. It has no state: its
// methods may be called again, in any order and from several goroutines.
type Loader struct {
	Dataset   Dataset
	BatchSize int    // samples in a batch, at least 1; the last may have fewer
	Shuffle   bool   // each epoch in an order of its own
	Seed      uint64 // of the shuffling
	DropLast  bool   // leave out a last batch with fewer than BatchSize samples

	// Workers is the number of goroutines that prepare batches ahead of the
	// loop, each up to two of them. 0 prepares each batch when the loop asks
	// for it. The batches and their order do not depend on it.
	Workers int
}

// Len returns the number of batches in an epoch. It panics when BatchSize is
// not positive.
func (l Loader) Len() int {
	l.check("data.Loader.Len")
	n := l.Dataset.Len()
	if l.DropLast {
		return n / l.BatchSize
	}
	return (n + l.BatchSize - 1) / l.BatchSize
}

// Epoch returns the batches of epoch k, in an order that is a pure function of
// Seed and k when Shuffle is set and that of the dataset otherwise. A loop over
// them may end early; its workers then end too. What Dataset.At panics with is
// raised in the loop's goroutine, after the batches before it. Epoch panics
// when BatchSize is not positive or Workers is negative.
func (l Loader) Epoch(k int) iter.Seq[Batch] { return l.EpochFrom(k, 0) }

// EpochFrom returns the batches of epoch k without the first i, to go on where
// training was interrupted. The ones left out are not read. It panics like
// Epoch and when i is not between 0 and Len.
func (l Loader) EpochFrom(k, i int) iter.Seq[Batch] {
	const op = "data.Loader.Epoch"
	l.check(op)
	n := l.Len()
	if i < 0 || i > n {
		panic(tensor.Errorf(op, "batch %d is not between 0 and the %d of an epoch", i, n))
	}
	return func(yield func(Batch) bool) {
		order := l.order(k)
		at := func(b int) Batch {
			lo := b * l.BatchSize
			hi := min(lo+l.BatchSize, len(order))
			return l.Dataset.At(order[lo:hi:hi])
		}
		if l.Workers == 0 {
			for b := i; b < n && yield(at(b)); b++ {
			}
			return
		}
		prefetch(i, n, l.Workers, at, yield)
	}
}

func (l Loader) check(op string) {
	switch {
	case l.Dataset == nil:
		panic(tensor.Errorf(op, "Dataset is nil"))
	case l.BatchSize < 1:
		panic(tensor.Errorf(op, "BatchSize %d is not positive", l.BatchSize))
	case l.Workers < 0:
		panic(tensor.Errorf(op, "Workers %d is negative", l.Workers))
	}
}

// order returns the samples of epoch k, in order.
func (l Loader) order(k int) []int {
	if l.Shuffle {
		return permutation(l.Dataset.Len(), l.Seed, uint64(k), "shuffle")
	}
	order := make([]int, l.Dataset.Len())
	for i := range order {
		order[i] = i
	}
	return order
}

// inOrder returns all of ds in batches of moderate size.
func inOrder(ds Dataset) iter.Seq[Batch] {
	return Loader{Dataset: ds, BatchSize: 1024}.Epoch(0)
}
