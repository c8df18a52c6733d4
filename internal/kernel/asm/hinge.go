package main

import (
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// hingeRows adds in float64, for the sums that follow take single terms off again.
func hingeRows() {
	k := newRowKernel("hingeRowsAVX32", "x *float32, stride int, lead, sum, squares *float64",
		"sets sum and squares to Σ h and Σ h², h being max(0, x[i] + lead), for rows that lie stride elements apart.")
	x := build.Load(build.Param("x"), build.GP64()).(gp)
	k.operands = append(k.operands, rowOperand{x, k.stride("stride")})
	numbers := k.numbers("lead", "sum", "squares")
	zero := load(num(0))
	k.each(func() {
		lead, s, squares := spread(numbers[0]), newDoubles(), newDoubles()
		k.simply(func(j int, mask vec) {
			h := greatest(zero, add(masked(k.at(x, j), mask), lead))
			if mask != nil {
				h = and(h, mask)
			}
			low, high := wideHalves(h)
			build.VADDPD(low, s.low, s.low)
			build.VADDPD(high, s.high, s.high)
			build.VFMADD231PD(low, low, squares.low)
			build.VFMADD231PD(high, high, squares.high)
		})
		build.VMOVSD(s.total(), numbers[1])
		build.VMOVSD(squares.total(), numbers[2])
	})
}

// hingeSlopes writes a derivative of hingeRows.
func hingeSlopes(name, does string, adds bool, f func(h, step vec) vec) {
	k := newRowKernel(name, "dst, x *float32, stride int, lead, step, sum *float64",
		does+" with h = max(0, x[i] + lead), and sum to the sum of that, for rows that lie stride elements apart.")
	apart := k.stride("stride")
	dst, x := k.operand("dst", apart), k.operand("x", apart)
	numbers := k.numbers("lead", "step", "sum")
	zero := load(num(0))
	k.each(func() {
		lead, step, s := spread(numbers[0]), spread(numbers[1]), newDoubles()
		k.simply(func(j int, mask vec) {
			h := greatest(zero, add(masked(k.at(x, j), mask), lead))
			d := f(h, step)
			if mask != nil {
				d = and(d, mask)
			}
			s.add(d)
			if adds {
				d = add(d, masked(k.at(dst, j), mask))
			}
			store(d, k.at(dst, j), mask)
		})
		build.VMOVSD(s.total(), numbers[2])
	})
}

// stride loads a parameter that counts elements, as bytes.
func (k *rowKernel) stride(name string) gp {
	step := build.Load(build.Param(name), build.GP64()).(gp)
	build.SHLQ(operand.Imm(2), step)
	return step
}
