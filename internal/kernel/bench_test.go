package kernel

import (
	"fmt"
	"testing"
)

// BenchmarkParallel shows what handing out two pieces of equal work costs
// beside doing both alone.
func BenchmarkParallel(b *testing.B) {
	for _, n := range []int{1 << 10, 1 << 13, 1 << 15, 1 << 17} {
		x := make([]float64, 2*n)
		sums := make([]float64, 2)
		work := func(lo, hi int) { sums[lo/n] = sumBlock(x[lo:hi]) }
		b.Run(fmt.Sprintf("%d/alone", n), func(b *testing.B) {
			for b.Loop() {
				work(0, n)
				work(n, 2*n)
			}
		})
		b.Run(fmt.Sprintf("%d/parallel", n), func(b *testing.B) {
			for b.Loop() {
				Parallel(2*n, n, work)
			}
		})
	}
}
