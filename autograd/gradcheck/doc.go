// Package gradcheck compares the derivatives that package autograd computes
// with finite differences, so that a wrong rule does not go unseen.
//
//	err := gradcheck.Check(func(x []*autograd.Variable) *autograd.Variable {
//		return x[0].Mul(x[1]).Tanh()
//	}, a, b)
//
// Check compares first derivatives, CheckGrad first and second ones; Options
// has the orders above, the tolerances and a cheap mode for large inputs.
//
// # How it compares
//
// Let f have result y. With a random cotangent c (1 where y has one element)
// the gradient of ⟨c, y⟩ is taken by a backward walk and, element by element,
// by the central difference
//
//	⟨c, f(x+h) − f(x−h)⟩ / 2h
//
// An order higher, f is replaced by its gradient, a function of x and of c,
// and both are varied: a rule that forgets to pass on the derivative with
// respect to the incoming gradient is found, too. Those differences are of
// unrecorded walks, so for a fused operation they compare its definition with
// its kernel.
//
// # Where it cannot compare
//
// Differences across a kink or a jump (ReLU at 0, Abs at 0, ties in Max, the
// bounds of Clamp) are not derivatives. Keep inputs several steps away from
// them, and from the end of the domain (0 for Log and Sqrt). f must be
// deterministic: Dropout needs a source seeded anew in each call.
package gradcheck
