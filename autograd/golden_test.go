package autograd_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// goldenCase is one operation at special values, as PyTorch 1.13 computes it:
// the output of internal/torchref/ops.py.
type goldenCase struct {
	Op     string
	Shape  []int
	Inputs [][]number
	Value  []number
	Grads  [][]number
}

// number is a float64 that JSON may spell as the string nan, inf or -inf.
type number float64

func (n *number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = number(v)
	return err
}

func floats(ns []number) []float64 {
	out := make([]float64, len(ns))
	for i, n := range ns {
		out[i] = float64(n)
	}
	return out
}

func goldenCases(t *testing.T) []goldenCase {
	f, err := os.Open("testdata/ops.json.gz")
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	var data struct{ Cases []goldenCase }
	require.NoError(t, json.NewDecoder(z).Decode(&data))
	return data.Cases
}

// goldenOps applies the operations of the golden cases; what stands in
// brackets after the name is their argument.
var goldenOps = map[string]func(x []*variable, arg float64) *variable{
	"Neg":        func(x []*variable, _ float64) *variable { return x[0].Neg() },
	"Abs":        func(x []*variable, _ float64) *variable { return x[0].Abs() },
	"Square":     func(x []*variable, _ float64) *variable { return x[0].Square() },
	"Sqrt":       func(x []*variable, _ float64) *variable { return x[0].Sqrt() },
	"Rsqrt":      func(x []*variable, _ float64) *variable { return x[0].Rsqrt() },
	"Exp":        func(x []*variable, _ float64) *variable { return x[0].Exp() },
	"Expm1":      func(x []*variable, _ float64) *variable { return x[0].Expm1() },
	"Log":        func(x []*variable, _ float64) *variable { return x[0].Log() },
	"Log1p":      func(x []*variable, _ float64) *variable { return x[0].Log1p() },
	"Sin":        func(x []*variable, _ float64) *variable { return x[0].Sin() },
	"Cos":        func(x []*variable, _ float64) *variable { return x[0].Cos() },
	"Tan":        func(x []*variable, _ float64) *variable { return x[0].Tan() },
	"Atan":       func(x []*variable, _ float64) *variable { return x[0].Atan() },
	"Sinh":       func(x []*variable, _ float64) *variable { return x[0].Sinh() },
	"Cosh":       func(x []*variable, _ float64) *variable { return x[0].Cosh() },
	"Tanh":       func(x []*variable, _ float64) *variable { return x[0].Tanh() },
	"Sigmoid":    func(x []*variable, _ float64) *variable { return x[0].Sigmoid() },
	"Softplus":   func(x []*variable, _ float64) *variable { return x[0].Softplus() },
	"LogSigmoid": func(x []*variable, _ float64) *variable { return x[0].LogSigmoid() },
	"Erf":        func(x []*variable, _ float64) *variable { return x[0].Erf() },
	"Erfc":       func(x []*variable, _ float64) *variable { return x[0].Erfc() },
	"ReLU":       func(x []*variable, _ float64) *variable { return x[0].ReLU() },
	"LeakyReLU":  func(x []*variable, slope float64) *variable { return x[0].LeakyReLU(slope) },
	"GELU":       func(x []*variable, _ float64) *variable { return x[0].GELU() },
	"GELUTanh":   func(x []*variable, _ float64) *variable { return x[0].GELUTanh() },
	"Clamp":      func(x []*variable, low float64) *variable { return x[0].Clamp(low, 1) },
	"PowScalar":  func(x []*variable, p float64) *variable { return x[0].PowScalar(p) },
	"Add":        func(x []*variable, _ float64) *variable { return x[0].Add(x[1]) },
	"Sub":        func(x []*variable, _ float64) *variable { return x[0].Sub(x[1]) },
	"Mul":        func(x []*variable, _ float64) *variable { return x[0].Mul(x[1]) },
	"Div":        func(x []*variable, _ float64) *variable { return x[0].Div(x[1]) },
	"Pow":        func(x []*variable, _ float64) *variable { return x[0].Pow(x[1]) },
	"Maximum":    func(x []*variable, _ float64) *variable { return x[0].Maximum(x[1]) },
	"Minimum":    func(x []*variable, _ float64) *variable { return x[0].Minimum(x[1]) },
	"Sum":        func(x []*variable, _ float64) *variable { return x[0].Sum(1) },
	"Mean":       func(x []*variable, _ float64) *variable { return x[0].Mean(1) },
	"Prod":       func(x []*variable, _ float64) *variable { return x[0].Prod(1) },
	"Max":        func(x []*variable, _ float64) *variable { return x[0].Max(1) },
	"Min":        func(x []*variable, _ float64) *variable { return x[0].Min(1) },
	"LogSumExp":  func(x []*variable, _ float64) *variable { return x[0].LogSumExp(1) },
	"Softmax":    func(x []*variable, _ float64) *variable { return x[0].Softmax(1) },
	"LogSoftmax": func(x []*variable, _ float64) *variable { return x[0].LogSoftmax(1) },
	"Var":        func(x []*variable, c float64) *variable { return x[0].Var(int(c), 1) },
	"Std":        func(x []*variable, c float64) *variable { return x[0].Std(int(c), 1) },
	"Norm":       func(x []*variable, p float64) *variable { return x[0].Norm(p, 1) },
}

