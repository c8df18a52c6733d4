package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// reductions writes the kernels that make one number of many, and those that
// do so for every column at once.
func reductions() {
	for _, e := range arithmetics {
		d := arithmetics[1]
		e.sum("sumAVX", "Σ x[i]", "x", func(x []vec, acc vec, _ bool) { build.VADDPD(x[0], acc, acc) })
		e.sum("sumAbsAVX", "Σ |x[i]|", "x", func(x []vec, acc vec, _ bool) { build.VADDPD(magnitudeOf(d, x), acc, acc) })
		e.sum("dotAVX", "Σ x[i]·y[i]", "xy", func(x []vec, acc vec, _ bool) { build.VFMADD231PD(x[0], x[1], acc) })
		e.sum("deviationAVX", "Σ (x[i] − m)²", "xm", func(x []vec, acc vec, one bool) {
			v := op2(build.VSUBPD, x[0], x[1])
			if one { // the other lanes hold −m
				w := build.XMM()
				build.VMOVQ(v.AsX(), w)
				v = w.AsY().(vec)
			}
			build.VFMADD231PD(v, v, acc)
		})
		e.extreme("maxAVX", "max x[i]", maximum)
		e.extreme("minAVX", "min x[i]", minimum)
		e.accumulate("addToAVX", "x[i]", "x", func(x []vec, acc vec) { build.VADDPD(x[0], acc, acc) })
		e.accumulate("addDeviationAVX", "(x[i] − m[i])²", "xm", func(x []vec, acc vec) {
			v := op2(build.VSUBPD, x[0], x[1])
			build.VFMADD231PD(v, v, acc)
		})
	}
}

// slice is an operand: its elements are of type e and the next is at an address.
type slice struct {
	e  arithmetic
	at reg.GPVirtual
}

func (e arithmetic) slice(param string) slice {
	s := slice{e, build.GP64()}
	build.Load(build.Param(param), s.at)
	return s
}

// four loads the j-th four elements from here on as float64.
func (s slice) four(j int) vec {
	y, m := build.YMM(), operand.Mem{Base: s.at, Disp: 4 * s.e.size * j}
	if s.e.size == 4 {
		build.VCVTPS2PD(m, y)
	} else {
		build.VMOVUPD(m, y)
	}
	return y
}

// one loads the next element as float64, and zeros in the other lanes.
func (s slice) one() vec {
	y := build.YMM()
	s.e.moveOne(operand.Mem{Base: s.at}, y.AsX())
	if s.e.size == 4 {
		build.VCVTPS2PD(y.AsX(), y)
	}
	return y
}

// loop runs body, which handles some elements, while so many are left, and
// moves the operands on.
func loop(name string, n reg.GPVirtual, elements int, body func(), in ...slice) {
	build.SUBQ(operand.Imm(uint64(elements)), n)
	build.JLT(operand.LabelRef(name + "Done"))
	build.Label(name)
	body()
	for _, s := range in {
		build.ADDQ(operand.Imm(uint64(elements*s.e.size)), s.at)
	}
	build.SUBQ(operand.Imm(uint64(elements)), n)
	build.JGE(operand.LabelRef(name))
	build.Label(name + "Done")
	build.ADDQ(operand.Imm(uint64(elements)), n)
}

