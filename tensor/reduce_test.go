package tensor

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// subsets returns every set of axes of a tensor with the given number of them.
func subsets(dims int) [][]int {
	var out [][]int
	for set := range 1 << dims {
		var axes []int
		for a := range dims {
			if set>>a&1 != 0 {
				axes = append(axes, a)
			}
		}
		out = append(out, axes)
	}
	return out
}

// naive reduces x by gathering each lane in row-major order. nil axes mean all.
func naive(x *Tensor, axes []int, f func([]float64) float64) (out []float64, dropped, kept Shape) {
	all := len(axes) == 0
	kept = slices.Clone(x.shape)
	dropped = Shape{}
	for i, d := range x.shape {
		if all || slices.Contains(axes, i) {
			kept[i] = 1
		} else {
			dropped = append(dropped, d)
		}
	}
	lanes := make([][]float64, kept.Size())
	each(x.shape, func(at []int) {
		k := 0
		for i, j := range at {
			k = k*kept[i] + min(j, kept[i]-1)
		}
		lanes[k] = append(lanes[k], x.At(at...))
	})
	for _, l := range lanes {
		out = append(out, f(l))
	}
	return out, dropped, kept
}

type reducer struct {
	name  string
	f     func(x *Tensor, axes ...int) *Tensor
	want  func([]float64) float64
	types []DType
	some  bool  // needs at least one element
	gives DType // when not the operand's type
}

func reductions() []reducer {
	sum := func(x []float64) float64 {
		s := 0.0
		for _, v := range x {
			s += v
		}
		return s
	}
	variance := func(correction float64) func(x []float64) float64 {
		return func(x []float64) float64 {
			m, s := sum(x)/float64(len(x)), 0.0
			for _, v := range x {
				s += (v - m) * (v - m)
			}
			return s / max(0, float64(len(x))-correction)
		}
	}
	floats, numbers, all := []DType{Float32, Float64}, []DType{Float32, Float64, Int64}, []DType{Float32, Float64, Int64, Bool}
	const same = DType(99)
	return []reducer{
		{"Sum", Sum, sum, all, false, same},
		{"Prod", Prod, func(x []float64) float64 {
			p := 1.0
			for _, v := range x {
				p *= v
			}
			return p
		}, numbers, false, same},
		{"Mean", Mean, func(x []float64) float64 { return sum(x) / float64(len(x)) }, floats, false, same},
		{"Var", func(x *Tensor, axes ...int) *Tensor { return Var(x, 0, axes...) }, variance(0), floats, false, same},
		{"Var", func(x *Tensor, axes ...int) *Tensor { return Var(x, 1, axes...) }, variance(1), floats, false, same},
		{"Max", Max, slices.Max[[]float64], numbers, true, same},
		{"Min", Min, slices.Min[[]float64], numbers, true, same},
		{"ArgMax", ArgMax, func(x []float64) float64 { return float64(slices.Index(x, slices.Max(x))) }, numbers, true, Int64},
		{"ArgMin", ArgMin, func(x []float64) float64 { return float64(slices.Index(x, slices.Min(x))) }, numbers, true, Int64},
		{"LogSumExp", LogSumExp, func(x []float64) float64 {
			s := 0.0
			for _, v := range x {
				s += math.Exp(v)
			}
			return math.Log(s)
		}, floats, false, same},
		{"Norm", func(x *Tensor, axes ...int) *Tensor { return Norm(x, 3, axes...) }, func(x []float64) float64 {
			s := 0.0
			for _, v := range x {
				s += math.Pow(math.Abs(v), 3)
			}
			return math.Cbrt(s)
		}, floats, false, same},
	}
}

// TestReductions tries every reduction over every set of axes, with and
// without KeepDims, against gathered lanes.
func TestReductions(t *testing.T) {
	for _, r := range reductions() {
		for _, d := range []DType{Float32, Float64, Int64, Bool} {
			if !slices.Contains(r.types, d) {
				rejects(t, "tensor."+r.name, 1, func() { r.f(d.Ones(2)) }, d.String()+" [2]")
				continue
			}
			gives := d
			if r.gives != 99 {
				gives = r.gives
			} else if d == Bool {
				gives = Int64
			}
			for _, shape := range append(shapes, Shape{2, 0, 3}) {
				x := normal(d, shape...)
				for _, axes := range subsets(len(shape)) {
					_, dropped, kept := naive(x, axes, func([]float64) float64 { return 0 })
					if r.some && shape.Size() == 0 && dropped.Size() > 0 {
						rejects(t, "tensor."+r.name, 1, func() { r.f(x, axes...) }, "no elements")
						continue
					}
					want, _, _ := naive(x, axes, r.want)
					y := r.f(x, axes...)
					requireShape(t, gives, dropped, y, r.name, shape, axes)
					near(t, want, y, 2*eps(d), r.name, d, shape, axes)
					y = r.f(x, append(slices.Clone(axes), KeepDims)...)
					requireShape(t, gives, kept, y, r.name, shape, axes)
					near(t, want, y, 2*eps(d), r.name, d, shape, axes, "kept")
					for i := range axes { // negative axes, in any order
						axes[i] -= len(shape)
					}
					slices.Reverse(axes)
					near(t, want, r.f(x, axes...), 2*eps(d), r.name, d, shape, axes)
				}
			}
		}
		rejects(t, "tensor."+r.name, 0, func() { r.f(Ones(2, 3), 2) }, "axis 2", "2 axes")
		rejects(t, "tensor."+r.name, 0, func() { r.f(Ones(2, 3), -3) }, "axis -3")
		rejects(t, "tensor."+r.name, 0, func() { r.f(Ones(2, 3), 1, -1) }, "axis -1", "twice")
	}
}

