package tensor

import "fmt"

// Error is what every package of this module panics with when it is misused:
// shapes that do not fit, an axis or index out of range, an illegal option.
// autograd.Try turns such a panic into an error.
type Error struct {
	Op     string  // package and operation, as in "tensor.MatMul"
	Msg    string  // what is wrong, with shapes, value and position
	Shapes []Shape // the shapes that Msg speaks of
}

// Error returns "Op: Msg".
func (e *Error) Error() string { return e.Op + ": " + e.Msg }

// Errorf makes an Error. Every argument of type Shape is kept in Shapes.
func Errorf(op, format string, args ...any) *Error {
	e := &Error{Op: op, Msg: fmt.Sprintf(format, args...)}
	for _, a := range args {
		if s, ok := a.(Shape); ok {
			e.Shapes = append(e.Shapes, s)
		}
	}
	return e
}
