package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

// quadratic is ½xᵀAx + bᵀx for a 3-vector: gradient Ax + b, Hessian A.
var (
	quadraticA = tensor.FromSlice([][]float64{{4, 1, 0.5}, {1, 3, -2}, {0.5, -2, 5}})
	quadraticB = tensor.FromSlice([]float64{1, -1, 2})
)

func quadratic(x []*variable) *variable {
	ax := autograd.Const(quadraticA).MatMul(x[0])
	return x[0].MatMul(ax).MulScalar(0.5).Add(x[0].MatMul(autograd.Const(quadraticB)))
}

func close(t *testing.T, want, got *tensor.Tensor) {
	t.Helper()
	require.True(t, tensor.AllClose(want, got, 1e-12, 1e-12), "want\n%v\ngot\n%v", want, got)
}

// kinds are the three leaves from which derivatives may be asked for.
var kinds = map[string]func(*tensor.Tensor) *variable{
	"new": autograd.New, "const": autograd.Const, "untracked": autograd.Untracked,
}

func TestVJP(t *testing.T) {
	w := tensor.FromSlice([][]float64{{1, 2, 3}, {4, 5, 6}})
	x := tensor.FromSlice([]float64{1, -1, 2})
	v := tensor.FromSlice([]float64{10, 1})
	for name, kind := range kinds {
		y, grads := autograd.VJP(func(x []*variable) *variable { return x[0].MatMul(x[1]) },
			[]*variable{kind(w), kind(x)}, autograd.Const(v))
		close(t, tensor.FromSlice([]float64{5, 11}), y.Value())
		// vxᵀ and Wᵀv
		close(t, tensor.FromSlice([][]float64{{10, -10, 20}, {1, -1, 2}}), grads[0].Value())
		close(t, tensor.FromSlice([]float64{14, 25, 36}), grads[1].Value())
		for _, r := range append(grads, y) {
			assert.Equal(t, name == "untracked", r.IsUntracked(), name)
			assert.Equal(t, name != "untracked", r.WantsGrad(), name)
		}
	}
	_, grads := autograd.VJP(quadratic, []*variable{autograd.Const(x)}, nil)
	close(t, tensor.FromSlice([]float64{5, -7, 14.5}), grads[0].Value()) // Ax + b
}

func TestJVP(t *testing.T) {
	x := tensor.FromSlice([]float64{1, -1, 2})
	v := tensor.FromSlice([]float64{0.5, 2, -1})
	for name, kind := range kinds {
		y, dy := autograd.JVP(func(x []*variable) *variable { return x[0].Square().Mul(x[1]) },
			[]*variable{kind(x), kind(v)}, []*variable{autograd.Const(v), autograd.Const(x)})
		close(t, tensor.FromSlice([]float64{0.5, 2, -4}), y.Value())
		// 2x·w·v + x²·dw, with w = v and dw = x
		close(t, tensor.FromSlice([]float64{1.5, -9, 12}), dy.Value())
		assert.Equal(t, name == "untracked", dy.IsUntracked())
	}
	_, dy := autograd.JVP(quadratic, []*variable{autograd.Const(x)}, []*variable{autograd.Untracked(v)})
	require.InDelta(t, 5*0.5-7*2-14.5, dy.Item(), 1e-12)
	assert.True(t, dy.IsUntracked())
}

func TestJVPOfConstantFunction(t *testing.T) {
	x := autograd.Const(tensor.FromSlice([]float64{1, 2}))
	y, dy := autograd.JVP(func(x []*variable) *variable { return autograd.Const(tensor.Float64.Ones(3)) },
		[]*variable{x}, []*variable{x})
	assert.Equal(t, 3, y.Size())
	close(t, tensor.Float64.Zeros(3), dy.Value())
}

func TestJacobian(t *testing.T) {
	a := tensor.FromSlice([][]float64{{1, 2}, {3, 4}})
	b := tensor.FromSlice([]float64{5, 7})
	for _, kind := range kinds {
		j := autograd.Jacobian(func(x []*variable) *variable { return x[0].Mul(x[1]) }, kind(a), kind(b))
		require.Equal(t, tensor.Shape{2, 2, 2, 2}, j[0].Shape())
		require.Equal(t, tensor.Shape{2, 2, 2}, j[1].Shape())
		for i := range 2 {
			for k := range 2 {
				for l := range 2 {
					for m := range 2 { // ∂a_ik·b_k/∂a_lm = b_k when (i, k) = (l, m)
						want := 0.0
						if i == l && k == m {
							want = b.At(k)
						}
						assert.Equal(t, want, j[0].Value().At(i, k, l, m))
					}
					want := 0.0 // ∂a_ik·b_k/∂b_l = a_ik when k = l
					if k == l {
						want = a.At(i, k)
					}
					assert.Equal(t, want, j[1].Value().At(i, k, l))
				}
			}
		}
	}
}

