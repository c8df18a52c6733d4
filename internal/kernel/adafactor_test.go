package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// adafactorByFormula is AdafactorStep as its comment has it, in float64.
func adafactorByFormula(o Adafactor, rows, cols int, p, g, row, col []float64) {
	u := make([]float64, len(p))
	var size, length float64
	for m := range len(p) / (rows * cols) {
		r, c := row[m*rows:][:rows], col[m*cols:][:cols]
		for i := range r {
			var s float64
			for j := range c {
				s += math.Pow(g[(m*rows+i)*cols+j], 2)
			}
			r[i] += o.Fresh * (s/float64(cols) - r[i])
		}
		for j := range c {
			var s float64
			for i := range r {
				s += math.Pow(g[(m*rows+i)*cols+j], 2)
			}
			c[j] += o.Fresh * (s/float64(rows) - c[j])
		}
		var mean float64
		for _, v := range r {
			mean += v / float64(rows)
		}
		for i := range r {
			for j := range c {
				k := (m*rows+i)*cols + j
				u[k] = g[k] / max(math.Sqrt(r[i]*c[j]/max(mean, o.Eps)), o.Eps)
			}
		}
	}
	for k := range p {
		size, length = size+p[k]*p[k], length+u[k]*u[k]
	}
	n := float64(len(p))
	rate := o.Rate * max(o.Least, math.Sqrt(size/n)) / max(1, math.Sqrt(length/n)/o.Threshold)
	if o.Maximize {
		rate = -rate
	}
	for k := range p {
		p[k] = o.Shrink*p[k] - rate*u[k]
	}
}

func TestAdafactorStepFollowsItsFormula(t *testing.T) {
	t.Run("float32", func(t *testing.T) { adafactorFollows[float32](t, 2e-6) })
	t.Run("float64", func(t *testing.T) { adafactorFollows[float64](t, 1e-14) })
}

func adafactorFollows[T Float](t *testing.T, tolerance float64) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 1, 7}, {1, 7, 1}, {3, 2, 5}, {5, 3, 3}, {2, 5, 63}, {2, 5, 64}, {1, 4, 67},
		{1, 300, 300}, {2, 2, columns + 3}, {1, 2, simpleGrain + 5}} {
		for _, o := range []Adafactor{
			{Rate: 0.1, Shrink: 1, Fresh: 1, Eps: 1e-7, Least: 1e-3, Threshold: 1},
			{Rate: 0.2, Shrink: 0.9, Fresh: 0.3, Eps: 0.5, Least: 10, Threshold: 1.5, Maximize: true},
		} {
			t.Run(fmt.Sprint(s, o.Maximize), func(t *testing.T) {
				n, rows, cols := s[0]*s[1]*s[2], s[1], s[2]
				draw := rand.New(rand.NewPCG(uint64(n), 1))
				p, g := guarded[T](draw, n), guarded[T](draw, n)
				row, col := guarded[float64](draw, s[0]*rows), guarded[float64](draw, s[0]*cols)
				for i := range n {
					p.in[i], g.in[i] = T(draw.NormFloat64()), T(draw.NormFloat64())
				}
				for _, x := range [][]float64{row.in, col.in} {
					for i := range x {
						x[i] = draw.Float64()
					}
				}
				wantP, wantG, wantRow, wantCol := wide(p.in), wide(g.in), wide(row.in), wide(col.in)
				adafactorByFormula(o, rows, cols, wantP, wantG, wantRow, wantCol)
				AdafactorStep(o, rows, cols, p.in, g.in, row.in, col.in)
				require.InDeltaSlice(t, wantP, wide(p.in), tolerance*10)
				require.Equal(t, wantG, wide(g.in))
				require.InDeltaSlice(t, wantRow, row.in, 1e-12) // the formula sums 65541 squares one by one
				require.InDeltaSlice(t, wantCol, col.in, 1e-12)
				p.check(t)
				g.check(t)
				row.check(t)
				col.check(t)
			})
		}
	}
}

func wide[T Float](x []T) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// In a matrix of one column the mean of row is col, so v = row: that of a vector.
func TestAdafactorVectorStepIsThatOfOneColumn(t *testing.T) {
	for _, n := range []int{1, 2, 63, 1000, 2*stepGrain + 17} {
		draw := rand.New(rand.NewPCG(uint64(n), 1))
		p, g, v := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range p {
			p[i], g[i] = draw.NormFloat64(), draw.NormFloat64()
		}
		q, row, col := wide(p), wide(v), []float64{0}
		o := Adafactor{Rate: 0.1, Shrink: 0.99, Fresh: 1, Eps: 1e-7, Least: 1e-3, Threshold: 1}
		for range 3 {
			AdafactorVectorStep(o, p, g, v)
			AdafactorStep(o, n, 1, q, g, row, col)
			o.Fresh = 0.5
		}
		require.InDeltaSlice(t, q, p, 1e-12)
		require.InDeltaSlice(t, row, v, 1e-12)
	}
}

func TestAdafactorStepDoesNotDependOnWorkers(t *testing.T) {
	const matrices, rows, cols = 2, 700, 301
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var results [][]float32
	for _, procs := range []int{1, 4} {
		runtime.GOMAXPROCS(procs)
		draw := rand.New(rand.NewPCG(1, 1))
		p, g := make([]float32, matrices*rows*cols), make([]float32, matrices*rows*cols)
		row, col := make([]float64, matrices*rows), make([]float64, matrices*cols)
		for range 2 {
			for i := range p {
				p[i], g[i] = p[i]+draw.Float32(), draw.Float32()
			}
			AdafactorStep(Adafactor{Rate: 0.1, Shrink: 0.9, Fresh: 0.7, Eps: 1e-7, Least: 1e-3, Threshold: 1}, rows, cols, p, g, row, col)
		}
		results = append(results, p)
	}
	require.Equal(t, results[0], results[1])
}

func TestNormOfWideRows(t *testing.T) {
	const n = 2*simpleGrain + 3
	x, norms := make([]float32, 3*n), make([]float32, n)
	for i := range x {
		x[i] = float32(1 + i/n)
	}
	NormAxis(norms, x, 1, 3, n, 2)
	for _, v := range norms {
		require.InDelta(t, math.Sqrt(14), v, 1e-6)
	}
}
