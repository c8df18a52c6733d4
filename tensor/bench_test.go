package tensor

import "testing"

// BenchmarkSmall times operations of the size of the XOR network, where the
// arithmetic costs nothing and the bookkeeping all.
func BenchmarkSmall(b *testing.B) {
	x, w, bias := Ones(2, 8), Ones(8, 1), Ones(8)
	column := Ones(2, 1)
	for _, row := range []struct {
		name string
		f    func()
	}{
		{"Add", func() { Add(x, x) }},
		{"AddBias", func() { Add(x, bias) }},
		{"AddColumn", func() { Add(x, column) }},
		{"MulScalar", func() { MulScalar(x, 2) }},
		{"Sum", func() { Sum(x) }},
		{"SumAxis", func() { Sum(x, 0) }},
		{"Mean", func() { Mean(x) }},
		{"MatMul", func() { MatMul(x, w) }},
		{"Tanh", func() { Tanh(x) }},
		{"Slice", func() { Slice(x, 1, 2, 6) }},
		{"Transpose", func() { Transpose(x, 0, 1) }},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				row.f()
			}
		})
	}
}
