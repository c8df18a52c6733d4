package optim

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Average is a running average of parameters, which often predicts better than
// the parameters it is of: of all alike, as stochastic weight averaging takes
// it, or of the last ones above all, an exponential moving average.
//
//	avg := optim.NewEMA(params, 0.999)
//	for x, y := range batches {
//		trainOn(x, y)
//		avg.Update()
//	}
//	avg.Use(func() { evaluate(model) }) // with the average in the parameters
//
// It keeps a copy of every parameter. The first Update copies, as PyTorch's
// does, and later ones set
//
//	average = average + share·(newest − average)
//
// What batch normalisation remembers of the parameters does not fit their
// average: give the buffers to NewAverage, to be averaged too, or let
// nn.UpdateBatchNorm compute them anew.
//
// An Average is for one goroutine, and while it works, no other may use the
// parameters.
//
// Source: torch.optim.swa_utils.AveragedModel of PyTorch 1.13,
// https://arxiv.org/abs/1803.05407
type Average struct {
	// Share returns the share of the newest parameters in the average, from 0
	// to 1, when that of averaged earlier ones, at least 1, is updated.
	Share func(averaged int) float64
	// CopyBuffers keeps the newest buffers instead of an average of them.
	// Buffers that are not of floats, which count, are always the newest.
	// Default false.
	CopyBuffers bool

	averaged int
	parts    []part
	inUse    bool
}

// part is one tensor and its average.
type part struct {
	name    string
	buffer  bool
	current func() *tensor.Tensor
	mean    *tensor.Tensor
}

// NewAverage returns the average that gives all parameters it has seen the same
// weight. Buffers, such as those that nn.Buffers finds, are optional and take
// part. Until the first Update the average is what the parameters are now. It
// panics when there are no parameters, one is nil or not of floats, or two have
// one name.
func NewAverage(params []autograd.Parameter, buffers ...tensor.Named) *Average {
	a := &Average{parts: partsOf("optim.NewAverage", params, buffers)}
	a.Share = func(averaged int) float64 { return 1 / float64(averaged+1) }
	for i, p := range a.parts {
		a.parts[i].mean = p.current().Clone()
	}
	return a
}

// NewEMA returns the average of which decay remains in every Update while the
// newest parameters come in with 1 − decay. It panics when decay is not from 0
// to 1, or like NewAverage.
func NewEMA(params []autograd.Parameter, decay float64, buffers ...tensor.Named) *Average {
	if err := share("decay", decay); err != nil {
		panic(tensor.Errorf("optim.NewEMA", "%v", err))
	}
	a := NewAverage(params, buffers...)
	a.Share = func(int) float64 { return 1 - decay }
	return a
}

// partsOf lists parameters and buffers, without averages.
func partsOf(op string, params []autograd.Parameter, buffers []tensor.Named) []part {
	if len(params) == 0 {
		panic(tensor.Errorf(op, "there are no parameters"))
	}
	var parts []part
	seen := map[string]bool{}
	add := func(p part) {
		if seen[p.name] {
			panic(tensor.Errorf(op, "two tensors are named %q", p.name))
		}
		seen[p.name] = true
		parts = append(parts, p)
	}
	for i, p := range params {
		switch {
		case p.Variable == nil:
			panic(tensor.Errorf(op, "parameter %d %q is nil", i, p.Name))
		case !p.DType().IsFloat():
			panic(tensor.Errorf(op, "parameter %q is %v, not of floats", p.Name, p.DType()))
		}
		add(part{name: p.Name, current: p.Value})
	}
	for i, b := range buffers {
		if b.Tensor == nil {
			panic(tensor.Errorf(op, "buffer %d %q is nil", i, b.Name))
		}
		add(part{name: b.Name, buffer: true, current: func() *tensor.Tensor { return b.Tensor }})
	}
	return parts
}

// Update takes the parameters as they are now into the average. It panics when
// one has another shape or type than before, Share is not from 0 to 1, or
// within Use.
func (a *Average) Update() {
	const op = "optim.Average.Update"
	a.check(op)
	by := 1.0
	if a.averaged > 0 {
		by = a.Share(a.averaged)
		if err := share("Share", by); err != nil {
			panic(tensor.Errorf(op, "after %d updates %v", a.averaged, err))
		}
	}
	for _, p := range a.parts {
		x := p.current()
		switch d := x.DType(); {
		case by == 1 || p.buffer && a.CopyBuffers || !d.IsFloat():
			p.mean.CopyFrom(x)
		case d == tensor.Float32:
			kernel.Blend(elements[float32](p.mean), elements[float32](x), by)
		default:
			kernel.Blend(elements[float64](p.mean), elements[float64](x), by)
		}
	}
	a.averaged++
}

// check panics within Use, and when a parameter is not like its average.
func (a *Average) check(op string) {
	if a.inUse {
		panic(tensor.Errorf(op, "the average is in use: the function given to Use must not call it"))
	}
	for _, p := range a.parts {
		p.match(op, p.current())
	}
}

// match panics when t is not like the average.
func (p part) match(op string, t *tensor.Tensor) {
	if t.DType() != p.mean.DType() || !t.Shape().Equal(p.mean.Shape()) {
		panic(tensor.Errorf(op, "%q is %v %v, its average is %v %v", p.name, t.DType(), t.Shape(), p.mean.DType(), p.mean.Shape()))
	}
}

// Updates returns how many times Update was called.
func (a *Average) Updates() int { return a.averaged }

// Use runs f while the parameters, and buffers where they were given, hold the
// average, then puts back what they held, also when f panics. What f changes
// in them stays with the average. No graph recorded before may wait for
// Backward then. It panics when a parameter has another shape or type than
// before, or within Use.
func (a *Average) Use(f func()) {
	a.check("optim.Average.Use")
	a.swap()
	defer a.swap()
	f()
}

// swap exchanges the parameters and the average.
func (a *Average) swap() {
	for _, p := range a.parts {
		x := p.current()
		old := x.Clone()
		x.CopyFrom(p.mean)
		p.mean.CopyFrom(old)
	}
	a.inUse = !a.inUse
}

// CopyTo sets parameters and buffers, those of the model itself or of another
// one, to the average. It panics, and copies nothing, when they are not those
// of the average by name, shape and type, or within Use.
func (a *Average) CopyTo(params []autograd.Parameter, buffers ...tensor.Named) {
	const op = "optim.Average.CopyTo"
	a.check(op)
	to := map[string]*tensor.Tensor{}
	for _, p := range partsOf(op, params, buffers) {
		to[p.name] = p.current()
	}
	for _, p := range a.parts {
		t := to[p.name]
		if t == nil {
			panic(tensor.Errorf(op, "%q is averaged but not given", p.name))
		}
		p.match(op, t)
	}
	if len(to) > len(a.parts) {
		panic(tensor.Errorf(op, "%d tensors are given, %d are averaged", len(to), len(a.parts)))
	}
	for _, p := range a.parts {
		to[p.name].CopyFrom(p.mean)
	}
}
