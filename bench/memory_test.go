package main

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
)

// smallMLPStep has gradients large enough to be recycled.
func smallMLPStep() step {
	model := nn.Sequential{linear(1, 32, 64), nn.NewReLU(), linear(3, 64, 10)}
	return train(model, optim.NewAdam(nn.Parameters(model)), loss.NewCrossEntropyLoss(),
		autograd.Const(normal(7, 64, 32)), autograd.Const(integers(8, 10, 64)))
}

// alive returns what is alive on the heap.
func alive() float64 {
	for range 3 { // a pool lets go of its buffers in the second collection
		runtime.GC()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// Nothing piles up from step to step: neither graphs nor buffers.
func TestMemoryStaysFlat(t *testing.T) {
	for name, c := range map[string]struct {
		setup func() step
		steps int
	}{"XOR": {xorStep, 10_000}, "MLP": {smallMLPStep, 1000}} {
		t.Run(name, func(t *testing.T) {
			step := c.setup()
			for range 100 {
				step.run()
			}
			before := alive()
			for range c.steps - 100 {
				step.run()
			}
			after := alive()
			assert.LessOrEqual(t, after, 1.05*before+4096)
			runtime.KeepAlive(step)
		})
	}
}

func TestXORStepAllocatesLittle(t *testing.T) {
	assert.LessOrEqual(t, testing.AllocsPerRun(100, xorStep().run), 60.0)
}