func TestReductionsOfScalarsTakeAxis0(t *testing.T) { // as PyTorch allows
	for _, axes := range [][]int{nil, {0}, {-1}, {0, KeepDims}} {
		y := Sum(Scalar(3), axes...)
		requireShape(t, Float32, Shape{}, y)
		assert.Equal(t, 3.0, y.Item())
	}
}

func TestReductionsTellTheTruthAboutTiesAndNaN(t *testing.T) {
	x := FromSlice([][]float64{{1, 3, 3}, {nan, 2, nan}, {-inf, -inf, -inf}})
	near(t, []float64{3, nan, -inf}, Max(x, 1), 0)
	near(t, []float64{1, nan, -inf}, Min(x, 1), 0)
	near(t, []float64{1, 0, 0}, ArgMax(x, 1), 0) // the values of numpy.argmax
	near(t, []float64{0, 0, 0}, ArgMin(x, 1), 0)
	near(t, []float64{1, 0, 1}, ArgMax(x, 0), 0)
	assert.Equal(t, 3.0, ArgMax(x).Item(), "the position among all elements")
	near(t, []float64{3 + math.Log(2+math.Exp(-2)), nan, -inf}, LogSumExp(x, 1), 1e-15)
}

func TestVar(t *testing.T) {
	x := FromSlice([]float64{1, 2, 4, 8})
	for correction, want := range map[int]float64{0: 7.1875, 1: 28.75 / 3, 2: 14.375, 3: 28.75, 4: inf, 5: inf} { // torch.var
		near(t, []float64{want}, Var(x, correction), 1e-15, correction)
	}
	near(t, []float64{nan}, Var(Ones(1), 1), 0)
	near(t, []float64{0}, Var(Ones(1), 0), 0)
	// Deviations that float32 arithmetic would round away; torch gives 4 too.
	big := FromSlice([]float32{16777216, 16777218, 16777220})
	near(t, []float64{4}, Var(big, 1), 0)
}

func TestMeanWhoseSumOverflows(t *testing.T) {
	near(t, []float64{float64(float32(3e38))}, Mean(Full(3e38, 10)), 0)
	assert.Equal(t, float64(float32(0.1)), Mean(Full(0.1, 3, 1_000_003)).Item(), "a count beyond float32's whole numbers")
}

func TestNorms(t *testing.T) {
	x := FromSlice([][]float32{{3, -4}, {0, 1e30}})
	for p, want := range map[float64][]float64{2: {5, 1e30}, 1: {7, 1e30}, 0: {2, 1}, inf: {4, 1e30}, -inf: {3, 0}, -1: {12. / 7, 0}} {
		near(t, want, Norm(x, p, 1), 1e-6, p)
	}
}

func TestSoftmaxes(t *testing.T) {
	for _, d := range []DType{Float32, Float64} {
		for _, shape := range shapes {
			x := MulScalar(normal(d, shape...), 20)
			for a := -max(1, len(shape)); a < max(1, len(shape)); a++ {
				want := Sub(x, LogSumExp(x, a, KeepDims))
				requireShape(t, d, shape, LogSoftmax(x, a))
				near(t, want.Float64s(), LogSoftmax(x, a), 4*eps(d), shape, a)
				requireShape(t, d, shape, Softmax(x, a))
				near(t, Exp(want).Float64s(), Softmax(x, a), 40*eps(d), shape, a)
			}
		}
	}
	for name, f := range map[string]func(*Tensor, int) *Tensor{"Softmax": Softmax, "LogSoftmax": LogSoftmax} {
		rejects(t, "tensor."+name, 1, func() { f(Int64.Ones(2), 0) }, "int64 [2]")
		rejects(t, "tensor."+name, 0, func() { f(Ones(2), 1) }, "axis 1")
	}
}

func TestReduced(t *testing.T) {
	for _, shape := range shapes {
		for _, axes := range subsets(len(shape)) {
			_, dropped, kept := naive(Ones(shape...), axes, func([]float64) float64 { return 0 })
			for _, given := range [][]int{axes, append(slices.Clone(axes), KeepDims)} {
				d, k := Reduced("test.Op", shape, given)
				require.True(t, d.Equal(dropped) && k.Equal(kept), "%v %v: %v %v", shape, given, d, k)
			}
		}
	}
	rejects(t, "test.Op", 0, func() { Reduced("test.Op", Shape{2}, []int{5}) }, "axis 5")
	rejects(t, "test.Op", 0, func() { Reduced("test.Op", make(Shape, 65), nil) }, "65 axes")
}