// sum writes a kernel that returns Σ f(x, …) in float64, in 16 partial sums.
// The operand m is a constant of float64, the others are slices.
func (e arithmetic) sum(name, formula, operands string, f func(x []vec, acc vec, one bool)) {
	signature := "func(n int"
	for _, o := range operands {
		if o == 'm' {
			signature += ", m float64"
		} else {
			signature += fmt.Sprintf(", %c *%s", o, e.goType)
		}
	}
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, signature+") float64")
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s returns %s over n elements.", name, formula))
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	var in []slice
	var constant []vec
	for _, o := range operands {
		if o == 'm' {
			constant = []vec{build.YMM()}
			build.VBROADCASTSD(parameter("m"), constant[0])
		} else {
			in = append(in, e.slice(string(o)))
		}
	}
	acc := make([]vec, 4)
	for j := range acc {
		acc[j] = build.YMM()
		build.VXORPD(acc[j], acc[j], acc[j])
	}
	absorb := func(j int, one bool) {
		var x []vec
		for _, s := range in {
			if one {
				x = append(x, s.one())
			} else {
				x = append(x, s.four(j))
			}
		}
		f(append(x, constant...), acc[j], one)
	}
	loop("sixteens", n, 16, func() {
		for j := range acc {
			absorb(j, false)
		}
	}, in...)
	loop("fours", n, 4, func() { absorb(0, false) }, in...)
	loop("ones", n, 1, func() { absorb(0, true) }, in...)
	build.VADDPD(acc[1], acc[0], acc[0])
	build.VADDPD(acc[3], acc[2], acc[2])
	build.VADDPD(acc[2], acc[0], acc[0])
	half, upper := build.XMM(), build.XMM()
	build.VEXTRACTF128(operand.Imm(1), acc[0], half)
	build.VADDPD(half, acc[0].AsX(), half)
	build.VUNPCKHPD(half, half, upper)
	build.VADDSD(upper, half, half)
	build.Store(half, build.ReturnIndex(0))
	build.VZEROUPPER()
	build.RET()
}

// parameter addresses a parameter that is to be spread over a register.
func parameter(name string) operand.Mem {
	p, err := build.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// extreme writes a kernel that returns the greatest or least of n > 0 elements;
// f must not mind the order.
func (e arithmetic) extreme(name, formula string, f func(e arithmetic, x []vec) vec) {
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, x *%[1]s) %[1]s", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s returns %s over n elements, which must not be 0.", name, formula))
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	in := e.slice("x")
	acc := make([]vec, 4)
	for j := range acc {
		acc[j] = build.YMM()
		e.broadcast(operand.Mem{Base: in.at}, acc[j])
	}
	lanes := 32 / e.size
	absorb := func(j int, v vec) { e.move(f(e, []vec{acc[j], v}), acc[j]) }
	loop("fours", n, 4*lanes, func() {
		for j := range acc {
			absorb(j, load(operand.Mem{Base: in.at, Disp: 32 * j}))
		}
	}, in)
	loop("registers", n, lanes, func() { absorb(0, load(operand.Mem{Base: in.at})) }, in)
	loop("ones", n, 1, func() {
		v := build.YMM()
		e.broadcast(operand.Mem{Base: in.at}, v)
		absorb(0, v)
	}, in)
	for j := range 3 {
		absorb(0, acc[j+1])
	}
	v := build.YMM()
	build.VPERM2F128(operand.Imm(1), acc[0], acc[0], v)
	absorb(0, v)
	for _, order := range map[int][]uint64{4: {0x4e, 0xb1}, 8: {0x5}}[e.size] {
		w := build.YMM()
		e.swap(operand.Imm(order), acc[0], w)
		absorb(0, w)
	}
	build.Store(acc[0].AsX(), build.ReturnIndex(0))
	build.VZEROUPPER()
	build.RET()
}

// accumulate writes a kernel that adds f(x[i], …) to acc[i], in float64, for n
// elements. The operand m is of float64, x of e.
func (e arithmetic) accumulate(name, formula, operands string, f func(x []vec, acc vec)) {
	signature, d := fmt.Sprintf("func(n int, acc *float64, x *%s", e.goType), arithmetics[1]
	if operands == "xm" {
		signature += ", m *float64"
	}
	name += e.suffix
	build.TEXT(name, attr.NOSPLIT, signature+")")
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s adds %s to acc[i] for n elements.", name, formula))
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	acc := d.slice("acc")
	in := []slice{e.slice("x")}
	if operands == "xm" {
		in = append(in, d.slice("m"))
	}
	loop("eights", n, 8, func() {
		for j := range 2 {
			var x []vec
			for _, s := range in {
				x = append(x, s.four(j))
			}
			sum := acc.four(j)
			f(x, sum)
			build.VMOVUPD(sum, operand.Mem{Base: acc.at, Disp: 32 * j})
		}
	}, append(in, acc)...)
	loop("ones", n, 1, func() {
		var x []vec
		for _, s := range in {
			x = append(x, s.one())
		}
		sum := acc.one()
		f(x, sum)
		build.VMOVSD(sum.AsX(), operand.Mem{Base: acc.at})
	}, append(in, acc)...)
	build.VZEROUPPER()
	build.RET()
}
