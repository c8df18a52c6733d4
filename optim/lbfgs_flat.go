package optim

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// A flat vector holds something of all parameters one after the other.

// gradients returns the gradients as a flat vector, zeros for those that are
// missing. It panics when one is and SkipMissing is false.
func (o *LBFGS) gradients() *tensor.Tensor {
	if !o.SkipMissing {
		o.complain(o.slots)
	}
	first := o.slots[0]
	first.scalars[0] = first.scalar(0, 0) + 1
	flat := first.DType().Empty(o.size())
	if flat.DType() == tensor.Float32 {
		gather[float32](flat, o.slots)
	} else {
		gather[float64](flat, o.slots)
	}
	return flat
}

// size is how many elements the parameters have.
func (o *LBFGS) size() (n int) {
	for _, s := range o.slots {
		n += s.Size()
	}
	return n
}

func gather[T float32 | float64](flat *tensor.Tensor, slots []*slot) {
	each(flat, slots, func(s *slot, part []T) {
		found := false
		gradient(s.Variable, func(g *tensor.Tensor) { found = true; copy(part, elements[T](g)) })
		if !found {
			clear(part)
		}
	})
}

// each calls f with every parameter and its part of a flat vector.
func each[T float32 | float64](flat *tensor.Tensor, slots []*slot, f func(s *slot, part []T)) {
	rest := elements[T](flat)
	for _, s := range slots {
		f(s, rest[:s.Size()])
		rest = rest[s.Size():]
	}
}

// position returns the parameters as a flat vector.
func (o *LBFGS) position() *tensor.Tensor {
	flat := o.slots[0].DType().Empty(o.size())
	if flat.DType() == tensor.Float32 {
		each(flat, o.slots, func(s *slot, part []float32) { copy(part, elements[float32](s.Value())) })
	} else {
		each(flat, o.slots, func(s *slot, part []float64) { copy(part, elements[float64](s.Value())) })
	}
	return flat
}

// place sets the parameters.
func (o *LBFGS) place(flat *tensor.Tensor) {
	if flat.DType() == tensor.Float32 {
		each(flat, o.slots, func(s *slot, part []float32) { copy(elements[float32](s.Value()), part) })
	} else {
		each(flat, o.slots, func(s *slot, part []float64) { copy(elements[float64](s.Value()), part) })
	}
}

// move adds t·direction to the parameters.
func (o *LBFGS) move(t float64) {
	if o.direction.DType() == tensor.Float32 {
		each(o.direction, o.slots, func(s *slot, part []float32) { kernel.Axpy(elements[float32](s.Value()), float32(t), part) })
	} else {
		each(o.direction, o.slots, func(s *slot, part []float64) { kernel.Axpy(elements[float64](s.Value()), t, part) })
	}
}

// dot returns Σ a·b.
func dot(a, b *tensor.Tensor) float64 {
	if a.DType() == tensor.Float32 {
		return kernel.Dot(elements[float32](a), elements[float32](b))
	}
	return kernel.Dot(elements[float64](a), elements[float64](b))
}

// addScaled adds t·b to a.
func addScaled(a *tensor.Tensor, t float64, b *tensor.Tensor) {
	if a.DType() == tensor.Float32 {
		kernel.Axpy(elements[float32](a), float32(t), elements[float32](b))
	} else {
		kernel.Axpy(elements[float64](a), t, elements[float64](b))
	}
}
