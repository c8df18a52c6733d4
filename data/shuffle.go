package data

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// permutation returns the numbers 0 … n−1 in an order drawn for a purpose
// ("shuffle", "split"), a seed and a stream. It must never change: checkpoints
// and published results rely on it.
//
// Random 64-bit numbers r come from ChaCha8 (rand.ChaCha8, C2SP chacha8rand)
// with the 32-byte key seed, stream (both little-endian), purpose (padded with
// zeros): a cipher, so that neighbouring seeds and epochs are unrelated. For i
// from n−1 down to 1, position i is exchanged with position ⌊r·(i+1)/2⁶⁴⌋
// (Fisher and Yates; the bias is below n/2⁶⁴).
func permutation(n int, seed, stream uint64, purpose string) []int {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[0:], seed)
	binary.LittleEndian.PutUint64(key[8:], stream)
	copy(key[16:], purpose)
	random := rand.NewChaCha8(key)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j, _ := bits.Mul64(random.Uint64(), uint64(i+1))
		order[i], order[j] = order[j], order[i]
	}
	return order
}
