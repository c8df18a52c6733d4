package kernel

import (
	"math"
	"math/rand/v2"
)

// A mask has one bit per element, 64 in a word from the lowest on: it takes a
// thirty-second of the memory of float32 elements.

// MaskWords returns how many words hold n bits.
func MaskWords(n int) int { return (n + 63) / 64 }

// DrawMask sets n bits, each with probability 1 − p of being 1, from one number
// of the source each. The bits beyond are 0.
func DrawMask(mask []uint64, n int, p float64, source *rand.PCG) {
	drop := uint64(p * (1 << 53))
	for k := range mask[:MaskWords(n)] {
		var word uint64
		for j := range min(64, n-64*k) {
			// 53 random bits minus drop are negative with probability p. This
			// way there is no branch for the processor to guess at.
			word |= (source.Uint64()>>11 - drop) >> 63 << j
		}
		mask[k] = ^word
	}
	if rest := n % 64; rest != 0 {
		mask[n/64] &= 1<<rest - 1
	}
}

// Masked sets dst[i] to s·x[i] where bit i of the mask is 1, else to 0, even
// where x[i] is infinite or NaN.
func Masked[T Float](dst, x []T, s T, mask []uint64) {
	if len(dst) <= grain {
		maskedPiece(dst, x[:len(dst)], s, mask)
		return
	}
	Parallel(len(dst), grain, func(lo, hi int) { maskedPiece(dst[lo:hi], x[lo:hi], s, mask[lo/64:]) })
}

func maskedPiece[T Float](dst, x []T, s T, mask []uint64) {
	switch x := any(x).(type) {
	case []float32:
		masked32(any(dst).([]float32), x, float32(s), mask)
	case []float64:
		masked64(any(dst).([]float64), x, float64(s), mask)
	}
}

// masked32 clears the bits of what is dropped, which takes no branch either.
func masked32(dst, x []float32, s float32, mask []uint64) {
	for k := 0; len(dst) > 0; k++ {
		n := min(64, len(dst))
		word, to, from := mask[k], dst[:n], x[:n]
		for j, v := range from {
			to[j] = math.Float32frombits(math.Float32bits(s*v) & -uint32(word&1))
			word >>= 1
		}
		dst, x = dst[n:], x[n:]
	}
}

func masked64(dst, x []float64, s float64, mask []uint64) {
	for k := 0; len(dst) > 0; k++ {
		n := min(64, len(dst))
		word, to, from := mask[k], dst[:n], x[:n]
		for j, v := range from {
			to[j] = math.Float64frombits(math.Float64bits(s*v) & -(word & 1))
			word >>= 1
		}
		dst, x = dst[n:], x[n:]
	}
}
