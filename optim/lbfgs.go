package optim

import (
	"cmp"
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// StrongWolfe is the line search of LBFGS.LineSearchFn.
const StrongWolfe = "strong_wolfe"

// LBFGS steps along an approximation of Newton's direction, made from the last
// moves s and the changes y of the gradient over them. It is for losses
// that repeat: all of the data at once and no chance such as dropout. It wants
// the loss again and again; so Minimize, not Step, is PyTorch's step.
//
//	d = −H·g, where H begins as (y·s)/(y·y) of the last pair and every pair,
//	oldest first, makes it (1 − s·yᵀ/(y·s))·H·(1 − y·sᵀ/(y·s)) + s·sᵀ/(y·s)
//	p = p + t·d
//
// At the first iteration H is 1 and t is LR·min(1, 1/Σ|g|), later t is LR;
// with a line search that is the first try. Pairs with y·s ≤ 1e-10 are not kept.
// All parameters are one group of one float type.
//
// Sources: Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.5,
// https://pytorch.org/docs/1.13/generated/torch.optim.LBFGS.html
type LBFGS struct {
	// LR is the learning rate. Default 1.
	LR float64 `json:"lr"`
	// MaxIter is the greatest number of iterations in a call of Minimize.
	// Default 20.
	MaxIter int `json:"max_iter"`
	// MaxEval is the number of evaluations of the loss after which a call of
	// Minimize begins no iteration. Default 0, which stands for MaxIter·5/4.
	MaxEval int `json:"max_eval"`
	// ToleranceGrad ends Minimize when no |g| is greater. Default 1e-7.
	ToleranceGrad float64 `json:"tolerance_grad"`
	// ToleranceChange ends Minimize when no parameter moved by more, the loss
	// changed by less, or −g·d is less. Default 1e-9.
	ToleranceChange float64 `json:"tolerance_change"`
	// HistorySize is the greatest number of pairs, each of them twice the size
	// of the parameters. Default 100.
	HistorySize int `json:"history_size"`
	// LineSearchFn is how t is found: StrongWolfe, or "" for no search. Default
	// "".
	LineSearchFn string `json:"line_search_fn"`
	// SkipMissing takes a gradient that is missing for zeros, as PyTorch does
	// in silence, where Minimize and Step would panic. Default false.
	SkipMissing bool `json:"skip_missing"`

	core
	roster
	curvature
}

var _ Optimizer = (*LBFGS)(nil)

func init() { register(NewLBFGS) }

// NewLBFGS returns LBFGS with PyTorch's defaults; change its fields before the
// first step. It panics when there are no parameters, one is given twice or is
// not a leaf that wants a gradient, two have one name, or not all have one
// float type.
func NewLBFGS(params []autograd.Parameter) *LBFGS {
	o := &LBFGS{LR: 1, MaxIter: 20, ToleranceGrad: 1e-7, ToleranceChange: 1e-9, HistorySize: 100,
		core: core{kind: "LBFGS", scalars: [2]string{"func_evals"}}}
	o.enrol(o, params)
	first := o.slots[0]
	for _, s := range o.slots {
		if s.DType() != first.DType() {
			panic(tensor.Errorf(o.op(), "parameter %q is %v but %q is %v; all must have one type",
				s.Name, s.DType(), first.Name, first.DType()))
		}
	}
	return o
}

func (o *LBFGS) rate() *float64    { return &o.LR }
func (o *LBFGS) skips() bool       { return o.SkipMissing }
func (o *LBFGS) clone() group      { c := *o; return &c }
func (o *LBFGS) assign(from group) { *o = *from.(*LBFGS) }

func (o *LBFGS) check() error {
	err := cmp.Or(
		notNegative("LR", o.LR),
		positive("MaxIter", o.MaxIter),
		notNegative("MaxEval", float64(o.MaxEval)),
		notNegative("ToleranceGrad", o.ToleranceGrad),
		notNegative("ToleranceChange", o.ToleranceChange),
		positive("HistorySize", o.HistorySize),
	)
	if err == nil && o.LineSearchFn != "" && o.LineSearchFn != StrongWolfe {
		err = fmt.Errorf("LineSearchFn is %q, neither %q nor empty", o.LineSearchFn, StrongWolfe)
	}
	return err
}

// maxEval is MaxEval or what its 0 stands for.
func (o *LBFGS) maxEval() int { return cmp.Or(o.MaxEval, o.MaxIter*5/4) }

// Minimize makes up to MaxIter iterations and returns the loss before the
// first. It calls loss for the value of it at the parameters as they are then,
// with a gradient left in each by Backward:
//
//	before := opt.Minimize(func() float64 {
//		l := forward(x, y)
//		l.Backward()
//		return l.Item()
//	})
//
// It forgets the gradients itself before each call; those it leaves behind are
// of the last call, which need not be where the parameters end.
//
// NaN and Inf are taken like any other number, as in PyTorch: Minimize goes on to
// MaxIter or MaxEval, and a line search does not turn back from them. It panics when a
// setting is illegal, loss is nil, or a parameter got no gradient and
// SkipMissing is false. Whatever panics in loss, the parameters are then those
// of an iteration, and not of a search between two.
func (o *LBFGS) Minimize(loss func() float64) float64 {
	o.must(o.check())
	if loss == nil {
		panic(tensor.Errorf(o.op(), "there is no function that gives the loss"))
	}
	at := o.evaluate(loss)
	if before := at.loss; o.flat(at) {
		return before
	}
	before, evals := at.loss, 1
	for i := 1; ; i++ {
		slope := o.aim(at)
		if slope > -o.ToleranceChange {
			break
		}
		last, n := at.loss, 0
		switch {
		case o.LineSearchFn != "":
			at, n = o.search(loss, at, slope)
		default:
			o.move(o.step)
			if i < o.MaxIter { // the last loss would serve nobody
				at, n = o.evaluate(loss), 1
			}
		}
		evals += n
		if i == o.MaxIter || evals >= o.maxEval() || o.flat(at) ||
			o.step*norm(o.direction, math.Inf(1)) <= o.ToleranceChange ||
			math.Abs(at.loss-last) < o.ToleranceChange {
			break
		}
	}
	return before
}

// Step makes one iteration without line search by the gradients that Backward
// left, so that LBFGS fits in any training loop: it is Minimize with a MaxIter
// of 1. It panics, and changes nothing, when a setting is illegal, LineSearchFn
// is set, or a parameter got no gradient and SkipMissing is false.
func (o *LBFGS) Step() {
	o.must(o.check())
	if o.LineSearchFn != "" {
		panic(tensor.Errorf(o.op(), "Step cannot search a line, which takes the loss at many points; call Minimize"))
	}
	at := point{math.NaN(), o.gradients()}
	if !o.flat(at) && !(o.aim(at) > -o.ToleranceChange) {
		o.move(o.step)
	}
}

// point is what is known of the loss at some values of the parameters.
type point struct {
	loss float64
	grad *tensor.Tensor // of all parameters, flat
}

// evaluate calls loss.
func (o *LBFGS) evaluate(loss func() float64) point {
	o.ZeroGrad()
	l := loss()
	return point{l, o.gradients()}
}

// flat reports whether no element of the gradient exceeds the tolerance.
func (o *LBFGS) flat(at point) bool { return norm(at.grad, math.Inf(1)) <= o.ToleranceGrad }

// aim chooses the next direction and the first length to go, and returns the
// slope there.
func (o *LBFGS) aim(at point) (slope float64) {
	first := 1.0
	if o.direction == nil {
		o.begin(at.grad)
		if t := 1 / norm(at.grad, 1); t < 1 {
			first = t
		}
	} else {
		o.turn(at.grad, o.HistorySize)
	}
	o.step, o.last = first*o.LR, at
	for _, s := range o.slots {
		s.steps++
	}
	return dot(at.grad, o.direction)
}
