package autograd

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Pooling says which windows of an image are pooled. In each pair the height
// comes first. The result has ⌊(length + 2·padding − dilation·(kernel − 1) −
// 1)/stride⌋ + 1 places along an axis.
type Pooling struct {
	Kernel   [2]int // elements of a window
	Stride   [2]int // how far windows lie apart; 0 stands for Kernel
	Padding  [2]int // entries added on each side, at most half of Kernel: −∞ for a maximum, 0 for an average
	Dilation [2]int // how far a window's elements lie apart; 0 stands for 1. For maxima only
	// Ceil rounds the number of places up, but for windows that would begin
	// beyond the image and the padding before it.
	Ceil bool

	ExcludePadding bool // averages are taken over the elements of the image only
	Divisor        int  // what averages divide sums by; 0 stands for the size of the window
}

// PoolIndices tell where the maxima of windows were found.
type PoolIndices struct {
	at    []int32
	shape tensor.Shape
}

// Tensor returns, in the shape of the maxima, where in its plane each of them
// is, row by row: an Int64 tensor.
func (p PoolIndices) Tensor() *tensor.Tensor {
	t := tensor.Int64.Zeros(p.shape...)
	for i, at := range p.at {
		tensor.Data[int64](t)[i] = int64(at)
	}
	return t
}

// MaxPool2d returns the greatest element of each window over the last two axes,
// and where it was. Of equals the first counts, row by row; NaN is greater than
// anything. It panics when the settings are out of range or leave no place.
// Gradient: g, added where the maxima came from.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.max_pool2d.html
func (x *Variable) MaxPool2d(o Pooling) (*Variable, PoolIndices) {
	const op = "autograd.MaxPool2d"
	return x.maxima("MaxPool2d", o.windows(op, x))
}

// AvgPool2d returns the average of each window over the last two axes. Padding
// counts, if it is not excluded, but not what Ceil adds to that. It panics when
// the settings are out of range or leave no place. Gradient: an even share of g
// for each element of a window.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.avg_pool2d.html
func (x *Variable) AvgPool2d(o Pooling) *Variable {
	const op = "autograd.AvgPool2d"
	if o.Dilation[0] > 1 || o.Dilation[1] > 1 {
		panic(tensor.Errorf(op, "Dilation %v: averages have none", o.Dilation))
	}
	return x.averages("AvgPool2d", o.windows(op, x), o.Divisor)
}

// AdaptiveMaxPool2d returns the greatest element, and where it was, of each of
// height by width windows that cover the last two axes evenly: along an axis
// window i of n goes from ⌊i·length/n⌋ to ⌈(i + 1)·length/n⌉. Its gradient is
// MaxPool2d's.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.adaptive_max_pool2d.html
func (x *Variable) AdaptiveMaxPool2d(height, width int) (*Variable, PoolIndices) {
	return x.maxima("AdaptiveMaxPool2d", adaptive("autograd.AdaptiveMaxPool2d", x, height, width))
}

// AdaptiveAvgPool2d returns the average of each of the windows that
// AdaptiveMaxPool2d describes. Its gradient is AvgPool2d's.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.adaptive_avg_pool2d.html
func (x *Variable) AdaptiveAvgPool2d(height, width int) *Variable {
	return x.averages("AdaptiveAvgPool2d", adaptive("autograd.AdaptiveAvgPool2d", x, height, width), 0)
}

// maxima records the greatest elements of windows.
func (x *Variable) maxima(op string, p *kernel.Pool) (*Variable, PoolIndices) {
	y := x.DType().Empty(pooledShape(x, p.Result)...)
	at := make([]int32, y.Size())
	if x.DType() == tensor.Float32 {
		kernel.MaxPool(p, tensor.Data[float32](y), at, tensor.Data[float32](x.value))
	} else {
		kernel.MaxPool(p, tensor.Data[float64](y), at, tensor.Data[float64](x.value))
	}
	return record(op, y, wrt(x, func(_, g *Variable) *Variable { return placed(p, at, g) })), PoolIndices{at, y.Shape()}
}

// placed returns the gradient of maxima; it and picked are each other's transpose.
func placed(p *kernel.Pool, at []int32, g *Variable) *Variable {
	dx := g.DType().Empty(pooledShape(g, p.Image)...)
	if g.DType() == tensor.Float32 {
		kernel.PlacePool(p, tensor.Data[float32](dx), at, tensor.Data[float32](g.value))
	} else {
		kernel.PlacePool(p, tensor.Data[float64](dx), at, tensor.Data[float64](g.value))
	}
	return record("PlacePool", dx, wrt(g, func(_, v *Variable) *Variable { return picked(p, at, v) }))
}

func picked(p *kernel.Pool, at []int32, x *Variable) *Variable {
	y := x.DType().Empty(pooledShape(x, p.Result)...)
	if x.DType() == tensor.Float32 {
		kernel.PickPool(p, tensor.Data[float32](y), at, tensor.Data[float32](x.value))
	} else {
		kernel.PickPool(p, tensor.Data[float64](y), at, tensor.Data[float64](x.value))
	}
	return record("PickPool", y, wrt(x, func(_, g *Variable) *Variable { return placed(p, at, g) }))
}

// averages records those of windows; it and spread are each other's transpose.
func (x *Variable) averages(op string, p *kernel.Pool, divisor int) *Variable {
	y := x.DType().Empty(pooledShape(x, p.Result)...)
	if x.DType() == tensor.Float32 {
		kernel.AvgPool(p, tensor.Data[float32](y), tensor.Data[float32](x.value), divisor)
	} else {
		kernel.AvgPool(p, tensor.Data[float64](y), tensor.Data[float64](x.value), divisor)
	}
	return record(op, y, wrt(x, func(_, g *Variable) *Variable { return spread(op, p, divisor, g) }))
}

func spread(op string, p *kernel.Pool, divisor int, g *Variable) *Variable {
	dx := g.DType().Empty(pooledShape(g, p.Image)...)
	if g.DType() == tensor.Float32 {
		kernel.SpreadPool(p, tensor.Data[float32](dx), tensor.Data[float32](g.value), divisor)
	} else {
		kernel.SpreadPool(p, tensor.Data[float64](dx), tensor.Data[float64](g.value), divisor)
	}
	return record("SpreadPool", dx, wrt(g, func(_, v *Variable) *Variable { return v.averages(op, p, divisor) }))
}

// pooledShape returns x's shape with other last axes.
func pooledShape(x *Variable, last [2]int) []int {
	s := x.Shape()
	return append(append(make([]int, 0, len(s)), s[:len(s)-2]...), last[0], last[1])
}
