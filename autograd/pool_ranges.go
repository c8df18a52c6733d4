package autograd

import (
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// planes describes pooling of x, ranges and result left out.
func planes(op string, x *Variable) *kernel.Pool {
	s := x.Shape()
	if len(s) < 2 || s[len(s)-2] < 1 || s[len(s)-1] < 1 || !x.DType().IsFloat() {
		panic(tensor.Errorf(op, "input %v %v has no images of floats, of one element or more", x.DType(), s))
	}
	return &kernel.Pool{Planes: s[:len(s)-2].Size(), Image: [2]int(s[len(s)-2:]), Step: [2]int{1, 1}}
}

// windows returns which windows of x are pooled.
func (o Pooling) windows(op string, x *Variable) *kernel.Pool {
	p := planes(op, x)
	for i := range 2 {
		stride, dilation := o.Stride[i], max(1, o.Dilation[i])
		if stride == 0 {
			stride = o.Kernel[i]
		}
		if o.Kernel[i] < 1 || stride < 1 || o.Dilation[i] < 0 || o.Padding[i] < 0 || o.Padding[i] > o.Kernel[i]/2 || o.Divisor < 0 {
			panic(tensor.Errorf(op, "a setting of %+v is out of range: Padding is at most half of Kernel", o))
		}
		p.Step[i] = dilation
		p.Result[i] = places(p.Image[i], o.Kernel[i], stride, o.Padding[i], dilation, o.Ceil)
		if p.Result[i] < 1 {
			panic(tensor.Errorf(op, "input %v with padding %v has no room for a window of %v with dilation %v", x.Shape(), o.Padding, o.Kernel, p.Step))
		}
		p.Ranges[i] = o.ranges(i, p, stride)
	}
	return p
}

// places returns how many windows there are along an axis.
func places(length, kernel, stride, padding, dilation int, ceil bool) int {
	room := length + 2*padding - dilation*(kernel-1) - 1
	if room < 0 && (!ceil || room <= -stride) {
		return 0
	}
	if !ceil {
		return room/stride + 1
	}
	n := (room+stride-1)/stride + 1
	if (n-1)*stride >= length+padding { // that window would begin in the padding at the end
		n--
	}
	return n
}

// ranges returns the windows along an axis. One that reaches beyond the padding
// counts the elements up to there.
func (o Pooling) ranges(axis int, p *kernel.Pool, stride int) []kernel.Range {
	length, padding, step := p.Image[axis], o.Padding[axis], p.Step[axis]
	ranges := make([]kernel.Range, p.Result[axis])
	for i := range ranges {
		from := i*stride - padding
		to := min(from+step*(o.Kernel[axis]-1)+1, length+padding)
		r := kernel.Range{From: from, To: min(to, length), Count: to - from}
		if from < 0 {
			r.From = from + (step-1-from)/step*step
		}
		if o.ExcludePadding {
			r.Count = max(0, r.To-r.From)
		}
		r.To = max(r.To, r.From)
		ranges[i] = r
	}
	return ranges
}

// adaptive returns windows that cover x evenly.
func adaptive(op string, x *Variable, height, width int) *kernel.Pool {
	p := planes(op, x)
	p.Result = [2]int{height, width}
	if height < 0 || width < 0 {
		panic(tensor.Errorf(op, "a result of [%d %d]", height, width))
	}
	for axis, n := range p.Result {
		length := p.Image[axis]
		for i := range n {
			from, to := i*length/n, ((i+1)*length+n-1)/n
			p.Ranges[axis] = append(p.Ranges[axis], kernel.Range{From: from, To: to, Count: to - from})
		}
	}
	return p
}
