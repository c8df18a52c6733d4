package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// optimizerSteps writes the steps of optimizers: p is the parameter, d its
// gradient, b the momentum, m and v the moments. See SGDStep and AdamStep for
// the formulas; the constants are in the order in which those pass them.
func optimizerSteps() {
	for _, e := range arithmetics {
		for _, decay := range []bool{false, true} {
			for _, nesterov := range []bool{false, true} {
				e.sgd(decay, nesterov)
			}
			e.adam(decay)
		}
	}
}

// times returns a·b + c, rounded once.
func (e arithmetic) times(a, b, c vec) vec {
	y := build.YMM()
	e.move(c, y)
	e.fma(a, b, y)
	return y
}

func (e arithmetic) sgd(decay, nesterov bool) {
	name := "sgd"
	constants := []string{"rate", "momentum", "keep"} // rate is −lr
	if decay {
		name, constants = name+"Decay", append(constants, "decay")
	}
	if nesterov {
		name += "Nesterov"
	}
	e.step(name+"AVX", "pdb", "pb", constants, func(x, c map[string]vec) {
		d := x["d"]
		if decay {
			d = e.times(c["decay"], x["p"], d)
		}
		x["b"] = e.times(c["momentum"], x["b"], op2(e.mul, c["keep"], d))
		by := x["b"]
		if nesterov {
			by = e.times(c["momentum"], by, d)
		}
		x["p"] = e.times(c["rate"], by, x["p"])
	})
}

func (e arithmetic) adam(decay bool) {
	name := "adam"
	constants := []string{"beta1", "rest1", "beta2", "rest2", "scale", "eps", "shrink", "rate"} // rate is −lr/(1−β₁ᵗ)
	if decay {
		name, constants = name+"Decay", append(constants, "decay")
	}
	e.step(name+"AVX", "pdmv", "pmv", constants, func(x, c map[string]vec) {
		d := x["d"]
		if decay {
			d = e.times(c["decay"], x["p"], d)
		}
		x["m"] = e.times(c["beta1"], x["m"], op2(e.mul, c["rest1"], d))
		x["v"] = e.times(c["beta2"], x["v"], op2(e.mul, op2(e.mul, c["rest2"], d), d))
		size := e.times(e.squareRoot(x["v"]), c["scale"], c["eps"])
		by := op2(e.div, op2(e.mul, c["rate"], x["m"]), size)
		x["p"] = e.times(c["shrink"], x["p"], by)
	})
}

// step writes a kernel that sets the streams of out to what f makes of those of
// in and of constants, for n elements. What does not fill a register goes element
// by element.
func (e arithmetic) step(name, in, out string, constants []string, f func(x, c map[string]vec)) {
	name += e.suffix
	all := in
	for _, s := range out {
		if !strings.ContainsRune(in, s) {
			all += string(s)
		}
	}
	params := strings.Split(all, "")
	if len(constants) > 0 {
		params = append(params, "c")
	}
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, %s *%s)", strings.Join(params, ", "), e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s makes a step with n elements and the constants c: %s.", name, strings.Join(constants, ", ")))
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	streams := make([]slice, len(all))
	for k, s := range all {
		streams[k] = e.slice(string(s))
	}
	c := map[string]vec{}
	if len(constants) > 0 {
		at := build.Load(build.Param("c"), build.GP64())
		for i, k := range constants {
			c[k] = build.YMM()
			e.broadcast(operand.Mem{Base: at, Disp: i * e.size}, c[k])
		}
	}
	body := func(load, store instruction, narrow bool) {
		x := map[string]vec{}
		view := func(v vec) operand.Op {
			if narrow {
				return v.AsX()
			}
			return v
		}
		for k, s := range in {
			x[string(s)] = build.YMM()
			load(operand.Mem{Base: streams[k].at}, view(x[string(s)]))
		}
		f(x, c)
		for k, s := range all {
			if strings.ContainsRune(out, s) {
				store(view(x[string(s)]), operand.Mem{Base: streams[k].at})
			}
		}
	}
	loop("registers", n, 32/e.size, func() { body(e.move, e.move, false) }, streams...)
	loop("ones", n, 1, func() { body(e.moveOne, e.moveOne, true) }, streams...)
	build.VZEROUPPER()
	build.RET()
}
