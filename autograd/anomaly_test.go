package autograd_test

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// below returns the position of the line after its caller's.
func below() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", file, line+1)
}

func watched(v ...float64) *variable { return vector(v...).Watch() }

func TestWatchNamesTheForwardOperation(t *testing.T) {
	var line string
	err := autograd.Try(func() {
		x := watched(1, 0, 4)
		line = below()
		x.Sub(autograd.Const(tensor.Float64.Ones(3))).Log()
	})
	require.EqualError(t, err, "autograd.Watch: Log at "+line+" produced NaN at [1] (1 of 3 elements); input 0 is [3] in [-1, 3] from Sub at "+line+
		"; the logarithm needs positive input; Log1p is exact near 0")
}

func TestWatchNamesTheBackwardOperation(t *testing.T) {
	var made, walked string
	err := autograd.Try(func() {
		made = below()
		y := watched(4, 0).Sqrt()
		z := y.Sum()
		walked = below()
		z.Backward()
	})
	require.ErrorContains(t, err, "Div at "+walked+" produced +Inf at [1] (1 of 2 elements)")
	require.ErrorContains(t, err, "this was in the gradient of Sqrt at "+made+"; the root needs positive input")
}

func TestWatchFusedKernelsAndHooks(t *testing.T) {
	bad := func(g *tensor.Tensor, _ []bool) []*tensor.Tensor {
		return []*tensor.Tensor{tensor.MulScalar(g, math.NaN())}
	}
	x := scalar(1).Watch()
	err := autograd.Try(func() { autograd.Fused("loss.Bad", tensor.Float64.Scalar(1), nil, bad, x).Backward() })
	require.ErrorContains(t, err, "holds NaN at []")
	require.ErrorContains(t, err, "in the gradient of loss.Bad at ")
}

func TestWatchSuggests(t *testing.T) {
	for want, f := range map[string]func(){
		"LogSoftmax":     func() { watched(0, 2000).Softmax(0).Log() },
		"LogSigmoid":     func() { watched(-2000).Sigmoid().Log() },
		"BCEWithLogits":  func() { watched(2000).Sigmoid().Neg().AddScalar(1).Log() },
		"LogSumExp":      func() { watched(-2000).Exp().Sum().Log() },
		"overflows":      func() { watched(2000).Exp() },
		"divisor":        func() { watched(1).Div(autograd.Const(tensor.Float64.Zeros(1))) },
		"unmasked":       func() { watched(math.Inf(-1), math.Inf(-1)).Softmax(0) },
		"whole exponent": func() { watched(-2).PowScalar(0.5) },
	} {
		require.ErrorContains(t, autograd.Try(f), want)
	}
}

func TestWatchCountsWhatIsNotFinite(t *testing.T) {
	x := autograd.Const(tensor.FromSlice([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 2, -3}))
	err := autograd.Try(func() { watched(0, 0, 0, 0, 0).Add(x) })
	require.ErrorContains(t, err, "was given NaN in input 1")
	require.ErrorContains(t, err, "input 1 is [5] in [-3, 2] and 1 NaN and 1 +Inf and 1 -Inf")
	require.ErrorContains(t, autograd.Try(func() { watched(math.NaN()) }), "the variable watched at ")
}

// Infinities on purpose, forward and backward, are no anomaly.
func TestWatchLetsMasksPass(t *testing.T) {
	mask := tensor.FromSlice([]bool{true, false, false})
	minusInf := autograd.Const(tensor.Float64.Scalar(math.Inf(-1)))
	for name, f := range map[string]func(x *variable) *variable{
		"Where":     func(x *variable) *variable { return autograd.Where(mask, minusInf, x).Softmax(0).Square() },
		"LogSumExp": func(x *variable) *variable { return autograd.Where(mask, minusInf, x).LogSumExp() },
		"Max":       func(x *variable) *variable { return autograd.Where(mask, minusInf, x).Max() },
		"Pad":       func(x *variable) *variable { return x.Pad(math.Inf(-1), [2]int{1, 1}).Max() },
		"LogSoftmax": func(x *variable) *variable {
			return autograd.Where(mask, minusInf, x).LogSoftmax(0).IndexSelect(0, tensor.FromSlice([]int64{1, 2}))
		},
	} {
		require.NoError(t, autograd.Try(func() { f(watched(1, 2, 3)).Sum().Backward() }), name)
	}
	require.NoError(t, autograd.Try(func() { vector(-1).Log() }), "only watched graphs are checked")
}
