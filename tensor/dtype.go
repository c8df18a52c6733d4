package tensor

import "fmt"

// DType is the type of a tensor's elements. The zero value is Float32, the
// default of every constructor. The constructors are methods of DType too:
// tensor.Zeros(2, 3) is tensor.Float32.Zeros(2, 3).
type DType uint8

// The element types. Only floats have derivatives; Int64 holds classes and
// indices, Bool holds masks.
const (
	Float32 DType = iota
	Float64
	Int64
	Bool
)

// Element is the Go type of one element.
type Element interface {
	float32 | float64 | int64 | bool
}

// String returns PyTorch's name of the type: float32, float64, int64 or bool.
func (d DType) String() string {
	switch d {
	case Float32:
		return "float32"
	case Float64:
		return "float64"
	case Int64:
		return "int64"
	case Bool:
		return "bool"
	}
	return fmt.Sprintf("DType(%d)", uint8(d))
}

// IsFloat reports whether elements of the type have derivatives.
func (d DType) IsFloat() bool { return d == Float32 || d == Float64 }

// dtypeOf returns the DType whose elements are T.
func dtypeOf[T Element]() DType {
	var zero T
	switch any(zero).(type) {
	case float32:
		return Float32
	case float64:
		return Float64
	case int64:
		return Int64
	}
	return Bool
}
