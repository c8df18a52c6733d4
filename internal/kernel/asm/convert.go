package main

import (
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// conversions writes the kernels between float32 and float64.
func conversions() {
	conversion("widenAVX", arithmetics[1], arithmetics[0])
	conversion("narrowAVX", arithmetics[0], arithmetics[1])
}

func conversion(name string, to, from arithmetic) {
	build.TEXT(name, attr.NOSPLIT, "func(n int, y *"+to.goType+", x *"+from.goType+")")
	build.Pragma("noescape")
	build.Doc(name + " sets y[i] = " + to.goType + "(x[i]) for n elements.")
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	y, x := to.slice("y"), from.slice("x")
	at := func(j int) operand.Mem { return operand.Mem{Base: y.at, Disp: 4 * to.size * j} }
	loop("eights", n, 8, func() {
		for j := range 2 {
			v := x.four(j)
			if to.size == 4 {
				build.VCVTPD2PSY(v, v.AsX())
				build.VMOVUPS(v.AsX(), at(j))
			} else {
				build.VMOVUPD(v, at(j))
			}
		}
	}, x, y)
	loop("ones", n, 1, func() {
		v := x.one()
		if to.size == 4 {
			build.VCVTPD2PSY(v, v.AsX())
		}
		to.moveOne(v.AsX(), at(0))
	}, x, y)
	build.VZEROUPPER()
	build.RET()
}