func TestJacobianShapes(t *testing.T) {
	x := autograd.Const(tensor.Float64.Ones(2, 3))
	unused := autograd.Const(tensor.Float64.Ones(4))
	j := autograd.Jacobian(func(x []*variable) *variable { return x[0].Sum() }, x, unused)
	close(t, tensor.Float64.Ones(2, 3), j[0].Value())
	close(t, tensor.Float64.Zeros(4), j[1].Value())
	j = autograd.Jacobian(func(x []*variable) *variable { return x[0].Slice(0, 0, 0) }, x)
	require.Equal(t, tensor.Shape{0, 3, 2, 3}, j[0].Shape())
}

func TestHessianAndHVP(t *testing.T) {
	x := tensor.FromSlice([]float64{1, -1, 2})
	v := tensor.FromSlice([]float64{1, 0.5, -1})
	for name, kind := range kinds {
		h := autograd.Hessian(quadratic, kind(x))
		close(t, quadraticA, h[0][0].Value())
		assert.Equal(t, name == "untracked", h[0][0].IsUntracked())
		y, hv := autograd.HVP(quadratic, []*variable{kind(x)}, []*variable{autograd.Const(v)})
		close(t, tensor.MatMul(quadraticA, v), hv[0].Value())
		require.InDelta(t, quadratic([]*variable{autograd.Const(x)}).Item(), y.Item(), 1e-12)
	}
}

// y = Σ a²b has blocks 2b, 2a, 2a and 0 on their diagonals.
func TestHessianBlocks(t *testing.T) {
	a, b := tensor.FromSlice([]float64{2, 3}), tensor.FromSlice([]float64{5, 7})
	f := func(x []*variable) *variable { return x[0].Square().Mul(x[1]).Sum() }
	h := autograd.Hessian(f, autograd.New(a), autograd.New(b))
	close(t, tensor.FromSlice([][]float64{{10, 0}, {0, 14}}), h[0][0].Value())
	close(t, tensor.FromSlice([][]float64{{4, 0}, {0, 6}}), h[0][1].Value())
	close(t, tensor.FromSlice([][]float64{{4, 0}, {0, 6}}), h[1][0].Value())
	close(t, tensor.Float64.Zeros(2, 2), h[1][1].Value())

	linear := func(x []*variable) *variable { return x[0].Add(x[1]).Sum() }
	h = autograd.Hessian(linear, autograd.Const(a), autograd.Untracked(b))
	close(t, tensor.Float64.Zeros(2, 2), h[0][1].Value())
	_, hv := autograd.HVP(func(x []*variable) *variable { return x[0].Sum() }, []*variable{autograd.New(a)}, []*variable{autograd.Const(a)})
	close(t, tensor.Float64.Zeros(2), hv[0].Value())
}

// A gradient penalty: the derivative of a Jacobian with respect to a parameter
// that f closes over, and to an input computed from another.
func TestDerivativesCanBeDifferentiated(t *testing.T) {
	x, w := tensor.FromSlice([]float64{0.3, -0.8}), tensor.FromSlice([]float64{1.5, 0.4})
	require.NoError(t, gradcheck.Check(func(in []*variable) *variable {
		f := func(x []*variable) *variable { return x[0].Mul(in[1]).Tanh() }
		_, g := autograd.VJP(f, []*variable{in[0].Square()}, in[0])
		_, d := autograd.JVP(f, []*variable{in[0]}, []*variable{in[1]})
		j := autograd.Jacobian(f, in[0].Exp())
		return g[0].Add(d).Add(j[0].Sum(0))
	}, x, w))
}

func TestTangentErrors(t *testing.T) {
	x := autograd.Const(tensor.FromSlice([]float64{1, 2}))
	short := autograd.Const(tensor.FromSlice([]float64{1}))
	f := func(x []*variable) *variable { return x[0].Square().Sum() }
	for _, c := range []struct {
		vs   []*variable
		want string
	}{
		{[]*variable{short}, "autograd.HVP: vector 0 is float64 [1], input 0 is float64 [2]"},
		{nil, "autograd.HVP: 0 vectors for 1 inputs"},
	} {
		require.EqualError(t, autograd.Try(func() { autograd.HVP(f, []*variable{x}, c.vs) }), c.want)
	}
}