// splitOp cuts "Clamp(-1,1)" into the name and the first argument.
func splitOp(t *testing.T, op string) (name string, arg float64) {
	name, rest, found := strings.Cut(op, "(")
	if found {
		first, _, _ := strings.Cut(strings.TrimSuffix(rest, ")"), ",")
		var err error
		arg, err = strconv.ParseFloat(first, 64)
		require.NoError(t, err)
	}
	return name, arg
}

func TestGoldenOps(t *testing.T) {
	used := make(map[string]bool)
	for _, c := range goldenCases(t) {
		name, arg := splitOp(t, c.Op)
		f := goldenOps[name]
		require.NotNil(t, f, name)
		var x []*variable
		for _, in := range c.Inputs {
			x = append(x, autograd.New(tensor.New(floats(in), c.Shape...)))
		}
		y := f(x, arg)
		seed := tensor.Float64.Ones(y.Shape()...)
		for i, buf := 0, tensor.Data[float64](seed); i < len(buf); i++ {
			buf[i] = 1 + float64(i%5)/4
		}
		grads := autograd.Walk{Seeds: []*variable{autograd.Const(seed)}}.Grad([]*variable{y}, x)
		compareGolden(t, c, "value", floats(c.Value), y.Value(), used)
		for k, g := range grads {
			compareGolden(t, c, fmt.Sprint("grad", k), floats(c.Grads[k]), g.Value(), used)
		}
	}
	for _, d := range differences {
		n := 0
		for key := range used {
			if d.covers(key) {
				n++
			}
		}
		require.Equal(t, d.count, n, "number of elements of %q where %q that differ from PyTorch", d.field, d.where)
	}
}

// compareGolden reports every element that differs from PyTorch and is not
// listed in differences with the value that it has here.
func compareGolden(t *testing.T, c goldenCase, field string, want []float64, got *tensor.Tensor, used map[string]bool) {
	t.Helper()
	for i, g := range got.Float64s() {
		if agrees(want[i], g, 1e-9) {
			continue
		}
		at := i
		if len(want) < len(c.Inputs[0]) {
			at = i * len(c.Inputs[0]) / len(want) // of a reduced row
		}
		var in []string
		for _, x := range c.Inputs {
			in = append(in, fmt.Sprint(float64(x[at])))
		}
		if len(c.Shape) == 2 {
			in = []string{fmt.Sprintf("row %d element %d", at/4, at%4)}
		}
		key := fmt.Sprintf("%s %s at %s", c.Op, field, strings.Join(in, ", "))
		used[key] = true
		if !slices.ContainsFunc(differences, func(d difference) bool { return d.covers(key) && d.ours(g) }) {
			t.Errorf("%s: PyTorch has %v, got %v", key, want[i], g)
		}
	}
}

