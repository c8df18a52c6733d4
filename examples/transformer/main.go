// Program transformer learns to sort digits and to turn them round as a language
// model does things, one character after the other: given "3141>" it writes
// "1134.", given "3141<" it writes "1413.".
//
// The model is a small GPT. Each character becomes a vector, to which its place
// in the text is added; a TransformerEncoder, whose mask hides what comes later,
// mixes the vectors; a Linear turns each into scores for the character that
// follows. A question's own characters are random and cannot be foretold, so the
// loss ignores them: only what follows ">" or "<" counts.
//
// questions.go makes the questions. Those that are held out for the end never
// come before it.
package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

func main() { run(os.Stdout) }

// run learns, shows some answers and returns the share of right ones.
func run(w io.Writer) (exact float64) {
	rng := rand.New(rand.NewPCG(1, 0))
	held := make([]string, 200)
	for i := range held {
		held[i] = question(rng)
	}
	m := newModel(rng)
	learn(m, held, rng)

	right := 0
	for i, q := range held {
		a := m.answer(q)
		if i < 5 {
			fmt.Fprintln(w, q+a)
		}
		if a == solution(q) {
			right++
		}
	}
	fmt.Fprintf(w, "%d of %d questions held out are answered without a mistake\n", right, len(held))
	return float64(right) / float64(len(held))
}

// A model gives every character of a text scores for the one that follows. Its
// parameters are what the fields hold, under names such as head.weight.
type model struct {
	Tokens    *nn.Embedding
	Positions *tensor.Tensor // no Variable, so it is kept with the others but not learned
	Encoder   *nn.TransformerEncoder
	Head      *nn.Linear
}

func newModel(rng *rand.Rand) *model {
	const width, heads, layers = 32, 4, 2
	m := &model{
		Tokens:    nn.NewEmbedding(len(alphabet), width, rng),
		Positions: nn.SinusoidalPositions(tensor.Float32, length, width),
		Encoder:   nn.NewTransformerEncoder(),
		Head:      nn.NewLinear(width, len(alphabet), rng),
	}
	for range layers {
		l := nn.NewTransformerEncoderLayer(width, heads, 2*width, rng)
		l.SelfAttn.BatchFirst = true // [N L width], not [L N width]
		m.Encoder.Layers = append(m.Encoder.Layers, l)
	}
	nn.Eval(m) // no dropout: every batch is new, there is nothing to learn by heart
	return m
}

// Forward returns scores [N L characters] for tokens [N L].
func (m *model) Forward(x *autograd.Variable) *autograd.Variable {
	n := x.Shape()[1]
	positions := tensor.Slice(m.Positions, 0, 0, n)
	h := m.Tokens.Forward(x).Add(autograd.Const(positions))
	return m.Head.Forward(m.Encoder.Encode(h, nn.AttentionMask{Attn: nn.CausalMask(n)}))
}

// answer lets m write on after question, always the likeliest character.
func (m *model) answer(question string) string {
	text := question
	for len(text) <= length && !strings.HasSuffix(text, ".") {
		x := tensor.New(tokens(text), 1, len(text))
		scores := m.Forward(autograd.Untracked(x)).Value()
		last := tensor.Slice(scores, 1, len(text)-1, len(text))
		text += string(alphabet[int(tensor.ArgMax(last).Item())])
	}
	return strings.TrimPrefix(text, question)
}

func learn(m *model, held []string, rng *rand.Rand) {
	const steps, warmUp = 800, 80
	params := nn.Parameters(m)
	optimizer := optim.NewAdamW(params)
	optimizer.LR = 5e-3
	rise, fall := optim.NewLinearLR(optimizer, 0.1, 1, warmUp), optim.NewCosineAnnealingLR(optimizer, steps-warmUp)
	schedule := optim.NewSequentialLR(optimizer, []optim.Scheduler{rise, fall}, []int{warmUp})
	criterion := loss.NewCrossEntropyLoss()
	criterion.IgnoreIndex = ignored

	for range steps {
		x, y := batch(64, held, rng)
		optimizer.ZeroGrad()
		scores := m.Forward(autograd.Const(x)).Flatten(0, 1) // [N·L characters], as the loss wants it
		criterion.Forward(scores, autograd.Const(y)).Backward()
		optim.ClipGradNorm(params, 1, 2)
		optimizer.Step()
		schedule.Step()
	}
}
