package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/optim"
)

const root = "../../.."

// Whether the pages are fresh is seen by running go generate; here, that they
// show what there is.
func TestLayers(t *testing.T) {
	source, err := readPackage(root, "nn")
	require.NoError(t, err)
	assert.True(t, source["CausalMask"].function)
	r := golden.Record{}
	r.Case("Conv2d", "float64")
	r.Case("Conv2d", "float32")
	r.Note("Conv2d", "value", "float64", 2.1e-16)
	r.Note("Conv2d", "gradient", "float32", 0)
	r.Case("Conv2d with a twist", "float64")
	r.Case("a | b", "float64")
	r.Case("CausalMask", "float64")
	var out strings.Builder
	require.NoError(t, layers(&out, source, r))
	page := out.String()
	assert.Contains(t, page, "\n1 layers, compared on 3 cases")
	assert.Contains(t, page, "and 2 cases of functions and\nwhole models")
	assert.Contains(t, page, "\n| [Conv2d](../nn/conv.go) | a convolution of images, ")
	assert.Contains(t, page, " | [page](https://pytorch.org/docs/1.13/generated/torch.nn.Conv2d.html) | 2 | 3e-16 | – | – | – | 0 | – |\n")
	assert.Contains(t, page, "\n| a \\| b |  | – | 1 | – | – | – | – | – | – |\n")
	assert.Contains(t, page, "\n| [Conv2d with a twist](../nn/conv.go) | a convolution")
	_, without, _ := strings.Cut(page, "## Without golden cases")
	assert.Contains(t, without, "\n- [Linear](../nn/linear.go): an affine map")
	assert.NotContains(t, without, "Conv2d](../nn/conv.go)")
	assert.NotContains(t, without, "StateError", "is no layer")

	r.Note("Conv2d", "third", "float64", 0)
	assert.EqualError(t, layers(&out, source, r), `Conv2d has a deviation of "third" in float64, which no table shows`)
}

func TestOptimizers(t *testing.T) {
	source, err := readPackage(root, "optim")
	require.NoError(t, err)
	r := golden.Record{}
	r.Case("SGD", "float32")
	r.Note("SGD", "trajectory", "float32", 3e-7)
	r.Note("LBFGS", "astray", "float64", 3)
	r.Case("one after the other", "float64")
	r.Note("one after the other", "rate", "float64", 0)
	var out strings.Builder
	require.NoError(t, optimizers(&out, source, r))
	opts, schedules, ok := strings.Cut(out.String(), "## Schedules")
	require.True(t, ok)
	assert.Contains(t, opts, "/torch.optim.SGD.html) | 1 | – | 3e-07 |\n")
	assert.Contains(t, opts, "\nLBFGS has steps")
	assert.Contains(t, opts, "at most 3 (float64) and 0 (float32) times")
	assert.Contains(t, schedules, "\n| one after the other |  | – | 1 | 0 |\n")
	for _, name := range optim.Names() {
		assert.Contains(t, opts, "\n| ["+name+"](../optim/")
	}
	for _, name := range optim.SchedulerNames() {
		assert.Contains(t, schedules, "\n| ["+name+"](../optim/")
	}
}

// A package whose tests fail has no figures.
func TestMeasureFails(t *testing.T) {
	_, err := measure(root, "no/such/package")
	assert.ErrorContains(t, err, "no/such/package")
}
