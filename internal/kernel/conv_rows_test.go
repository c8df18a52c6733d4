package kernel

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRowKernelsEqualLoops(t *testing.T) {
	t.Run("float32", testRowKernels[float32])
	t.Run("float64", testRowKernels[float64])
}

// testRowKernels tries every length with rows that lie close and far apart,
// which begin at every alignment. Beyond the last row nothing changes but what
// a rowSlack covers.
func testRowKernels[T Float](t *testing.T) {
	k := rowsFor[T]()
	if k == nil {
		t.Skip("this machine has no kernels on rows")
	}
	rng := rand.New(rand.NewPCG(5, 5))
	const rows = 3
	for n := 1; n <= k.cols; n++ {
		for gap := range 3 {
			stride := n + gap*7
			src, dst := guarded[T](rng, (rows-1)*stride+n), guarded[T](rng, (rows-1)*(n+gap)+n+rowSlack)
			before := append([]T(nil), dst.in...)
			k.add(rows, n, &src.in[0], stride, &dst.in[0], n+gap)
			want := append([]T(nil), before...)
			for i := range rows {
				for j := range n {
					want[i*(n+gap)+j] += src.in[i*stride+j]
				}
			}
			require.Equal(t, want, dst.in, "add %d", n)
			dst.check(t)
			k.copy(rows, n, &src.in[0], stride, &dst.in[0], n+gap)
			for i := range rows {
				require.Equal(t, src.in[i*stride:i*stride+n], dst.in[i*(n+gap):i*(n+gap)+n], "copy %d", n)
			}
			dst.check(t)
			src.check(t)
		}
	}
}

func TestMaxOfFourEqualsLoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 5))
	nan, zero := float32(math.NaN()), float32(math.Copysign(0, -1))
	values := []float32{0, zero, 1, 1, 2, -1, nan, -nan, float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Inf(-1))}
	for n := range 68 {
		for range 50 {
			width := 2*n + rng.IntN(4)
			from := rng.IntN(5)
			plane := make([]float32, from+width+2*n)
			for i := range plane {
				plane[i] = values[rng.IntN(len(values))]
			}
			more := rng.IntN(2) * 8 // room for results that are not asked for
			plane = append(plane, make([]float32, 2*more)...)
			y, want := guarded[float32](rng, n+more), make([]float32, n)
			at, places := make([]int32, n+more), make([]int32, n)
			maxOfFour(y.in, at, n, plane, from, width)
			maxOfFourPortable(want, places, plane[from:][:2*n], plane[from+width:], from, width)
			require.Equal(t, places, at[:n])
			for i, v := range want {
				require.Equal(t, math.Float32bits(v), math.Float32bits(y.in[i]))
				p := Pool{Image: [2]int{1, 4}, Step: [2]int{1, 1}}
				_, first := maxOf(&p, []float32{plane[from+2*i], plane[from+2*i+1], plane[from+width+2*i], plane[from+width+2*i+1]}, Range{To: 1}, Range{To: 4})
				require.Equal(t, int32(from+2*i)+first/2*int32(width)+first%2, at[i])
			}
			y.check(t)
		}
	}
}
