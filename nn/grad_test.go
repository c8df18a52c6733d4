package nn_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// derivative is a function whose derivatives are checked, and its inputs' shapes.
type derivative struct {
	f      gradcheck.Func
	inputs [][]int
}

// Derivatives to second order of every module, with respect to its input and,
// where it has them, its parameters. Other test files add theirs.
var derivatives = map[string]derivative{
	"ReLU":       {through(nn.NewReLU()), [][]int{{3, 4}}},
	"LeakyReLU":  {through(nn.NewLeakyReLU()), [][]int{{3, 4}}},
	"Tanh":       {through(nn.NewTanh()), [][]int{{3, 4}}},
	"Sigmoid":    {through(nn.NewSigmoid()), [][]int{{3, 4}}},
	"GELU":       {through(nn.NewGELU()), [][]int{{3, 4}}},
	"GELU tanh":  {through(&nn.GELU{Approximate: "tanh"}), [][]int{{3, 4}}},
	"Softmax":    {through(nn.NewSoftmax(1)), [][]int{{3, 4}}},
	"LogSoftmax": {through(nn.NewLogSoftmax(0)), [][]int{{3, 4}}},
	"Flatten":    {through(nn.NewFlatten()), [][]int{{2, 3, 2}}},
	"Dropout":    {dropped, [][]int{{3, 4}}},
	"Func":       {through(nn.Func((*autograd.Variable).Sin)), [][]int{{3, 4}}},
	"Sequential": {through(nn.Sequential{nn.NewTanh(), nn.NewFlatten(), nn.NewGELU()}), [][]int{{2, 3, 2}}},
	"Linear":     {affine, [][]int{{5, 3}, {2, 3}, {2}}},
	"Linear 1-d": {affine, [][]int{{3}, {2, 3}, {2}}},
	"Linear 3-d": {affine, [][]int{{2, 2, 3}, {2, 3}, {2}}},
}

func through(m nn.Module) gradcheck.Func {
	return func(x []*autograd.Variable) *autograd.Variable { return m.Forward(x[0]) }
}

func affine(x []*autograd.Variable) *autograd.Variable {
	return (&nn.Linear{Weight: x[1], Bias: x[2]}).Forward(x[0])
}

func dropped(x []*autograd.Variable) *autograd.Variable {
	return nn.NewDropout(0.3, source()).Forward(x[0])
}

func TestDerivatives(t *testing.T) {
	for name, c := range derivatives {
		t.Run(name, func(t *testing.T) {
			rng := source()
			var inputs []*tensor.Tensor
			for _, shape := range c.inputs {
				x := tensor.Float64.Randn(rng, shape...)
				inputs = append(inputs, tensor.Add(x, tensor.MulScalar(tensor.Sign(x), 0.1))) // off the kinks at 0
			}
			require.NoError(t, gradcheck.CheckGrad(c.f, inputs...))
		})
	}
}

// TestEveryModuleHasItsRows reads the package, so that no list is kept by hand.
func TestEveryModuleHasItsRows(t *testing.T) {
	composed := map[string]bool{"Sequential": true, "Func": true, "Dropout": true,
		"Dropout1d": true, "Dropout2d": true, "AlphaDropout": true} // not one function of PyTorch's
	for _, name := range forwarders(t) {
		_, checked := derivatives[name]
		assert.True(t, checked, "%s has no row in derivatives", name)
		_, made := makers[name]
		assert.True(t, made || composed[name], "%s is not compared with PyTorch: see makers and internal/torchref/nn.py", name)
	}
}

// forwarders returns the exported types of this package with a Forward method.
func forwarders(t *testing.T) (names []string) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range parsed.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Forward" {
				continue
			}
			typ := f.Recv.List[0].Type
			if star, ok := typ.(*ast.StarExpr); ok {
				typ = star.X
			}
			if id := typ.(*ast.Ident); id.IsExported() {
				names = append(names, id.Name)
			}
		}
	}
	require.Contains(t, names, "Linear")
	return names
}
