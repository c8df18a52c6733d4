package main

import (
	"fmt"
	"math"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

type gp = reg.GPVirtual

// softmaxKernels writes what softmaxes and losses over classes need, for many
// rows in one call.
func softmaxKernels() {
	now = arithmetics[0]
	softmaxStats()
	sumExpOthers()
	softmaxRows()
	expRows()
	shiftRows()
	softmaxSlope()
	logSoftmaxSlope()
	hingeRows()
	hingeSlopes("hingeStepsAVX32", "sets each row of dst to step where h > 0, else 0,", false, open)
	hingeSlopes("hingeTimesAVX32", "sets each row of dst to step·h", false, func(h, step vec) vec { return mul(h, step) })
	hingeSlopes("addHingeStepsAVX32", "adds to each row of dst step where h > 0", true, open)
}

// open returns step where a hinge is positive, else 0.
func open(h, step vec) vec { return and(step, compare(load(num(0)), less, h)) }

// scaled is the power of two by which the results of expBelow are too large,
// so that none is subnormal.
const scaled = 24

// expBelow returns 2²⁴·exp(v) of numbers up to 70; v is overwritten. Below −104
// it is 0: the exponent is that of 0 then. The whole number n nearest to
// v/ln 2 lies, as the exponent of 2ⁿ, in the last bits of the sum t.
func expBelow(v vec) vec {
	build.VMAXPS(v, load(num(-105)), v) // NaN passes
	magic := num(3<<22 + 127 + scaled)
	t := load(magic)
	build.VFMADD231PS(num(math.Log2E), v, t)
	n := sub(t, magic)
	build.VFNMADD231PS(num(limits32.ln2High), n, v)
	build.VFNMADD231PS(num(limits32.ln2Low), n, v)
	p := polynomial(v, 1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1)
	return mul(p, shiftLeft(t, 23))
}

// rowKernel is a kernel that does the same to every row of n elements.
type rowKernel struct {
	rows, n, i, left, tail reg.GPVirtual
	mask                   vec // of what is left of a row after its last whole register
	passes                 int
	operands               []rowOperand
}

// rowOperand is a pointer and how far it moves with every row.
type rowOperand struct {
	at, step reg.GPVirtual // step nil for 8 bytes
}

// newRowKernel begins a kernel func(rows, n int, …).
func newRowKernel(name, parameters, doc string) *rowKernel {
	build.TEXT(name, attr.NOSPLIT, "func(rows, n int, "+parameters+")")
	build.Pragma("noescape")
	build.Doc(name + " " + doc)
	k := &rowKernel{i: build.GP64(), left: build.GP64(), tail: build.GP64(), mask: build.YMM()}
	k.rows = build.Load(build.Param("rows"), build.GP64()).(reg.GPVirtual)
	k.n = build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	build.MOVQ(k.n, k.tail)
	build.ANDQ(operand.Imm(lanes-1), k.tail)
	table := build.GP64()
	build.LEAQ(maskTable(), table)
	build.MOVQ(operand.I32(lanes), k.i)
	build.SUBQ(k.tail, k.i)
	build.VMOVUPS(operand.Mem{Base: table, Index: k.i, Scale: 4}, k.mask)
	return k
}

// slices adds operands of n elements a row.
func (k *rowKernel) slices(names ...string) (at []reg.GPVirtual) {
	step := build.GP64()
	build.MOVQ(k.n, step)
	build.SHLQ(operand.Imm(2), step)
	for _, name := range names {
		at = append(at, k.operand(name, step))
	}
	return at
}

// numbers adds operands of one float64 a row.
func (k *rowKernel) numbers(names ...string) (at []operand.Mem) {
	for _, name := range names {
		at = append(at, operand.Mem{Base: k.operand(name, nil)})
	}
	return at
}

func (k *rowKernel) operand(name string, step reg.GPVirtual) reg.GPVirtual {
	p := build.Load(build.Param(name), build.GP64()).(reg.GPVirtual)
	k.operands = append(k.operands, rowOperand{p, step})
	return p
}

// each runs body for every row.
func (k *rowKernel) each(body func()) {
	build.TESTQ(k.rows, k.rows)
	build.JE(operand.LabelRef("end"))
	build.Label("row")
	body()
	for _, o := range k.operands {
		if o.step == nil {
			build.ADDQ(operand.Imm(8), o.at)
		} else {
			build.ADDQ(o.step, o.at)
		}
	}
	build.DECQ(k.rows)
	build.JNE(operand.LabelRef("row"))
	build.Label("end")
	build.VZEROUPPER()
	build.RET()
}

// registersAtOnce is how many registers a turn of the main loop handles.
const registersAtOnce = 4

// pass goes through a row: four registers at once, whose lanes four handles, one
// by one, and then what is left, for which one gets the mask.
func (k *rowKernel) pass(four func(), one func(mask vec)) {
	k.passes++
	label := func(s string) string { return fmt.Sprintf("%s%d", s, k.passes) }
	build.XORQ(k.i, k.i)
	build.MOVQ(k.n, k.left)
	build.SUBQ(operand.Imm(registersAtOnce*lanes), k.left)
	build.JLT(operand.LabelRef(label("ones")))
	build.Label(label("four"))
	four()
	build.ADDQ(operand.Imm(registersAtOnce*lanes), k.i)
	build.SUBQ(operand.Imm(registersAtOnce*lanes), k.left)
	build.JGE(operand.LabelRef(label("four")))
	build.Label(label("ones"))
	build.ADDQ(operand.Imm((registersAtOnce-1)*lanes), k.left)
	build.JLT(operand.LabelRef(label("rest")))
	build.Label(label("one"))
	one(nil)
	build.ADDQ(operand.Imm(lanes), k.i)
	build.SUBQ(operand.Imm(lanes), k.left)
	build.JGE(operand.LabelRef(label("one")))
	build.Label(label("rest"))
	build.TESTQ(k.tail, k.tail)
	build.JE(operand.LabelRef(label("done")))
	one(k.mask)
	build.Label(label("done"))
}

// simply is pass for a body that is the same for every register.
func (k *rowKernel) simply(body func(j int, mask vec)) {
	k.pass(func() {
		for j := range registersAtOnce {
			body(j, nil)
		}
	}, func(mask vec) { body(0, mask) })
}

// at addresses the j-th register of a slice.
func (k *rowKernel) at(base reg.GPVirtual, j int) operand.Mem {
	return operand.Mem{Base: base, Index: k.i, Scale: 4, Disp: 32 * j}
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

// store is the reverse of masked.
func store(v vec, at operand.Mem, mask vec) {
	if mask == nil {
		build.VMOVUPS(v, at)
	} else {
		build.VMASKMOVPS(v, mask, at)
	}
}

// spread fills a register with a float64 that is rounded to float32.
func spread(number operand.Op) vec {
	x, y := build.XMM(), build.YMM()
	build.VXORPS(x, x, x)
	build.VCVTSD2SS(number, x, x)
	build.VBROADCASTSS(x, y)
	return y
}

// greatestOf leaves the greatest element of the row at x in every lane.
func (k *rowKernel) greatestOf(x reg.GPVirtual) vec {
	acc := make([]vec, registersAtOnce)
	low := load(num(math.Inf(-1)))
	for j := range acc {
		acc[j] = copied(low)
	}
	k.pass(func() {
		for j := range acc {
			build.VMAXPS(k.at(x, j), acc[j], acc[j])
		}
	}, func(mask vec) {
		if mask == nil {
			build.VMAXPS(k.at(x, 0), acc[0], acc[0])
			return
		}
		v := masked(k.at(x, 0), mask)
		build.VBLENDVPS(mask, v, low, v)
		build.VMAXPS(v, acc[0], acc[0])
	})
	build.VMAXPS(acc[1], acc[0], acc[0])
	build.VMAXPS(acc[3], acc[2], acc[2])
	build.VMAXPS(acc[2], acc[0], acc[0])
	m, swapped := acc[0], build.YMM()
	build.VPERM2F128(operand.Imm(1), m, m, swapped)
	build.VMAXPS(swapped, m, m)
	build.VPERMILPS(operand.Imm(0x4e), m, swapped)
	build.VMAXPS(swapped, m, m)
	build.VPERMILPS(operand.Imm(0xb1), m, swapped)
	build.VMAXPS(swapped, m, m)
	return m
}

// doubles is a sum of float64 in two registers.
type doubles struct{ low, high vec }

func newDoubles() doubles {
	s := doubles{build.YMM(), build.YMM()}
	build.VXORPD(s.low, s.low, s.low)
	build.VXORPD(s.high, s.high, s.high)
	return s
}

// add adds eight float32.
func (s doubles) add(y vec) {
	wide, upper := build.YMM(), build.XMM()
	build.VCVTPS2PD(y.AsX(), wide)
	build.VADDPD(wide, s.low, s.low)
	build.VEXTRACTF128(operand.Imm(1), y, upper)
	build.VCVTPS2PD(upper, wide)
	build.VADDPD(wide, s.high, s.high)
}

// total returns the sum of all lanes, in the first.
func (s doubles) total() reg.VecVirtual {
	build.VADDPD(s.high, s.low, s.low)
	half, upper := build.XMM(), build.XMM()
	build.VEXTRACTF128(operand.Imm(1), s.low, half)
	build.VADDPD(half, s.low.AsX(), half)
	build.VUNPCKHPD(half, half, upper)
	build.VADDSD(upper, half, half)
	return half
}

// sumOf passes over a row and adds what f returns for each register; of four at
// once the sum is taken in float32.
func (k *rowKernel) sumOf(f func(j int, mask vec) vec) doubles {
	s := newDoubles()
	k.pass(func() {
		var y [registersAtOnce]vec
		for j := range y {
			y[j] = f(j, nil)
		}
		s.add(add(add(y[0], y[1]), add(y[2], y[3])))
	}, func(mask vec) {
		y := f(0, mask)
		if mask != nil {
			y = and(y, mask)
		}
		s.add(y)
	})
	return s
}

// unscaled is what undoes the scale of expBelow, in float64.
func unscaled() operand.Mem { return arithmetics[1].number(1.0 / (1 << scaled)) }

func softmaxStats() {
	k := newRowKernel("softmaxStatsAVX32", "x *float32, greatest, sum *float64",
		"sets greatest to the greatest element m of each row and sum to Σ exp(x[i] − m).")
	x, out := k.slices("x")[0], k.numbers("greatest", "sum")
	k.each(func() {
		m := k.greatestOf(x)
		wide := build.XMM()
		build.VCVTSS2SD(m.AsX(), m.AsX(), wide)
		build.VMOVSD(wide, out[0])
		s := k.sumOf(func(j int, mask vec) vec { return expBelow(sub(masked(k.at(x, j), mask), m)) }).total()
		build.VMULSD(unscaled(), s, s)
		build.VMOVSD(s, out[1])
	})
}

func sumExpOthers() {
	k := newRowKernel("sumExpOthersAVX32", "x *float32, greatest, sum *float64",
		"sets sum to Σ exp(x[i] − m) over the elements of each row that are not m, which is greatest.")
	x, numbers := k.slices("x")[0], k.numbers("greatest", "sum")
	k.each(func() {
		m := spread(numbers[0])
		s := k.sumOf(func(j int, mask vec) vec {
			v := masked(k.at(x, j), mask)
			other := compare(v, unequal, m)
			return and(expBelow(sub(v, m)), other)
		}).total()
		build.VMULSD(unscaled(), s, s)
		build.VMOVSD(s, numbers[1])
	})
}

func softmaxRows() {
	k := newRowKernel("softmaxRowsAVX32", "y, x *float32", "sets each row of y to exp(x[i]) / Σ exp(x[j]).")
	at := k.slices("y", "x")
	y, x := at[0], at[1]
	k.each(func() {
		m := k.greatestOf(x)
		s := k.sumOf(func(j int, mask vec) vec {
			e := expBelow(sub(masked(k.at(x, j), mask), m))
			store(e, k.at(y, j), mask)
			return e
		}).total()
		inverse := build.XMM()
		build.VMOVSD(arithmetics[1].number(1), inverse)
		build.VDIVSD(s, inverse, inverse)
		factor := spread(inverse)
		k.simply(func(j int, mask vec) { store(mul(masked(k.at(y, j), mask), factor), k.at(y, j), mask) })
	})
}

func expRows() {
	k := newRowKernel("expRowsAVX32", "y, x *float32, greatest, factor, offset *float64",
		"sets each row of y to factor·exp(x[i] − greatest) + offset.")
	at, numbers := k.slices("y", "x"), k.numbers("greatest", "factor", "offset")
	y, x := at[0], at[1]
	scale := load(num(1.0 / (1 << scaled)))
	k.each(func() {
		m, factor, offset := spread(numbers[0]), spread(numbers[1]), spread(numbers[2])
		k.simply(func(j int, mask vec) {
			e := mul(expBelow(sub(masked(k.at(x, j), mask), m)), scale)
			store(mulAdd(e, factor, offset), k.at(y, j), mask)
		})
	})
}

// shiftRows subtracts twice, for a sum of the two would round one of them away.
func shiftRows() {
	k := newRowKernel("shiftRowsAVX32", "y, x *float32, greatest, rest *float64", "sets each row of y to (x[i] − greatest) − rest.")
	at, numbers := k.slices("y", "x"), k.numbers("greatest", "rest")
	y, x := at[0], at[1]
	k.each(func() {
		m, rest := spread(numbers[0]), spread(numbers[1])
		k.simply(func(j int, mask vec) { store(sub(sub(masked(k.at(x, j), mask), m), rest), k.at(y, j), mask) })
	})
}
