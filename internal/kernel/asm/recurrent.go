package main

// cells writes the passes of recurrent cells; recurrent_pass.go has their loops.
// r and h, as g is a register, are the gradient of the hidden state and the gate g.
func cells() {
	for _, e := range arithmetics {
		e.step("lstmOutAVX", "rotc", "cq", nil, func(x, _ map[string]vec) {
			v := op2(e.mul, x["r"], x["o"])
			x["c"] = op2(e.add, x["c"], op2(e.sub, v, op2(e.mul, op2(e.mul, v, x["t"]), x["t"])))
			x["q"] = op2(e.mul, op2(e.mul, x["r"], x["t"]), e.sigmoidSlope(x["o"]))
		})
		e.step("lstmInAVX", "cifhb", "cklm", nil, func(x, _ map[string]vec) {
			c, v := x["c"], op2(e.mul, x["c"], x["i"])
			x["k"] = op2(e.mul, op2(e.mul, c, x["h"]), e.sigmoidSlope(x["i"]))
			x["l"] = op2(e.mul, op2(e.mul, c, x["b"]), e.sigmoidSlope(x["f"]))
			x["m"] = op2(e.sub, v, op2(e.mul, op2(e.mul, v, x["h"]), x["h"]))
			x["c"] = op2(e.mul, c, x["f"])
		})
	}
}

// sigmoidSlope returns y − y², the slope of a sigmoid y.
func (e arithmetic) sigmoidSlope(y vec) vec { return op2(e.sub, y, op2(e.mul, y, y)) }
