package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
)

// slowCell is a row's step by scalars, as the comment at Recurrent has it. It
// overwrites h and c.
func slowCell(kind CellKind, x, h, c, ih, hh, bih, bhh []float64) {
	n, gates := len(h), kind.Gates()
	a, b := make([]float64, gates*n), make([]float64, gates*n)
	for j := range a {
		a[j], b[j] = bih[j], bhh[j]
		for k, v := range x {
			a[j] += v * ih[j*len(x)+k]
		}
		for k, v := range h {
			b[j] += v * hh[j*n+k]
		}
	}
	sigmoid := func(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
	for j := range h {
		at := func(gate int) float64 { return a[gate*n+j] + b[gate*n+j] }
		switch kind {
		case TanhCell:
			h[j] = math.Tanh(at(0))
		case ReLUCell:
			h[j] = max(0, at(0))
		case LSTMCell:
			c[j] = sigmoid(at(1))*c[j] + sigmoid(at(0))*math.Tanh(at(2))
			h[j] = sigmoid(at(3)) * math.Tanh(c[j])
		case GRUCell:
			z := sigmoid(at(1))
			h[j] = (1-z)*math.Tanh(a[2*n+j]+sigmoid(at(0))*b[2*n+j]) + z*h[j]
		}
	}
}

func TestRecurrentForward(t *testing.T) {
	const in = 3
	steps := []int{3, 3, 2, 1}
	for kind := TanhCell; kind <= GRUCell; kind++ {
		for hidden := 1; hidden <= 67; hidden += 6 {
			for _, reverse := range []bool{false, true} {
				t.Run(fmt.Sprint(kind, hidden, reverse), func(t *testing.T) {
					rng := rand.New(rand.NewPCG(1, uint64(hidden)))
					draw := func(n int) []float64 {
						x := make([]float64, n)
						for i := range x {
							x[i] = rng.NormFloat64()
						}
						return x
					}
					w := kind.Gates() * hidden
					x, h, c := draw(9*in), draw(3*hidden), draw(3*hidden)
					r := &Recurrent[float64]{Cell: kind, In: in, Hidden: hidden, Steps: steps, Reverse: reverse,
						IH: draw(w * in), HH: draw(w * hidden), BIH: draw(w), BHH: draw(w)}
					wantH, wantC, wantY := append([]float64(nil), h...), append([]float64(nil), c...), make([]float64, 9*hidden)
					r.rows = 9
					r.walk(reverse, func(at, n int) {
						for i := range n {
							slowCell(kind, row(x, at+i, in), row(wantH, i, hidden), row(wantC, i, hidden), r.IH, r.HH, r.BIH, r.BHH)
							copy(row(wantY, at+i, hidden), row(wantH, i, hidden))
						}
					})
					r.rows = 0
					y := make([]float64, 9*hidden)
					r.Forward(y, h, c, x)
					assert.InDeltaSlice(t, wantY, y, 1e-11)
					assert.InDeltaSlice(t, wantH, h, 1e-11)
					assert.InDeltaSlice(t, wantC, c, 1e-11)
				})
			}
		}
	}
}
