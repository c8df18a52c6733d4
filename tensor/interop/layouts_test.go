package interop

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	gorgonia "gorgonia.org/tensor"

	"github.com/declive/declive/tensor"
)

// arrangement is one way for a matrix to lie in memory.
type arrangement struct {
	name string
	make func(e gorgonia.Engine, rows, cols int, data any) *gorgonia.Dense
}

// arrangements make the same matrix, given row-major, in every layout that
// gorgonia knows.
func arrangements[T any]() []arrangement {
	of := func(f func(e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense) func(gorgonia.Engine, int, int, any) *gorgonia.Dense {
		return func(e gorgonia.Engine, rows, cols int, data any) *gorgonia.Dense { return f(e, rows, cols, data.([]T)) }
	}
	return []arrangement{
		{"row-major", of(rowMajorDense[T])},
		{"column-major", of(func(e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense {
			return gorgonia.New(gorgonia.WithEngine(e), gorgonia.WithShape(rows, cols), gorgonia.AsFortran(append([]T{}, data...)))
		})},
		{"transposed", of(func(e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense {
			d := rowMajorDense(e, cols, rows, flip(rows, cols, data))
			if err := d.T(); err != nil {
				panic(err)
			}
			return d
		})},
		{"rows of a larger one", of(func(e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense {
			all := make([]T, 2*cols, (rows+3)*cols)
			all = append(append(all, data...), make([]T, cols)...)
			return view(rowMajorDense(e, rows+3, cols, all), gorgonia.S(2, rows+2), nil)
		})},
		{"columns of a larger one", of(func(e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense {
			var all []T
			for i := range rows {
				all = append(append(append(all, data[0]), data[i*cols:(i+1)*cols]...), data[0], data[0])
			}
			return view(rowMajorDense(e, rows, cols+3, all), nil, gorgonia.S(1, cols+1))
		})},
	}
}

func rowMajorDense[T any](e gorgonia.Engine, rows, cols int, data []T) *gorgonia.Dense {
	return gorgonia.New(gorgonia.WithEngine(e), gorgonia.WithShape(rows, cols), gorgonia.WithBacking(append([]T{}, data...)))
}

// flip returns the rows×cols matrix data with its axes exchanged.
func flip[T any](rows, cols int, data []T) []T {
	out := make([]T, len(data))
	for i := range rows {
		for j := range cols {
			out[j*rows+i] = data[i*cols+j]
		}
	}
	return out
}

func view(d *gorgonia.Dense, slices ...gorgonia.Slice) *gorgonia.Dense {
	v, err := d.Slice(slices...)
	if err != nil {
		panic(err)
	}
	return v.(*gorgonia.Dense)
}

// read returns what d holds, row-major, through gorgonia's own At.
func read[T any](t *testing.T, d *gorgonia.Dense) []T {
	t.Helper()
	shape := tensor.Shape(d.Shape())
	out := make([]T, 0, shape.Size())
	index := make([]int, len(shape))
	for n := range shape.Size() {
		rest := n
		for a := len(shape) - 1; a >= 0; a-- {
			index[a] = rest % shape[a]
			rest /= shape[a]
		}
		v, err := d.At(index...)
		require.NoError(t, err)
		out = append(out, v.(T))
	}
	return out
}

// numbers returns n positive numbers without pattern, from seed on.
func numbers[T float32 | float64](n, seed int) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = T(0.25 + math.Mod(float64(i+seed)*0.6180339887, 1)*3)
	}
	return out
}

// requireClose compares within a few units in the last place.
func requireClose[T float32 | float64](t *testing.T, want, got []T, what ...any) {
	t.Helper()
	tolerance := 1e-13
	if _, ok := any(T(0)).(float32); ok {
		tolerance = 2e-6
	}
	require.Len(t, got, len(want), what...)
	for i := range want {
		if d := math.Abs(float64(want[i] - got[i])); !(d <= tolerance*(1+math.Abs(float64(want[i])))) {
			require.FailNow(t, fmt.Sprintf("element %d is %v, want %v", i, got[i], want[i]), what...)
		}
	}
}
