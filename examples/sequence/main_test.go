package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/tensor"
)

// Half would be right by chance, and three quarters to a network with a hidden
// layer that is given how often each pair of neighbours is there.
func TestLearns(t *testing.T) {
	held, longer := run(1)
	require.Greater(t, held, 0.95)
	require.Greater(t, longer, 0.85)
}

func TestPuzzles(t *testing.T) {
	const n = 1000
	puzzles := data.All(puzzles(n, 6, 16, rand.New(rand.NewPCG(2, 0))))
	seen := map[string]bool{}
	for i := range n {
		var s strings.Builder
		for j := range puzzles.X.Len(1) {
			if number := int(puzzles.X.At(i, j)); number > 0 {
				s.WriteByte(brackets[number-1])
			}
		}
		require.False(t, seen[s.String()], "%s is there twice", s.String())
		seen[s.String()] = true
		require.False(t, strings.Contains(s.String(), "(]") || strings.Contains(s.String(), "[)"), "%s gives itself away", s.String())
		require.Equal(t, vanishes(s.String()), puzzles.Y.At(i) == 1, s.String())
	}
	require.Equal(t, 0.5, tensor.Mean(puzzles.Y.To(tensor.Float64)).Item())
}

// vanishes reports whether nothing remains of s when pairs are taken out.
func vanishes(s string) bool {
	for before := ""; s != before; {
		before, s = s, strings.NewReplacer("()", "", "[]", "").Replace(s)
	}
	return s == ""
}

// What lies behind a string and beside it in a batch does not change its scores.
func TestPaddingIsNotRead(t *testing.T) {
	model := newReader(4, 8, rand.New(rand.NewPCG(3, 0)))
	alone := model.Forward(autograd.Untracked(tensor.FromSlice([][]int64{{1, 2, 4, 3}})))
	beside := model.Forward(autograd.Untracked(tensor.FromSlice([][]int64{{1, 3, 2, 1, 3, 4}, {1, 2, 4, 3, 0, 0}})))
	require.InDeltaSlice(t, alone.Value().Float64s(), beside.Slice(0, 1, 2).Value().Float64s(), 1e-6)
}
