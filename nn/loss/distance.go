package loss

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// Distance says how far apart vectors are. The zero value is
// PairwiseDistance(2, 1e-6); DistanceFunc makes one of any function.
//
// In JSON it is null, which is the zero value, or one of
//
//	{"name": "PairwiseDistance", "p": 2, "eps": 1e-6}
//	{"name": "CosineDistance", "eps": 1e-8}
//	{"name": "LInf"}
//	{"name": "SquaredEuclidean"}
//
// where all but the name may be left out. A Go function has no JSON.
type Distance struct {
	between func(a, b *autograd.Variable) *autograd.Variable
	name    string  // in JSON; "" for a Go function
	p, eps  float64 // what the name has of them
}

// DistanceFunc returns the distance that f computes, with recorded operations:
// f takes two batches of vectors of one shape, which lie along the last axis,
// and returns one number for each pair.
func DistanceFunc(f func(a, b *autograd.Variable) *autograd.Variable) Distance {
	return Distance{between: f}
}

// PairwiseDistance returns the distance ‖a − b + ε‖_p; p may be infinite.
// PyTorch's defaults are 2 and 1e-6.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.PairwiseDistance.html
func PairwiseDistance(p, eps float64) Distance {
	return Distance{name: "PairwiseDistance", p: p, eps: eps, between: func(a, b *autograd.Variable) *autograd.Variable {
		return a.Sub(b).AddScalar(eps).Norm(p, -1)
	}}
}

// CosineDistance returns the distance 1 − a·b / (max(‖a‖, ε)·max(‖b‖, ε)).
// PyTorch's default is 1e-8. A norm below ε counts as the constant ε in the
// gradient as well; PyTorch still differentiates it there.
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.functional.cosine_similarity.html
func CosineDistance(eps float64) Distance {
	unit := func(x *autograd.Variable) *autograd.Variable {
		return x.Div(x.Norm(2, -1, tensor.KeepDims).Maximum(autograd.Const(x.DType().Scalar(eps))))
	}
	return Distance{name: "CosineDistance", eps: eps, between: func(a, b *autograd.Variable) *autograd.Variable {
		return unit(a).Mul(unit(b)).Sum(-1).Neg().AddScalar(1)
	}}
}

// LInf returns the distance max |a − b|. Components that differ equally share
// the gradient.
func LInf() Distance {
	return Distance{name: "LInf", between: func(a, b *autograd.Variable) *autograd.Variable {
		return a.Sub(b).Norm(math.Inf(1), -1)
	}}
}

// SquaredEuclidean returns the distance Σ (a − b)².
func SquaredEuclidean() Distance {
	return Distance{name: "SquaredEuclidean", between: func(a, b *autograd.Variable) *autograd.Variable {
		return a.Sub(b).Square().Sum(-1)
	}}
}

// Between returns the distances of two batches of vectors. It panics when their
// shapes or types do not fit each other.
func (d Distance) Between(a, b *autograd.Variable) *autograd.Variable {
	if d.between == nil {
		d = PairwiseDistance(2, 1e-6)
	}
	return d.between(a, b)
}

// pairwise returns p and ε of a PairwiseDistance; p is 0 for other distances.
func (d Distance) pairwise() (p, eps float64) {
	switch {
	case d.between == nil:
		return 2, 1e-6
	case d.name == "PairwiseDistance":
		return d.p, d.eps
	}
	return 0, 0
}

// namedDistance is a distance in JSON.
type namedDistance struct {
	Name string  `json:"name"`
	P    *number `json:"p,omitempty"`
	Eps  *number `json:"eps,omitempty"`
}

// MarshalJSON writes what UnmarshalJSON reads. A Go function is an error.
func (d Distance) MarshalJSON() ([]byte, error) {
	switch {
	case d.between == nil:
		return []byte("null"), nil
	case d.name == "":
		return nil, fmt.Errorf("loss: a distance that is a Go function has no JSON")
	}
	out, p, eps := namedDistance{Name: d.name}, number(d.p), number(d.eps)
	switch d.name {
	case "PairwiseDistance":
		out.P, out.Eps = &p, &eps
	case "CosineDistance":
		out.Eps = &eps
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads null or a distance by name.
func (d *Distance) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		*d = Distance{}
		return nil
	}
	var given namedDistance
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&given); err != nil {
		return fmt.Errorf(`a distance is null or {"name": …}: %w`, err)
	}
	p, eps := given.P, given.Eps
	switch {
	case given.Name == "PairwiseDistance":
		*d = PairwiseDistance(p.or(2), eps.or(1e-6))
	case given.Name == "CosineDistance" && p == nil:
		*d = CosineDistance(eps.or(1e-8))
	case given.Name == "LInf" && p == nil && eps == nil:
		*d = LInf()
	case given.Name == "SquaredEuclidean" && p == nil && eps == nil:
		*d = SquaredEuclidean()
	default:
		return fmt.Errorf("no such distance: %s; there are PairwiseDistance with p and eps, CosineDistance with eps, LInf, SquaredEuclidean", text)
	}
	return nil
}

// number is a float that JSON may have as one of the strings "inf" and "-inf".
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	if math.IsInf(float64(n), 0) {
		return json.Marshal(strconv.FormatFloat(float64(n), 'g', -1, 64)) // "+Inf"; ParseFloat reads it
	}
	return json.Marshal(float64(n))
}

func (n *number) UnmarshalJSON(text []byte) error {
	v, err := strconv.ParseFloat(string(bytes.Trim(text, `"`)), 64)
	if err != nil {
		return fmt.Errorf("%s is not a number", text)
	}
	*n = number(v)
	return nil
}

// or returns the number, or v where there is none.
func (n *number) or(v float64) float64 {
	if n == nil {
		return v
	}
	return float64(*n)
}
