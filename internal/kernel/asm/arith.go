package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// instruction is one of avo's constructors; its operands come in reverse.
type instruction = func(ops ...operand.Op)

// arithmetic is a float type and the instructions for registers full of it.
type arithmetic struct {
	element
	moveOne                 instruction // the other lanes become 0
	add, sub, div, min, max instruction
	and, andNot, or, xor    instruction
	compare, root, swap     instruction
	fnma, fms, fma213       instruction // c − a·b, a·b − c and, in the other order of operands, x·y + c
	blend                   func(mask, a, b, to operand.Op)
	round                   func(how, x, to operand.Op)
	signBit                 uint64
}

var arithmetics = []arithmetic{
	{element: single, moveOne: build.VMOVSS,
		add: build.VADDPS, sub: build.VSUBPS, div: build.VDIVPS, min: build.VMINPS, max: build.VMAXPS,
		and: build.VANDPS, andNot: build.VANDNPS, or: build.VORPS, xor: build.VXORPS,
		compare: build.VCMPPS, blend: build.VBLENDVPS, round: build.VROUNDPS, root: build.VSQRTPS, swap: build.VPERMILPS,
		fnma: build.VFNMADD231PS, fms: build.VFMSUB231PS, fma213: build.VFMADD213PS,
		signBit: 1 << 31},
	{element: double, moveOne: build.VMOVSD,
		add: build.VADDPD, sub: build.VSUBPD, div: build.VDIVPD, min: build.VMINPD, max: build.VMAXPD,
		and: build.VANDPD, andNot: build.VANDNPD, or: build.VORPD, xor: build.VXORPD,
		compare: build.VCMPPD, blend: build.VBLENDVPD, round: build.VROUNDPD, root: build.VSQRTPD, swap: build.VPERMILPD,
		fnma: build.VFNMADD231PD, fms: build.VFMSUB231PD, fma213: build.VFMADD213PD,
		signBit: 1 << 63},
}

// passBytes are handled in one turn of the main loop: two registers.
const passBytes = 64

// elementwise writes a kernel that sets dst[i] = f(x[0][i], x[1][i], …) for n
// elements. Each operand but a single one comes with a step: 1, or 0 for a
// constant, which is spread over a piece of the stack as long as a pass.
// What does not fill a register goes element by element, so that nothing
// outside the slices is touched.
func (e arithmetic) elementwise(name, formula string, operands string, f func(e arithmetic, x []vec) vec) {
	signature := "func(n int, dst *" + e.goType
	for _, o := range operands {
		signature += fmt.Sprintf(", %c *%s", o, e.goType)
		if len(operands) > 1 {
			signature += fmt.Sprintf(", %cStep int", o)
		}
	}
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, signature+")")
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s sets dst[i] = %s for n elements.", name, formula))
	n := build.Load(build.Param("n"), build.GP64())
	dst := build.Load(build.Param("dst"), build.GP64())
	in := make([]stream, len(operands))
	for k, o := range operands {
		in[k] = e.stream(string(o), len(operands) > 1)
	}
	lanes := 32 / e.size
	at := func(disp int) {
		x := make([]vec, len(in))
		for k, s := range in {
			x[k] = build.YMM()
			e.move(operand.Mem{Base: s.at, Disp: disp}, x[k])
		}
		e.move(f(e, x), operand.Mem{Base: dst, Disp: disp})
	}
	build.SUBQ(operand.Imm(passBytes/uint64(e.size)), n)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	for disp := 0; disp < passBytes; disp += 32 {
		at(disp)
	}
	for _, s := range in {
		s.advance()
	}
	build.ADDQ(operand.Imm(passBytes), dst)
	build.SUBQ(operand.Imm(passBytes/uint64(e.size)), n)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	i := build.GP64()
	build.XORQ(i, i)
	build.ADDQ(operand.Imm(uint64(lanes)), n) // what is left beyond one register
	build.JLT(operand.LabelRef("ones"))
	at(0)
	build.ADDQ(operand.Imm(uint64(lanes)), i)
	build.SUBQ(operand.Imm(uint64(lanes)), n)
	build.Label("ones")
	build.ADDQ(operand.Imm(uint64(lanes)), n)
	build.JE(operand.LabelRef("done"))
	build.Label("one")
	x := make([]vec, len(in))
	for k, s := range in {
		x[k] = build.YMM()
		e.moveOne(operand.Mem{Base: s.at, Index: i, Scale: uint8(e.size)}, x[k].AsX())
	}
	e.moveOne(f(e, x).AsX(), operand.Mem{Base: dst, Index: i, Scale: uint8(e.size)})
	build.INCQ(i)
	build.DECQ(n)
	build.JNE(operand.LabelRef("one"))
	build.Label("done")
	build.VZEROUPPER()
	build.RET()
}

// stream is an operand: where it is, and how far a pass moves it unless that is
// the whole pass.
type stream struct{ at, step reg.GPVirtual }

// stream loads the operand called name.
func (e arithmetic) stream(name string, mayBeConstant bool) stream {
	s := stream{at: build.GP64()}
	build.Load(build.Param(name), s.at)
	if !mayBeConstant {
		return s
	}
	s.step = build.GP64()
	build.Load(build.Param(name+"Step"), s.step)
	build.SHLQ(operand.Imm(6), s.step) // times passBytes
	varies := name + "Varies"
	build.JNE(operand.LabelRef(varies))
	room, v := build.AllocLocal(passBytes), build.YMM()
	e.broadcast(operand.Mem{Base: s.at}, v)
	for disp := 0; disp < passBytes; disp += 32 {
		e.move(v, room.Offset(disp))
	}
	build.LEAQ(room, s.at)
	build.Label(varies)
	return s
}

// advance moves on by a pass.
func (s stream) advance() {
	if s.step == nil {
		build.ADDQ(operand.Imm(passBytes), s.at)
		return
	}
	build.ADDQ(s.step, s.at)
}

// number returns a register's worth of v in memory.
func (e arithmetic) number(v float64) operand.Mem {
	if e.size == 4 {
		return bits(math.Float32bits(float32(v)))
	}
	return wide(math.Float64bits(v))
}

// sign returns a register's worth of sign bits in memory.
func (e arithmetic) sign() operand.Mem {
	if e.size == 4 {
		return bits(uint32(e.signBit))
	}
	return wide(e.signBit)
}

// wides are the constants of 64 bits written so far.
var wides = map[uint64]operand.Mem{}

// wide returns four copies of a word of 64 bits in memory.
func wide(w uint64) operand.Mem {
	m, ok := wides[w]
	if !ok {
		m = build.GLOBL(fmt.Sprintf("four%016x", w), attr.RODATA|attr.NOPTR)
		for i := range 4 {
			build.DATA(8*i, operand.U64(w))
		}
		wides[w] = m
	}
	return m
}
