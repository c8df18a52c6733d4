package main

import "testing"

// BenchmarkXORStep measures what a step costs besides arithmetic.
func BenchmarkXORStep(b *testing.B) { benchmarkStep(b, xorStep) }

// BenchmarkMLPStep measures a step of 0.24 million weights.
func BenchmarkMLPStep(b *testing.B) { benchmarkStep(b, mlpStep) }

func benchmarkStep(b *testing.B, setup func() func()) {
	step := setup()
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
}
