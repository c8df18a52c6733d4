package autograd

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// Convolution says how a kernel moves over an image. In each pair the height
// comes first. The zero value moves by one, without padding.
type Convolution struct {
	Stride   [2]int    // how far the kernel moves; 0 stands for 1
	Dilation [2]int    // how far its elements lie apart; 0 stands for 1
	Padding  [2][2]int // zeros before and after the image, by axis
	Groups   int       // channels are cut into so many groups that do not mix; 0 stands for 1
	// Output is the length that ConvTranspose2d adds to its result, since
	// images of several lengths have a convolution of the same length.
	Output [2]int
}

// Conv2d returns the convolution, or rather cross-correlation, of images x
// [N in H W] with kernels w [out in/groups h w],
//
//	y[n,o,i] = bias[o] + Σ_{c,k} x[n,c, i·stride + k·dilation − padding] · w[o,c,k]
//
// i and k being pairs. bias [out] may be nil. The length of an axis becomes
// ⌊(length + padding − dilation·(kernel − 1) − 1)/stride⌋ + 1. It panics when
// shapes or types do not fit, or the kernel is larger than the padded image.
//
// Gradients: the transposed convolution of g with w; the convolution of x with
// g; g summed over images and places.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.conv2d.html
func (x *Variable) Conv2d(w, bias *Variable, o Convolution) *Variable {
	const op = "autograd.Conv2d"
	c := o.geometry(op, x, w)
	if c.In != w.Shape()[1]*c.Groups {
		panic(tensor.Errorf(op, "input %v does not have the %d channels that weight %v takes in %d groups",
			x.Shape(), w.Shape()[1]*c.Groups, w.Shape(), c.Groups))
	}
	for i := range 2 {
		room := c.Image[i] + o.Padding[i][0] + o.Padding[i][1] - c.Dilation[i]*(c.Kernel[i]-1) - 1
		if room < 0 {
			panic(tensor.Errorf(op, "the kernel of weight %v is larger than input %v with padding %v and dilation %v",
				w.Shape(), x.Shape(), o.Padding, c.Dilation))
		}
		c.Result[i] = room/c.Stride[i] + 1
	}
	checkBias(op, bias, w, c.Out)
	return convForward(c, "Conv2d", x, w, bias)
}

// ConvTranspose2d is the transpose of Conv2d as a map of images: it takes x
// [N in H W], shaped as Conv2d's result, and kernels w [in out/groups h w] to
// [N out H' W'],
//
//	y[n,o, i·stride + k·dilation − padding] = bias[o] + Σ_{c,i,k} x[n,c,i] · w[c,o,k]
//
// The length of an axis becomes (length − 1)·stride − padding +
// dilation·(kernel − 1) + 1 + Output. It panics when shapes or types do not fit,
// or that is less than 1.
//
// Gradients: the convolution of g with w; the convolution of g with x; g summed
// over images and places.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.conv_transpose2d.html
func (x *Variable) ConvTranspose2d(w, bias *Variable, o Convolution) *Variable {
	const op = "autograd.ConvTranspose2d"
	c := o.geometry(op, x, w)
	if c.In != w.Shape()[0] {
		panic(tensor.Errorf(op, "input %v does not have the %d channels that weight %v takes", x.Shape(), w.Shape()[0], w.Shape()))
	}
	c.In, c.Out, c.Image, c.Result = w.Shape()[1]*c.Groups, c.In, c.Result, c.Image
	for i := range 2 {
		c.Image[i] = (c.Result[i]-1)*c.Stride[i] - o.Padding[i][0] - o.Padding[i][1] + c.Dilation[i]*(c.Kernel[i]-1) + 1 + o.Output[i]
		if c.Image[i] < 1 {
			panic(tensor.Errorf(op, "input %v and weight %v with stride %v, padding %v and dilation %v give an axis of length %d",
				x.Shape(), w.Shape(), c.Stride, o.Padding, c.Dilation, c.Image[i]))
		}
	}
	checkBias(op, bias, w, c.In)
	return convInput(c, "ConvTranspose2d", w, x, bias)
}

