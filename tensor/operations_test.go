package tensor

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// operands are what every operation is tried on.
type operands struct{ x, y, square, wide, index, mask *Tensor }

func (o *operands) all() []*Tensor {
	return []*Tensor{o.x, o.y, o.square, o.wide, o.index, o.mask}
}

func newOperands() *operands {
	return &operands{x: Abs(normal(Float32, 2, 3)), y: normal(Float32, 2, 3), square: normal(Float32, 3, 3), wide: normal(Float32, 1, 2, 3),
		index: New([]int64{1, 0, 1, 1, 0, 0}, 2, 3), mask: normal(Bool, 2, 3)}
}

type operation func(o *operands) *Tensor

func unary(f func(*Tensor) *Tensor) operation { return func(o *operands) *Tensor { return f(o.x) } }

func binary(f func(a, b *Tensor) *Tensor) operation {
	return func(o *operands) *Tensor { return f(o.x, o.y) }
}

func reducing(f func(*Tensor, ...int) *Tensor) operation {
	return func(o *operands) *Tensor { return f(o.x, 1) }
}

// operations has every exported function that takes tensors and returns one.
var operations = map[string]operation{
	"Add": binary(Add), "Sub": binary(Sub), "Mul": binary(Mul), "Div": binary(Div), "Pow": binary(Pow), "Maximum": binary(Maximum), "Minimum": binary(Minimum),
	"Equals": binary(Equals), "Less": binary(Less), "LessEqual": binary(LessEqual), "Greater": binary(Greater), "GreaterEqual": binary(GreaterEqual),
	"And": func(o *operands) *Tensor { return And(o.mask, o.mask) }, "Or": func(o *operands) *Tensor { return Or(o.mask, o.mask) },
	"Not": func(o *operands) *Tensor { return Not(o.mask) }, "Where": func(o *operands) *Tensor { return Where(o.mask, o.x, o.y) },
	"AddScalar": func(o *operands) *Tensor { return AddScalar(o.x, 0) }, "MulScalar": func(o *operands) *Tensor { return MulScalar(o.x, 1) },
	"PowScalar": func(o *operands) *Tensor { return PowScalar(o.x, 1) }, "Clamp": func(o *operands) *Tensor { return Clamp(o.x, -inf, inf) },
	"Neg": unary(Neg), "Abs": unary(Abs), "Sign": unary(Sign), "Square": unary(Square), "Sqrt": unary(Sqrt), "Rsqrt": unary(Rsqrt), "Exp": unary(Exp),
	"Expm1": unary(Expm1), "Log": unary(Log), "Log1p": unary(Log1p), "Sin": unary(Sin), "Cos": unary(Cos), "Tan": unary(Tan), "Atan": unary(Atan),
	"Sinh": unary(Sinh), "Cosh": unary(Cosh), "Tanh": unary(Tanh), "Sigmoid": unary(Sigmoid), "Softplus": unary(Softplus), "ReLU": unary(ReLU), "Erf": unary(Erf), "Erfc": unary(Erfc),
	"Floor": unary(Floor), "Ceil": unary(Ceil), "Round": unary(Round), "IsNaN": unary(IsNaN),
	"Sum": reducing(Sum), "Prod": reducing(Prod), "Mean": reducing(Mean), "Max": reducing(Max), "Min": reducing(Min), "ArgMax": reducing(ArgMax), "ArgMin": reducing(ArgMin),
	"LogSumExp": reducing(LogSumExp), "Var": func(o *operands) *Tensor { return Var(o.x, 1, 1) }, "Norm": func(o *operands) *Tensor { return Norm(o.x, 2, 1) },
	"Softmax": func(o *operands) *Tensor { return Softmax(o.x, 1) }, "LogSoftmax": func(o *operands) *Tensor { return LogSoftmax(o.x, 1) },
	"Linear":  func(o *operands) *Tensor { return Linear(o.x, o.square, nil) },
	"MatMul":  func(o *operands) *Tensor { return MatMul(o.x, o.square, TransB) },
	"Reshape": func(o *operands) *Tensor { return Reshape(o.x, 3, 2) }, "Flatten": func(o *operands) *Tensor { return Flatten(o.x, 0, 1) },
	"Squeeze": func(o *operands) *Tensor { return Squeeze(o.wide, 0) }, "Unsqueeze": func(o *operands) *Tensor { return Unsqueeze(o.x, 0) },
	"Expand": func(o *operands) *Tensor { return Expand(o.x, 2, 3) }, "Permute": func(o *operands) *Tensor { return Permute(o.x, 0, 1) },
	"Transpose": func(o *operands) *Tensor { return Transpose(o.x, 0, 0) }, "Slice": func(o *operands) *Tensor { return Slice(o.x, 0, 0, 2) },
	"SliceStep": func(o *operands) *Tensor { return SliceStep(o.x, 1, 0, 3, 2) }, "IndexSelect": func(o *operands) *Tensor { return IndexSelect(o.x, 0, New([]int64{0, 1})) },
	"IndexAdd": func(o *operands) *Tensor { return IndexAdd(o.x, 0, New([]int64{0, 0}), o.y) }, "Gather": func(o *operands) *Tensor { return Gather(o.x, 0, o.index) },
	"ScatterAdd": func(o *operands) *Tensor { return ScatterAdd(o.x, 0, o.index, o.y) }, "Concat": func(o *operands) *Tensor { return Concat(0, o.x) },
	"Stack": func(o *operands) *Tensor { return Stack(0, o.x) }, "Split": func(o *operands) *Tensor { return Split(o.x, 0, 2)[0] },
	"Pad": func(o *operands) *Tensor { return Pad(o.x, 0, [2]int{0, 0}) },
	"To":  func(o *operands) *Tensor { return o.x.To(Float32) }, "Clone": func(o *operands) *Tensor { return o.x.Clone() },
}

