package tensor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// count returns the int64 tensor 0, by, 2·by, … of a shape.
func count(by int, shape ...int) *Tensor {
	return MulScalar(Reshape(Int64.Arange(0, float64(Shape(shape).Size()), 1), shape...), float64(by))
}

// TestStringOfIntegers holds what NumPy 1.24 prints for the same arrays.
func TestStringOfIntegers(t *testing.T) {
	for _, row := range []struct {
		x    *Tensor
		want string
	}{
		{Int64.Scalar(3), "3"},
		{Int64.Zeros(0, 3), "[]"},
		{Int64.Zeros(2, 0), "[]"},
		{Int64.Full(7, 1, 1, 1), "[[[7]]]"},
		{AddScalar(count(1, 3, 4), -5), `
[[-5 -4 -3 -2]
 [-1  0  1  2]
 [ 3  4  5  6]]`},
		{count(1, 2, 2, 3), `
[[[ 0  1  2]
  [ 3  4  5]]

 [[ 6  7  8]
  [ 9 10 11]]]`},
		{count(1, 2, 1, 2, 2), `
[[[[0 1]
   [2 3]]]


 [[[4 5]
   [6 7]]]]`},
		{AddScalar(count(1, 25), 10), `
[10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33
 34]`},
		{AddScalar(count(1, 1, 24), 10), `
[[10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33]]`},
		{count(100, 2, 25), `
[[   0  100  200  300  400  500  600  700  800  900 1000 1100 1200 1300
  1400 1500 1600 1700 1800 1900 2000 2100 2200 2300 2400]
 [2500 2600 2700 2800 2900 3000 3100 3200 3300 3400 3500 3600 3700 3800
  3900 4000 4100 4200 4300 4400 4500 4600 4700 4800 4900]]`},
		{count(1, 1001), `[   0    1    2 ...  998  999 1000]`},
		{count(1, 20, 100), `
[[   0    1    2 ...   97   98   99]
 [ 100  101  102 ...  197  198  199]
 [ 200  201  202 ...  297  298  299]
 ...
 [1700 1701 1702 ... 1797 1798 1799]
 [1800 1801 1802 ... 1897 1898 1899]
 [1900 1901 1902 ... 1997 1998 1999]]`},
		{count(1, 2, 4, 200), `
[[[   0    1    2 ...  197  198  199]
  [ 200  201  202 ...  397  398  399]
  [ 400  401  402 ...  597  598  599]
  [ 600  601  602 ...  797  798  799]]

 [[ 800  801  802 ...  997  998  999]
  [1000 1001 1002 ... 1197 1198 1199]
  [1200 1201 1202 ... 1397 1398 1399]
  [1400 1401 1402 ... 1597 1598 1599]]]`},
	} {
		assert.Equal(t, strings.TrimPrefix(row.want, "\n"), row.x.String())
	}
	s := count(1, 7, 7, 30).String()
	assert.Contains(t, s, "  [ 180  181  182 ...  207  208  209]]\n\n [[ 210")
	assert.Contains(t, s, "  [ 600  601  602 ...  627  628  629]]\n\n ...\n\n [[ 840")
}

// TestStringOfFloats holds the numbers as PyTorch 1.13 prints them, in NumPy's
// brackets, except where whole numbers spread beyond a factor of 1000.
func TestStringOfFloats(t *testing.T) {
	for _, row := range []struct {
		x    []float64
		want string
	}{
		{[]float64{0.5, 1.25, -3}, "[ 0.5000  1.2500 -3.0000]"},
		{[]float64{1, neg, 100, nan, inf, -inf}, "[  1.  -0. 100.  nan  inf -inf]"},
		{[]float64{0.5, nan, -inf, neg}, "[ 0.5000     nan    -inf -0.0000]"},
		{[]float64{1e-5, 1, -2.5}, "[ 1.0000e-05  1.0000e+00 -2.5000e+00]"},
		{[]float64{1e8, 0.5}, "[1.0000e+08 5.0000e-01]"},
		{[]float64{1e9, 1e9}, "[1.0000e+09 1.0000e+09]"},
		{[]float64{0.001, 2.5}, "[1.0000e-03 2.5000e+00]"},
		{[]float64{0.0026, 2.5, 0}, "[0.0026 2.5000 0.0000]"},
		{[]float64{1, 5000}, "[   1. 5000.]"},
		{[]float64{nan}, "[nan]"},
		{[]float64{0, 0.5}, "[0.0000 0.5000]"},
		{[]float64{0, 0}, "[0. 0.]"},
		{[]float64{}, "[]"},
	} {
		assert.Equal(t, row.want, FromSlice(row.x).String())
		assert.Equal(t, row.want, FromSlice(row.x).To(Float32).String(), "float32")
	}
	assert.Equal(t, "0.1000", Scalar(0.1).String())
	assert.Equal(t, "-2.", Scalar(-2).String())
	assert.Equal(t, "[[ true false]\n [false false]]", FromSlice([][]bool{{true, false}, {false, false}}).String())
	// Only what is shown decides the format.
	x := Zeros(2000)
	x.Set(1e-7, 1000)
	assert.Equal(t, "[0. 0. 0. ... 0. 0. 0.]", x.String())
}

func TestGoString(t *testing.T) {
	assert.Equal(t, "tensor float32 [2]\n[1. 1.]", fmt.Sprintf("%#v", Ones(2)))
	assert.Equal(t, "DType(9)", DType(9).String())
}