// geometry checks what both directions have in common and describes a
// convolution of x; the result's lengths are left to the caller.
func (o Convolution) geometry(op string, x, w *Variable) *kernel.Conv {
	xs, ws := x.Shape(), w.Shape()
	switch {
	case len(xs) != 4:
		panic(tensor.Errorf(op, "input %v is not [images channels height width]", xs))
	case len(ws) != 4 || ws[2] < 1 || ws[3] < 1:
		panic(tensor.Errorf(op, "weight %v is not four axes, the last two those of the kernel", ws))
	case x.DType() != w.DType() || !x.DType().IsFloat():
		panic(tensor.Errorf(op, "input %v %v and weight %v %v", x.DType(), xs, w.DType(), ws))
	case xs[2] < 1 || xs[3] < 1:
		panic(tensor.Errorf(op, "input %v has no places", xs))
	}
	c := &kernel.Conv{Batch: xs[0], In: xs[1], Out: ws[0], Groups: max(o.Groups, 1), Image: [2]int(xs[2:]), Kernel: [2]int(ws[2:])}
	if o.Groups < 0 || ws[0]%c.Groups != 0 {
		panic(tensor.Errorf(op, "the first axis of weight %v is not cut evenly into %d groups", ws, o.Groups))
	}
	for i := range 2 {
		c.Stride[i], c.Dilation[i], c.Pad[i] = max(o.Stride[i], 1), max(o.Dilation[i], 1), o.Padding[i][0]
		if o.Stride[i] < 0 || o.Dilation[i] < 0 || o.Padding[i][0] < 0 || o.Padding[i][1] < 0 || o.Output[i] < 0 {
			panic(tensor.Errorf(op, "stride %v, dilation %v, padding %v, output padding %v: one is negative",
				o.Stride, o.Dilation, o.Padding, o.Output))
		}
	}
	return c
}

func checkBias(op string, bias, w *Variable, channels int) {
	if bias != nil && (!bias.Shape().Equal(tensor.Shape{channels}) || bias.DType() != w.DType()) {
		panic(tensor.Errorf(op, "bias %v %v does not fit the %d channels of weight %v %v", bias.DType(), bias.Shape(), channels, w.DType(), w.Shape()))
	}
}

// The three derivatives of Σ image·kernel·gradient; the rules of each are the
// two others.

func convForward(c *kernel.Conv, op string, x, w, bias *Variable) *Variable {
	y := x.DType().Empty(c.Batch, c.Out, c.Result[0], c.Result[1])
	if x.DType() == tensor.Float32 {
		kernel.ConvForward(c, tensor.Data[float32](y), tensor.Data[float32](x.value), tensor.Data[float32](w.value), data[float32](bias))
	} else {
		kernel.ConvForward(c, tensor.Data[float64](y), tensor.Data[float64](x.value), tensor.Data[float64](w.value), data[float64](bias))
	}
	edges := [3]edge{
		wrt(x, func(y, g *Variable) *Variable { return convInput(c, "ConvTranspose2d", y.input(1), g, nil) }),
		wrt(w, func(y, g *Variable) *Variable { return convWeight(c, y.input(0), g) })}
	return record(op, y, withBias(edges, bias)...)
}

func convInput(c *kernel.Conv, op string, w, g, bias *Variable) *Variable {
	dx := g.DType().Empty(c.Batch, c.In, c.Image[0], c.Image[1])
	if g.DType() == tensor.Float32 {
		kernel.ConvInput(c, tensor.Data[float32](dx), tensor.Data[float32](w.value), tensor.Data[float32](g.value), data[float32](bias))
	} else {
		kernel.ConvInput(c, tensor.Data[float64](dx), tensor.Data[float64](w.value), tensor.Data[float64](g.value), data[float64](bias))
	}
	edges := [3]edge{
		wrt(w, func(y, v *Variable) *Variable { return convWeight(c, v, y.input(1)) }),
		wrt(g, func(y, v *Variable) *Variable { return convForward(c, "Conv2d", v, y.input(0), nil) })}
	return record(op, dx, withBias(edges, bias)...)
}

func convWeight(c *kernel.Conv, x, g *Variable) *Variable {
	dw := x.DType().Empty(c.Out, c.In/c.Groups, c.Kernel[0], c.Kernel[1])
	if x.DType() == tensor.Float32 {
		kernel.ConvWeight(c, tensor.Data[float32](dw), tensor.Data[float32](x.value), tensor.Data[float32](g.value))
	} else {
		kernel.ConvWeight(c, tensor.Data[float64](dw), tensor.Data[float64](x.value), tensor.Data[float64](g.value))
	}
	return record("Conv2dWeight", dw,
		wrt(x, func(y, v *Variable) *Variable { return convInput(c, "ConvTranspose2d", v, y.input(1), nil) }),
		wrt(g, func(y, v *Variable) *Variable { return convForward(c, "Conv2d", y.input(0), v, nil) }))
}

// data returns the elements of a Variable that may be nil.
func data[T kernel.Float](x *Variable) []T {
	if x == nil {
		return nil
	}
	return tensor.Data[T](x.value)
}

// withBias completes the edges of a convolution: each element of the bias was
// added to one channel.
func withBias(edges [3]edge, bias *Variable) []edge {
	if bias == nil {
		return edges[:2]
	}
	edges[2] = wrt(bias, func(_, g *Variable) *Variable { return g.Sum(0, 2, 3) })
	return edges[:]
}
