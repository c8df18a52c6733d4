package main

import (
	"strings"
)

// normalizations writes the passes of normalisation; normalize_pass.go has their
// loops. x is the input, r, as g is a register, the gradient of the result y.
func normalizations() {
	for _, e := range arithmetics {
		hat := func(x, c map[string]vec) vec { return op2(e.mul, op2(e.sub, x["x"], c["mean"]), c["rstd"]) }
		e.step("rowForwardAVX", "xwb", "y", []string{"mean", "rstd"}, func(x, c map[string]vec) {
			x["y"] = e.times(hat(x, c), x["w"], x["b"])
		})
		e.step("rowProductsAVX", "xrwdb", "dbth", []string{"mean", "rstd"}, func(x, c map[string]vec) {
			x["t"], x["h"] = hat(x, c), op2(e.mul, x["r"], x["w"])
			x["d"], x["b"] = e.times(x["r"], x["t"], x["d"]), op2(e.add, x["b"], x["r"])
		})
		e.step("runForwardAVX", "x", "y", []string{"mean", "scale", "bias"}, func(x, c map[string]vec) {
			x["y"] = e.times(op2(e.sub, x["x"], c["mean"]), c["scale"], c["bias"])
		})
		e.step("runBackwardAVX", "xr", "y", []string{"mean", "slope", "shift", "scale"}, func(x, c map[string]vec) {
			rest := e.times(op2(e.sub, x["x"], c["mean"]), c["slope"], c["shift"])
			x["y"] = e.times(x["r"], c["scale"], rest)
		})
		e.step("columnForwardAVX", "xmwb", "y", nil, func(x, _ map[string]vec) {
			x["y"] = e.times(op2(e.sub, x["x"], x["m"]), x["w"], x["b"])
		})
		e.step("columnProductsAVX", "xrmdb", "db", nil, func(x, _ map[string]vec) {
			x["d"] = e.times(op2(e.sub, x["x"], x["m"]), x["r"], x["d"])
			x["b"] = op2(e.add, x["b"], x["r"])
		})
		e.step("columnBackwardAVX", "xrmktw", "y", nil, func(x, _ map[string]vec) {
			rest := e.times(op2(e.sub, x["x"], x["m"]), x["k"], x["t"])
			x["y"] = e.times(x["r"], x["w"], rest)
		})
	}
}

// step writes a kernel that sets the streams of out to what f makes of those of
// in and of constants, for n elements.
func (e arithmetic) step(name, in, out string, constants []string, f func(x, c map[string]vec)) {
	all := in
	for _, s := range out {
		if !strings.ContainsRune(in, s) {
			all += string(s)
		}
	}
	e.update(name, all, "", strings.Join(constants, " "), func(s *stepper) {
		x, c := map[string]vec{}, map[string]vec{}
		for _, k := range constants {
			c[k] = s.held(k)
		}
		for _, k := range strings.Split(in, "") {
			x[k] = s.load(k)
		}
		f(x, c)
		for _, k := range strings.Split(all, "") {
			if strings.Contains(out, k) {
				s.store(x[k], k)
			}
		}
	})
}
