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
	tiles32 = tiles[float32]{cols: 16,
		wide:   [...]tileKernel[float32]{nil, gemmWide1x32, gemmWide2x32, gemmWide3x32, gemmWide4x32, gemmWide5x32, gemmWide6x32},
		ragged: [...]tileKernel[float32]{nil, gemmRagged1x32, gemmRagged2x32, gemmRagged3x32, gemmRagged4x32, gemmRagged5x32, gemmRagged6x32},
		narrow: [...]tileKernel[float32]{nil, gemmNarrow1x32, gemmNarrow2x32, gemmNarrow3x32, gemmNarrow4x32, gemmNarrow5x32, gemmNarrow6x32},
		edge:   [...]tileKernel[float32]{nil, gemmEdge1x32, gemmEdge2x32, gemmEdge3x32, gemmEdge4x32, gemmEdge5x32, gemmEdge6x32},
		pack:   gemmPack32, packTransposed: gemmPackTransposed32, dots: gemmDots32}
	tiles64 = tiles[float64]{cols: 8,
		wide:   [...]tileKernel[float64]{nil, gemmWide1x64, gemmWide2x64, gemmWide3x64, gemmWide4x64, gemmWide5x64, gemmWide6x64},
		ragged: [...]tileKernel[float64]{nil, gemmRagged1x64, gemmRagged2x64, gemmRagged3x64, gemmRagged4x64, gemmRagged5x64, gemmRagged6x64},
		narrow: [...]tileKernel[float64]{nil, gemmNarrow1x64, gemmNarrow2x64, gemmNarrow3x64, gemmNarrow4x64, gemmNarrow5x64, gemmNarrow6x64},
		edge:   [...]tileKernel[float64]{nil, gemmEdge1x64, gemmEdge2x64, gemmEdge3x64, gemmEdge4x64, gemmEdge5x64, gemmEdge6x64},
		pack:   gemmPack64, packTransposed: gemmPackTransposed64, dots: gemmDots64}
)

// tilesFor returns the tile kernels for T, or nil where there are none.
func tilesFor[T Float]() *tiles[T] {
	if assembly32 == nil {
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
