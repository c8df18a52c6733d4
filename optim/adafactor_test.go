package optim_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// One step of a matrix far from 0, one of a vector near it.
func ExampleAdafactor() {
	table := autograd.New(tensor.FromSlice([][]float64{{3, 4}, {4, 3}}))
	bias := autograd.New(tensor.FromSlice([]float64{0, 0}))
	opt := optim.NewAdafactor(autograd.Parameters(table, bias))
	table.Add(bias).Square().Sum().Backward()
	opt.Step()
	fmt.Printf("%.4f\n%.6f\n", table.Value().Float64s(), bias.Value().Float64s())
	fmt.Println(opt.State().Tensors) // of a matrix, rows and columns only
	// Output:
	// [2.9700 3.9600 3.9600 2.9700]
	// [-0.000010 -0.000010]
	// [0.0.row_var float64 [2 1] 0.0.col_var float64 [1 2] 0.1.variance float64 [2]]
}

// The first of eps is PyTorch's None unless it is set.
func ExampleAdafactorEps() {
	opt := optim.NewAdafactor(autograd.Parameters(autograd.New(tensor.Zeros(3))))
	text, err := json.Marshal(opt.Eps)
	fmt.Println(string(text), err)
	err = json.Unmarshal([]byte(`{"eps": [1e-30, 0.01]}`), opt)
	fmt.Println(*opt.Eps.Moment, opt.Eps.Parameter, err)
	// Output:
	// [null,0.001] <nil>
	// 1e-30 0.01 <nil>
}

// TestAdafactorOfEveryShape ends where the written-out formula does.
func TestAdafactorOfEveryShape(t *testing.T) {
	var data struct {
		Names     []string
		Shapes    [][]int
		Start     [][]float64
		Gradients map[string][][][]float64
		Cases     []struct {
			DType, Gradients string
			Scale            float64
			Options          json.RawMessage
			End              [][]float64
		}
	}
	read(t, "Adafactor_shapes", &data)
	require.Len(t, data.Cases, 12)
	for _, c := range data.Cases {
		t.Run(fmt.Sprint(c.DType, c.Gradients, c.Scale), func(t *testing.T) {
			d := dtypes[c.DType]
			of := func(i int, x []float64) *tensor.Tensor {
				return tensor.New(x, append([]int{}, data.Shapes[i]...)...).Clone().To(d.dtype)
			}
			var params []autograd.Parameter
			for i, x := range data.Start {
				params = append(params, autograd.Parameter{Name: data.Names[i], Variable: autograd.New(of(i, x))})
			}
			opt, err := optim.New("Adafactor", params, c.Options)
			require.NoError(t, err)
			for _, row := range data.Gradients[c.Gradients] {
				for i, p := range params {
					p.SetGrad(autograd.Untracked(tensor.MulScalar(of(i, row[i]), c.Scale)))
				}
				opt.Step()
			}
			for i, p := range params {
				want := of(i, c.End[i])
				assert.Truef(t, tensor.AllClose(p.Value(), want, d.rtol, max(d.atol, 1e-13)),
					"%s is %v, the reference has %v", p.Name, p.Value(), want)
				assert.NotEqual(t, of(i, data.Start[i]).Float64s(), p.Value().Float64s(), p.Name)
			}
		})
	}
}

// matrixAndVector are parameters with gradients 1, 2 and so on.
func matrixAndVector() []autograd.Parameter {
	w, b := autograd.New(tensor.Ones(2, 3)), autograd.New(tensor.Ones(3))
	w.SetGrad(autograd.Untracked(tensor.FromSlice([][]float32{{1, 2, 3}, {4, 5, 6}})))
	b.SetGrad(autograd.Untracked(tensor.FromSlice([]float32{1, 2, 3})))
	return []autograd.Parameter{{Name: "w", Variable: w}, {Name: "b", Variable: b}}
}

func TestAdafactorLoadsFactorsOnly(t *testing.T) {
	made := func() *optim.Adafactor {
		opt := optim.NewAdafactor(matrixAndVector())
		opt.Step()
		return opt
	}
	opt := made()
	require.NoError(t, opt.LoadState(stored(t, made().State())))

	s := made().State()
	s.Tensors[0].Tensor = s.Tensors[0].Tensor.To(tensor.Float32)
	s.Tensors[1].Tensor = tensor.Float64.Ones(2, 3)
	s.Groups[0].Params[1].Moments[0], s.Tensors[2].Name = "row_var", "0.b.row_var"
	before := plain(t, opt.State())
	err := opt.LoadState(s)
	assert.ErrorContains(t, err, `tensor "0.w.row_var" is float32 [2 1], that of the parameter is float64 [2 1]`)
	assert.ErrorContains(t, err, `tensor "0.w.col_var" is float64 [2 3], that of the parameter is float64 [1 3]`)
	assert.ErrorContains(t, err, `parameter "b" has an unexpected moment "row_var"`)
	assert.Equal(t, before, plain(t, opt.State()))
}

func TestAdafactorRejectsSettings(t *testing.T) {
	for options, want := range map[string]string{
		`{"lr":-1}`:           "LR is -1, not a number from 0 on",
		`{"beta2_decay":0.1}`: "Beta2Decay is 0.1, not a number up to 0",
		`{"eps":[-1,0.001]}`:  "Eps.Moment is -1, not a number from 0 on",
		`{"eps":[null,-1]}`:   "Eps.Parameter is -1, not a number from 0 on",
		`{"d":0.5}`:           "D is 0.5, not a number from 1 on",
		`{"weight_decay":-1}`: "WeightDecay is -1, not a number from 0 on",
		`{"eps":[1]}`:         "eps are [1], not a number or null and a number",
		`{"eps":[1,null]}`:    "eps are [1,null], not a number or null and a number",
		`{"eps":1}`:           "cannot unmarshal number",
	} {
		_, err := optim.New("Adafactor", matrixAndVector(), []byte(options))
		assert.ErrorContains(t, err, want)
	}
	opt := optim.NewAdafactor(matrixAndVector())
	opt.D = math.NaN()
	wantPanic(t, "optim.Adafactor: D is NaN, not a number from 1 on", opt.Step)
}

// TestAdafactorEdges: empty parameters are left alone, zero gradients too, and
// NaN stays in its parameter.
func TestAdafactorEdges(t *testing.T) {
	for _, shape := range [][]int{{0}, {0, 3}, {3, 0}, {2, 0, 3}} {
		v := autograd.New(tensor.Zeros(shape...))
		v.SetGrad(autograd.Untracked(tensor.Zeros(shape...)))
		opt := optim.NewAdafactor(autograd.Parameters(v))
		assert.NotPanics(t, opt.Step, "%v", shape)
		assert.NoError(t, opt.LoadState(opt.State()), "%v", shape)
	}
	params := matrixAndVector()
	params[0].SetGrad(autograd.Untracked(tensor.Zeros(2, 3)))
	params[1].SetGrad(autograd.Untracked(tensor.FromSlice([]float32{1, float32(math.NaN()), 1})))
	optim.NewAdafactor(params).Step()
	assert.Equal(t, []float64{1, 1, 1, 1, 1, 1}, params[0].Value().Float64s())
	got := params[1].Value().Float64s()
	assert.True(t, got[0] < 1 && math.IsNaN(got[1]) && got[2] < 1, "%v", got) // as in PyTorch
}
