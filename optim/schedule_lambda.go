package optim

import "fmt"

// LambdaLR makes the rates a function of the epoch times what they were at the
// start.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.LambdaLR.html
type LambdaLR struct {
	// Lambdas are the functions: one for all groups, or one for each. They are
	// not part of the state.
	Lambdas []func(epoch int) float64 `json:"-"`

	plan
}

// NewLambdaLR returns a LambdaLR over opt's groups and sets the rates of the
// first epoch. It panics when there is not one function for all groups or one
// for each.
func NewLambdaLR(opt Optimizer, lambdas ...func(epoch int) float64) *LambdaLR {
	s := &LambdaLR{Lambdas: lambdas, plan: newPlan("LambdaLR", opt)}
	s.start(s)
	return s
}

func (s *LambdaLR) check() error { return checkLambdas(s.Lambdas, len(s.lanes)) }

func (s *LambdaLR) begin(group int, lr, base float64) float64 { return s.next(group, lr, base) }

func (s *LambdaLR) next(group int, _, base float64) float64 {
	return base * lambda(s.Lambdas, group)(s.epoch)
}

// MultiplicativeLR multiplies the rates in every epoch but the first by a
// function of it. In a SequentialLR it goes on from the rates that it finds.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
type MultiplicativeLR struct {
	// Lambdas are the functions: one for all groups, or one for each. They are
	// not part of the state.
	Lambdas []func(epoch int) float64 `json:"-"`

	plan
}

// NewMultiplicativeLR returns a MultiplicativeLR over opt's groups. It panics
// when there is not one function for all groups or one for each.
func NewMultiplicativeLR(opt Optimizer, lambdas ...func(epoch int) float64) *MultiplicativeLR {
	s := &MultiplicativeLR{Lambdas: lambdas, plan: newPlan("MultiplicativeLR", opt)}
	s.start(s)
	return s
}

func (s *MultiplicativeLR) check() error { return checkLambdas(s.Lambdas, len(s.lanes)) }

func (s *MultiplicativeLR) begin(group int, lr, base float64) float64 { return lr }

func (s *MultiplicativeLR) next(group int, lr, _ float64) float64 {
	return lr * lambda(s.Lambdas, group)(s.epoch)
}

func (s *MultiplicativeLR) enter() {
	s.must(s.check())
	s.epoch = 0
	s.set(s.begin)
}

// lambda returns the function for a group.
func lambda(lambdas []func(epoch int) float64, group int) func(epoch int) float64 {
	return lambdas[min(group, len(lambdas)-1)]
}

func checkLambdas(lambdas []func(epoch int) float64, groups int) error {
	if len(lambdas) != 1 && len(lambdas) != groups {
		return fmt.Errorf("Lambdas has %d functions, not one for all groups or one for each of %d", len(lambdas), groups)
	}
	for i, f := range lambdas {
		if f == nil {
			return fmt.Errorf("Lambdas[%d] is nil", i)
		}
	}
	return nil
}
