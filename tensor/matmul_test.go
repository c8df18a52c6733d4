package tensor

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/internal/kernel"
)

// naiveMatMul multiplies element by element through At.
func naiveMatMul(a, b *Tensor) ([]float64, Shape) {
	row, col := a.Dims() == 1, b.Dims() == 1
	if row {
		a = Reshape(a, 1, -1)
	}
	if col {
		b = Reshape(b, -1, 1)
	}
	m, k, n := a.Len(-2), a.Len(-1), b.Len(-1)
	batch, _ := Broadcast(a.shape[:a.Dims()-2], b.shape[:b.Dims()-2])
	var out []float64
	each(append(slices.Clone(batch), m, n), func(at []int) {
		i, j, s := at[len(at)-2], at[len(at)-1], 0.0
		for p := range k {
			s += spread(a, append(slices.Clone(at[:len(at)-2]), i, p)) * spread(b, append(slices.Clone(at[:len(at)-2]), p, j))
		}
		out = append(out, s)
	})
	shape := slices.Clone(batch)
	if !row {
		shape = append(shape, m)
	}
	if !col {
		shape = append(shape, n)
	}
	return out, shape
}

func TestMatMul(t *testing.T) {
	for _, s := range [][2]Shape{
		{{2, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{4, 8}, {8, 1}}, {{2, 3}, {3}}, {{3}, {3, 2}}, {{3}, {3}}, {{1}, {1}},
		{{9, 40, 40}, {9, 40, 40}}, {{5, 2, 3}, {3, 4}}, {{2, 5, 2, 3}, {3, 4}}, {{5, 2, 3}, {5, 3, 4}}, {{5, 2, 3}, {1, 3, 4}}, {{1, 2, 3}, {5, 3, 4}}, {{2, 3}, {5, 3, 4}},
		{{2, 1, 2, 3}, {5, 3, 4}}, {{2, 1, 2, 3}, {1, 5, 3, 4}}, {{5, 2, 3}, {3}}, {{3}, {5, 3, 4}}, {{2, 1, 4, 3}, {3}},
		{{0, 3}, {3, 2}}, {{2, 0}, {0, 3}}, {{2, 3}, {3, 0}}, {{0, 2, 3}, {3, 4}}, {{0, 2, 3}, {1, 3, 4}}, {{0}, {0}}, {{3}, {0, 3, 2}},
		{{40, 33}, {33, 70}},
	} {
		for _, d := range []DType{Float32, Float64} {
			a, b := normal(d, s[0]...), normal(d, s[1]...)
			want, shape := naiveMatMul(a, b)
			ta, tb := a, b
			if a.Dims() > 1 {
				ta = Transpose(a, -1, -2)
			}
			if b.Dims() > 1 {
				tb = Transpose(b, -1, -2)
			}
			for name, y := range map[string]*Tensor{
				"a·b": MatMul(a, b), "aᵀ": MatMul(ta, b, TransA), "bᵀ": MatMul(a, tb, TransB), "both": MatMul(ta, tb, TransA, TransB), "joined": MatMul(ta, tb, TransA|TransB),
			} {
				requireShape(t, d, shape, y, s, name)
				near(t, want, y, 10*eps(d), s, name)
			}
		}
	}
}

func TestMatMulRejects(t *testing.T) {
	const op = "tensor.MatMul"
	rejects(t, op, 2, func() { MatMul(Ones(2, 3), Ones(4, 5)) }, "[2 3]", "[4 5]")
	rejects(t, op, 2, func() { MatMul(Ones(2, 3), Ones(3, 5), TransA) }, "[2 3]ᵀ", "[3 5]")
	rejects(t, op, 2, func() { MatMul(Ones(2, 3), Ones(3, 5), TransB) }, "[3 5]ᵀ")
	rejects(t, op, 2, func() { MatMul(Ones(3), Ones(4)) }, "[3]", "[4]")
	rejects(t, op, 2, func() { MatMul(Ones(2, 2, 3), Ones(3, 3, 4)) }, "[2 2 3]", "[3 3 4]")
	rejects(t, op, 2, func() { MatMul(Scalar(2), Ones(3)) }, "0-d", "[3]")
	rejects(t, op, 2, func() { MatMul(Ones(3), Scalar(2)) }, "0-d")
	rejects(t, op, 1, func() { MatMul(Int64.Ones(2, 2), Int64.Ones(2, 2)) }, "int64 [2 2]")
	rejects(t, op, 2, func() { MatMul(Ones(2, 2), Float64.Ones(2, 2)) }, "float32", "float64")
}

func TestMatMulOfSpecialValues(t *testing.T) {
	a := FromSlice([][]float64{{0, 1}, {nan, 0}})
	b := FromSlice([][]float64{{inf, 1}, {2, 3}})
	near(t, []float64{nan, 3, nan, nan}, MatMul(a, b), 0) // 0·Inf is NaN, as IEEE 754 has it
}

// The hot operations of a small model cost the result and nothing more: its
// header and its elements.
func TestSmallOperationsAllocateOnlyTheirResult(t *testing.T) {
	if kernel.Poison {
		t.Skip("then small elements lie in buffers, too")
	}
	x, w, bias, mask := Ones(4, 8), Ones(8, 1), Ones(8), Bool.Ones(4, 8)
	for name, f := range map[string]func(){
		"Add": func() { Add(x, x) }, "Add bias": func() { Add(x, bias) }, "MatMul": func() { MatMul(x, w) }, "MatMul Aᵀ": func() { MatMul(x, x, TransA) },
		"Sum": func() { Sum(x) }, "Sum axis 0": func() { Sum(x, 0) }, "Mean": func() { Mean(x) }, "Max": func() { Max(x, 1) },
		"Tanh": func() { Tanh(x) }, "Sigmoid": func() { Sigmoid(x) }, "ReLU": func() { ReLU(x) }, "Square": func() { Square(x) }, "Neg": func() { Neg(x) },
		"Zeros": func() { Zeros(4, 8) }, "LogSoftmax": func() { LogSoftmax(x, 1) }, "Norm": func() { Norm(x, 2) }, "Var": func() { Var(x, 1, 0) },
		"Less": func() { Less(x, x) }, "Where": func() { Where(mask, x, x) },
	} {
		assert.LessOrEqual(t, testing.AllocsPerRun(100, f), 2.0, name)
	}
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { MulScalar(x, 2) }), 3.0, "MulScalar")
	assert.LessOrEqual(t, testing.AllocsPerRun(100, func() { Reshape(x, 8, 4) }), 1.0, "Reshape")
}
