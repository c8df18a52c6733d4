package optim

import (
	"slices"

	"github.com/declive/declive/tensor"
)

// curvature is what LBFGS remembers: its last iteration and the pairs.
type curvature struct {
	direction *tensor.Tensor // nil before the first iteration
	step      float64        // how far along direction the parameters went
	last      point          // where they started
	pairs     []pair         // oldest first
	scale     float64        // of the first approximation of the inverse Hessian
}

// pair is a move of the parameters, the change of the gradient over it, and
// the inverse of their product.
type pair struct {
	move, change *tensor.Tensor
	inverse      float64
}

// begin sets off downhill.
func (c *curvature) begin(grad *tensor.Tensor) { c.direction, c.scale = tensor.Neg(grad), 1 }

// turn takes the last iteration among the pairs, at most most of them, and sets
// the direction at a gradient.
func (c *curvature) turn(grad *tensor.Tensor, most int) {
	p := pair{move: tensor.MulScalar(c.direction, c.step), change: tensor.Sub(grad, c.last.grad)}
	if product := dot(p.change, p.move); product > 1e-10 {
		p.inverse = 1 / product
		c.pairs = append(slices.Delete(c.pairs, 0, max(0, len(c.pairs)+1-most)), p)
		c.scale = product / dot(p.change, p.change)
	}
	c.direction = c.newton(grad)
}

// newton returns −H·grad without making H.
func (c *curvature) newton(grad *tensor.Tensor) *tensor.Tensor {
	q := tensor.Neg(grad)
	shares := make([]float64, len(c.pairs))
	for i, p := range slices.Backward(c.pairs) {
		shares[i] = dot(p.move, q) * p.inverse
		addScaled(q, -shares[i], p.change)
	}
	r := tensor.MulScalar(q, c.scale)
	for i, p := range c.pairs {
		addScaled(r, shares[i]-dot(p.change, r)*p.inverse, p.move)
	}
	return r
}
