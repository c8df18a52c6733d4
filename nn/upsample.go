package nn

import (
	"encoding/json"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// PerAxis is a number for each axis, or one for all. In JSON one may go without
// its list, as in PyTorch.
type PerAxis[T int | float64] []T

// UnmarshalJSON reads a number or a list of them.
func (p *PerAxis[T]) UnmarshalJSON(text []byte) error {
	var one T
	if string(text) != "null" && json.Unmarshal(text, &one) == nil {
		*p = PerAxis[T]{one}
		return nil
	}
	return json.Unmarshal(text, (*[]T)(p))
}

// at returns the number for an axis.
func (p PerAxis[T]) at(axis int) T {
	if len(p) == 1 {
		return p[0]
	}
	return p[axis]
}

// Upsample resizes sequences [N C L] or images [N C H W] to Size, or by
// ScaleFactor.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Upsample.html
type Upsample struct {
	Size        PerAxis[int]     `json:"size"`         // lengths to reach; nil to go by ScaleFactor
	ScaleFactor PerAxis[float64] `json:"scale_factor"` // lengths are multiplied by it and rounded down
	// Mode is "nearest", the default, or "linear" for sequences and "bilinear"
	// for images: weighted by distance.
	Mode string `json:"mode"`
	// AlignCorners lets the outermost elements stay, in place of the outermost
	// edges of elements; not for "nearest".
	AlignCorners bool `json:"align_corners"`
}

// NewUpsample returns an Upsample by a factor, of mode "nearest".
func NewUpsample(factor float64) *Upsample {
	return &Upsample{ScaleFactor: PerAxis[float64]{factor}, Mode: "nearest"}
}

// Forward returns x resized. It panics when Mode is unknown or x has another
// number of axes than it is for, and when the lengths or factors are not one or
// one for each axis, or none or both are given, or x or the result is empty.
func (l *Upsample) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	l.check(x)
	for axis := 2; axis < x.Dims(); axis++ {
		x = l.resize(x, axis)
	}
	return x
}

func (l *Upsample) check(x *autograd.Variable) {
	const op = "nn.Upsample"
	axes, ok := map[string]int{"nearest": x.Dims(), "linear": 3, "bilinear": 4}[l.Mode]
	switch {
	case !ok:
		panic(tensor.Errorf(op, "Mode is %q, not \"nearest\", \"linear\" or \"bilinear\"", l.Mode))
	case x.Dims() != axes || x.Dims() < 3 || x.Dims() > 4:
		panic(tensor.Errorf(op, "input %v has not the axes of Mode %q", x.Shape(), l.Mode))
	case l.AlignCorners && l.Mode == "nearest":
		panic(tensor.Errorf(op, "AlignCorners is not for Mode \"nearest\""))
	case (l.Size == nil) == (l.ScaleFactor == nil):
		panic(tensor.Errorf(op, "one of Size and ScaleFactor must be given"))
	}
	if given := len(l.Size) + len(l.ScaleFactor); given != 1 && given != x.Dims()-2 {
		panic(tensor.Errorf(op, "there are %d lengths or factors for input %v", given, x.Shape()))
	}
	for axis := 2; axis < x.Dims(); axis++ {
		if n := l.length(axis, x.Shape()[axis]); n < 1 || x.Shape()[axis] < 1 {
			panic(tensor.Errorf(op, "axis %d of input %v becomes %d long", axis, x.Shape(), n))
		}
	}
}

// length returns how long an axis of length n becomes.
func (l *Upsample) length(axis, n int) int {
	if l.Size != nil {
		return l.Size.at(axis - 2)
	}
	return int(math.Floor(float64(n) * l.ScaleFactor.at(axis-2)))
}

// step returns how far apart in the input neighbours in the result are.
func (l *Upsample) step(axis, in, out int) float64 {
	if l.ScaleFactor != nil {
		return 1 / l.ScaleFactor.at(axis-2)
	}
	return float64(in) / float64(out)
}

func (l *Upsample) resize(x *autograd.Variable, axis int) *autograd.Variable {
	in := x.Shape()[axis]
	out := l.length(axis, in)
	if l.Mode == "nearest" {
		step := float32(l.step(axis, in, out)) // which PyTorch takes it in, and so rounds
		from := make([]int64, out)
		for i := range from {
			from[i] = min(int64(float32(i)*step), int64(in-1))
		}
		return x.IndexSelect(axis, tensor.New(from))
	}
	low, high, share := make([]int64, out), make([]int64, out), make([]float64, out)
	for i := range out {
		at := l.place(axis, i, in, out)
		low[i] = min(int64(at), int64(in-1))
		high[i] = min(low[i]+1, int64(in-1))
		share[i] = at - float64(low[i])
	}
	shape := []int{out}
	for range x.Dims() - axis - 1 {
		shape = append(shape, 1)
	}
	t := tensor.New(share, shape...)
	weight := func(t *tensor.Tensor) *autograd.Variable { return autograd.Const(t.To(x.DType())) }
	a := x.IndexSelect(axis, tensor.New(low)).Mul(weight(tensor.AddScalar(tensor.Neg(t), 1)))
	return a.Add(x.IndexSelect(axis, tensor.New(high)).Mul(weight(t)))
}

// place returns where element i of the result lies between elements of the
// input.
func (l *Upsample) place(axis, i, in, out int) float64 {
	if !l.AlignCorners {
		return max(0, l.step(axis, in, out)*(float64(i)+0.5)-0.5)
	}
	if out == 1 {
		return 0
	}
	return float64(i) * (float64(in-1) / float64(out-1))
}

func init() {
	register(func(o *options) *Upsample {
		l := &Upsample{Mode: "nearest"}
		o.takeOrNull("size", &l.Size)
		o.least("size", 1, &l.Size)
		o.takeOrNull("scale_factor", &l.ScaleFactor)
		for _, f := range l.ScaleFactor {
			if !(f > 0) {
				o.refuse("scale_factor", "is not greater than 0")
			}
		}
		if (l.Size == nil) == (l.ScaleFactor == nil) {
			o.refuse("size", "goes with no scale_factor, but one of the two must be given")
		}
		word(o, "mode", &l.Mode, "nearest", "linear", "bilinear")
		o.takeOrNull("align_corners", &l.AlignCorners)
		if l.AlignCorners && l.Mode == "nearest" {
			o.refuse("align_corners", "is not for mode \"nearest\"")
		}
		return l
	})
}
