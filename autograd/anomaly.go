package autograd

import (
	"fmt"
	"math"
	"runtime"
	"strings"

	"github.com/declive/declive/tensor"
)

// Watch returns a Variable like x through which anomalies are detected: every
// operation on it, on what is computed from it, and on their gradients is
// checked, and the first to produce a NaN, or an Inf from finite inputs,
// panics with an error naming the operation, its inputs' ranges and the
// caller's line. There is no global switch; a watched graph is slower, others
// are not.
func (x *Variable) Watch() *Variable {
	y := record("Watch", x.value, wrt(x, pass))
	y.watched = true
	inspect("Watch", y, []edge{{x: x}})
	return y
}

// inspect panics when y holds a NaN, or an Inf that no input holds.
func inspect(op string, y *Variable, edges []edge) {
	where := callerLine()
	if y.made != nil {
		y.made.where = where
	}
	nan, inf := extremes(y.value)
	for _, e := range edges {
		_, has := extremes(e.x.value)
		inf = inf && !has
	}
	if !nan && !inf || op == "Watch" && !nan {
		return
	}
	what := "Inf"
	if nan {
		what = "NaN"
	}
	msg := fmt.Sprintf("%s produced %s at %s", op, what, where)
	for i, e := range edges {
		msg += fmt.Sprintf("; input %d is %s", i, describe(e.x.value))
		if m := e.x.made; m != nil {
			msg += " from " + m.op
		}
	}
	if s := suggestion(op, edges); s != "" {
		msg += "; " + s
	}
	panic(&tensor.Error{Op: "autograd.Watch", Msg: msg, Shapes: []tensor.Shape{y.Shape()}})
}

// suggestion names the stable form of a well-known unstable combination.
func suggestion(op string, edges []edge) string {
	from := ""
	if len(edges) > 0 {
		from = edges[0].x.Op()
	}
	switch {
	case op == "Log" && from == "Softmax":
		return "use LogSoftmax in place of Softmax and Log"
	case op == "Log" && from == "Sigmoid":
		return "use LogSigmoid, or BCEWithLogitsLoss on the logits, in place of Sigmoid and Log"
	case op == "Log" && (from == "Sum" || from == "Exp"):
		return "use LogSumExp in place of Exp, Sum and Log"
	case op == "Log":
		return "the logarithm needs positive input; Log1p is exact near 0"
	case op == "Exp":
		return "exp overflows above 88 in float32 and 709 in float64; subtract the maximum, or use Softmax, LogSumExp or Softplus"
	case op == "Div":
		return "the divisor holds 0 or is too small"
	case op == "Sqrt" || op == "Rsqrt":
		return "the derivative of the root is infinite at 0; add a small number beneath it or use Norm"
	case op == "Pow" || op == "PowScalar":
		return "a power of a negative base needs a whole exponent"
	}
	return ""
}

// extremes reports whether a tensor holds a NaN and whether it holds an Inf.
func extremes(t *tensor.Tensor) (nan, inf bool) {
	if !t.DType().IsFloat() {
		return false, false
	}
	for _, v := range t.Float64s() {
		nan, inf = nan || math.IsNaN(v), inf || math.IsInf(v, 0)
	}
	return nan, inf
}

// describe gives the shape and range of a tensor.
func describe(t *tensor.Tensor) string {
	if t.Size() == 0 {
		return fmt.Sprintf("%v", []int(t.Shape()))
	}
	return fmt.Sprintf("%v in [%g, %g]", []int(t.Shape()), tensor.Min(t).Item(), tensor.Max(t).Item())
}

// callerLine finds the first frame outside this module's libraries.
func callerLine() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	for {
		f, more := frames.Next()
		if !ours(f.Function) {
			return fmt.Sprintf("%s:%d", f.File, f.Line)
		}
		if !more {
			return "an unknown line"
		}
	}
}

// ours reports whether a function belongs to a package between the user and
// the graph.
func ours(function string) bool {
	rest, ok := strings.CutPrefix(function, "github.com/declive/declive/")
	if !ok {
		return strings.HasPrefix(function, "runtime.")
	}
	for _, pkg := range []string{"autograd.", "autograd/gradcheck.", "nn.", "nn/loss.", "optim."} {
		if strings.HasPrefix(rest, pkg) {
			return true
		}
	}
	return false
}
