package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// rowNorm says how LayerNorm, RMSNorm, GroupNorm and InstanceNorm see their
// input: as rows of n elements, see kernel.RowNorm.
type rowNorm struct {
	op               string
	n, inner, groups int
	eps              float64
	uncentred        bool
	weight, bias     *autograd.Variable // groups·n/inner elements; nil for none
}

// forward records the layer as one operation over its definition.
func (l *rowNorm) forward(x *autograd.Variable) *autograd.Variable {
	if x.Size() == 0 {
		return nothing(x, l.weight, l.bias)
	}
	if x.DType() == tensor.Float32 {
		return fusedRows[float32](l, x)
	}
	return fusedRows[float64](l, x)
}

func fusedRows[T kernel.Float](l *rowNorm, x *autograd.Variable) *autograd.Variable {
	k := &kernel.RowNorm[T]{N: l.n, Inner: l.inner, Groups: l.groups, Eps: l.eps, Uncentred: l.uncentred,
		Weight: dataOf[T](l.weight), Bias: dataOf[T](l.bias)}
	y, in := x.DType().Empty(x.Shape()...), tensor.Data[T](x.Value())
	k.Forward(tensor.Data[T](y), in)
	inputs := present(x, l.weight, l.bias)
	backward := func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
		out := emptyLike(inputs, needed)
		dx, dw, db := gradientsOf[T](out, l.weight != nil, l.bias != nil)
		k.Backward(dx, dw, db, tensor.Data[T](g), in)
		return out
	}
	return autograd.Fused(l.op, y, l.define, backward, inputs...)
}

// define composes the layer of recorded operations.
func (l *rowNorm) define(in []*autograd.Variable) *autograd.Variable {
	x, weight, bias := unpack(in, l.weight != nil, l.bias != nil)
	rows := x.Reshape(-1, l.n)
	if l.uncentred {
		rows = rows.Mul(rows.Square().Mean(-1, tensor.KeepDims).AddScalar(l.eps).Rsqrt())
	} else {
		rows = standardised(rows, l.eps, -1)
	}
	y := rows.Reshape(-1, l.groups*l.n/l.inner, l.inner)
	return affine(y, weight, bias, l.groups*l.n/l.inner, 1).Reshape(x.Shape()...)
}

// standardised returns (x − mean)/√(variance + eps) over axes.
func standardised(x *autograd.Variable, eps float64, axes ...int) *autograd.Variable {
	axes = append(axes[:len(axes):len(axes)], tensor.KeepDims)
	rstd := x.Var(0, axes...).AddScalar(eps).Rsqrt()
	return x.Sub(x.Mean(axes...)).Mul(rstd)
}

// nothing returns an empty x recorded as depending on weight and bias, which
// have gradients of 0 then, not none.
func nothing(x, weight, bias *autograd.Variable) *autograd.Variable {
	n := 1
	for _, p := range present(weight, bias) {
		n = p.Size()
	}
	return affine(x.MulScalar(1).Reshape(0, n), weight, bias, n).Reshape(x.Shape()...)
}

// affine returns x·weight + bias, both in the given shape; either may be nil.
func affine(x, weight, bias *autograd.Variable, shape ...int) *autograd.Variable {
	if weight != nil {
		x = x.Mul(weight.Reshape(shape...))
	}
	if bias != nil {
		x = x.Add(bias.Reshape(shape...))
	}
	return x
}

// dataOf returns the elements of x, or nil of nil.
func dataOf[T kernel.Float](x *autograd.Variable) []T {
	if x == nil {
		return nil
	}
	return tensor.Data[T](x.Value())
}

// present returns the variables that are not nil.
func present(xs ...*autograd.Variable) []*autograd.Variable {
	var out []*autograd.Variable
	for _, x := range xs {
		if x != nil {
			out = append(out, x)
		}
	}
	return out
}

// restored undoes present: it returns what is given in the places of what is
// there in all.
func restored(all, given []*autograd.Variable) []*autograd.Variable {
	in := make([]*autograd.Variable, len(all))
	for i, x := range all {
		if x != nil {
			in[i], given = given[0], given[1:]
		}
	}
	return in
}

// gradientsLike returns a tensor for each variable that is there and whose
// gradient is needed, and the elements in the places that all has; needed and
// out are without what is not there.
func gradientsLike[T kernel.Float](all []*autograd.Variable, needed []bool) (out []*tensor.Tensor, data [][]T) {
	data = make([][]T, len(all))
	for i, x := range all {
		if x == nil {
			continue
		}
		var t *tensor.Tensor
		if needed[len(out)] {
			t = x.DType().Empty(x.Shape()...)
			data[i] = tensor.Data[T](t)
		}
		out = append(out, t)
	}
	return out, data
}

// unpack undoes present for an input, a weight and a bias.
func unpack(in []*autograd.Variable, hasWeight, hasBias bool) (x, weight, bias *autograd.Variable) {
	x, in = in[0], in[1:]
	if hasWeight {
		weight, in = in[0], in[1:]
	}
	if hasBias {
		bias = in[0]
	}
	return x, weight, bias
}

// emptyLike returns a tensor for the gradient of each input that needs one.
func emptyLike(inputs []*autograd.Variable, needed []bool) []*tensor.Tensor {
	out := make([]*tensor.Tensor, len(inputs))
	for i, x := range inputs {
		if needed[i] {
			out[i] = x.DType().Empty(x.Shape()...)
		}
	}
	return out
}

// gradientsOf returns the elements of what emptyLike has made, as unpack does.
func gradientsOf[T kernel.Float](out []*tensor.Tensor, hasWeight, hasBias bool) (dx, dweight, dbias []T) {
	data := func(t *tensor.Tensor) []T {
		if t == nil {
			return nil
		}
		return tensor.Data[T](t)
	}
	dx, out = data(out[0]), out[1:]
	if hasWeight {
		dweight, out = data(out[0]), out[1:]
	}
	if hasBias {
		dbias = data(out[0])
	}
	return dx, dweight, dbias
}

// checkAffine panics unless weight and bias are nil or of the given shape and
// the type of x.
func checkAffine(op string, x, weight, bias *autograd.Variable, shape ...int) {
	if !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "input %v %v is not of floats", x.DType(), x.Shape()))
	}
	for i, p := range [...]*autograd.Variable{weight, bias} {
		name := [...]string{"weight", "bias"}[i]
		switch {
		case p == nil:
		case !p.Shape().Equal(shape):
			panic(tensor.Errorf(op, "%s %v is not %v", name, p.Shape(), shape))
		case p.DType() != x.DType():
			panic(tensor.Errorf(op, "input %v %v, but %s %v; convert one, with To or nn.To", x.DType(), x.Shape(), name, p.DType()))
		}
	}
}
