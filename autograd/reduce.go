package autograd

import (
	"math"

	"github.com/declive/declive/tensor"
)

// Reductions take the axes to reduce, every axis when none is given; a trailing
// tensor.KeepDims keeps them with length 1.

// Sum returns the sum over axes. Gradient: g, repeated.
func (x *Variable) Sum(axes ...int) *Variable {
	return record("Sum", tensor.Sum(x.value, axes...),
		wrt(x, func(_, g *Variable) *Variable { return g.kept(x, axes).Expand(x.Shape()...) }))
}

// Mean returns the mean over axes; NaN over nothing. Gradient: g/n, repeated.
func (x *Variable) Mean(axes ...int) *Variable {
	y := tensor.Mean(x.value, axes...)
	return record("Mean", y, wrt(x, func(y, g *Variable) *Variable {
		n := float64(x.Size()) / float64(y.Size())
		return g.MulScalar(1/n).kept(x, axes).Expand(x.Shape()...)
	}))
}

// Prod returns the product over axes. The gradient of an element is g times
// the product of the others, right where some are 0.
func (x *Variable) Prod(axes ...int) *Variable {
	return record("Prod", tensor.Prod(x.value, axes...),
		wrt(x, func(_, g *Variable) *Variable { return g.kept(x, axes).Mul(x.productOfOthers(axes)) }))
}

// Var returns the variance over axes, Σ(x − mean)²/(n − correction); see
// tensor.Var.
func (x *Variable) Var(correction int, axes ...int) *Variable {
	_, kept := tensor.Reduced("autograd.Var", x.Shape(), axes)
	n := x.Size() / max(1, kept.Size())
	d := x.Sub(x.Mean(axes...).Reshape(kept...))
	return d.Square().Sum(axes...).Div(Const(like(x, float64(max(0, n-correction)))))
}

// Std returns the square root of Var. The gradient is 0 where the deviation is
// 0, as for a Norm, of which it is one.
func (x *Variable) Std(correction int, axes ...int) *Variable {
	v := x.Var(correction, axes...)
	flat := tensor.Equals(v.value, like(v, 0))
	return Where(flat, Const(like(v, 0)), Where(flat, Const(like(v, 1)), v).Sqrt())
}

// Max returns the greatest element over axes. The gradient is shared equally
// by all elements that are greatest.
func (x *Variable) Max(axes ...int) *Variable {
	return record("Max", tensor.Max(x.value, axes...), shared(x, axes))
}

// Min returns the least element over axes, with a gradient like Max's.
func (x *Variable) Min(axes ...int) *Variable {
	return record("Min", tensor.Min(x.value, axes...), shared(x, axes))
}

// shared passes the gradient of a reduction to the elements equal to its result.
func shared(x *Variable, axes []int) edge {
	return wrt(x, func(y, g *Variable) *Variable {
		_, kept := tensor.Reduced("autograd.Max", x.Shape(), axes)
		mask := tensor.Equals(x.value, tensor.Reshape(y.value, kept...)).To(x.DType())
		count := tensor.Reshape(tensor.Sum(mask, axes...), kept...)
		return g.Reshape(kept...).Mul(Const(tensor.Div(mask, count)))
	})
}

// LogSumExp returns ln Σ exp(x) over axes without overflow. Gradient:
// g·exp(x − y), which is 0 where everything is −Inf.
func (x *Variable) LogSumExp(axes ...int) *Variable {
	return record("LogSumExp", tensor.LogSumExp(x.value, axes...),
		wrt(x, func(y, g *Variable) *Variable {
			// −Inf − (−Inf) is NaN, but exp(−Inf − 0) is the 0 that is meant.
			y = Where(tensor.Equals(y.value, like(y, math.Inf(-1))), Const(like(y, 0)), y)
			return g.kept(x, axes).Mul(x.Sub(y.kept(x, axes)).Exp())
		}))
}