func agrees(want, got, rtol float64) bool {
	return want == got || math.IsNaN(want) && math.IsNaN(got) || math.Abs(want-got) <= rtol*max(1e-3, math.Abs(want))
}

// difference is a set of results that deliberately are not PyTorch's.
type difference struct {
	field  string             // begins the key of such a result
	where  string             // is in the key
	count  int                // how many there are, exactly
	ours   func(float64) bool // what they are here
	reason string
}

func (d difference) covers(key string) bool {
	return strings.HasPrefix(key, d.field) && strings.Contains(key, d.where)
}

func zero(v float64) bool     { return v == 0 }
func infinite(v float64) bool { return math.IsInf(v, 0) }
func finite(v float64) bool   { return v-v == 0 }

var differences = []difference{
	{"Abs grad0", "NaN", 1, math.IsNaN, "the sign of NaN is NaN here and 0 there"},
	{"ReLU grad0", "NaN", 1, zero, "NaN > 0 does not hold; its value is NaN in both"},
	{"PowScalar(0.5) value", "-Inf", 1, infinite, "(−Inf)^½ is +Inf by IEEE 754 pow; PyTorch takes the root, NaN"},
	{"PowScalar(0.5) grad0", "-Inf", 1, zero, "(−Inf)^−½ is 0 by IEEE 754 pow"},
	{"Maximum grad", "NaN", 46, zero, "NaN is greater than nothing: no gradient, where PyTorch gives it to both sides"},
	{"Minimum grad", "NaN", 46, zero, "as for Maximum"},
	{"LogSumExp grad0", "row 11", 4, zero, "all −Inf: nothing has a share, where PyTorch has NaN"},
	{"Softmax value", "row 13", 3, zero, "beside +Inf the finite have a share of 0; only Inf/Inf is NaN"},
	{"Softmax value", "row 14", 3, zero, "as in row 13"},
	{"LogSoftmax value", "row 13", 3, infinite, "finite − Inf is −Inf, where PyTorch has NaN"},
	{"LogSoftmax value", "row 14", 3, infinite, "as in row 13"},
	{"LogSoftmax grad0", "row 13", 3, finite, "follows from the value"},
	{"LogSoftmax grad0", "row 14", 3, finite, "as in row 13"},
	{"Var(0) grad0", "row 12", 2, math.IsNaN, "the mean is −Inf and the variance NaN: so is its gradient"},
	{"Var(0) grad0", "row 13", 3, math.IsNaN, "as in row 12"},
	{"Var(1) grad0", "row 12", 2, math.IsNaN, "as in row 12"},
	{"Var(1) grad0", "row 13", 3, math.IsNaN, "as in row 12"},
	{"GELU value", "-Inf", 1, zero, "its limit, where PyTorch has Inf·0"},
	{"GELU grad0", "-Inf", 1, zero, "as for the value"},
	{"GELU grad0", "+Inf", 1, finite, "its limit, 1, where PyTorch has Inf·0"},
	{"GELUTanh value", "-Inf", 1, zero, "its limit, where PyTorch has Inf·0"},
	{"GELUTanh grad0", "-Inf", 1, zero, "as for the value"},
	{"GELUTanh grad0", "+Inf", 1, finite, "its limit, 1, where PyTorch has Inf·0"},
	{"Norm(0.5) grad0", "row 12 element 1", 1, zero, "an element that is 0 has gradient 0, beside Inf, too"},
	{"Norm(0.5) grad0", "row 13 element 1", 1, zero, "as in row 12"},
	{"Norm(0.5) grad0", "row 14 element 2", 1, zero, "as in row 12"},
	{"Norm(1) grad0", "row 15", 1, math.IsNaN, "the sign of NaN is NaN here and 0 there"},
	{"Norm(inf) grad0", "row 15", 4, math.IsNaN, "the greatest of a row with NaN is NaN, and so is its gradient"},
	{"Norm(-inf) grad0", "row 15", 4, math.IsNaN, "as for Norm(inf)"},
}
