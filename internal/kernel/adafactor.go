package kernel

import "math"

// Adafactor is one step of Adafactor over one parameter, as PyTorch 2.5
// defines it.
type Adafactor struct {
	Rate      float64 // ρ, the length of the step relative to the parameter
	Shrink    float64 // what is left of the parameter after weight decay
	Fresh     float64 // share of the newest squares in the second moment
	Eps       float64 // least root of the second moment, ε₁
	Least     float64 // least length of the parameter, ε₂
	Threshold float64 // longest update, d
	Maximize  bool
}

// AdafactorStep updates the parameter p, matrices of rows by cols one after the
// other, and the means of squares of its rows and columns from gradient g:
//
//	row = row + fresh·(mean of g² over a row − row)
//	col = col + fresh·(mean of g² over a column − col)
//	v = row·col / max(mean of row, ε₁)
//	u = g / max(√v, ε₁)
//	p = shrink·p − rate·max(ε₂, RMS(p))/max(1, RMS(u)/threshold) · u
//
// where RMS(x) = √(mean of x²) over all matrices. The means are float64 for
// either type, since squares of float32 over- and underflow in float32.
func AdafactorStep[T Float](o Adafactor, rows, cols int, p, g []T, row, col []float64) {
	if len(p) == 0 {
		return
	}
	up, across, u := Get[T](len(row)), Get[T](len(col)), Get[T](len(p))
	defer Put(up)
	defer Put(across)
	defer Put(u)
	per := max(1, stepGrain/cols)
	Parallel(len(row), per, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			row[i] = o.blend(row[i], SumSquares(g[i*cols:][:cols])/float64(cols))
		}
	})
	adafactorRoots(o, rows, cols, up, across, g, row, col)
	squares := Get[float64]((len(row)-1)/per + 1)
	defer Put(squares)
	Parallel(len(row), per, func(lo, hi int) {
		most, s := []T{T(1 / o.Eps)}, 0.0
		for i := lo; i < hi; i++ {
			to := u[i*cols:][:cols]
			rowUpdate(to, g[i*cols:][:cols], across[i/rows*cols:][:cols], up[i:i+1], most)
			s += SumSquares(to)
		}
		squares[lo/per] = s
	})
	adafactorApply(o, p, u, Sum64(squares))
}

// blend returns the share of old that stays and the fresh share of x.
func (o Adafactor) blend(old, x float64) float64 { return (1-o.Fresh)*old + o.Fresh*x }

// adafactorRoots updates the means of squares of columns, and sets up and across
// to the factors of 1/√v, so that no element needs a root or a division.
func adafactorRoots[T Float](o Adafactor, rows, cols int, up, across, g []T, row, col []float64) {
	squares := Get[float64](cols)
	defer Put(squares)
	for m := range len(row) / rows {
		columnSquares(squares, g[m*rows*cols:][:rows*cols])
		for j, s := range squares {
			c := &col[m*cols+j]
			*c = o.blend(*c, s/float64(rows))
			across[m*cols+j] = T(1 / math.Sqrt(*c))
		}
		r := row[m*rows:][:rows]
		mean := max(Sum64(r)/float64(rows), o.Eps)
		for i, v := range r {
			up[m*rows+i] = T(1 / math.Sqrt(v/mean))
		}
	}
}

// rowUpdate sets u = g·min(across·up, most), where up and most are single.
func rowUpdate[T Float](u, g, across, up, most []T) {
	if len(u) >= narrow {
		Mul(u, across, up)
		Minimum(u, u, most)
		Mul(u, u, g)
		return
	}
	for j, a := range across {
		u[j] = min(a*up[0], most[0]) * g[j]
	}
}

// AdafactorVectorStep is AdafactorStep for a vector, where v, the mean of
// squares of every element, is kept whole.
func AdafactorVectorStep[T Float](o Adafactor, p, g []T, v []float64) {
	if len(p) == 0 {
		return
	}
	u := Get[T](len(p))
	defer Put(u)
	steps(len(p), func(lo, hi int) {
		u, v := u[lo:hi], v[lo:hi]
		for i, d := range g[lo:hi] {
			d := float64(d)
			v[i] = o.blend(v[i], d*d)
			u[i] = T(d / max(math.Sqrt(v[i]), o.Eps))
		}
	})
	adafactorApply(o, p, u, SumSquares(u))
}

// adafactorApply moves p along u, whose sum of squares is given. Comparisons
// with NaN come out as in PyTorch: no clipping.
func adafactorApply[T Float](o Adafactor, p, u []T, squares float64) {
	n := math.Sqrt(float64(len(p)))
	rate := o.Rate * o.Least
	if size := Norm(p, 2) / n; size > o.Least {
		rate = o.Rate * size
	}
	if long := math.Sqrt(squares) / n / o.Threshold; long > 1 {
		rate /= long
	}
	if o.Maximize {
		rate = -rate
	}
	steps(len(p), func(lo, hi int) {
		if o.Shrink != 1 { // else it is not worth a pass
			Scale(p[lo:hi], p[lo:hi], T(o.Shrink))
		}
		Axpy(p[lo:hi], T(-rate), u[lo:hi])
	})
}
