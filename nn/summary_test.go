package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func TestSummaryLeavesTheModelAlone(t *testing.T) {
	on, off := nn.NewDropout(0.5, source()), nn.NewDropout(0.5, source())
	nn.Eval(off)
	m := nn.Sequential{on, off, nn.Sequential{linear()}}
	nn.To(m, tensor.Float64)
	text := nn.Summary(m, 4, 2)
	assert.True(t, on.Training())
	assert.False(t, off.Training())
	assert.Contains(t, text, "2.0      Linear      [4 3]   9")
	assert.Equal(t, text, nn.Summary(m, 4, 2), "the same text every time")
	fresh := source()
	assert.Equal(t, fresh.Uint64(), on.Rand.Uint64(), "nothing is drawn")

	assert.Error(t, autograd.Try(func() { nn.Summary(m, 4, 5) }))
	assert.True(t, on.Training(), "switched back after a panic, too")
}

func TestSummaryCountsTiedWeightsOnce(t *testing.T) {
	a, b := nn.NewLinear(2, 2, source()), nn.NewLinear(2, 2, source())
	b.Weight = a.Weight
	text := nn.Summary(nn.Sequential{a, b}, 2)
	assert.Contains(t, text, "0        Linear      [2]     6")
	assert.Contains(t, text, "1        Linear      [2]     2")
	assert.Contains(t, text, "total                        8")
}
