// Program sequence learns to tell whether brackets are balanced, as those of
// "([()])[]" are and those of "([())][]" are not, from strings and answers alone.
//
// A recurrent network reads a string from left to right. Nobody tells it that
// it needs a stack: what its states must remember, how deep it is and which
// bracket closes next, it finds out itself. Strings differ in length. A batch is
// padded to the longest and packed, so that no step is spent on padding, and the
// state after a string's own last bracket is what the answer is read from.
//
// Half of the strings are balanced. The others were, until two closing brackets
// changed places: each kind is there as often as before, and no opening bracket
// stands next to a closing one of the other kind. What is left to see in pairs
// of neighbours, counted, makes a network right three times in four. The program
// prints how often this one is, on strings that it has not seen and on longer
// ones than it has ever seen.
package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

const epochs = 10

func main() {
	held, longer := run(1)
	fmt.Printf("held-out accuracy: %.1f %%, of longer strings: %.1f %%\n", 100*held, 100*longer)
}

// run trains a reader on strings of 6 to 16 brackets and returns its accuracy on
// those held out and on strings of 18 to 24. The seed decides everything.
func run(seed uint64) (held, longer float64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	training, test := data.StratifiedSplit(puzzles(8000, 6, 16, rng), 0.2, seed)
	batches := data.Loader{Dataset: training, BatchSize: 50, Shuffle: true, Seed: seed}

	model := newReader(16, 32, rng)
	optimizer := optim.NewAdam(nn.Parameters(model))
	schedule := optim.NewOneCycleLR(optimizer, 0.01, epochs*batches.Len())

	for epoch := range epochs {
		for batch := range batches.Epoch(epoch) {
			optimizer.ZeroGrad()
			scores := model.Forward(autograd.Const(batch.X))
			loss.CrossEntropy(scores, autograd.Const(batch.Y)).Backward()
			optim.ClipGradNorm(nn.Parameters(model), 1, 2) // long products make steep places
			optimizer.Step()
			schedule.Step()
		}
	}
	return accuracy(model, test), accuracy(model, puzzles(1000, 18, 24, rng))
}

// reader is a network that reads strings and answers 0 for no or 1 for yes.
type reader struct {
	Embedding *nn.Embedding
	LSTM      *nn.LSTM
	Answer    *nn.Linear
}

func newReader(features, hidden int, rng *rand.Rand) *reader {
	return &reader{
		Embedding: nn.NewEmbedding(1+len(brackets), features, rng),
		LSTM:      nn.NewLSTM(features, hidden, nn.RecurrentOptions{}, rng),
		Answer:    nn.NewLinear(hidden, 2, rng),
	}
}

// Forward returns the scores of both answers, [N 2], to strings [N longest] of
// numbers from 1, with zeros behind the shorter ones.
func (r *reader) Forward(x *autograd.Variable) *autograd.Variable {
	lengths, longest := make([]int, x.Value().Len(0)), x.Value().Len(1)
	for i, number := range tensor.Data[int64](x.Value()) {
		if number != 0 {
			lengths[i/longest]++
		}
	}
	steps := r.Embedding.Forward(x).Transpose(0, 1) // [longest N features]
	_, last, _ := r.LSTM.RunPacked(nn.PackPadded(steps, lengths), nil, nil)
	return r.Answer.Forward(last.Squeeze(0)) // there is one layer, [1 N hidden]
}

// accuracy returns the share of the strings that the model is right about.
func accuracy(model nn.Module, strings data.Dataset) float64 {
	all := data.All(strings)
	guess := tensor.ArgMax(model.Forward(autograd.Untracked(all.X)).Value(), 1)
	return tensor.Mean(tensor.Equals(guess, all.Y).To(tensor.Float32)).Item()
}
