package loss

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Gradients that are made with the value serve one walk that begins at the loss,
// and no other: walks again, with another factor, or of one operand only give
// what they should.
func TestGradientsMadeWithTheValue(t *testing.T) {
	for name, f := range map[string]func(x, y *autograd.Variable) *autograd.Variable{
		"MSE": NewMSELoss().Forward, "L1": NewL1Loss().Forward, "SmoothL1": NewSmoothL1Loss().Forward, "Huber": NewHuberLoss().Forward,
	} {
		for _, n := range []int{3, 1500} { // one block and several
			leaves := func() (x, y *autograd.Variable) {
				a, b := tensor.Zeros(n), tensor.Zeros(n)
				for i := range n {
					a.Set(float64(i%7)/4, i)
					b.Set(float64(i%5)/2, i)
				}
				return autograd.New(a), autograd.New(b)
			}
			what := fmt.Sprint(name, " ", n)
			x, y := leaves()
			once := autograd.Grad(f(x, y), x, y)
			assert.Equal(t, tensor.Data[float32](tensor.Neg(once[0].Value())), tensor.Data[float32](once[1].Value()), what)

			l := f(x, y)
			autograd.Walk{RetainGraph: true}.Backward(l)
			l.Backward()
			assert.Equal(t, tensor.Data[float32](tensor.MulScalar(once[0].Value(), 2)), tensor.Data[float32](x.Grad().Value()), what)
			assert.Equal(t, tensor.Data[float32](tensor.MulScalar(once[1].Value(), 2)), tensor.Data[float32](y.Grad().Value()), what)

			x, y = leaves()
			f(x, y).MulScalar(4).Backward()
			assert.Equal(t, tensor.Data[float32](tensor.MulScalar(once[0].Value(), 4)), tensor.Data[float32](x.Grad().Value()), what)

			l = f(x, y)
			one := autograd.Walk{RetainGraph: true}.Grad([]*autograd.Variable{l}, []*autograd.Variable{y})[0]
			both := autograd.Grad(l, x, y)
			assert.Equal(t, tensor.Data[float32](once[1].Value()), tensor.Data[float32](one.Value()), what)
			assert.Equal(t, tensor.Data[float32](once[0].Value()), tensor.Data[float32](both[0].Value()), what)
		}
	}
}
