package autograd_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/autograd/gradcheck"
	"github.com/declive/declive/tensor"
)

// row is one case of one operation. Every operation has at least one, and
// TestEveryOpHasARow demands it.
type row struct {
	op   string // the method or function
	name string // what is special about this case
	f    func(x []*variable) *variable
	in   []*tensor.Tensor // float64, away from kinks
	want func(x []array) array
	// order is the highest derivative to check; 0 stands for 2.
	order int
	step  float64 // of finite differences, where the usual one does not do
}

func (r row) String() string { return r.op + "/" + r.name }

// rows is every row there is.
func rows() []row {
	return slices.Concat(unaryRows(), binaryRows(), reduceRows(), matmulRows(), linearRows(), viewRows(), indexRows(),
		convRows(), poolRows())
}

func TestOps(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.String(), func(t *testing.T) {
			t.Parallel()
			r.testValue(t)
			r.testDerivatives(t)
			r.testFloat32(t)
			r.testKinds(t)
		})
	}
}

// leaves makes Variables of one kind from tensors.
func leaves(kind func(*tensor.Tensor) *variable, in []*tensor.Tensor) []*variable {
	x := make([]*variable, len(in))
	for i, v := range in {
		x[i] = kind(v)
	}
	return x
}

func (r row) reference(in []*tensor.Tensor) array {
	x := make([]array, len(in))
	for i, v := range in {
		x[i] = arrayOf(v)
	}
	return r.want(x)
}

// requireClose compares with rtol relative to the larger of the value and 1.
func requireClose(t *testing.T, want array, got *tensor.Tensor, rtol float64) {
	t.Helper()
	require.Equal(t, tensor.Shape(want.shape), got.Shape())
	for i, g := range got.Float64s() {
		w := want.v[i]
		if w == g || math.IsNaN(w) && math.IsNaN(g) {
			continue
		}
		require.InDelta(t, w, g, rtol*max(1, math.Abs(w)), "element %d", i)
	}
}

func (r row) testValue(t *testing.T) {
	before := make([]*tensor.Tensor, len(r.in))
	for i, x := range r.in {
		before[i] = x.Clone()
	}
	y := r.f(leaves(autograd.New, r.in))
	requireClose(t, r.reference(r.in), y.Value(), 1e-12)
	autograd.Walk{Seeds: []*variable{autograd.Const(y.DType().Ones(y.Shape()...))}}.Backward(y)
	for i, x := range r.in {
		require.True(t, tensor.Equal(before[i], x), "input %d was changed", i)
	}
}

func (r row) testDerivatives(t *testing.T) {
	order := r.order
	if order == 0 {
		order = 2
	}
	require.NoError(t, gradcheck.Options{Order: order, Step: r.step}.Check(r.f, r.in...))
}

// testFloat32 compares values with the reference, and gradients with those of
// float64, which testDerivatives has checked.
func (r row) testFloat32(t *testing.T) {
	in32, in64 := make([]*tensor.Tensor, len(r.in)), make([]*tensor.Tensor, len(r.in))
	for i, x := range r.in {
		in32[i] = x.To(tensor.Float32)
		in64[i] = in32[i].To(tensor.Float64)
	}
	x32, x64 := leaves(autograd.New, in32), leaves(autograd.New, in64)
	y32, y64 := r.f(x32), r.f(x64)
	if r.op != "To" {
		require.Equal(t, tensor.Float32, y32.DType())
	}
	requireClose(t, r.reference(in32), y32.Value(), 2e-5)
	seed := tensor.Float32.Randn(rand.New(rand.NewPCG(3, 0)), y32.Shape()...)
	g32 := autograd.Walk{Seeds: []*variable{autograd.Const(seed.To(y32.DType()))}}.Grad([]*variable{y32}, x32)
	g64 := autograd.Walk{Seeds: []*variable{autograd.Const(seed.To(y64.DType()))}}.Grad([]*variable{y64}, x64)
	for i, g := range g32 {
		require.Equal(t, tensor.Float32, g.DType())
		requireClose(t, arrayOf(g64[i].Value()), g.Value(), 1e-4)
	}
}

