//go:build amd64 && !purego

package kernel

var differences32, differences64 = func() (*differenceKernels[float32], *differenceKernels[float64]) {
	if !fast {
		return nil, nil
	}
	return &differenceKernels[float32]{
			sumSquare: sumSquareDifferenceAVX32, sumAbs: sumAbsDifferenceAVX32, sumBend: sumBendAVX32, sumSquareShifted: sumSquareShiftedAVX32,
			scaled: scaledDifferenceAVX32, sign: signOfDifferenceAVX32, clamped: clampedDifferenceAVX32, shifted: shiftedDifferenceAVX32,
		}, &differenceKernels[float64]{
			sumSquare: sumSquareDifferenceAVX64, sumAbs: sumAbsDifferenceAVX64, sumBend: sumBendAVX64, sumSquareShifted: sumSquareShiftedAVX64,
			scaled: scaledDifferenceAVX64, sign: signOfDifferenceAVX64, clamped: clampedDifferenceAVX64, shifted: shiftedDifferenceAVX64,
		}
}()
