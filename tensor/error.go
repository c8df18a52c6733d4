package tensor

import (
	"errors"
	"fmt"
)

// Error is what every package of this module panics with when it is misused:
// shapes that do not fit, an axis or index out of range, an illegal option.
// autograd.Try turns such a panic into an error.
type Error struct {
	Op     string  // package and operation, as in "tensor.MatMul"
	Msg    string  // what is wrong, with shapes, value and position
	Shapes []Shape // the shapes that Msg speaks of
	cause  error
}

// Error returns "Op: Msg".
func (e *Error) Error() string { return e.Op + ": " + e.Msg }

// Unwrap returns the error that Errorf was given for %w, or nil.
func (e *Error) Unwrap() error { return e.cause }

// Errorf makes an Error, with fmt.Errorf's verbs. Every argument of type Shape
// is kept in Shapes.
func Errorf(op, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	e := &Error{Op: op, Msg: err.Error(), cause: errors.Unwrap(err)}
	for _, a := range args {
		if s, ok := a.(Shape); ok {
			e.Shapes = append(e.Shapes, s)
		}
	}
	return e
}
