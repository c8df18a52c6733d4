package optim

import (
	"encoding/json"
	"fmt"
	"math"
)

// Betas are the shares β₁ and β₂ that two moments keep in every step.
type Betas [2]float64

// Pair is two settings that PyTorch takes as one.
type Pair [2]float64

// UnmarshalJSON reads a list of exactly two numbers.
func (b *Betas) UnmarshalJSON(text []byte) error { return two("betas", text, (*[2]float64)(b)) }

// UnmarshalJSON reads a list of exactly two numbers.
func (p *Pair) UnmarshalJSON(text []byte) error { return two("settings", text, (*[2]float64)(p)) }

func two(what string, text []byte, to *[2]float64) error {
	var list []float64
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	if len(list) != len(to) {
		return fmt.Errorf("%s are %s, not two numbers", what, text)
	}
	*to = [2]float64(list)
	return nil
}

// bias is how far moments that began at 0 have come, 1 − βᵗ. The powers take
// longer than a small parameter's step, and parameters of one age share them.
type bias struct {
	betas Betas
	step  int
	value [2]float64
}

// at returns the bias in a step, counted from 1.
func (b *bias) at(betas Betas, step int) [2]float64 {
	if step != b.step || betas != b.betas {
		t := float64(step)
		*b = bias{betas, step, [2]float64{1 - math.Pow(betas[0], t), 1 - math.Pow(betas[1], t)}}
	}
	return b.value
}
