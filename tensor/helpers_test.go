package tensor

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	inf = math.Inf(1)
	nan = math.NaN()
	neg = math.Copysign(0, -1)
)

// shapes are tried wherever one operand is enough.
var shapes = []Shape{{}, {1}, {5}, {0}, {2, 3}, {3, 0}, {1, 4, 1}, {2, 3, 4}, {2, 1, 3, 2}, {2, 2, 1, 3, 2}}

// each calls f with every index of shape in row-major order.
func each(shape Shape, f func(at []int)) {
	at := make([]int, len(shape))
	for k := range shape.Size() {
		for i := len(shape) - 1; i >= 0; i-- {
			at[i] = k % shape[i]
			k /= shape[i]
		}
		f(at)
	}
}

// normal returns reproducible normal numbers of the type; whole ones for
// integers, signs for bools.
func normal(d DType, shape ...int) *Tensor {
	rng := rand.New(rand.NewPCG(11, uint64(Shape(shape).Size())))
	x := d.Zeros(shape...)
	each(shape, func(at []int) {
		v := rng.NormFloat64()
		switch d {
		case Int64:
			v = math.Round(4 * v)
		case Bool:
			v = max(0, v)
		}
		x.Set(v, at...)
	})
	return x
}

// spread returns element at of x broadcast to as many axes as at has.
func spread(x *Tensor, at []int) float64 {
	own := make([]int, x.Dims())
	for i := range own {
		own[i] = min(at[len(at)-len(own)+i], x.shape[i]-1)
	}
	return x.At(own...)
}

// requireShape checks type and shape.
func requireShape(t *testing.T, d DType, shape Shape, x *Tensor, why ...any) {
	t.Helper()
	require.Equal(t, d, x.DType(), why...)
	require.True(t, shape.Equal(x.Shape()), "%v: shape %v, want %v", why, x.Shape(), shape)
	require.Equal(t, shape.Size(), x.Size(), why...)
}

// rejects checks that f panics with an *Error of the operation whose text has
// every part, and that shapes counts the shapes it speaks of.
func rejects(t *testing.T, op string, shapes int, f func(), parts ...string) {
	t.Helper()
	defer func() {
		t.Helper()
		e, ok := recover().(*Error)
		if !ok {
			t.Errorf("%s: no *Error was raised", op)
			return
		}
		assert.Equal(t, op, e.Op)
		assert.Len(t, e.Shapes, shapes, e.Msg)
		for _, p := range parts {
			assert.Contains(t, e.Error(), p)
		}
	}()
	f()
}

// near compares all elements with want, NaN being near NaN.
func near(t *testing.T, want []float64, x *Tensor, eps float64, why ...any) {
	t.Helper()
	got := x.Float64s()
	require.Len(t, got, len(want), why...)
	for i, w := range want {
		if w == got[i] || w != w && got[i] != got[i] {
			continue
		}
		require.InDelta(t, w, got[i], eps*max(1, math.Abs(w)), why...)
	}
}

func eps(d DType) float64 {
	if d == Float32 {
		return 2e-6
	}
	return 1e-12
}
