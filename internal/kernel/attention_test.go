package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// slowAttention is the comment at Attention by scalars, for one head, and from
// the gradient g of the result those of q, k and v by the product rule. kept
// multiplies the weights.
func slowAttention(q, k, v, g, mask, kept [][]float64, scale float64) (y, dq, dk, dv [][]float64) {
	y, dq, dk, dv = zeros(len(q), len(v[0])), zeros(len(q), len(q[0])), zeros(len(k), len(k[0])), zeros(len(v), len(v[0]))
	for i := range q {
		w, dw, sum, mean := make([]float64, len(k)), make([]float64, len(k)), 0., 0.
		for j := range k {
			w[j] = math.Exp(scale*dot(q[i], k[j]) + mask[i][j])
			sum += w[j]
		}
		for j := range k {
			w[j] /= sum
			dw[j] = dot(g[i], v[j]) * kept[i][j]
			mean += w[j] * dw[j]
		}
		for j := range k {
			add(y[i], w[j]*kept[i][j], v[j])
			add(dv[j], w[j]*kept[i][j], g[i])
			add(dq[i], scale*w[j]*(dw[j]-mean), k[j])
			add(dk[j], scale*w[j]*(dw[j]-mean), q[i])
		}
	}
	return y, dq, dk, dv
}

func zeros(rows, columns int) [][]float64 {
	x := make([][]float64, rows)
	for i := range x {
		x[i] = make([]float64, columns)
	}
	return x
}

func dot(a, b []float64) (s float64) {
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func add(dst []float64, s float64, x []float64) {
	for i, v := range x {
		dst[i] += s * v
	}
}

// apart is an operand that lies in a wider matrix, between guards.
type apart[T Float] struct {
	guards[T]
	Rows[T]
	width, length int
	untouched     []T
}

// newApart has rows of all heads 3 elements before the next, batch before or
// behind the rows.
func newApart[T Float](rng *rand.Rand, batch, heads, length, width int, batchFirst bool) *apart[T] {
	wide := heads*width + 3
	s := &apart[T]{guards: guarded[T](rng, batch*length*wide), width: width, length: length}
	s.Rows = Rows[T]{Data: s.in, Batch: wide, Row: batch * wide}
	if batchFirst {
		s.Rows.Batch, s.Rows.Row = length*wide, wide
	}
	s.untouched = append([]T(nil), s.in...)
	return s
}

// of returns the part of one head.
func (s *apart[T]) of(n, h int) [][]float64 {
	x := zeros(s.length, s.width)
	for i := range x {
		for j := range x[i] {
			x[i][j] = float64(s.Data[n*s.Batch+i*s.Row+h*s.width+j])
		}
	}
	return x
}

// gaps reports whether the elements between the rows are what they were.
func (s *apart[T]) gaps(heads int) bool {
	wide := heads*s.width + 3
	for i, v := range s.in {
		if i%wide >= heads*s.width && v != s.untouched[i] {
			return false
		}
	}
	return true
}

// factors are what multiplies the weights of one head.
func factors[T Float](a *Attention[T], n, h int) [][]float64 {
	kept := zeros(a.Queries, a.Keys)
	for i := range kept {
		for j := range kept[i] {
			at := i*a.Keys + j
			if kept[i][j] = 1; a.Kept != nil {
				kept[i][j] = float64(a.KeptScale) * float64(a.Kept[(n*a.Heads+h)*MaskWords(a.Queries*a.Keys)+at/64]>>(at%64)&1)
			}
		}
	}
	return kept
}

// masked is what is added to the products of one entry of the batch.
func masked[T Float](a *Attention[T], n int) [][]float64 {
	mask := zeros(a.Queries, a.Keys)
	for i := range mask {
		for j := range mask[i] {
			mask[i][j] = float64(a.Mask[n*a.MaskBatch+i*a.MaskRow+j])
		}
	}
	return mask
}

func TestAttention(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testAttention[float32](t, 1e-5) })
	t.Run("float64", func(t *testing.T) { testAttention[float64](t, 1e-13) })
}

func TestPortableAttention(t *testing.T) { portably(func() { TestAttention(t) }) }

// Lengths on both sides of tiles, and of what one goroutine does.
func testAttention[T Float](t *testing.T, eps float64) {
	rng := rand.New(rand.NewPCG(5, 6))
	const batch = 2
	for _, c := range [][5]int{{1, 1, 1, 1, 1}, {2, 3, 5, 4, 2}, {3, 7, 2, 1, 9}, {2, 13, 17, 8, 8}, {4, 16, 33, 9, 16}, {1, 65, 64, 32, 32}, {2, 130, 129, 20, 33}} {
		heads, queries, keys, width, values := c[0], c[1], c[2], c[3], c[4]
		for _, batchFirst := range []bool{false, true} { // and some weights are dropped
			t.Run(fmt.Sprint(c, batchFirst), func(t *testing.T) {
				operand := func(length, width int) *apart[T] { return newApart[T](rng, batch, heads, length, width, batchFirst) }
				q, k, v, g, y := operand(queries, width), operand(keys, width), operand(keys, values), operand(queries, values), operand(queries, values)
				dq, dk, dv := operand(queries, width), operand(keys, width), operand(keys, values)
				a := Attention[T]{Batch: batch, Heads: heads, Queries: queries, Keys: keys, Width: width, Values: values, Scale: 0.375,
					Mask: normals[T](rng, batch*queries*keys), MaskBatch: queries * keys, MaskRow: keys}
				for i := range a.Mask {
					if i%keys > 0 && i%3 == 0 {
						a.Mask[i] = T(math.Inf(-1))
					}
				}
				if batchFirst {
					a.Kept, a.KeptScale = make([]uint64, batch*heads*MaskWords(queries*keys)), 1.5
					for i := range a.Kept {
						a.Kept[i] = rng.Uint64()
					}
				}
				a.Forward(y.Rows, q.Rows, k.Rows, v.Rows)
				a.Backward(dq.Rows, dk.Rows, dv.Rows, g.Rows, q.Rows, k.Rows, v.Rows)
				for n := range batch {
					mask := masked(&a, n)
					for h := range heads {
						kept := factors(&a, n, h)
						wantY, wantQ, wantK, wantV := slowAttention(q.of(n, h), k.of(n, h), v.of(n, h), g.of(n, h), mask, kept, 0.375)
						for name, both := range map[string][2][][]float64{"y": {wantY, y.of(n, h)}, "dq": {wantQ, dq.of(n, h)}, "dk": {wantK, dk.of(n, h)}, "dv": {wantV, dv.of(n, h)}} {
							for i, want := range both[0] {
								require.InDeltaSlice(t, want, both[1][i], eps*math.Sqrt(float64(queries+keys+width)), "%s, row %d", name, i)
							}
						}
					}
				}
				for _, s := range []*apart[T]{q, k, v, g, y, dq, dk, dv} {
					s.check(t)
					require.True(t, s.gaps(heads), "the elements between the rows are others'")
				}
				a.Release()
			})
		}
	}
}
