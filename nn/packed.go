package nn

import (
	"cmp"
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// PackedSequence holds sequences of different lengths without the padding:
// first the first steps of all, the longest sequence's ahead, then the second
// steps of those that have one, and so on.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.utils.rnn.PackedSequence.html
type PackedSequence struct {
	Data       *autograd.Variable // [steps of all sequences, features]
	BatchSizes []int              // how many sequences have a step t
	Order      []int              // which sequence each of the first steps is of; nil for 0, 1, 2 …
}

// PackPadded packs x, [T N features], whose sequence i is lengths[i] ≤ T steps
// long; transpose what is [N T features]. Lengths may come in any order, which
// is enforce_sorted=False in PyTorch: states and Padded keep to that order. It
// panics when there is not one length from 1 to T for each sequence.
func PackPadded(x *autograd.Variable, lengths []int) *PackedSequence {
	const op = "nn.PackPadded"
	if x.Dims() != 3 || x.Shape()[1] != len(lengths) || len(lengths) == 0 {
		panic(tensor.Errorf(op, "input %v is not [T N features] with N = %d, one for each length", x.Shape(), len(lengths)))
	}
	n := len(lengths)
	p := &PackedSequence{Order: make([]int, n)}
	for i, length := range lengths {
		if length < 1 || length > x.Shape()[0] {
			panic(tensor.Errorf(op, "length[%d] = %d is not from 1 to the %d steps of input %v", i, length, x.Shape()[0], x.Shape()))
		}
		p.Order[i] = i
	}
	slices.SortStableFunc(p.Order, func(a, b int) int { return cmp.Compare(lengths[b], lengths[a]) })
	var rows []int64
	for t := range lengths[p.Order[0]] {
		size := 0
		for _, i := range p.Order {
			if lengths[i] <= t {
				break
			}
			rows = append(rows, int64(t*n+i))
			size++
		}
		p.BatchSizes = append(p.BatchSizes, size)
	}
	p.Data = x.Reshape(x.Shape()[0]*n, x.Shape()[2]).IndexSelect(0, tensor.New(rows))
	return p
}

// Padded returns the sequences, [T N features] with zeros behind the shorter
// ones, and their lengths. It panics when p is not what PackPadded makes.
func (p *PackedSequence) Padded() (x *autograd.Variable, lengths []int) {
	p.check("nn.PackedSequence")
	n, steps, features := p.BatchSizes[0], len(p.BatchSizes), p.Data.Shape()[1]
	lengths = make([]int, n)
	var rows []int64
	for t, size := range p.BatchSizes {
		for k := range size {
			i := p.at(k)
			rows = append(rows, int64(t*n+i))
			lengths[i]++
		}
	}
	zeros := autograd.Const(p.Data.DType().Zeros(steps*n, features))
	return zeros.IndexAdd(0, tensor.New(rows), p.Data).Reshape(steps, n, features), lengths
}

// at returns which sequence comes at place k.
func (p *PackedSequence) at(k int) int {
	if p.Order == nil {
		return k
	}
	return p.Order[k]
}

func (p *PackedSequence) check(op string) {
	total, before := 0, 0
	for t, size := range p.BatchSizes {
		if size < 1 || t > 0 && size > before {
			panic(tensor.Errorf(op, "batch sizes %v are not falling counts", p.BatchSizes))
		}
		total, before = total+size, size
	}
	switch {
	case total == 0 || p.Data == nil || p.Data.Dims() != 2 || p.Data.Shape()[0] != total:
		panic(tensor.Errorf(op, "the packed data is not [%d features], as batch sizes %v demand", total, p.BatchSizes))
	case p.Order != nil && !permutation(p.Order, p.BatchSizes[0]):
		panic(tensor.Errorf(op, "order %v is not one of %d sequences", p.Order, p.BatchSizes[0]))
	}
}

// permutation reports whether order has each of 0 to n−1 once.
func permutation(order []int, n int) bool {
	sorted := slices.Sorted(slices.Values(order))
	for i, v := range sorted {
		if i != v {
			return false
		}
	}
	return len(order) == n
}

// sorted returns the states, [layers N hidden], in the order of the packing.
func (p *PackedSequence) sorted(op string, state *autograd.Variable) *autograd.Variable {
	if state == nil || p.Order == nil {
		return state
	}
	if state.Dims() != 3 || state.Shape()[1] != len(p.Order) {
		panic(tensor.Errorf(op, "state %v is not [layers·directions %d hidden]", state.Shape(), len(p.Order)))
	}
	index := tensor.Int64.Zeros(len(p.Order))
	for k, i := range p.Order {
		tensor.Data[int64](index)[k] = int64(i)
	}
	return state.IndexSelect(1, index)
}

// unsorted undoes sorted.
func (p *PackedSequence) unsorted(state *autograd.Variable) *autograd.Variable {
	if state == nil || p.Order == nil {
		return state
	}
	index := tensor.Int64.Zeros(len(p.Order))
	for k, i := range p.Order {
		tensor.Data[int64](index)[i] = int64(k)
	}
	return state.IndexSelect(1, index)
}