// testKinds checks what is recorded for which kinds of leaves.
func (r row) testKinds(t *testing.T) {
	tracked := r.f(leaves(autograd.New, r.in))
	require.True(t, tracked.WantsGrad())
	require.False(t, tracked.IsUntracked())
	constant := r.f(leaves(autograd.Const, r.in))
	require.False(t, constant.WantsGrad() || constant.IsUntracked())
	require.True(t, constant.IsLeaf())
	require.True(t, tensor.Equal(tracked.Value(), constant.Value()))
	seeds := []*variable{autograd.Const(tracked.DType().Randn(rand.New(rand.NewPCG(4, 0)), tracked.Shape()...))}
	xs := leaves(autograd.New, r.in)
	whole := autograd.Walk{Seeds: seeds}.Grad([]*variable{r.f(xs)}, xs)
	for i := range r.in {
		mixed := leaves(autograd.New, r.in)
		mixed[i] = autograd.Untracked(r.in[i])
		y := r.f(mixed)
		require.True(t, y.IsUntracked() && y.IsLeaf() && !y.WantsGrad(), "input %d untracked", i)
		require.True(t, tensor.Equal(tracked.Value(), y.Value()))

		only := leaves(autograd.Const, r.in)
		only[i] = autograd.New(r.in[i])
		g := autograd.Walk{Seeds: seeds}.Grad([]*variable{r.f(only)}, only[i:i+1])
		require.True(t, tensor.Equal(whole[i].Value(), g[0].Value()), "gradient of input %d alone", i)
		require.True(t, g[0].IsUntracked())
	}
}

// notOps are what returns Variables without being an operation on them.
var notOps = map[string]string{
	"Detach":     "cuts the graph",
	"Grad":       "reads a gradient, or walks",
	"RetainGrad": "returns its receiver",
	"New":        "makes a leaf",
	"Const":      "makes a leaf",
	"Untracked":  "makes a leaf",
	"Custom":     "is given its derivative; see custom_test.go",
	"Fused":      "is given its derivative; see fused_test.go",
	"Defined":    "see fused_test.go",
	"VJP":        "see derivatives_test.go",
	"JVP":        "see derivatives_test.go",
	"HVP":        "see derivatives_test.go",
	"Jacobian":   "see derivatives_test.go",
	"Hessian":    "see derivatives_test.go",
}

func TestEveryOpHasARow(t *testing.T) {
	has := make(map[string]bool)
	for _, r := range rows() {
		has[r.op] = true
	}
	ops := append(methods(), functions(t)...)
	require.Greater(t, len(ops), 60)
	for _, op := range ops {
		if notOps[op] == "" {
			assert.True(t, has[op], "%s has no row in the harness", op)
		}
	}
	for op := range has {
		assert.Contains(t, ops, op, "the harness has a row for what does not exist")
	}
	for op := range notOps {
		assert.Contains(t, ops, op)
	}
}

// methods lists the methods of Variable that return Variables.
func methods() (names []string) {
	v := reflect.TypeFor[*variable]()
	for i := range v.NumMethod() {
		m := v.Method(i)
		for k := range m.Type.NumOut() {
			if out := m.Type.Out(k); out == v || out.Kind() == reflect.Slice && out.Elem() == v {
				names = append(names, m.Name)
				break
			}
		}
	}
	return names
}

// functions lists the exported functions of the package that return Variables.
func functions(t *testing.T) (names []string) {
	files, err := os.ReadDir(".")
	require.NoError(t, err)
	for _, file := range files {
		if !strings.HasSuffix(file.Name(), ".go") || strings.HasSuffix(file.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv != nil || !f.Name.IsExported() || f.Type.Results == nil {
				continue
			}
			for _, out := range f.Type.Results.List {
				if strings.Contains(typeString(out.Type), "*Variable") {
					names = append(names, f.Name.Name)
					break
				}
			}
		}
	}
	return names
}

func typeString(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + typeString(e.X)
	case *ast.ArrayType:
		return "[]" + typeString(e.Elt)
	case *ast.Ident:
		return e.Name
	}
	return fmt.Sprintf("%T", e)
}

// uniform returns numbers drawn evenly from [low, high).
func uniform(low, high float64, shape ...int) *tensor.Tensor {
	rng := rand.New(rand.NewPCG(11, uint64(tensor.Shape(shape).Size())))
	return tensor.AddScalar(tensor.MulScalar(tensor.Float64.Rand(rng, shape...), high-low), low)
}

// normal returns normally distributed numbers, different for each salt.
func normal(salt uint64, shape ...int) *tensor.Tensor {
	return tensor.Float64.Randn(rand.New(rand.NewPCG(salt, 1)), shape...)
}

// apart returns ±[0.3, 2.3): normal-sized numbers away from 0.
func apart(salt uint64, shape ...int) *tensor.Tensor {
	rng := rand.New(rand.NewPCG(salt, 2))
	t := tensor.Float64.Rand(rng, shape...)
	for i, buf := 0, tensor.Data[float64](t); i < len(buf); i++ {
		buf[i] = (0.3 + 2*buf[i]) * float64(1-2*rng.IntN(2))
	}
	return t
}
