package tensor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinearIsMatMulAndAdd(t *testing.T) {
	for _, d := range []DType{Float32, Float64} {
		for _, lead := range []Shape{{}, {1}, {5}, {2, 3}, {0}, {2, 0, 4}, {70}} {
			for _, size := range [][2]int{{1, 1}, {3, 4}, {0, 3}, {3, 0}, {40, 33}, {100, 1}} {
				x := d.Zeros(append(append(Shape{}, lead...), size[0])...)
				weight, bias := d.Zeros(size[1], size[0]), d.Zeros(size[1])
				for i, v := range []*Tensor{x, weight, bias} {
					for j := range v.Size() { // small whole numbers, so that sums are exact
						put(v, j, float64((j*7+i*3)%11-5))
					}
				}
				product := MatMul(x, weight, TransB)
				require.True(t, Equal(product, Linear(x, weight, nil)), "%v %v", lead, size)
				require.True(t, Equal(Add(product, bias), Linear(x, weight, bias)), "%v %v", lead, size)
			}
		}
	}
}

func put(t *Tensor, i int, v float64) {
	if t.DType() == Float32 {
		Data[float32](t)[i] = float32(v)
	} else {
		Data[float64](t)[i] = v
	}
}

func TestLinearErrors(t *testing.T) {
	x, weight, bias := Zeros(4, 3), Zeros(2, 3), Zeros(2)
	for want, f := range map[string]func(){
		"tensor.Linear: input [] does not end in the features of weight [2 3], which is to be [out in]":    func() { Linear(Scalar(1), weight, bias) },
		"tensor.Linear: input [4 3] does not end in the features of weight [2], which is to be [out in]":   func() { Linear(x, bias, bias) },
		"tensor.Linear: input [4 2] does not end in the features of weight [2 3], which is to be [out in]": func() { Linear(Zeros(4, 2), weight, bias) },
		"tensor.Linear: bias [3] does not fit weight [2 3]":                                                func() { Linear(x, weight, Zeros(3)) },
		"tensor.Linear: bias [1 2] does not fit weight [2 3]":                                              func() { Linear(x, weight, Zeros(1, 2)) },
		"tensor.Linear: int64 [4 3] is not a float tensor":                                                 func() { Linear(Int64.Zeros(4, 3), weight, bias) },
	} {
		assert.PanicsWithError(t, want, f)
	}
	assert.Panics(t, func() { Linear(x, Float64.Zeros(2, 3), bias) })
	assert.Panics(t, func() { Linear(x, weight, Float64.Zeros(2)) })
}
