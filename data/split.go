package data

import (
	"cmp"
	"math"
	"slices"

	"github.com/declive/declive/tensor"
)

// Subset is some samples of a dataset.
type Subset struct {
	Dataset Dataset
	Indices []int // sample i is Dataset's sample Indices[i]
}

// Len returns the number of samples.
func (s *Subset) Len() int { return len(s.Indices) }

// At returns the samples at indices. It panics when an index is outside
// 0 … Len−1.
func (s *Subset) At(indices []int) Batch {
	checkIndices("data.Subset.At", indices, len(s.Indices))
	inner := make([]int, len(indices))
	for i, index := range indices {
		inner[i] = s.Indices[index]
	}
	return s.Dataset.At(inner)
}

// Split divides ds at random into a training and a test part; the fraction
// test of the samples, rounded to the nearest number, goes to the second. Both
// are in random order. The parts depend on ds.Len, test and seed only. For
// three parts split one again. It panics unless 0 ≤ test ≤ 1.
func Split(ds Dataset, test float64, seed uint64) (training, held *Subset) {
	order, k := splitOrder("data.Split", ds, test, seed)
	return &Subset{ds, order[k:]}, &Subset{ds, order[:k:k]}
}

// StratifiedSplit is Split with every class of Y, which must be 1-d int64,
// divided in the same proportion: of a class with n samples n·test rounded
// down are held out, and those still missing from the total are taken from
// the classes with the largest remainders. The parts depend on Y, test and
// seed only.
func StratifiedSplit(ds Dataset, test float64, seed uint64) (training, held *Subset) {
	const op = "data.StratifiedSplit"
	order, k := splitOrder(op, ds, test, seed)
	classes := classesOf(op, ds)
	quota := quotas(classes, test, k)
	training, held = &Subset{Dataset: ds}, &Subset{Dataset: ds}
	for _, i := range order {
		part := training
		if class := classes[i]; quota[class] > 0 {
			quota[class]--
			part = held
		}
		part.Indices = append(part.Indices, i)
	}
	return training, held
}

// splitOrder returns all samples in random order and how many are held out.
func splitOrder(op string, ds Dataset, test float64, seed uint64) (order []int, k int) {
	if !(test >= 0 && test <= 1) {
		panic(tensor.Errorf(op, "the fraction %v to hold out is not between 0 and 1", test))
	}
	n := ds.Len()
	return permutation(n, seed, 0, "split"), int(math.Round(test * float64(n)))
}

// quotas returns how many samples of each class to hold out, k in all.
func quotas(classes []int64, test float64, k int) map[int64]int {
	counts := map[int64]int{}
	for _, class := range classes {
		counts[class]++
	}
	type share struct {
		class     int64
		remainder float64
	}
	quota, shares := map[int64]int{}, make([]share, 0, len(counts))
	for class, n := range counts {
		whole, remainder := math.Modf(test * float64(n))
		quota[class] = int(whole)
		k -= int(whole)
		shares = append(shares, share{class, remainder})
	}
	slices.SortFunc(shares, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.remainder, a.remainder), cmp.Compare(a.class, b.class))
	})
	for _, s := range shares[:k] {
		quota[s.class]++
	}
	return quota
}

func classesOf(op string, ds Dataset) []int64 {
	classes := make([]int64, 0, ds.Len())
	for b := range inOrder(ds) {
		if b.Y == nil || b.Y.DType() != tensor.Int64 || b.Y.Dims() != 1 {
			panic(tensor.Errorf(op, "Y is not a 1-d int64 tensor of classes"))
		}
		classes = append(classes, tensor.Data[int64](b.Y)...)
	}
	return classes
}
