package main

import (
	"fmt"
	"strings"

	"github.com/declive/declive/tensor"
)

// gemmCases are products of matrices. Their targets are speeds, which are
// ratios of times the other way round.
func gemmCases() []benchCase {
	return []benchCase{
		gemm(tensor.Float32, 1, 1024, 1024, 1024),
		gemm(tensor.Float32, 1, 512, 512, 512),
		gemm(tensor.Float32, 1.1, 256, 256, 256),
		gemm(tensor.Float32, 1.1, 128, 128, 128),
		gemm(tensor.Float32, 1.5, 64, 64, 64),
		gemm(tensor.Float32, 3, 32, 32, 32),
		gemm(tensor.Float32, 8, 4, 8, 8),
		gemm(tensor.Float64, 1, 512, 512, 512),
	}
}

// gemm is [m k]·[k n], which must be so many times as fast as PyTorch's.
func gemm(d tensor.DType, times float64, m, k, n int) benchCase {
	size := fmt.Sprint(m)
	if m != k || k != n {
		size = fmt.Sprintf("%dx%dx%d", m, k, n)
	}
	return benchCase{
		name: fmt.Sprintf("gemm_%v:%s", d, size), what: fmt.Sprintf("%v %s", d, strings.ReplaceAll(size, "x", "×")),
		target: 1 / times, flops: 2 * float64(m) * float64(k) * float64(n),
		peak: d == tensor.Float32 && m >= 128 && m <= 512, single: m < 128,
		setup: func() step {
			a, b := normal(1, m, k).To(d), normal(2, k, n).To(d)
			var c *tensor.Tensor
			return step{
				run:     func() { c = tensor.MatMul(a, b) },
				outputs: func() []*tensor.Tensor { return []*tensor.Tensor{c} },
			}
		},
	}
}
