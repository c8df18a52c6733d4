package optim

import (
	"fmt"
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// GradNorm returns the p-norm of all gradients taken as one vector,
// (Σ|g|^p)^(1/p), or the greatest |g| when p is +Inf. Parameters without a
// gradient are left out, so the norm of none is 0. It is computed in float64
// and does not overflow on the way. It panics when p is not positive.
func GradNorm(params []autograd.Parameter, p float64) float64 {
	return gradNorm("optim.GradNorm", params, p)
}

func gradNorm(op string, params []autograd.Parameter, p float64) float64 {
	if !(p > 0) {
		panic(tensor.Errorf(op, "p is %v, not positive", p))
	}
	var norms []float64
	for _, q := range params {
		gradient(q.Variable, func(g *tensor.Tensor) { norms = append(norms, norm(g, p)) })
	}
	return kernel.Norm(norms, p)
}

func norm(g *tensor.Tensor, p float64) float64 {
	if g.DType() == tensor.Float32 {
		return kernel.Norm(tensor.Data[float32](g), p)
	}
	return kernel.Norm(tensor.Data[float64](g), p)
}

// ClipGradNorm scales all gradients by min(1, maxNorm/(norm + 1e-6)), where
// norm is GradNorm(params, p), and returns norm. Parameters without a gradient
// are left out. A norm of Inf makes gradients 0 (and NaN where they are
// infinite), one of NaN makes them NaN, as in PyTorch; see ClipFiniteGradNorm.
// It panics when maxNorm is negative or NaN or p is not positive.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.utils.clip_grad_norm_.html
func ClipGradNorm(params []autograd.Parameter, maxNorm, p float64) float64 {
	const op = "optim.ClipGradNorm"
	total := gradNorm(op, params, p)
	scaleTo(op, params, maxNorm, total)
	return total
}

// ClipFiniteGradNorm is ClipGradNorm, but when the norm is NaN or infinite it
// leaves the gradients alone and returns an error that names the first
// parameter to blame. It is PyTorch's error_if_nonfinite. It panics like
// ClipGradNorm.
func ClipFiniteGradNorm(params []autograd.Parameter, maxNorm, p float64) (float64, error) {
	const op = "optim.ClipFiniteGradNorm"
	total := gradNorm(op, params, p)
	if total-total != 0 {
		return total, fmt.Errorf("%s: the gradients' norm is %v%s", op, total, blame(params))
	}
	scaleTo(op, params, maxNorm, total)
	return total, nil
}

// blame says which gradient element is the first that is not finite.
func blame(params []autograd.Parameter) string {
	for _, q := range params {
		if g := q.Grad(); g != nil {
			for i, v := range g.Value().Float64s() {
				if v-v != 0 {
					return fmt.Sprintf(": the gradient of %q %v is %v at element %d", q.Name, q.Shape(), v, i)
				}
			}
		}
	}
	return "" // finite elements, but more than float64 can sum
}

// scaleTo scales gradients of the given total norm down to maxNorm.
func scaleTo(op string, params []autograd.Parameter, maxNorm, total float64) {
	if !(maxNorm >= 0) {
		panic(tensor.Errorf(op, "maxNorm is %v, not a number from 0 on", maxNorm))
	}
	factor := min(1, maxNorm/(total+1e-6))
	if factor == 1 {
		return
	}
	replaceGrads(params, func(g *tensor.Tensor) *tensor.Tensor { return tensor.MulScalar(g, factor) })
}

// ClipGradValue limits every element of every gradient to [−limit, limit]. NaN
// stays. Parameters without a gradient are left out. It panics when limit is
// negative or NaN.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.utils.clip_grad_value_.html
func ClipGradValue(params []autograd.Parameter, limit float64) {
	if !(limit >= 0) {
		panic(tensor.Errorf("optim.ClipGradValue", "limit is %v, not a number from 0 on", limit))
	}
	if math.IsInf(limit, 1) {
		return
	}
	replaceGrads(params, func(g *tensor.Tensor) *tensor.Tensor { return tensor.Clamp(g, -limit, limit) })
}

// replaceGrads gives every parameter a new gradient. The old one is not
// written to: autograd may have given it to two parameters.
func replaceGrads(params []autograd.Parameter, f func(*tensor.Tensor) *tensor.Tensor) {
	for _, q := range params {
		var replaced *tensor.Tensor
		gradient(q.Variable, func(g *tensor.Tensor) { replaced = f(g) })
		if replaced != nil {
			q.SetGrad(autograd.Untracked(replaced))
		}
	}
}
