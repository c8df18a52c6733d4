package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// vec is a register of floats.
type vec = reg.VecVirtual

// now is the type that the operations below are of. Formulas for one type only
// say so.
var now = arithmetics[0]

// lanes is how many float32 a register holds.
const lanes = 8

// vectorFunction writes a kernel that sets y[i] = f(x[i]) for n elements.
func vectorFunction(name, doc string, f func(x vec) vec) {
	name += now.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, y, x *%s)", now.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s sets y[i] = %s for n elements.", name, doc))
	eachRegister(f)
	build.VZEROUPPER()
	build.RET()
}

// eachRegister sets y[i] = f(x[i]) for the parameters n, y and x. What is left
// after the last whole register goes through a masked one, so nothing outside
// the slices is touched; lanes that are masked off hold 0.
func eachRegister(f func(x vec) vec) {
	count := uint64(32 / now.size)
	n := build.Load(build.Param("n"), build.GP64())
	y := build.Load(build.Param("y"), build.GP64())
	x := build.Load(build.Param("x"), build.GP64())
	build.SUBQ(operand.Imm(count), n)
	build.JLT(operand.LabelRef("rest"))
	build.Label("loop")
	v := build.YMM()
	build.VMOVUPS(operand.Mem{Base: x}, v)
	build.VMOVUPS(f(v), operand.Mem{Base: y})
	build.ADDQ(operand.Imm(32), x)
	build.ADDQ(operand.Imm(32), y)
	build.SUBQ(operand.Imm(count), n)
	build.JGE(operand.LabelRef("loop"))
	build.Label("rest")
	build.NEGQ(n) // how many elements the last register lacks
	build.CMPQ(n, operand.Imm(count))
	build.JE(operand.LabelRef("done"))
	table, mask, w := build.GP64(), build.YMM(), build.YMM()
	build.LEAQ(maskTable(), table)
	build.VMOVUPS(operand.Mem{Base: table, Index: n, Scale: uint8(now.size)}, mask)
	build.VMASKMOVPS(operand.Mem{Base: x}, mask, w)
	build.VMASKMOVPS(f(w), mask, operand.Mem{Base: y})
	build.Label("done")
}

var masks operand.Mem

// maskTable is eight words of ones and eight of zeros: read from word k on, it
// masks the last k lanes.
func maskTable() operand.Mem {
	if masks.Base == nil {
		masks = build.GLOBL("masks", attr.RODATA|attr.NOPTR)
		for i := range 2 * lanes {
			build.DATA(4*i, operand.U32(math.MaxUint32*uint32(1-i/lanes)))
		}
	}
	return masks
}

// constants are the registers' worth of data written so far, by bits.
var constants = map[uint32]operand.Mem{}

// bits returns eight copies of a word in memory.
func bits(w uint32) operand.Mem {
	m, ok := constants[w]
	if !ok {
		m = build.GLOBL(fmt.Sprintf("eight%08x", w), attr.RODATA|attr.NOPTR)
		for i := range lanes {
			build.DATA(4*i, operand.U32(w))
		}
		constants[w] = m
	}
	return m
}

// num returns a register's worth of a number in memory.
func num(v float64) operand.Mem { return now.number(v) }

// load brings a constant into a register.
func load(m operand.Mem) vec {
	v := build.YMM()
	build.VMOVUPS(m, v)
	return v
}

// The operations below name what they return; avo's operands come in reverse.

func add(a vec, b operand.Op) vec { return op2(now.add, a, b) }
func sub(a vec, b operand.Op) vec { return op2(now.sub, a, b) }
func mul(a vec, b operand.Op) vec { return op2(now.mul, a, b) }
func div(a vec, b operand.Op) vec { return op2(now.div, a, b) }

// and, or, andNot and xor work on bits; andNot is b without the bits of a.
func and(a vec, b operand.Op) vec    { return op2(build.VANDPS, a, b) }
func or(a vec, b operand.Op) vec     { return op2(build.VORPS, a, b) }
func andNot(a vec, b operand.Op) vec { return op2(build.VANDNPS, a, b) }

// least and greatest return b where either is NaN.
func least(a vec, b operand.Op) vec    { return op2(now.min, a, b) }
func greatest(a vec, b operand.Op) vec { return op2(now.max, a, b) }

// Whole numbers of 32 bits.
func addInt(a vec, b operand.Op) vec { return op2(build.VPADDD, a, b) }
func subInt(a vec, b operand.Op) vec { return op2(build.VPSUBD, a, b) }

func op2(instruction func(ops ...operand.Op), a vec, b operand.Op) vec {
	y := build.YMM()
	instruction(b, a, y)
	return y
}

// mulSub returns a·b − c, rounded once.
func mulSub(a vec, b operand.Op, c vec) vec {
	y := copied(c)
	now.fms(b, a, y)
	return y
}

// mulAdd returns a·b + c, rounded once.
func mulAdd(a vec, b operand.Op, c vec) vec {
	y := copied(c)
	now.fma(b, a, y)
	return y
}

// subMul returns c − a·b, rounded once.
func subMul(c, a vec, b operand.Op) vec {
	y := copied(c)
	now.fnma(b, a, y)
	return y
}

func copied(x vec) vec {
	y := build.YMM()
	build.VMOVAPS(x, y)
	return y
}

// polynomial returns c[0]·xⁿ⁻¹ + … + c[n−1] by Horner's rule.
func polynomial(x vec, c ...float64) vec {
	y := load(now.number(c[0]))
	for _, a := range c[1:] {
		now.fma213(now.number(a), x, y) // y = x·y + a
	}
	return y
}

// shiftLeft and shiftRight move the bits of every word; the right shift keeps
// the sign.
func shiftLeft(a vec, by uint64) vec {
	y := build.YMM()
	build.VPSLLD(operand.Imm(by), a, y)
	return y
}

func shiftRight(a vec, by uint64) vec {
	y := build.YMM()
	build.VPSRAD(operand.Imm(by), a, y)
	return y
}

// nearest returns the nearest whole number.
func nearest(a vec) vec {
	y := build.YMM()
	now.round(operand.Imm(8), a, y)
	return y
}

// toInt and toFloat convert whole numbers.
func toInt(a vec) vec {
	y := build.YMM()
	build.VCVTPS2DQ(a, y)
	return y
}

func toFloat(a vec) vec {
	y := build.YMM()
	build.VCVTDQ2PS(a, y)
	return y
}

// Comparisons give all ones or all zeros; a NaN fulfils none but unequal.
const (
	equal   = 0
	less    = 1
	unequal = 4

	notLessEqual = 6 // NaN fulfils it
)

var labels int

// newLabel returns a label that no other place has.
func newLabel(name string) string {
	labels++
	return fmt.Sprintf("%s%d", name, labels)
}

func compare(a vec, how uint64, b operand.Op) vec {
	y := build.YMM()
	now.compare(operand.Imm(how), b, a, y)
	return y
}

// choose returns a where the mask holds and b elsewhere.
func choose(mask vec, a operand.Op, b vec) vec {
	y := build.YMM()
	now.blend(mask, a, b, y)
	return y
}
