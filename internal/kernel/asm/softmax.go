package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// softmaxKernels writes what a softmax needs beside a maximum, in one pass each.
func softmaxKernels() {
	sumExp()
	expShifted()
}

// whole calls body for every whole register of n elements and then, with a mask,
// for what is left, if anything.
func whole(n reg.Register, body func(mask vec), advance func()) {
	build.SUBQ(operand.Imm(lanes), n)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	body(nil)
	advance()
	build.SUBQ(operand.Imm(lanes), n)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	build.NEGQ(n) // how many elements the last register lacks
	build.CMPQ(n, operand.Imm(lanes))
	build.JE(operand.LabelRef("done"))
	table, mask := build.GP64(), build.YMM()
	build.LEAQ(maskTable(), table)
	build.VMOVUPS(operand.Mem{Base: table, Index: n, Scale: 4}, mask)
	body(mask)
	build.Label("done")
}

// masked loads a register, or the part of it that a mask leaves.
func masked(at operand.Mem, mask vec) vec {
	v := build.YMM()
	if mask == nil {
		build.VMOVUPS(at, v)
	} else {
		build.VMASKMOVPS(at, mask, v)
	}
	return v
}

// sumExp adds in float64, in eight partial sums.
func sumExp() {
	build.TEXT("sumExpAVX32", attr.NOSPLIT, "func(n int, x *float32, shift float32) float64")
	build.Pragma("noescape")
	build.Doc("sumExpAVX32 returns Σ exp(x[i] − shift) over n elements.")
	n := build.Load(build.Param("n"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	shift := build.YMM()
	build.VBROADCASTSS(parameter("shift"), shift)
	low, high := build.YMM(), build.YMM()
	build.VXORPD(low, low, low)
	build.VXORPD(high, high, high)
	whole(n, func(mask vec) {
		y := exp(sub(masked(operand.Mem{Base: x}, mask), shift))
		if mask != nil {
			y = and(y, mask)
		}
		wide, upper := build.YMM(), build.XMM()
		build.VCVTPS2PD(y.AsX(), wide)
		build.VADDPD(wide, low, low)
		build.VEXTRACTF128(operand.Imm(1), y, upper)
		build.VCVTPS2PD(upper, wide)
		build.VADDPD(wide, high, high)
	}, func() { build.ADDQ(operand.Imm(4*lanes), x) })
	build.VADDPD(high, low, low)
	half, upper := build.XMM(), build.XMM()
	build.VEXTRACTF128(operand.Imm(1), low, half)
	build.VADDPD(half, low.AsX(), half)
	build.VUNPCKHPD(half, half, upper)
	build.VADDSD(upper, half, half)
	build.Store(half, build.ReturnIndex(0))
	build.VZEROUPPER()
	build.RET()
}

// expShifted subtracts twice, for a sum of the two would round one of them away.
func expShifted() {
	build.TEXT("expShiftedAVX32", attr.NOSPLIT, "func(n int, y, x *float32, shift, rest, factor float32)")
	build.Pragma("noescape")
	build.Doc("expShiftedAVX32 sets y[i] = factor·exp((x[i] − shift) − rest) for n elements.")
	n := build.Load(build.Param("n"), build.GP64())
	y := build.Load(build.Param("y"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	constants := map[string]vec{}
	for _, name := range []string{"shift", "rest", "factor"} {
		constants[name] = build.YMM()
		build.VBROADCASTSS(parameter(name), constants[name])
	}
	whole(n, func(mask vec) {
		v := sub(sub(masked(operand.Mem{Base: x}, mask), constants["shift"]), constants["rest"])
		v = mul(exp(v), constants["factor"])
		if mask == nil {
			build.VMOVUPS(v, operand.Mem{Base: y})
		} else {
			build.VMASKMOVPS(v, mask, operand.Mem{Base: y})
		}
	}, func() {
		build.ADDQ(operand.Imm(4*lanes), x)
		build.ADDQ(operand.Imm(4*lanes), y)
	})
	build.VZEROUPPER()
	build.RET()
}
