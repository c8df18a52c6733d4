package loss

import "github.com/declive/declive/autograd"

// The measures in this file are of distributions, probabilities that add up to
// 1 along an axis, in nats: logarithms are natural. They are differentiated
// with respect to all inputs. An outcome of probability 0 adds nothing, nor
// does ln 0 to a gradient. Nobody checks that the sums are 1.

// SelfInformation returns −ln p, the surprise of an outcome of probability p,
// element by element. It panics when p is not of floats.
func SelfInformation(p *autograd.Variable) *autograd.Variable {
	floats("loss.SelfInformation", "p", p)
	return p.Log().Neg()
}

// Entropy returns H(P) = −Σ p·ln p along an axis, the expected surprise. It
// panics when p is not of floats or has no such axis.
func Entropy(p *autograd.Variable, axis int) *autograd.Variable {
	floats("loss.Entropy", "p", p)
	return p.XLogY(p).Sum(axis).Neg()
}

// DistributionCrossEntropy returns H(P, Q) = −Σ p·ln q along an axis, the
// expected surprise of who believes q where p is true. From logits take
// CrossEntropyLoss, which also takes classes. It panics when p and q differ in
// shape or type, are not of floats or have no such axis.
func DistributionCrossEntropy(p, q *autograd.Variable, axis int) *autograd.Variable {
	same("loss.DistributionCrossEntropy", "p", p, "q", q)
	return p.XLogY(q).Sum(axis).Neg()
}

// KLDivergence returns KL(P‖Q) = Σ p·ln(p/q) along an axis, the surprise that
// believing q costs beyond H(P): H(P, Q) = H(P) + KL(P‖Q). From
// log-probabilities take KLDivLoss, whose arguments come in the other order. It
// panics like DistributionCrossEntropy.
func KLDivergence(p, q *autograd.Variable, axis int) *autograd.Variable {
	same("loss.KLDivergence", "p", p, "q", q)
	return p.XLogY(p).Sub(p.XLogY(q)).Sum(axis)
}

// JensenShannon returns ½·KL(P‖M) + ½·KL(Q‖M) along an axis, M being the mean of
// P and Q: a symmetric divergence between 0 and ln 2. It panics like
// DistributionCrossEntropy.
// Source: https://doi.org/10.1109/18.61115
func JensenShannon(p, q *autograd.Variable, axis int) *autograd.Variable {
	same("loss.JensenShannon", "p", p, "q", q)
	m := p.Add(q).MulScalar(0.5)
	return KLDivergence(p, m, axis).Add(KLDivergence(q, m, axis)).MulScalar(0.5)
}
