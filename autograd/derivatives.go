package autograd

import (
	"slices"

	"github.com/declive/declive/tensor"
)

// The functions in this file differentiate a function f of several Variables
// at xs. f must compute its result from the Variables it is given, which stand
// for xs. The results are recorded and can be differentiated again, with
// respect to xs and to whatever else f uses, unless one of xs is untracked:
// pass Untracked inputs when the derivatives are all that is wanted.

// VJP returns y = f(xs) and the vector-Jacobian product: for each input x the
// gradient Σ v·∂y/∂x, in x's shape, 0 where y does not depend on x. v has y's
// shape; nil stands for 1 when y has one element. It costs one backward walk.
func VJP(f func(x []*Variable) *Variable, xs []*Variable, v *Variable) (y *Variable, grads []*Variable) {
	a := apply(f, xs)
	return a.result(a.y), a.gradients(a.y, v)
}

// JVP returns y = f(xs) and the Jacobian-vector product Σ ∂y/∂x·v over all
// inputs, in y's shape: the derivative of y along vs, which have the shapes of
// xs. It costs two backward walks: the vector-Jacobian product is linear in
// its vector, and its derivative with respect to that is the product wanted.
// It panics when the number of vectors or their shapes are not those of xs.
// Source: https://j-towns.github.io/2017/06/12/A-new-trick.html
func JVP(f func(x []*Variable) *Variable, xs, vs []*Variable) (y, dy *Variable) {
	a := apply(f, xs)
	vs = a.tangents("autograd.JVP", vs)
	u := New(a.y.DType().Zeros(a.y.Shape()...)) // any vector will do
	product := dot(a.recordedGradients(u), vs)
	outer := Walk{CreateGraph: a.record, AllowUnused: true}
	dy = outer.Grad([]*Variable{product}, []*Variable{u})[0]
	if dy == nil {
		dy = a.result(zeros(a.y))
	}
	return a.result(a.y), dy
}

// Jacobian returns, for each input x, all derivatives ∂y/∂x of y = f(xs) in
// the shape of y followed by that of x. It costs one backward walk for each
// element of y.
func Jacobian(f func(x []*Variable) *Variable, xs ...*Variable) []*Variable {
	a := apply(f, xs)
	return a.jacobian(a.y)
}

// Hessian returns the second derivatives of f, whose result must have one
// element: block [i][j] holds ∂²y/∂xs[i]∂xs[j] in the shape of xs[i] followed
// by that of xs[j]. It costs one backward walk for each element of the inputs.
func Hessian(f func(x []*Variable) *Variable, xs ...*Variable) [][]*Variable {
	a := apply(f, xs)
	blocks := make([][]*Variable, len(xs))
	for i, g := range a.recordedGradients(nil) {
		blocks[i] = a.jacobian(g)
	}
	return blocks
}

// HVP returns y = f(xs), which must have one element, and the product of its
// Hessian with vs: for each input x the derivative of its gradient along vs,
// in x's shape. It costs two backward walks, however large the inputs are. It
// panics when the number of vectors or their shapes are not those of xs.
func HVP(f func(x []*Variable) *Variable, xs, vs []*Variable) (y *Variable, products []*Variable) {
	a := apply(f, xs)
	vs = a.tangents("autograd.HVP", vs)
	return a.result(a.y), a.gradients(dot(a.recordedGradients(nil), vs), nil)
}

// application is f applied to stand-ins for its inputs.
type application struct {
	x      []*Variable
	y      *Variable
	record bool // whether what is derived from y can be differentiated again
}

func apply(f func(x []*Variable) *Variable, xs []*Variable) application {
	a := application{x: make([]*Variable, len(xs)), record: true}
	for i, x := range xs {
		if x.wants { // an alias: one input may be computed from another
			a.x[i] = record("Alias", x.value, wrt(x, pass))
		} else {
			a.x[i] = New(x.value)
			a.x[i].watched = x.watched
		}
		a.record = a.record && !x.untracked
	}
	a.y = f(slices.Clone(a.x))
	return a
}

// result returns v, a part of the application, as the caller may see it.
func (a application) result(v *Variable) *Variable {
	if a.record {
		return v
	}
	return &Variable{value: v.value, untracked: true, watched: v.watched}
}

// gradients returns the gradients of y with respect to the inputs, 0 for those
// it does not depend on.
func (a application) gradients(y, seed *Variable) []*Variable {
	w := Walk{Seeds: []*Variable{seed}, CreateGraph: a.record, RetainGraph: true, AllowUnused: true}
	grads := w.Grad([]*Variable{y}, a.x)
	for i, g := range grads {
		if g == nil {
			grads[i] = a.result(zeros(a.x[i]))
		}
	}
	return grads
}

// recordedGradients returns gradients of the result that can be differentiated
// once more, 0 for inputs it does not depend on.
func (a application) recordedGradients(seed *Variable) []*Variable {
	w := Walk{Seeds: []*Variable{seed}, CreateGraph: true, AllowUnused: true}
	grads := w.Grad([]*Variable{a.y}, a.x)
	for i, g := range grads {
		if g == nil {
			grads[i] = zeros(a.x[i])
		}
	}
	return grads
}

// jacobian returns all derivatives of y, one walk for each of its elements.
func (a application) jacobian(y *Variable) []*Variable {
	rows := make([][]*Variable, len(a.x))
	for k := range y.Size() {
		seed := y.DType().Zeros(y.Size())
		seed.Set(1, k)
		for i, g := range a.gradients(y, Const(tensor.Reshape(seed, y.Shape()...))) {
			rows[i] = append(rows[i], g)
		}
	}
	out := make([]*Variable, len(a.x))
	for i, x := range a.x {
		shape := slices.Concat(y.Shape(), x.Shape())
		if len(rows[i]) == 0 {
			out[i] = a.result(Const(x.DType().Zeros(shape...)))
		} else {
			out[i] = Stack(0, rows[i]...).Reshape(shape...)
		}
	}
	return out
}

// dot returns Σ x·v over all elements of all pairs.
func dot(xs, vs []*Variable) *Variable {
	sum := xs[0].Mul(vs[0]).Sum()
	for i, x := range xs[1:] {
		sum = sum.Add(x.Mul(vs[i+1]).Sum())
	}
	return sum
}

// tangents returns vs for use with recorded gradients, of which untracked ones
// must not stop the recording. It panics unless they look like the inputs.
func (a *application) tangents(op string, vs []*Variable) []*Variable {
	if len(a.x) != len(vs) || len(vs) == 0 {
		panic(tensor.Errorf(op, "%d vectors for %d inputs", len(vs), len(a.x)))
	}
	out := slices.Clone(vs)
	for i, v := range vs {
		x := a.x[i]
		if !v.Shape().Equal(x.Shape()) || v.DType() != x.DType() {
			panic(tensor.Errorf(op, "vector %d is %v %v, input %d is %v %v", i, v.DType(), v.Shape(), i, x.DType(), x.Shape()))
		}
		if v.untracked {
			out[i] = Const(v.value)
			a.record = false
		}
	}
	return out
}
