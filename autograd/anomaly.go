package autograd

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/declive/declive/tensor"
)

// watchOp is the Op of errors about anomalies.
const watchOp = "autograd.Watch"

// Watch returns a Variable like x through which anomalies are detected: every
// operation on it, on what is computed from it, and on their gradients is
// checked, and the first to produce a NaN, or an Inf from finite inputs,
// panics with an error that names the operation, the place and value in its
// result, the ranges of its inputs and the caller's line; during a backward
// walk also the operation whose gradient is being computed and the line that
// made it; and often what to use instead.
//
// Infinities that an operation is given, such as a mask of −Inf, are no
// anomaly, nor are Pad's; a NaN is one even if Where discards it later. There
// is no global switch: a watched graph is slower, others are not.
func (x *Variable) Watch() *Variable {
	y := record("Watch", x.value, wrt(x, pass))
	y.watched = true
	inspect("Watch", y, []edge{{x: x}})
	return y
}

// inspect panics when the result y of an operation holds a NaN, or an Inf that
// no input holds.
func inspect(op string, y *Variable, edges []edge) {
	where := callerLine()
	if y.made != nil {
		y.made.where = where
	}
	found := census(y.value)
	if !found.anomalous() {
		return
	}
	given := -1 // an input that holds such values already
	for i, e := range edges {
		c := census(e.x.value)
		if found.nan > 0 && c.nan > 0 || found.nan == 0 && c.infinite() > 0 {
			given = i
			break
		}
	}
	if found.nan == 0 && (given >= 0 || op == "Pad") {
		return
	}
	var b strings.Builder
	switch {
	case op == "Watch":
		fmt.Fprintf(&b, "the variable watched at %s holds %s", where, found.first())
	case given >= 0:
		fmt.Fprintf(&b, "%s at %s was given NaN in input %d and produced %s", op, where, given, found.first())
	default:
		fmt.Fprintf(&b, "%s at %s produced %s", op, where, found.first())
	}
	for i, e := range edges {
		fmt.Fprintf(&b, "; input %d is %s", i, describe(e.x))
	}
	if s := suggestion(op, edges); s != "" && given < 0 {
		b.WriteString("; " + s)
	}
	panic(&tensor.Error{Op: watchOp, Msg: b.String(), Shapes: []tensor.Shape{y.Shape()}})
}

// inspectGradient panics when the gradient g on its way to x holds a NaN. The
// operations of which rules are made are inspected themselves; this catches
// the kernels of fused operations, and hooks.
func inspectGradient(x, g *Variable) {
	if found := census(g.value); found.nan > 0 {
		panic(&tensor.Error{Op: watchOp, Shapes: []tensor.Shape{g.Shape()},
			Msg: fmt.Sprintf("the gradient of an input that is %s holds %s", describe(x), found.first())})
	}
}

// blame adds to an anomaly in a backward walk which operation's gradient was
// being computed. It is to be deferred.
func blame(n *node) {
	p := recover()
	if p == nil {
		return
	}
	if e, ok := p.(*tensor.Error); ok && e.Op == watchOp {
		e.Msg += "; this was in the gradient of " + n.op
		if n.where != "" {
			e.Msg += " at " + n.where
		}
		if s := suggestion(n.op, n.edges); s != "" && !strings.Contains(e.Msg, s) {
			e.Msg += "; " + s
		}
	}
	panic(p)
}

// describe gives the shape, the range and the maker of a Variable.
func describe(x *Variable) string {
	s := fmt.Sprintf("%v %s", []int(x.Shape()), census(x.value))
	if x.made != nil {
		s += " from " + x.made.op
		if x.made.where != "" {
			s += " at " + x.made.where
		}
	}
	return s
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

// libraries are the packages between a user's code and the graph.
var libraries = []string{"autograd.", "autograd/gradcheck.", "nn.", "nn/loss.", "optim.", "train.", "tensor."}

// ours reports whether a function belongs to a library or to the runtime.
func ours(function string) bool {
	rest, ok := strings.CutPrefix(function, "github.com/declive/declive/")
	if !ok {
		return strings.HasPrefix(function, "runtime.")
	}
	for _, pkg := range libraries {
		if strings.HasPrefix(rest, pkg) {
			return true
		}
	}
	return false
}
