package autograd

import (
	"errors"

	"github.com/declive/declive/tensor"
)

// Try calls f and returns the *tensor.Error it panics with, or nil. Any other
// panic passes through: it is a bug, not misuse.
func Try(f func()) (err error) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		var ours *tensor.Error
		if e, ok := p.(error); ok && errors.As(e, &ours) {
			err = e
			return
		}
		panic(p)
	}()
	f()
	return nil
}
