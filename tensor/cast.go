package tensor

import "github.com/declive/declive/internal/kernel"

// To returns t with elements of type d: t itself, not a copy, when it has that
// type, a new tensor otherwise. Floats are truncated towards zero to make
// integers, and NaN or what int64 cannot hold gives an arbitrary one; numbers
// become true unless they are 0, NaN included; true becomes 1.
func (t *Tensor) To(d DType) *Tensor {
	if t.dtype == d {
		return t
	}
	out := d.Zeros(t.shape...)
	switch d {
	case Float32:
		convertTo[float32](out, t)
	case Float64:
		convertTo[float64](out, t)
	case Int64:
		convertTo[int64](out, t)
	case Bool:
		truth(Data[bool](out), t)
	}
	return out
}

func convertTo[D kernel.Number](out, x *Tensor) {
	dst := Data[D](out)
	switch x.dtype {
	case Float32:
		kernel.Convert(dst, Data[float32](x))
	case Float64:
		kernel.Convert(dst, Data[float64](x))
	case Int64:
		kernel.Convert(dst, Data[int64](x))
	case Bool:
		kernel.FromBool(dst, Data[bool](x))
	}
}

func truth(dst []bool, x *Tensor) {
	switch x.dtype {
	case Float32:
		kernel.Truth(dst, Data[float32](x))
	case Float64:
		kernel.Truth(dst, Data[float64](x))
	case Int64:
		kernel.Truth(dst, Data[int64](x))
	}
}
