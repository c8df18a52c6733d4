package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/tensor"
)

func TestSplitDividesEverySampleOnce(t *testing.T) {
	for name, split := range map[string]func(Dataset, float64, uint64) (*Subset, *Subset){
		"Split": Split, "StratifiedSplit": StratifiedSplit,
	} {
		for _, n := range []int{0, 1, 2, 10, 101} {
			for _, test := range []float64{0, 0.2, 0.5, 0.999, 1} {
				a, b := split(numbered(n), test, 7)
				assert.InDelta(t, test*float64(n), b.Len(), 0.5, "%s %d %v", name, n, test)
				both := slices.Sorted(slices.Values(append(slices.Clone(a.Indices), b.Indices...)))
				want := permutation(n, 0, 0, "")
				slices.Sort(want)
				assert.Equal(t, want, append([]int{}, both...), "%s %d %v", name, n, test)
				if part := All(b); n > 0 && test == 0.5 {
					for i, index := range b.Indices {
						assert.Equal(t, float64(index), part.Y.At(i))
					}
				}
			}
		}
		a, b := split(numbered(50), 0.2, 7)
		c, d := split(numbered(50), 0.2, 7)
		assert.Equal(t, a.Indices, c.Indices)
		assert.Equal(t, b.Indices, d.Indices)
		_, e := split(numbered(50), 0.2, 8)
		assert.NotEqual(t, b.Indices, e.Indices)
	}
}

func TestSplitIsFrozen(t *testing.T) { // as drawn when the code was new
	_, held := Split(numbered(20), 0.2, 1)
	assert.Equal(t, []int{14, 5, 15, 1}, held.Indices)
}

func TestStratifiedSplitKeepsProportions(t *testing.T) {
	_, held := StratifiedSplit(Iris(), 0.2, 1)
	assert.Equal(t, [3]int{10, 10, 10}, [3]int(counts(held, 3)))

	// Shares of 1, 2 and 5 samples at ⅓ are ⅓, ⅔ and 1⅔; of all 8 it is 3, rounded.
	y := tensor.New([]int64{2, 2, 2, 2, 2, 1, 1, 0})
	for seed := range uint64(20) {
		training, held := StratifiedSplit(NewTensorDataset(tensor.Zeros(8, 1), y), 1./3, seed)
		assert.Equal(t, []int{0, 1, 2}, counts(held, 3))
		assert.Equal(t, []int{1, 1, 3}, counts(training, 3))
	}
}

func counts(ds Dataset, classes int) []int {
	n := make([]int, classes)
	for _, class := range tensor.Data[int64](All(ds).Y) {
		n[class]++
	}
	return n
}

func TestSplitRejects(t *testing.T) {
	assert.PanicsWithError(t, "data.Split: the fraction 1.5 to hold out is not between 0 and 1",
		func() { Split(numbered(3), 1.5, 0) })
	assert.PanicsWithError(t, "data.StratifiedSplit: Y is not a 1-d int64 tensor of classes",
		func() { StratifiedSplit(NewTensorDataset(tensor.Zeros(3), tensor.Zeros(3)), 0.5, 0) })
}
