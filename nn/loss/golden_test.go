package loss_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/internal/losscase"
	"github.com/declive/declive/tensor"
)

// tolerances for PyTorch 1.13.1's numbers. The absolute part is what PyTorch
// itself loses where it subtracts numbers near 1, such as softmax − 1 and
// ln(1 + tiny), a few units of 2⁻⁵² and 2⁻²³.
var tolerances = map[tensor.DType]golden.Tolerance{
	tensor.Float64: {Rel: 1e-9, Abs: 2e-15},
	tensor.Float32: {Rel: 1e-5, Abs: 1e-6},
}

// toleranceOf returns the tolerance for one loss.
func toleranceOf(name string, d tensor.DType) golden.Tolerance {
	t := tolerances[d]
	if d == tensor.Float64 {
		t.Abs = max(t.Abs, suites[name].lost)
	}
	return t
}

// goldenCase is a request and what PyTorch answered.
type goldenCase struct {
	losscase.Request
	Output *tensor.Tensor
	Grads  map[string]*tensor.Tensor
	HVP    map[string]*tensor.Tensor
	Error  *string
}

func goldenCases(t *testing.T, name string) []goldenCase {
	t.Helper()
	cases, err := golden.Read[goldenCase](filepath.Join("testdata", name+".json.gz"))
	require.NoError(t, err, "golden data is made by internal/torchref/losses.py")
	return cases
}

func TestGolden(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, _ suite) {
		counts, worst := map[string]int{}, 0.0
		for _, c := range goldenCases(t, name) {
			require.Equal(t, name, c.Loss)
			a := c.Evaluate()
			if c.Error != nil {
				counts["rejected"]++
				if assert.NotNil(t, a.Error, "%s: PyTorch says: %s", c.ID, *c.Error) {
					assert.True(t, strings.HasPrefix(*a.Error, "loss."+name+": "), *a.Error)
				}
				continue
			}
			if a.Error != nil {
				assert.Fail(t, *a.Error, "%s %s", c.ID, c.Args)
				continue
			}
			d := c.Output.DType()
			counts[d.String()]++
			assert.NoError(t, toleranceOf(name, d).Compare(a.Output, c.Output), "%s %s: output", c.ID, c.Args)
			compareAll(t, c, "gradient", a.Grads, c.Grads)
			compareAll(t, c, "Hessian-vector product", a.HVP, c.HVP)
			if d == tensor.Float64 {
				worst = max(worst, golden.Deviation(a.Output, c.Output, 1e-6))
			}
		}
		require.Greater(t, counts["float32"], 100)
		require.Greater(t, counts["float64"], 100)
		require.Positive(t, counts["rejected"])
		t.Logf("%v; largest relative deviation of a float64 result ≥ 1e-6: %.1e", counts, worst)
	})
}

func compareAll(t *testing.T, c goldenCase, what string, got, want map[string]*tensor.Tensor) {
	t.Helper()
	for name, w := range want {
		if w == nil { // PyTorch's None: the derivative is 0 everywhere
			w = got[name].DType().Zeros(got[name].Shape()...)
		}
		assert.NoError(t, toleranceOf(c.Loss, w.DType()).Compare(got[name], w), "%s %s: %s of %s", c.ID, c.Args, what, name)
	}
}

// Every float32 result is compared with float64's, which the test above
// compares with PyTorch's.
func TestAccuracyOfFloat32(t *testing.T) {
	eachSuite(t, func(t *testing.T, name string, s suite) {
		if s.ulp == 0 {
			t.Skip("the golden tolerance is enough")
		}
		var ours, theirs float64
		for _, c := range goldenCases(t, name) {
			if c.Error != nil || c.Output.DType() != tensor.Float32 {
				continue
			}
			exact := inFloat64(t, c.Request)
			a, b := golden.ULP(c.Evaluate().Output, exact), golden.ULP(c.Output, exact)
			assert.LessOrEqual(t, a, s.ulp, "%s %s; PyTorch: %v ulp", c.ID, c.Args, b)
			ours = max(ours, a)
			if !math.IsInf(b, 0) {
				theirs = max(theirs, b)
			}
		}
		t.Logf("largest error: %.2f ulp; PyTorch's: %.3g ulp", ours, theirs)
	})
}

// inFloat64 evaluates a request on the same numbers as float64.
func inFloat64(t *testing.T, r losscase.Request) *tensor.Tensor {
	t.Helper()
	l := made(t, r.Loss, widened(t, r.Args))
	x, err := r.Variables(l)
	require.NoError(t, err)
	for i := range x {
		if x[i].DType().IsFloat() {
			x[i] = x[i].Detach().To(tensor.Float64)
		}
	}
	return l.Apply(x...).Value()
}

// widened returns options with their tensors as float64.
func widened(t *testing.T, args []byte) options {
	t.Helper()
	var given map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(args, &given))
	o := options{}
	for k, v := range given {
		if v[0] == '{' {
			var w tensor.Tensor
			require.NoError(t, json.Unmarshal(v, &w))
			o[k] = w.To(tensor.Float64)
		} else {
			o[k] = v
		}
	}
	return o
}
