package loss_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
)

// The worked examples of a tutorial on PyTorch's losses, with the digits that
// it prints.

// given returns a constant float32 Variable, PyTorch's default type.
func given[T []float32 | [][]float32](data T) *autograd.Variable {
	return autograd.Const(tensor.FromSlice(data))
}

// classes returns a constant Variable of class indices.
func classes(c ...int64) *autograd.Variable { return autograd.Const(tensor.FromSlice(c)) }

// digits prints elements in order.
func digits(decimals int, y *autograd.Variable) {
	var words []string
	for _, v := range y.Value().Float64s() {
		words = append(words, fmt.Sprintf("%.*f", decimals, v))
	}
	fmt.Println(strings.Join(words, " "))
}

// every prints what a loss gives for each reduction, one line each.
func every(name string, options string, inputs ...*autograd.Variable) {
	for _, r := range []string{"none", "sum", "mean"} {
		l, err := loss.New(name, fmt.Appendf(nil, `{"reduction": %q%s}`, r, options))
		if err != nil {
			fmt.Println(err)
			return
		}
		digits(4, l.Apply(inputs...))
	}
}

func Example_tutorialCrossEntropy() {
	scores := given([][]float32{{1, 2}, {1, 3}, {1, 3}})
	target := classes(0, 1, 1)
	every("CrossEntropyLoss", "", scores, target)

	// Sample 0 by hand: −x[class] + ln Σ exp(x).
	x := scores.Slice(0, 0, 1)
	digits(7, x.Exp().Sum().Log().Sub(x.Slice(1, 0, 1)))
	// Output:
	// 1.3133 0.1269 0.1269
	// 1.5671
	// 0.5224
	// 1.3132617
}

func Example_tutorialNLL() {
	every("NLLLoss", "", given([][]float32{{1, 2}, {1, 3}, {1, 3}}), classes(0, 1, 1))
	// Output:
	// -1.0000 -3.0000 -3.0000
	// -7.0000
	// -2.3333
}

func Example_tutorialBCE() {
	logits := given([][]float32{{1, 2}, {2, 2}, {3, 4}, {4, 5}})
	labels := given([][]float32{{1, 0}, {1, 0}, {0, 1}, {0, 1}})
	every("BCELoss", "", logits.Sigmoid(), labels)
	fmt.Println("of the logits, with pos_weight 3:")
	every("BCEWithLogitsLoss", `, "pos_weight": {"shape": [1], "dtype": "float32", "data": [3]}`, logits, labels)
	// Output:
	// 0.3133 2.1269 0.1269 2.1269 3.0486 0.0181 4.0181 0.0067
	// 11.7856
	// 1.4732
	// of the logits, with pos_weight 3:
	// 0.9398 2.1269 0.3808 2.1269 3.0486 0.0544 4.0181 0.0201
	// 12.7158
	// 1.5895
}

func Example_tutorialL1AndMSE() {
	ones, threes := autograd.Const(tensor.Ones(2, 2)), autograd.Const(tensor.Full(3, 2, 2))
	every("L1Loss", "", ones, threes)
	every("MSELoss", "", ones, threes)
	// Output:
	// 2.0000 2.0000 2.0000 2.0000
	// 8.0000
	// 2.0000
	// 4.0000 4.0000 4.0000 4.0000
	// 16.0000
	// 4.0000
}

// The tutorial prints 1.7055 1.2903 −0.1481 0.5992, from inputs with more digits
// than it shows.
func Example_tutorialPoissonNLL() {
	x := given([][]float32{{0.3757, 1.0015}, {-1.4026, -0.6755}})
	y := given([][]float32{{-0.6639, 1.4299}, {-0.2810, 0.1337}})
	l := loss.NewPoissonNLLLoss()
	l.Reduction = loss.None
	digits(4, l.Forward(x, y))
	// Output:
	// 1.7054 1.2903 -0.1482 0.5992
}

// The tutorial passes probabilities where KLDivLoss takes log-probabilities,
// and so prints negative numbers, which no divergence is.
func Example_tutorialKLDiv() {
	q := given([][]float32{{0.5, 0.3, 0.2}, {0.2, 0.3, 0.5}})
	p := given([][]float32{{0.9, 0.05, 0.05}, {0.1, 0.7, 0.2}})
	l := loss.NewKLDivLoss()
	for _, x := range []*autograd.Variable{q, q.Log()} {
		for _, l.Reduction = range []loss.Reduction{loss.None, loss.Mean, loss.BatchMean} {
			digits(4, l.Forward(x, p))
		}
	}
	digits(4, loss.KLDivergence(p, q, 1).Mean()) // the same as the last
	// Output:
	// -0.5448 -0.1648 -0.1598 -0.2503 -0.4597 -0.4219
	// -0.3335
	// -1.0006
	// 0.5290 -0.0896 -0.0693 -0.0693 0.5931 -0.1833
	// 0.1184
	// 0.3553
	// 0.3553
}

