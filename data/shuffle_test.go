package data

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The orders were written down from this code when it was new, and must stay:
// checkpoints rely on them.
func TestPermutationIsFrozen(t *testing.T) {
	assert.Equal(t, []int{1, 5, 4, 0, 6, 7, 9, 2, 8, 3}, permutation(10, 1, 0, "shuffle"))
	assert.Equal(t, []int{3, 1, 9, 5, 7, 8, 4, 0, 2, 6}, permutation(10, 1, 1, "shuffle"))
	assert.Equal(t, []int{6, 1, 8, 5, 9, 7, 4, 2, 3, 0}, permutation(10, 2, 0, "shuffle"))
	assert.Equal(t, []int{0, 7, 9, 5, 2, 6, 8, 3, 4, 1}, permutation(10, 1, 0, "split"))
	big := permutation(100000, 42, 7, "shuffle")
	assert.Equal(t, []int{73214, 24117, 78792, 24665, 26801}, big[:5])
	assert.Equal(t, []int{14502, 90091, 31513, 87948, 69401}, big[99995:])
}

func TestPermutationHasEveryNumberOnce(t *testing.T) {
	for n := range 100 {
		p := permutation(n, 3, uint64(n), "shuffle")
		slices.Sort(p)
		for i, v := range p {
			assert.Equal(t, i, v)
		}
	}
}

// Over neighbouring seeds and epochs every sample must come to every place
// equally often: 9/10 of the 10×10 table's χ², whose rows and columns have fixed
// sums, has 81 degrees of freedom and exceeds 137.07 once in 10,000 times
// (scipy.stats.chi2.isf(1e-4, 81), SciPy 1.10.1).
func TestPermutationIsEven(t *testing.T) {
	const n, draws = 10, 20000
	var seen [n][n]float64
	for seed := range uint64(100) {
		for epoch := range uint64(draws / 100) {
			for place, v := range permutation(n, seed, epoch, "shuffle") {
				seen[place][v]++
			}
		}
	}
	chi2, want := 0.0, float64(draws)/n
	for _, row := range seen {
		for _, k := range row {
			chi2 += (k - want) * (k - want) / want
		}
	}
	assert.Less(t, chi2*(n-1)/n, 137.07)
}
