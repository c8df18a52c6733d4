package autograd

import (
	"math"

	"github.com/declive/declive/tensor"
)

// Operations on two Variables broadcast as NumPy does and panic when shapes do
// not combine or types differ.

// Add returns x + b. Gradients: g, g.
func (x *Variable) Add(b *Variable) *Variable {
	return record("Add", tensor.Add(x.value, b.value), wrt(x, pass), wrt(b, pass))
}

// Sub returns x − b. Gradients: g, −g.
func (x *Variable) Sub(b *Variable) *Variable {
	return record("Sub", tensor.Sub(x.value, b.value), wrt(x, pass),
		wrt(b, func(_, g *Variable) *Variable { return g.Neg() }))
}

// Mul returns x · b, element by element. Gradients: g·b, g·x.
func (x *Variable) Mul(b *Variable) *Variable {
	return record("Mul", tensor.Mul(x.value, b.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Mul(y.input(1)) }),
		wrt(b, func(y, g *Variable) *Variable { return g.Mul(y.input(0)) }))
}

// Div returns x / b. Gradients: g/b, −g·y/b.
func (x *Variable) Div(b *Variable) *Variable {
	return record("Div", tensor.Div(x.value, b.value),
		wrt(x, func(y, g *Variable) *Variable { return g.Div(y.input(1)) }),
		wrt(b, func(y, g *Variable) *Variable { return g.Mul(y).Div(y.input(1)).Neg() }))
}

// Pow returns x to the power b. Gradients: g·b·x^(b−1), which is 0 where b is
// 0, and g·y·ln x, which is 0 where x is 0 and b is not negative.
func (x *Variable) Pow(b *Variable) *Variable {
	return record("Pow", tensor.Pow(x.value, b.value),
		wrt(x, func(_, g *Variable) *Variable {
			flat := tensor.Equals(b.value, like(b, 0))
			e := Where(flat, Const(like(b, 1)), b.AddScalar(-1)) // keeps 0·x^−1 from being NaN
			return Where(flat, Const(like(g, 0)), g.Mul(b).Mul(x.Pow(e)))
		}),
		wrt(b, func(y, g *Variable) *Variable {
			zero := tensor.And(tensor.Equals(x.value, like(x, 0)), tensor.GreaterEqual(b.value, like(b, 0)))
			base := Where(zero, Const(like(x, 1)), x) // ln 1 = 0
			return g.Mul(y).Mul(base.Log())
		}))
}

// XLogY returns x·ln b, and 0 where x is 0 though ln b be infinite or, b being
// negative, no number. Gradients: g·ln b and g·x/b, both 0 at those places: an
// impossible outcome adds nothing to an entropy, nor to its derivative.
func (x *Variable) XLogY(b *Variable) *Variable {
	lost := tensor.Or(tensor.LessEqual(b.value, like(b, 0)), tensor.Equals(b.value, like(b, math.Inf(1))))
	moot := tensor.And(tensor.Equals(x.value, like(x, 0)), lost)
	return x.Mul(Where(moot, Const(like(b, 1)), b).Log()) // ln 1 = 0
}

// Maximum returns the greater of x and b; NaN on either side gives NaN. The
// gradient goes to the greater and is shared half and half where they are equal.
func (x *Variable) Maximum(b *Variable) *Variable {
	return record("Maximum", tensor.Maximum(x.value, b.value), chosen(x, b), chosen(b, x))
}

// Minimum returns the lesser of x and b, with gradients like Maximum's.
func (x *Variable) Minimum(b *Variable) *Variable {
	return record("Minimum", tensor.Minimum(x.value, b.value), chosen(x, b), chosen(b, x))
}

// chosen passes the gradient where x is the result, half of it where b is too.
func chosen(x, b *Variable) edge {
	return wrt(x, func(y, g *Variable) *Variable {
		share := func(v *Variable) *tensor.Tensor { return tensor.Equals(v.value, y.value).To(y.DType()) }
		ours := share(x)
		return g.Mul(Const(tensor.Div(ours, tensor.Maximum(tensor.Add(ours, share(b)), like(y, 1)))))
	})
}

