package kernel

import (
	"fmt"
	"testing"
)

// BenchmarkArithmetic shows the cost of a call and of an element: 16 elements
// are all overhead, 1024 stay in the first cache, 1M come from memory.
func BenchmarkArithmetic(b *testing.B) {
	b.Run("float32", arithmeticBenchmarks[float32])
	b.Run("float64", arithmeticBenchmarks[float64])
}

func arithmeticBenchmarks[T Float](b *testing.B) {
	var sink float64
	for _, n := range []int{16, 1024, 1 << 20} {
		x, y, dst := make([]T, n), make([]T, n), make([]T, n)
		for i := range x {
			x[i], y[i] = T(i%7)-3, T(i%5)+1
		}
		for _, o := range []struct {
			name string
			f    func()
		}{
			{"Add", func() { Add(dst, x, y) }},
			{"Scale", func() { Scale(dst, x, 2) }},
			{"Maximum", func() { Maximum(dst, x, y) }},
			{"Axpy", func() { Axpy(dst, 0.5, x) }},
			{"ReLU", func() { ReLU(dst, x) }},
			{"Sqrt", func() { Sqrt(dst, y) }},
			{"Rsqrt", func() { Rsqrt(dst, y) }},
			{"SelectPositive", func() { SelectPositive(dst, x, y, x) }},
			{"Clamp", func() { Clamp(dst, x, -1, 1) }},
			{"Fill", func() { Fill(dst, 3) }},
			{"Sum", func() { sink += float64(Sum(x)) }},
			{"Max", func() { MaxAxis(dst[:1], x, 1, n, 1) }},
		} {
			b.Run(fmt.Sprintf("%s/%d", o.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					o.f()
				}
			})
		}
	}
	_ = sink
}
