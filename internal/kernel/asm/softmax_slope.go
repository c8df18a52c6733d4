package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// wideHalves widens a register.
func wideHalves(y vec) (low, high vec) {
	low, high = build.YMM(), build.YMM()
	upper := build.XMM()
	build.VCVTPS2PD(y.AsX(), low)
	build.VEXTRACTF128(operand.Imm(1), y, upper)
	build.VCVTPS2PD(upper, high)
	return low, high
}

func softmaxSlope() {
	k := newRowKernel("softmaxSlopeAVX32", "dst, y, up *float32", "sets each row of dst to y[i]·(up[i] − Σ up[j]·y[j]).")
	at := k.slices("dst", "y", "up")
	dst, y, g := at[0], at[1], at[2]
	k.each(func() {
		s := newDoubles()
		k.simply(func(j int, mask vec) {
			yLow, yHigh := wideHalves(masked(k.at(y, j), mask))
			gLow, gHigh := wideHalves(masked(k.at(g, j), mask))
			build.VFMADD231PD(yLow, gLow, s.low)
			build.VFMADD231PD(yHigh, gHigh, s.high)
		})
		mean := spread(s.total())
		k.simply(func(j int, mask vec) {
			store(mul(sub(masked(k.at(g, j), mask), mean), masked(k.at(y, j), mask)), k.at(dst, j), mask)
		})
	})
}

func logSoftmaxSlope() {
	k := newRowKernel("logSoftmaxSlopeAVX32", "dst, y, up *float32", "sets each row of dst to up[i] − exp(y[i])·Σ up[j].")
	at := k.slices("dst", "y", "up")
	dst, y, g := at[0], at[1], at[2]
	scale := load(num(1.0 / (1 << scaled)))
	k.each(func() {
		s := newDoubles()
		k.simply(func(j int, mask vec) { s.add(masked(k.at(g, j), mask)) })
		total := spread(s.total())
		k.simply(func(j int, mask vec) {
			v := masked(k.at(g, j), mask)
			build.VFNMADD231PS(mul(expBelow(masked(k.at(y, j), mask)), scale), total, v)
			store(v, k.at(dst, j), mask)
		})
	})
}
