//go:build amd64 && !purego

package kernel

import (
	"os"

	"golang.org/x/sys/cpu"
)

// fast tells whether the assembly may be used. DECLIVE_KERNELS=portable in the
// environment switches it off for comparison.
var fast = cpu.X86.HasAVX2 && cpu.X86.HasFMA && os.Getenv("DECLIVE_KERNELS") != "portable"

var (
	tiles32 = tiles[float32]{cols: 16, add: [...]func(int, float32, *float32, int, int, *float32, int, *float32, int){
		nil, gemmTile1x32, gemmTile2x32, gemmTile3x32, gemmTile4x32, gemmTile5x32, gemmTile6x32}}
	tiles64 = tiles[float64]{cols: 8, add: [...]func(int, float64, *float64, int, int, *float64, int, *float64, int){
		nil, gemmTile1x64, gemmTile2x64, gemmTile3x64, gemmTile4x64, gemmTile5x64, gemmTile6x64}}
)

// tilesFor returns the tile kernels for T, or nil where there are none.
func tilesFor[T Float]() *tiles[T] {
	if !fast {
		return nil
	}
	if t, ok := any(&tiles32).(*tiles[T]); ok {
		return t
	}
	return any(&tiles64).(*tiles[T])
}

// fmaRounds spends some time on multiply-adds of float32 and returns how many
// floating-point operations it did, 0 where there is no assembly.
func fmaRounds() (flops float64) {
	if !fast {
		return 0
	}
	const rounds = 1 << 14
	fmaLoop32(rounds)
	return rounds * 24 * 8 * 2
}