// sharing are the operations whose results share the operand's buffer, as
// their documentation says; all others return new memory even when there is
// nothing to compute.
var sharing = map[string]bool{"Reshape": true, "Flatten": true, "Squeeze": true, "Unsqueeze": true, "Expand": true, "To": true}

func TestOperationsNeitherChangeNorShareOperands(t *testing.T) {
	for name, f := range operations {
		o, twin := newOperands(), newOperands()
		y := f(o)
		shares := false
		for i, x := range o.all() {
			require.True(t, Equal(twin.all()[i], x), "%s changed an operand", name)
			shares = shares || x.data == y.data
		}
		assert.Equal(t, sharing[name], shares, "%s shares its operand's buffer", name)
	}
}

// exported lists the exported functions and methods of the package, with
// whether each takes a tensor (or is a method of one) and returns tensors.
func exported(t *testing.T) map[string]bool {
	out := map[string]bool{}
	parsed(t, func(file string) bool { return !strings.HasSuffix(file, "_test.go") }, func(n ast.Node) bool {
		f, ok := n.(*ast.FuncDecl)
		if ok && f.Name.IsExported() {
			params := append([]*ast.Field(nil), f.Type.Params.List...)
			if f.Recv != nil {
				params = append(params, f.Recv.List...)
			}
			takes, gives := false, false
			for _, p := range params {
				takes = takes || mentionsTensor(p.Type)
			}
			if f.Type.Results != nil {
				for _, r := range f.Type.Results.List {
					gives = gives || mentionsTensor(r.Type)
				}
			}
			out[f.Name.Name] = out[f.Name.Name] || takes && gives
		}
		return !ok
	})
	return out
}

func mentionsTensor(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == "Tensor"
		return true
	})
	return found
}

// parsed visits the syntax of the package's files that pass the filter.
func parsed(t *testing.T, filter func(file string) bool, visit func(ast.Node) bool) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if filter(file) {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			require.NoError(t, err)
			ast.Inspect(f, visit)
		}
	}
}

func TestEveryOperationHasARow(t *testing.T) {
	names := exported(t)
	require.Greater(t, len(names), 90, "the functions were found")
	for name, isOperation := range names {
		_, ok := operations[name]
		assert.Equal(t, isOperation, ok, "operations and the package differ in %s", name)
	}
}
