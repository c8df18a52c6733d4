package lossplot

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// A form makes an input of a loss out of x, one number for each point of a
// curve.
type form struct {
	of func(x *autograd.Variable) *autograd.Variable
	// where says, after the name of the input, which part of it x is.
	where string
}

// scalar is one element a point.
var scalar = form{of: func(x *autograd.Variable) *autograd.Variable { return x }}

// vector is one vector (x, rest…) a point.
func vector(where string, rest ...float64) form {
	return form{where: where, of: func(x *autograd.Variable) *autograd.Variable {
		others := autograd.Const(tensor.FromSlice(rest)).Expand(x.Size(), len(rest))
		return autograd.Concat(1, x.Reshape(-1, 1), others)
	}}
}

var (
	scores    = vector("[0], the others 0", 0, 0)
	embedding = vector("[0], beside it a 1", 1)
)

// class is one class index a point.
var class = form{of: func(x *autograd.Variable) *autograd.Variable { return autograd.Const(integers(x)) }}

// labels is a list of labels with one entry a point, padded with −1.
var labels = form{of: func(x *autograd.Variable) *autograd.Variable {
	n := x.Size()
	none := tensor.FromSlice([]int64{-1, -1})
	return autograd.Const(tensor.Concat(1, tensor.Reshape(integers(x), n, 1), tensor.Expand(none, n, 2)))
}}

// word is a sequence of one label a point.
var word = form{of: func(x *autograd.Variable) *autograd.Variable {
	return autograd.Const(tensor.Reshape(integers(x), -1, 1))
}}

// length is the same length for every point, whatever x.
func length(n float64) form {
	return form{of: func(x *autograd.Variable) *autograd.Variable {
		return autograd.Const(tensor.Int64.Full(n, x.Size()))
	}}
}

// frames is a sequence of three frames of three log-probabilities a point, of
// scores that are all 0 but that of class 1 in the first frame. CTC's gradient
// is a true one only behind a log-softmax.
var frames = form{where: ": score of class 1 in frame 1 of 3", of: func(x *autograd.Variable) *autograd.Variable {
	n := x.Size()
	even := func(shape ...int) *autograd.Variable { return autograd.Const(tensor.Float64.Zeros(shape...)) }
	first := autograd.Concat(2, even(1, n, 1), x.Reshape(1, n, 1), even(1, n, 1))
	return autograd.Concat(0, first, even(2, n, 3)).LogSoftmax(2)
}}

func integers(x *autograd.Variable) *tensor.Tensor {
	out := make([]int64, x.Size())
	for i, v := range tensor.Data[float64](x.Value()) {
		out[i] = int64(v)
	}
	return tensor.FromSlice(out)
}

// scenes are the guesses at what inputs a loss takes, by the number of inputs,
// in the order in which they are tried.
var scenes = map[int][][]form{
	2: {{scalar, scalar}, {scores, class}, {scores, labels}, {scores, scores}},
	3: {{scalar, scalar, scalar}, {embedding, embedding, scalar}, {embedding, embedding, embedding}},
	4: {{frames, word, length(3), length(1)}},
}

// ranges are the ranges that are tried for the input that varies. The second is
// for probabilities, without 0 and 1, where logarithms are infinite.
var ranges = [][2]float64{{-3, 3}, {0.01, 0.99}}

// targets are the choices of targets that are tried: yes and no in the two ways
// of coding them, then whatever there is.
var targets = [][]float64{{0, 1}, {-1, 1}, {1}}

// isTarget reports whether the input of that name is what a loss compares with.
func isTarget(name string) bool { return name == "target" || name == "targets" }

// usual is what an input other than the target is while another one varies: 0
// for the second and 1 for the third, so that the two differ.
func usual(input int) float64 { return float64(max(input-1, 0)) }
