package main

import "testing"

// BenchmarkXORStep measures what a step costs besides arithmetic.
func BenchmarkXORStep(b *testing.B) { benchmarkStep(b, xorStep) }

// BenchmarkMLPStep measures a step of 0.24 million weights.
func BenchmarkMLPStep(b *testing.B) { benchmarkStep(b, mlpStep) }

// BenchmarkCNNStep measures a step of two convolutions.
func BenchmarkCNNStep(b *testing.B) { benchmarkStep(b, cnnStep) }

// BenchmarkLSTMStep measures a step of two layers over 50 steps.
func BenchmarkLSTMStep(b *testing.B) { benchmarkStep(b, lstmStep) }

// BenchmarkTransformerStep measures a step of two layers on 64 tokens.
func BenchmarkTransformerStep(b *testing.B) { benchmarkStep(b, transformerStep) }

// BenchmarkCases measures our side of every line of the report.
func BenchmarkCases(b *testing.B) {
	for _, s := range sections() {
		for _, c := range s.cases {
			b.Run(c.name, func(b *testing.B) { benchmarkStep(b, c.setup) })
		}
	}
}

func benchmarkStep(b *testing.B, setup func() step) {
	step := setup()
	b.ReportAllocs()
	for b.Loop() {
		step.run()
	}
}
