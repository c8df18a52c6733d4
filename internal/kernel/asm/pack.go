package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// pack writes the kernel that copies rows of n elements, at most as many as two
// registers hold. It stores two whole registers, the rest zeros, in rows that may
// be nearer to each other: the next row then covers the zeros.
func pack(e element) {
	build.TEXT("gemmPack"+e.suffix, attr.NOSPLIT, fmt.Sprintf("func(rows, n int, src *%[1]s, srcRow int, dst *%[1]s, dstRow int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("gemmPack%s copies rows of n elements, filled up with zeros.", e.suffix))
	masks := twoMasks(e, "n")
	rows := build.Load(build.Param("rows"), build.GP64())
	src, dst := pointer("src"), pointer("dst")
	srcRow, dstRow := stride(e, "srcRow"), stride(e, "dstRow")
	build.Label("loop")
	for h, mask := range masks {
		build.VMOVUPS(masked(operand.Mem{Base: src, Disp: 32 * h}, mask), operand.Mem{Base: dst, Disp: 32 * h})
	}
	build.ADDQ(srcRow, src)
	build.ADDQ(dstRow, dst)
	build.DECQ(rows)
	build.JNE(operand.LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}

// packTransposed writes the kernel that copies n rows, at least one and at most
// as many as a register has elements, to columns. Columns beyond n repeat the
// last row.
func packTransposed(e element) {
	build.TEXT("gemmPackTransposed"+e.suffix, attr.NOSPLIT, fmt.Sprintf("func(cols, n int, src *%[1]s, srcRow int, dst *%[1]s, dstRow int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("gemmPackTransposed%s copies n rows to columns.", e.suffix))
	held := 32 / e.size
	rows := clampedRows(e, held)
	dst, dstRow := pointer("dst"), stride(e, "dstRow")
	cols := build.Load(build.Param("cols"), build.GP64())

	build.SUBQ(operand.Imm(uint64(held)), cols)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	for _, v := range transposed(e, rows, nil) {
		build.VMOVUPS(v, operand.Mem{Base: dst})
		build.ADDQ(dstRow, dst)
	}
	for _, r := range rows {
		build.ADDQ(operand.Imm(32), r)
	}
	build.SUBQ(operand.Imm(uint64(held)), cols)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	build.ADDQ(operand.Imm(uint64(held)), cols)
	build.JE(operand.LabelRef("done"))
	left := build.GP64()
	build.MOVQ(cols, left)
	for _, v := range transposed(e, rows, firstLanes(e, left)) {
		build.VMOVUPS(v, operand.Mem{Base: dst})
		build.ADDQ(dstRow, dst)
		build.DECQ(cols)
		build.JE(operand.LabelRef("done"))
	}
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
}

// clampedRows returns where n rows begin, and the last of them over again.
func clampedRows(e element, held int) []reg.GPVirtual {
	rows := []reg.GPVirtual{pointer("src")}
	step, none := stride(e, "srcRow"), build.GP64()
	n := build.Load(build.Param("n"), build.GP64())
	build.XORQ(none, none)
	for i := 1; i < held; i++ {
		build.CMPQ(n, operand.Imm(uint64(i)))
		build.CMOVQLE(none, step)
		at := build.GP64()
		build.LEAQ(operand.Mem{Base: rows[i-1], Index: step, Scale: 1}, at)
		rows = append(rows, at)
	}
	return rows
}

// transposed loads a register of each row and returns their columns. First
// elements pair up within halves of registers, then the halves are joined.
func transposed(e element, rows []reg.GPVirtual, mask vec) []vec {
	held := len(rows)
	x := make([]vec, held)
	for i, r := range rows {
		x[i] = masked(operand.Mem{Base: r}, mask)
	}
	y := make([]vec, held)
	for i := 0; i < held; i += 2 {
		y[i], y[i+1] = build.YMM(), build.YMM()
		if e.size == 4 {
			build.VUNPCKLPS(x[i+1], x[i], y[i])
			build.VUNPCKHPS(x[i+1], x[i], y[i+1])
		} else {
			build.VUNPCKLPD(x[i+1], x[i], y[i])
			build.VUNPCKHPD(x[i+1], x[i], y[i+1])
		}
	}
	if e.size == 4 {
		z := make([]vec, held)
		for i := 0; i < held; i += 4 {
			for j := range 2 {
				z[i+2*j], z[i+2*j+1] = build.YMM(), build.YMM()
				build.VUNPCKLPD(y[i+2+j], y[i+j], z[i+2*j])
				build.VUNPCKHPD(y[i+2+j], y[i+j], z[i+2*j+1])
			}
		}
		y = z
	}
	out := make([]vec, held)
	for i := range held / 2 {
		out[i], out[i+held/2] = build.YMM(), build.YMM()
		build.VPERM2F128(operand.Imm(0x20), y[i+held/2], y[i], out[i])
		build.VPERM2F128(operand.Imm(0x31), y[i+held/2], y[i], out[i+held/2])
	}
	return out
}

// rowDots writes the kernel for one row of c and rows of b that lie along a:
//
//	c[j] = alpha · Σ_p a[p] · b[j,p] (+ c[j] unless keep is 0)
func rowDots(e element) {
	build.TEXT("gemmDots"+e.suffix, attr.NOSPLIT, fmt.Sprintf("func(n, k int, alpha %[1]s, a, b *%[1]s, bRow int, c *%[1]s, keep int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("gemmDots%s multiplies a row with n rows.", e.suffix))
	const unrolled = 4
	held := 32 / e.size
	n, b, bRow, c := build.Load(build.Param("n"), build.GP64()), pointer("b"), stride(e, "bRow"), pointer("c")
	k, x, y := build.GP64(), build.GP64(), build.GP64()
	sums := make([]vec, unrolled)
	for i := range sums {
		sums[i] = build.YMM()
	}
	step := func(count int, mask vec) {
		for i := range count {
			v, w := masked(operand.Mem{Base: x, Disp: 32 * i}, mask), masked(operand.Mem{Base: y, Disp: 32 * i}, mask)
			e.fma(v, w, sums[i])
		}
	}
	build.Label("row")
	build.Load(build.Param("k"), k)
	build.Load(build.Param("a"), x)
	build.MOVQ(b, y)
	for _, s := range sums {
		build.VXORPS(s, s, s)
	}
	for _, count := range []int{unrolled, 1} {
		loop, done := fmt.Sprint("loop", count), fmt.Sprint("done", count)
		build.SUBQ(operand.Imm(uint64(count*held)), k)
		build.JLT(operand.LabelRef(done))
		build.Label(loop)
		step(count, nil)
		build.ADDQ(operand.Imm(uint64(32*count)), x)
		build.ADDQ(operand.Imm(uint64(32*count)), y)
		build.SUBQ(operand.Imm(uint64(count*held)), k)
		build.JGE(operand.LabelRef(loop))
		build.Label(done)
		build.ADDQ(operand.Imm(uint64(count*held)), k)
	}
	build.JE(operand.LabelRef("whole"))
	step(1, firstLanes(e, k))
	build.Label("whole")
	storeDot(e, sums, c)
	build.ADDQ(bRow, b)
	build.ADDQ(operand.Imm(uint64(e.size)), c)
	build.DECQ(n)
	build.JNE(operand.LabelRef("row"))
	build.VZEROUPPER()
	build.RET()
}

// storeDot adds up four registers and stores the sum times alpha.
func storeDot(e element, s []vec, c reg.Register) {
	add, last, move, fma, mul := build.VADDPS, build.VHADDPS, build.VMOVSS, build.VFMADD231SS, build.VMULSS
	if e.size == 8 {
		add, last, move, fma, mul = build.VADDPD, build.VHADDPD, build.VMOVSD, build.VFMADD231SD, build.VMULSD
	}
	add(s[1], s[0], s[0])
	add(s[3], s[2], s[2])
	add(s[2], s[0], s[0])
	sum, high := s[0].AsX(), s[1].AsX()
	build.VEXTRACTF128(operand.Imm(1), s[0], high)
	add(high, sum, sum)
	last(sum, sum, sum)
	if e.size == 4 {
		last(sum, sum, sum)
	}
	keep := build.Load(build.Param("keep"), build.GP64())
	build.TESTQ(keep, keep)
	build.JNE(operand.LabelRef("add"))
	alpha := build.XMM()
	move(parameter("alpha"), alpha)
	mul(alpha, sum, sum)
	move(sum, operand.Mem{Base: c})
	build.JMP(operand.LabelRef("stored"))
	build.Label("add")
	move(operand.Mem{Base: c}, high)
	move(parameter("alpha"), alpha)
	fma(alpha, sum, high)
	move(high, operand.Mem{Base: c})
	build.Label("stored")
}