// Norm returns (Σ|x|^p)^(1/p) over axes; p may be 0 or infinite, see
// tensor.Norm. Gradient: g·sign(x)·(|x|/y)^(p−1). It is 0 where the norm is 0
// and for elements that are 0, and shared equally between the elements of
// greatest magnitude when p is infinite.
func (x *Variable) Norm(p float64, axes ...int) *Variable {
	return record("Norm", tensor.Norm(x.value, p, axes...),
		wrt(x, func(y, g *Variable) *Variable { return normRule(x, y.kept(x, axes), g.kept(x, axes), p, axes) }))
}

func normRule(x, y, g *Variable, p float64, axes []int) *Variable {
	switch {
	case p == 0:
		return nil
	case math.IsInf(p, 0):
		mask := tensor.Equals(tensor.Abs(x.value), y.value).To(x.DType())
		count := tensor.Reshape(tensor.Sum(mask, axes...), y.Shape()...)
		return g.Mul(Const(tensor.Mul(tensor.Div(mask, count), tensor.Sign(x.value))))
	case p == 1:
		return g.Mul(Const(tensor.Sign(x.value)))
	}
	zero := tensor.Equals(y.value, like(y, 0))
	ratio := x.Div(Where(zero, Const(like(y, 1)), y)) // |ratio| ≤ 1, so no power overflows
	if p == 2 {
		return Where(zero, Const(like(g, 0)), g.Mul(ratio))
	}
	size := ratio.Abs()
	if p < 2 { // keep 0^(p−1), or its derivative, from meeting a sign of 0
		none := tensor.Equals(x.value, like(x, 0))
		size = Where(none, Const(like(x, 1)), size)
		zero = tensor.Or(zero, none)
	}
	size = size.PowScalar(p - 1).Mul(Const(tensor.Sign(x.value)))
	return Where(zero, Const(like(g, 0)), g.Mul(size))
}

// kept returns x, a result of reducing whole over axes, with the reduced axes
// back in place, so that it broadcasts against whole.
func (x *Variable) kept(whole *Variable, axes []int) *Variable {
	_, kept := tensor.Reduced("autograd.Reduced", whole.Shape(), axes)
	return x.Reshape(kept...)
}

// productOfOthers returns, for each element, the product of the other elements
// it is reduced with: the reduced axes are laid side by side in a square whose
// diagonal is replaced by ones. It costs n times the memory of x, but needs no
// division and is differentiable to any order.
func (x *Variable) productOfOthers(axes []int) *Variable {
	dropped, _ := tensor.Reduced("autograd.Prod", x.Shape(), axes)
	order, n := axesLast(x.Shape(), axes)
	rows := x.Permute(order...).Reshape(append(dropped[:len(dropped):len(dropped)], 1, n)...)
	diagonal := tensor.Float32.Eye(n).To(tensor.Bool)
	others := Where(diagonal, Const(like(x, 1)), rows).Prod(-1)
	shape := make(tensor.Shape, len(order))
	back := make([]int, len(order))
	for i, a := range order {
		shape[i], back[a] = x.Shape()[a], i
	}
	return others.Reshape(shape...).Permute(back...)
}

// axesLast returns an order of axes with the reduced ones last, and how many
// elements they hold.
func axesLast(shape tensor.Shape, axes []int) (order []int, n int) {
	_, kept := tensor.Reduced("autograd.Prod", shape, axes)
	reduced := make([]bool, len(shape))
	for _, a := range axes {
		if a != tensor.KeepDims {
			reduced[(a+len(shape))%len(shape)] = true
		}
	}
	all := len(axes) == 0 || len(axes) == 1 && axes[0] == tensor.KeepDims
	var last []int
	for a := range shape {
		if reduced[a] || all {
			last = append(last, a)
		} else {
			order = append(order, a)
		}
	}
	return append(order, last...), shape.Size() / max(1, kept.Size())
}
