package kernel

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkGemm multiplies squares in all four ways, and the matrices of a
// perceptron: forward, and for the gradients of weights and inputs.
func BenchmarkGemm(b *testing.B) {
	if gflops, ok := FMAPeak(1, 50*time.Millisecond); ok {
		b.Logf("peak of one thread, float32: %.1f GFLOP/s", gflops)
	}
	b.Run("float32", benchmarkGemm[float32])
	b.Run("float64", benchmarkGemm[float64])
}

func benchmarkGemm[T Float](b *testing.B) {
	run := func(transA, transB bool, m, k, n int) {
		x, y, c := make([]T, m*k), make([]T, k*n), make([]T, m*n)
		name := fmt.Sprintf("%dx%dx%d", m, k, n)
		if transA {
			name += "/transA"
		}
		if transB {
			name += "/transB"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Gemm(transA, transB, m, n, k, 1, x, y, 0, c)
			}
			b.ReportMetric(2*float64(m)*float64(n)*float64(k)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
	run(false, false, 4, 8, 8)
	for _, n := range []int{16, 32, 64, 128, 256, 512, 1024} {
		for flags := range 4 {
			run(flags&1 != 0, flags&2 != 0, n, n, n)
		}
	}
	for _, layer := range [][2]int{{784, 256}, {256, 128}, {128, 10}} {
		in, out := layer[0], layer[1]
		run(false, true, 128, in, out)
		run(true, false, out, 128, in)
		run(false, false, 128, out, in)
	}
	run(false, true, 1, 784, 256)
	run(false, false, 32, 64, 256)
}