// Where returns a where cond, a Bool tensor, holds and b elsewhere. The
// gradient goes to the one that was taken and is 0 for the other, whatever
// NaN or Inf the other's derivative would be.
func Where(cond *tensor.Tensor, a, b *Variable) *Variable {
	return record("Where", tensor.Where(cond, a.value, b.value),
		wrt(a, func(_, g *Variable) *Variable { return Where(cond, g, Const(like(g, 0))) }),
		wrt(b, func(_, g *Variable) *Variable { return Where(cond, Const(like(g, 0)), g) }))
}

// AddScalar returns x + s. Gradient: g.
func (x *Variable) AddScalar(s float64) *Variable {
	return record("AddScalar", tensor.AddScalar(x.value, s), wrt(x, pass))
}

// MulScalar returns x · s. Gradient: g·s.
func (x *Variable) MulScalar(s float64) *Variable {
	return record("MulScalar", tensor.MulScalar(x.value, s),
		wrt(x, func(_, g *Variable) *Variable { return g.MulScalar(s) }))
}

// PowScalar returns x to the power p. Gradient: g·p·x^(p−1), 0 when p is 0.
func (x *Variable) PowScalar(p float64) *Variable {
	return record("PowScalar", tensor.PowScalar(x.value, p),
		wrt(x, func(_, g *Variable) *Variable {
			switch p {
			case 0:
				return nil
			case 1:
				return g
			}
			return g.Mul(x.PowScalar(p - 1)).MulScalar(p)
		}))
}

// MatMul returns the matrix product over the last two axes; flags transpose
// operands as in tensor.MatMul, leading axes broadcast, 1-d operands are a row
// on the left and a column on the right. Gradients, untransposed: g·bᵀ, xᵀ·g.
func (x *Variable) MatMul(b *Variable, flags ...tensor.Trans) *Variable {
	t := joined(flags)
	switch {
	case x.Dims() == 1 && b.Dims() > 0:
		return x.Unsqueeze(0).MatMul(b, t&^tensor.TransA).dropRow(b.Dims() == 1)
	case b.Dims() == 1 && x.Dims() > 0:
		return x.MatMul(b.Unsqueeze(1), t&^tensor.TransB).Squeeze(-1)
	case b.Dims() == 2 && x.Dims() > 2 && t&tensor.TransA == 0 && x.Size() > 0:
		// One tall product, so that the gradient of b is one product as well.
		shape := x.Shape()
		y := x.Reshape(-1, shape[len(shape)-1]).MatMul(b, t)
		return y.Reshape(append(shape[:len(shape)-1:len(shape)-1], y.Shape()[1])...)
	}
	rules := &productRules[t&(tensor.TransA|tensor.TransB)]
	return record("MatMul", tensor.MatMul(x.value, b.value, t), wrt(x, rules[0]), wrt(b, rules[1]))
}

// productRules are the rules of MatMul for each of its flags, made once.
var productRules [4][2]rule

func init() {
	for t := range productRules {
		productRules[t] = productRule(tensor.Trans(t))
	}
}

func productRule(t tensor.Trans) [2]rule {
	return [2]rule{
		func(y, g *Variable) *Variable {
			b := y.input(1)
			if t&tensor.TransA != 0 {
				return b.MatMul(g, transposed(t&tensor.TransB != 0, true))
			}
			return g.MatMul(b, transposed(false, t&tensor.TransB == 0))
		},
		func(y, g *Variable) *Variable {
			x := y.input(0)
			if t&tensor.TransB != 0 {
				return g.MatMul(x, transposed(true, t&tensor.TransA != 0))
			}
			return x.MatMul(g, transposed(t&tensor.TransA == 0, false))
		},
	}
}

func joined(flags []tensor.Trans) (t tensor.Trans) {
	for _, f := range flags {
		t |= f
	}
	return t
}

// transposed makes flags for MatMul.
func transposed(a, b bool) (t tensor.Trans) {
	if a {
		t |= tensor.TransA
	}
	if b {
		t |= tensor.TransB
	}
	return t
}

// dropRow removes the axis that a 1-d left operand was given; it is the last
// one when a 1-d right operand has already lost its own.
func (x *Variable) dropRow(dot bool) *Variable {
	if dot {
		return x.Squeeze(-1)
	}
	return x.Squeeze(-2)
}

// pass is the rule of an input whose gradient is the result's.
func pass(_, g *Variable) *Variable { return g }

// like returns a 0-d tensor of x's type.
func like(x *Variable, v float64) *tensor.Tensor { return x.DType().Scalar(v) }
