package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
)

func allCases() (all []benchCase) {
	for _, s := range sections() {
		all = append(all, s.cases...)
	}
	return all
}

// Every case has a function in torch/*.py and every such function a case.
func TestBothSidesHaveEveryCase(t *testing.T) {
	var theirs []string
	for _, m := range regexp.MustCompile(`(?m)^@case\ndef (\w+)\(`).FindAllStringSubmatch(torchProgram(), -1) {
		theirs = append(theirs, m[1])
	}
	var ours []string
	for _, c := range allCases() {
		ours = append(ours, c.function())
	}
	assert.Equal(t, len(theirs), len(unique(theirs)), "a function is defined twice")
	assert.Equal(t, strings.Count(torchProgram(), "@case"), len(theirs)+1, "and the comment that names it")
	assert.Equal(t, unique(theirs), unique(ours))
}

func unique(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allCases() {
		assert.False(t, seen[c.name], c.name)
		assert.NotContains(t, c.name, " ", "a space separates words of the protocol")
		seen[c.name] = true
	}
}

// Every registered loss is measured, on large input and on small.
func TestEveryLossIsMeasured(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allCases() {
		seen[c.name] = true
	}
	for _, name := range loss.Names() {
		assert.True(t, seen[name+":large"], "%s on large input is not measured", name)
		assert.True(t, seen[name+":small"], "%s on a small batch is not measured", name)
	}
}

// Every registered optimizer is measured.
func TestEveryOptimizerIsMeasured(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range optimizerCases() {
		seen[c.name] = true
	}
	for _, name := range optim.Names() {
		assert.True(t, seen[name], "%s is not measured", name)
	}
}

// A reason for what nobody measures is an old one.
func TestReasonsAreOfCases(t *testing.T) {
	known := map[string]bool{xorName + "/time": true, xorName + "/allocations": true, xorHeap: true}
	for _, s := range sections() {
		known[meanReason(s)] = true
		for _, c := range s.cases {
			known[c.name], known[c.name+"/1"], known[c.name+"/2"], known[c.name+"/peak"] = true, true, !c.single, c.peak
		}
	}
	for name := range reasons(reasonText) {
		assert.True(t, known[name], "reasons.txt: %q", name)
	}
	assert.Equal(t, map[string]string{"a": "why | so"}, reasons("# b | c\na | why | so\n"))
}

// The small cases run, which is quick, and what they compute is finite.
func TestSmallCasesRun(t *testing.T) {
	for _, c := range allCases() {
		if !strings.Contains(c.name, ":small") && c.name != xorName {
			continue
		}
		s := c.setup()
		s.run()
		s.run()
		for i, v := range sums(s.outputs()) {
			assert.Greater(t, v, 0., "%s: output %d", c.name, i)
			assert.Less(t, v, 1e6, "%s: output %d", c.name, i)
		}
	}
}

// torch/base.py computed these.
func TestDataIsPythons(t *testing.T) {
	assert.Equal(t, []float64{0.7582691609859467, 0.6846946179866791, 0.5255776941776276}, uniform(3, 3))
	assert.Equal(t, []float64{1.4649505615234375, 1.675411581993103}, normal(3, 2).Float64s())
	assert.Equal(t, []float64{7, 6, 5, 8}, integers(3, 10, 4).Float64s())
}

func TestDifference(t *testing.T) {
	assert.Empty(t, difference([]float64{1, 0}, []float64{1.0005, 0}))
	assert.Contains(t, difference([]float64{1, 2}, []float64{1, 2.1}), "result 1")
	assert.Contains(t, difference([]float64{1}, nil), "1 results")
	require.NotEmpty(t, difference([]float64{1}, []float64{0}))
}