func Example_tutorialMarginRanking() {
	a := given([][]float32{{1, 2}, {2, 2}, {3, 2}})
	b := autograd.Const(tensor.Full(2, 3, 2))
	first := given([][]float32{{1, 1}, {1, 1}, {-1, -1}})
	every("MarginRankingLoss", "", a, b, first)
	// Output:
	// 1.0000 0.0000 0.0000 0.0000 1.0000 0.0000
	// 2.0000
	// 0.3333
}

func Example_tutorialMultiLabelMargin() {
	y := classes(0, 3, -1, -1) // classes 0 and 3; −1 ends the list
	digits(4, loss.MultiLabelMargin(given([]float32{0.1, 0.2, 0.4, 0.8}), y))
	// Output:
	// 0.8500
}

func Example_tutorialMultiMargin() {
	every("MultiMarginLoss", "", given([][]float32{{0.1, 0.2, 0.7}, {0.2, 0.5, 0.3}}), classes(1, 2))
	// Output:
	// 0.8000 0.7000
	// 1.5000
	// 0.7500
}

func Example_tutorialTripletMargin() {
	l := loss.NewTripletMarginLoss()
	l.Margin, l.P = 1, 1
	digits(4, l.Forward(given([][]float32{{1}}), given([][]float32{{2}}), given([][]float32{{0.5}})))
	// Output:
	// 1.5000
}

// The tutorial's target has the shape [1 2]; the losses want one for each pair.
func Example_tutorialCosineEmbedding() {
	a := given([][]float32{{0.3, 0.5, 0.7}, {0.3, 0.5, 0.7}})
	b := given([][]float32{{0.1, 0.3, 0.5}, {0.1, 0.3, 0.5}})
	every("CosineEmbeddingLoss", "", a, b, classes(1, -1))
	fmt.Println(autograd.Try(func() { loss.CosineEmbedding(a, b, classes(1, -1).Reshape(1, 2)) }))
	// Output:
	// 0.0167 0.9833
	// 1.0000
	// 0.5000
	// loss.CosineEmbeddingLoss: target [1 2] does not fit inputs [2 3]: want [N] for [N D] or [] for [D]
}

// The tutorial draws its numbers, so there are no digits of it to compare: the
// ones below are PyTorch's for these labels and lengths, all symbols being as
// likely as any other.
func Example_tutorialCTC() {
	const (
		T    = 50 // frames
		C    = 20 // symbols, blank included
		N    = 16 // samples
		S    = 30 // length of the longest target
		Smin = 10 // and of the shortest
	)
	input := autograd.New(tensor.Zeros(T, N, C))
	rng := rand.New(rand.NewPCG(1, 2))
	logProbs := input.LogSoftmax(2)
	targets := autograd.Const(tensor.Randint(rng, 1, C, N, S))
	inputLengths := autograd.Const(tensor.Int64.Full(T, N))
	targetLengths := autograd.Const(tensor.Randint(rng, Smin, S, N))

	ctc, err := loss.New("CTCLoss", []byte(`{"blank": 0, "reduction": "mean", "zero_infinity": false}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ctc.Inputs)
	y := ctc.Apply(logProbs, targets, inputLengths, targetLengths)
	y.Backward()
	digits(4, y)
	fmt.Println(input.Grad().Shape())
	// Output:
	// [log_probs targets input_lengths target_lengths]
	// 6.0685
	// [50 16 20]
}

func Example_tutorialSoftMargin() {
	every("SoftMarginLoss", "", given([][]float32{{0.3, 0.7}, {0.5, 0.5}}), given([][]float32{{-1, 1}, {1, -1}}))
	// Output:
	// 0.8544 0.4032 0.4741 0.9741
	// 2.7057
	// 0.6764
}

func Example_tutorialMultiLabelSoftMargin() {
	digits(4, loss.MultiLabelSoftMargin(given([]float32{0.3, 0.7, 0.8}), classes(0, 1, 1)))
	// Output:
	// 0.5429
}

func Example_tutorialHingeEmbedding() {
	every("HingeEmbeddingLoss", "", given([]float32{1, 0.8, 0.5}), classes(1, 1, -1))
	// Output:
	// 1.0000 0.8000 0.5000
	// 2.3000
	// 0.7667
}
