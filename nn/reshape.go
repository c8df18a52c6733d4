package nn

import (
	"slices"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Identity lets everything pass.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Identity.html
type Identity struct{ _ distinct }

// NewIdentity returns an Identity.
func NewIdentity() *Identity { return &Identity{} }

// Forward returns x.
func (l *Identity) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return x
}

// Unflatten makes several axes of axis Dim, the inverse of Flatten.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.Unflatten.html
type Unflatten struct {
	Dim             int   `json:"dim"`
	UnflattenedSize []int `json:"unflattened_size"` // one length may be −1, which is what is left
}

// NewUnflatten returns an Unflatten of axis dim to axes of the given lengths.
func NewUnflatten(dim int, lengths ...int) *Unflatten {
	return &Unflatten{dim, slices.Clone(lengths)}
}

// Forward returns x in its other shape. It panics when x has no axis Dim, or
// that is not as long as the product of UnflattenedSize.
func (l *Unflatten) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.Unflatten"
	axis := l.Dim
	if axis < 0 {
		axis += x.Dims()
	}
	if axis < 0 || axis >= x.Dims() {
		panic(tensor.Errorf(op, "input %v has no axis %d", x.Shape(), l.Dim))
	}
	known, open := 1, -1
	for i, n := range l.UnflattenedSize {
		switch {
		case n == -1 && open < 0:
			open = i
		case n < 0:
			panic(tensor.Errorf(op, "lengths %v are negative", l.UnflattenedSize))
		default:
			known *= n
		}
	}
	lengths, n := slices.Clone(l.UnflattenedSize), x.Shape()[axis]
	if open >= 0 && known > 0 {
		lengths[open] = n / known
		known *= lengths[open]
	}
	if known != n || len(lengths) == 0 {
		panic(tensor.Errorf(op, "axis %d of input %v does not make %v", l.Dim, x.Shape(), l.UnflattenedSize))
	}
	shape := append(append(slices.Clone(x.Shape()[:axis]), lengths...), x.Shape()[axis+1:]...)
	return x.Reshape(shape...)
}

// PixelShuffle makes images larger and of fewer channels, r being
// UpscaleFactor: [… C·r² H W] becomes [… C H·r W·r].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PixelShuffle.html,
// https://arxiv.org/abs/1609.05158
type PixelShuffle struct {
	UpscaleFactor int `json:"upscale_factor"`
}

// NewPixelShuffle returns a PixelShuffle.
func NewPixelShuffle(factor int) *PixelShuffle { return &PixelShuffle{factor} }

// Forward returns the larger images. It panics when x is not of images whose
// channels UpscaleFactor² divides.
func (l *PixelShuffle) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	r := l.UpscaleFactor
	if x.Dims() < 3 || r < 1 || x.Shape()[x.Dims()-3]%(r*r) != 0 {
		panic(tensor.Errorf("nn.PixelShuffle", "input %v is not [… C·%d² H W]", x.Shape(), r))
	}
	before, c, h, w := images(x)
	y := x.Reshape(tensor.Shape(before).Size(), c/(r*r), r, r, h, w).Permute(0, 1, 4, 2, 5, 3)
	return y.Reshape(append(before, c/(r*r), h*r, w*r)...)
}

// PixelUnshuffle is the inverse of PixelShuffle, r being DownscaleFactor:
// [… C H·r W·r] becomes [… C·r² H W].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PixelUnshuffle.html
type PixelUnshuffle struct {
	DownscaleFactor int `json:"downscale_factor"`
}

// NewPixelUnshuffle returns a PixelUnshuffle.
func NewPixelUnshuffle(factor int) *PixelUnshuffle { return &PixelUnshuffle{factor} }

// Forward returns the smaller images. It panics when x is not of images whose
// height and width DownscaleFactor divides.
func (l *PixelUnshuffle) Forward(x *autograd.Variable) (out *autograd.Variable) {
	defer enter(l, x).leave(&out)
	r := l.DownscaleFactor
	if x.Dims() < 3 || r < 1 || x.Shape()[x.Dims()-2]%r != 0 || x.Shape()[x.Dims()-1]%r != 0 {
		panic(tensor.Errorf("nn.PixelUnshuffle", "input %v is not [… C H·%d W·%d]", x.Shape(), r, r))
	}
	before, c, h, w := images(x)
	y := x.Reshape(tensor.Shape(before).Size(), c, h/r, r, w/r, r).Permute(0, 1, 3, 5, 2, 4)
	return y.Reshape(append(before, c*r*r, h/r, w/r)...)
}

// images returns the lengths of [… c h w].
func images(x *autograd.Variable) (before []int, c, h, w int) {
	n := x.Dims()
	s := x.Shape()
	return slices.Clone(s[:n-3]), s[n-3], s[n-2], s[n-1]
}

func init() {
	registerPlain(NewIdentity)
	register(func(o *options) *Unflatten {
		var dim int
		var lengths []int
		o.need("dim", &dim)
		o.length("unflattened_size", -1, &lengths)
		if open := slices.Index(lengths, -1); open >= 0 && slices.Contains(lengths[open+1:], -1) {
			o.refuse("unflattened_size", "has -1 twice")
		}
		return NewUnflatten(dim, lengths...)
	})
	register(func(o *options) *PixelShuffle {
		var factor int
		o.length("upscale_factor", 1, &factor)
		return NewPixelShuffle(factor)
	})
	register(func(o *options) *PixelUnshuffle {
		var factor int
		o.length("downscale_factor", 1, &factor)
		return NewPixelUnshuffle(factor)
	})
}
