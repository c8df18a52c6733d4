package loss

import "github.com/declive/declive/autograd"

// MSELoss is the squared error, the usual loss of regression.
//
//	l = (x − y)²
//
// Input x and target y have one shape, any; both are differentiated.
//
// Forward panics when they differ in shape or type or are not floats.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.MSELoss.html
type MSELoss struct {
	// Reduction of the terms, one per element; Mean by default.
	Reduction Reduction `json:"reduction"`
}

func init() { register2(NewMSELoss) }

// NewMSELoss returns the loss with PyTorch's defaults.
func NewMSELoss() *MSELoss { return &MSELoss{} }

// MSE returns the mean squared error.
func MSE(input, target *autograd.Variable) *autograd.Variable {
	return NewMSELoss().Forward(input, target)
}

func (l *MSELoss) check() { l.Reduction.check("loss.MSELoss") }

// Forward returns the loss, reduced.
func (l *MSELoss) Forward(input, target *autograd.Variable) *autograd.Variable {
	l.check()
	same("loss.MSELoss", "input", input, "target", target)
	return l.Reduction.each(input.Sub(target).Square())
}
