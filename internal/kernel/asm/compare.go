package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// orEqual is the comparison less than or equal.
const orEqual = 2

// comparisons writes the kernels between numbers and bools, which are bytes of
// 0 and 1.
func comparisons() {
	for _, e := range arithmetics {
		e.comparison("equalAVX", "a[i] == b[i]", equal)
		e.comparison("lessAVX", "a[i] < b[i]", less)
		e.comparison("lessEqualAVX", "a[i] <= b[i]", orEqual)
		e.comparison("unorderedAVX", "whether a[i] or b[i] is NaN", unordered)
		e.where("whereAVX")
	}
}

// comparison writes a kernel that compares n elements, eight at a time; the
// operands are those of elementwise.
func (e arithmetic) comparison(name, formula string, how uint64) {
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, dst *bool, a *%[1]s, aStep int, b *%[1]s, bStep int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s sets dst[i] = %s for n elements.", name, formula))
	n := build.Load(build.Param("n"), build.GP64())
	dst := build.Load(build.Param("dst"), build.GP64())
	in := []stream{e.stream("a", true), e.stream("b", true)}
	pass := passBytes / e.size
	test := func(disp int) vec {
		x := build.YMM()
		e.move(operand.Mem{Base: in[0].at, Disp: disp}, x)
		return e.test(x, how, operand.Mem{Base: in[1].at, Disp: disp})
	}
	eight := func(j int) {
		mask := test(j * 8 * e.size)
		if e.size == 8 { // the low halves of two registers, in order
			high := test(32)
			build.VSHUFPS(operand.Imm(0x88), high, mask, mask)
			build.VPERMQ(operand.Imm(0xd8), mask, mask)
		}
		high := build.XMM()
		build.VEXTRACTF128(operand.Imm(1), mask, high)
		build.VPACKSSDW(high, mask.AsX(), high)
		build.VPACKSSWB(high, high, high)
		build.VPAND(bits(0x01010101), high, high)
		build.VMOVQ(high, operand.Mem{Base: dst, Disp: 8 * j})
	}
	build.SUBQ(operand.Imm(uint64(pass)), n)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	for j := range pass / 8 {
		eight(j)
	}
	for _, s := range in {
		s.advance()
	}
	build.ADDQ(operand.Imm(uint64(pass)), dst)
	build.SUBQ(operand.Imm(uint64(pass)), n)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	i := build.GP64()
	build.XORQ(i, i)
	build.ADDQ(operand.Imm(uint64(pass)), n)
	build.JE(operand.LabelRef("done"))
	build.Label("one")
	x, y, bit := build.YMM(), build.YMM(), build.GP64()
	e.moveOne(operand.Mem{Base: in[0].at, Index: i, Scale: uint8(e.size)}, x.AsX())
	e.moveOne(operand.Mem{Base: in[1].at, Index: i, Scale: uint8(e.size)}, y.AsX())
	build.VMOVQ(e.test(x, how, y).AsX(), bit)
	build.ANDQ(operand.Imm(1), bit)
	build.MOVB(bit.As8(), operand.Mem{Base: dst, Index: i, Scale: 1})
	build.INCQ(i)
	build.DECQ(n)
	build.JNE(operand.LabelRef("one"))
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
}

// where writes a kernel that chooses by bools. It serves whatever is as long as
// e's type, since it only moves bits.
func (e arithmetic) where(name string) {
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, dst *%[1]s, c *bool, a *%[1]s, aStep int, b *%[1]s, bStep int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s sets dst[i] = a[i] where c[i] holds, else b[i], for n elements.", name))
	n := build.Load(build.Param("n"), build.GP64())
	dst := build.Load(build.Param("dst"), build.GP64())
	c := build.Load(build.Param("c"), build.GP64())
	in := []stream{e.stream("a", true), e.stream("b", true)}
	pass := passBytes / e.size
	build.SUBQ(operand.Imm(uint64(pass)), n)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	for j := range 2 {
		mask, a, b := build.YMM(), build.YMM(), build.YMM()
		m := operand.Mem{Base: c, Disp: j * 32 / e.size}
		if e.size == 4 {
			build.VPMOVZXBD(m, mask)
			build.VPSLLD(operand.Imm(31), mask, mask)
		} else {
			build.VPMOVZXBQ(m, mask)
			build.VPSLLQ(operand.Imm(63), mask, mask)
		}
		e.move(operand.Mem{Base: in[0].at, Disp: 32 * j}, a)
		e.move(operand.Mem{Base: in[1].at, Disp: 32 * j}, b)
		e.blend(mask, a, b, b)
		e.move(b, operand.Mem{Base: dst, Disp: 32 * j})
	}
	for _, s := range in {
		s.advance()
	}
	build.ADDQ(operand.Imm(passBytes), dst)
	build.ADDQ(operand.Imm(uint64(pass)), c)
	build.SUBQ(operand.Imm(uint64(pass)), n)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	i, word := build.GP64(), build.GP64()
	build.XORQ(i, i)
	build.ADDQ(operand.Imm(uint64(pass)), n)
	build.JE(operand.LabelRef("done"))
	build.Label("one")
	from := build.GP64()
	build.MOVQ(in[1].at, from)
	build.MOVBQZX(operand.Mem{Base: c, Index: i, Scale: 1}, word)
	build.TESTQ(word, word)
	build.CMOVQNE(in[0].at, from)
	x := build.XMM()
	e.moveOne(operand.Mem{Base: from, Index: i, Scale: uint8(e.size)}, x)
	e.moveOne(x, operand.Mem{Base: dst, Index: i, Scale: uint8(e.size)})
	build.INCQ(i)
	build.DECQ(n)
	build.JNE(operand.LabelRef("one"))
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
}
