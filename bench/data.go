package main

import (
	"math"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// uniform returns even numbers between 0 and 1. torch/base.py makes the same
// ones from the same seed.
func uniform(seed uint64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		z := (seed<<32 + uint64(i) + 1) * 0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		z ^= z >> 31
		out[i] = (float64(z>>40) + 0.5) / (1 << 24)
	}
	return out
}

// mapped returns f of even numbers as float32.
func mapped(seed uint64, f func(u float64) float64, shape ...int) *tensor.Tensor {
	u := uniform(seed, tensor.Shape(shape).Size())
	out := make([]float32, len(u))
	for i, v := range u {
		out[i] = float32(f(v))
	}
	return tensor.New(out, shape...)
}

// normal returns numbers of mean 0 and variance 1 that are almost normally
// distributed: sums of four even ones.
func normal(seed uint64, shape ...int) *tensor.Tensor {
	u := uniform(seed, 4*tensor.Shape(shape).Size())
	out := make([]float32, len(u)/4)
	for i := range out {
		out[i] = float32((u[4*i] + u[4*i+1] + u[4*i+2] + u[4*i+3] - 2) * math.Sqrt(3))
	}
	return tensor.New(out, shape...)
}

func probabilities(seed uint64, shape ...int) *tensor.Tensor {
	return mapped(seed, func(u float64) float64 { return 0.001 + 0.998*u }, shape...)
}

// logs returns negative numbers, as logarithms of probabilities are.
func logs(seed uint64, shape ...int) *tensor.Tensor {
	return mapped(seed, func(u float64) float64 { return -0.001 - 8*u }, shape...)
}

func yesOrNo(seed uint64, shape ...int) *tensor.Tensor {
	return mapped(seed, func(u float64) float64 { return math.Floor(2 * u) }, shape...)
}

func signs(seed uint64, shape ...int) *tensor.Tensor {
	return mapped(seed, func(u float64) float64 { return 2*math.Floor(2*u) - 1 }, shape...)
}

func integers(seed uint64, below int, shape ...int) *tensor.Tensor {
	u := uniform(seed, tensor.Shape(shape).Size())
	out := make([]int64, len(u))
	for i, v := range u {
		out[i] = int64(v * float64(below))
	}
	return tensor.New(out, shape...)
}

// parameter returns a layer's weights or biases: even numbers between ±1/√in.
func parameter(seed uint64, in int, shape ...int) *autograd.Variable {
	return autograd.New(mapped(seed, func(u float64) float64 { return (2*u - 1) / math.Sqrt(float64(in)) }, shape...))
}
