package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// convolutionKernels writes what convolution and pooling need besides products.
func convolutionKernels() {
	for _, e := range []element{single, double} {
		addRows(e)
	}
	maxOfFour()
}

// addRows writes the kernel that adds rows of n elements, at most as many as two
// registers hold, to others. It stores two whole registers, what lies beyond n
// unchanged.
func addRows(e element) {
	name := "addRows" + e.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(rows, n int, src *%[1]s, srcRow int, dst *%[1]s, dstRow int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s adds rows of n elements.", name))
	masks := twoMasks(e, "n")
	rows := build.Load(build.Param("rows"), build.GP64())
	src, dst := pointer("src"), pointer("dst")
	srcRow, dstRow := stride(e, "srcRow"), stride(e, "dstRow")
	build.Label("loop")
	for h, mask := range masks {
		at, v := operand.Mem{Base: dst, Disp: 32 * h}, masked(operand.Mem{Base: src, Disp: 32 * h}, mask)
		if e.size == 8 {
			build.VADDPD(at, v, v)
		} else {
			build.VADDPS(at, v, v)
		}
		build.VMOVUPS(v, at)
	}
	build.ADDQ(srcRow, src)
	build.ADDQ(dstRow, dst)
	build.DECQ(rows)
	build.JNE(operand.LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

// twoMasks returns the masks of the first elements of two registers, so many
// altogether as a parameter says.
func twoMasks(e element, param string) []vec {
	n, low := build.Load(build.Param(param), build.GP64()), build.GP64()
	held, none := build.GP64(), build.GP64()
	build.MOVQ(operand.I32(32/e.size), held)
	build.XORQ(none, none)
	build.MOVQ(n, low)
	build.CMPQ(low, held)
	build.CMOVQGT(held, low)
	build.SUBQ(held, n)
	build.CMOVQLT(none, n)
	return []vec{firstLanes(e, low), firstLanes(e, n)}
}

// maxOfFour writes the kernel that finds the greatest of each two by two
// elements, eight times at once. It works on the order that VSHUFPS leaves, and
// restores the order of results.
func maxOfFour() {
	build.TEXT("maxOfFourAVX32", attr.NOSPLIT, "func(n int, y *float32, at *int32, upper, lower *float32, first, width int)")
	build.Pragma("noescape")
	build.Doc("maxOfFourAVX32 sets y to the greatest of each two by two elements, and at to where it is.",
		"n is a multiple of 8; first is where upper is, and lower is width further.")
	n := build.Load(build.Param("n"), build.GP64())
	y, at, upper, lower := pointer("y"), pointer("at"), pointer("upper"), pointer("lower")
	start, down, one := build.YMM(), build.YMM(), build.YMM()
	for _, p := range []struct {
		name string
		to   vec
	}{{"first", start}, {"width", down}} {
		build.VMOVQ(build.Load(build.Param(p.name), build.GP64()), p.to.AsX())
		build.VPBROADCASTD(p.to.AsX(), p.to)
	}
	build.VPADDD(shuffledPlaces(), start, start)
	build.VPCMPEQD(one, one, one)
	build.VPSRLD(operand.Imm(31), one, one)
	sixteen := build.YMM()
	build.VPSLLD(operand.Imm(4), one, sixteen)

	build.Label("loop")
	best, where := build.YMM(), build.YMM()
	build.VMOVDQA(start, where)
	for row, from := range []operand.Mem{{Base: upper}, {Base: lower}} {
		low := build.YMM()
		build.VMOVUPS(from, low)
		high := build.YMM()
		build.VMOVUPS(from.Offset(32), high)
		here := build.YMM()
		build.VMOVDQA(start, here)
		if row == 1 {
			build.VPADDD(down, here, here)
		}
		for odd, order := range []uint64{0x88, 0xdd} {
			if odd == 1 {
				build.VPADDD(one, here, here)
			}
			if row == 0 && odd == 0 {
				build.VSHUFPS(operand.Imm(order), high, low, best)
				continue
			}
			v, more, nan := build.YMM(), build.YMM(), build.YMM()
			build.VSHUFPS(operand.Imm(order), high, low, v)
			build.VCMPPS(operand.Imm(less), v, best, more)
			build.VCMPPS(operand.Imm(unordered), v, v, nan)
			build.VORPS(nan, more, more)
			build.VBLENDVPS(more, v, best, best)
			build.VBLENDVPS(more, here, where, where)
		}
	}
	build.VPERMQ(operand.Imm(0xd8), best, best)
	build.VPERMQ(operand.Imm(0xd8), where, where)
	build.VMOVUPS(best, operand.Mem{Base: y})
	build.VMOVUPS(where, operand.Mem{Base: at})
	build.VPADDD(sixteen, start, start)
	build.ADDQ(operand.Imm(32), y)
	build.ADDQ(operand.Imm(32), at)
	build.ADDQ(operand.Imm(64), upper)
	build.ADDQ(operand.Imm(64), lower)
	build.SUBQ(operand.Imm(8), n)
	build.JG(operand.LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

// shuffledPlaces are twice the numbers of eight results in the order of VSHUFPS.
func shuffledPlaces() operand.Mem {
	data := build.GLOBL("shuffledPlaces", attr.RODATA|attr.NOPTR)
	for i, place := range []uint32{0, 2, 8, 10, 4, 6, 12, 14} {
		build.DATA(4*i, operand.U32(place))
	}
	return data
}
