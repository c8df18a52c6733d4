package main

import (
	"fmt"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// optimizerSteps writes the steps of optimizers. Streams are p, the parameter,
// d, its gradient, and what the optimizer remembers; formulas are those of the
// portable loops, and the constants are in the order in which those pass them.
func optimizerSteps() {
	for _, e := range arithmetics {
		e.update("sgdAVX", "pdb", "b", decay+"rate momentum keep nesterov?", sgd)
		e.update("momentsAVX", "pdmvx", "x", decay+"rest1 beta1 beta2 rest2 scale eps shrink rate ahead ahead? divide?", moments)
		e.update("lambAVX", "pdmvb", "", decay+"rest1 beta1 beta2 rest2 scale eps rate", lamb)
		e.update("adamaxAVX", "pdmu", "", decay+"rest1 beta1 beta2 eps rate", adamax)
		e.update("lionAVX", "pdm", "", "sign rest1 beta1 beta2 rest2 shrink rate", lion)
		e.update("adagradAVX", "pds", "", decay+"eps rate", adagrad)
		e.update("adadeltaAVX", "pdva", "", decay+"rest rho eps rate", adadelta)
		e.update("rmspropAVX", "pdvab", "ab", decay+"rest alpha eps momentum rate", rmsprop)
		e.update("rpropAVX", "pdls", "", "sign grow shrink least greatest", rprop)
		e.update("asgdAVX", "pda", "", decay+"shrink rate share whole?", asgd)
	}
}

// decay are the constants that stepper.decayed needs.
const decay = "sign decay decay? "

// heldConstants is how many constants of a step stay in registers. The others
// are read from the stack, so that a formula has registers enough.
const heldConstants = 7

// stepper is what the formula of a step works with.
type stepper struct {
	arithmetic
	streams map[string]slice
	there   map[string]reg.GPVirtual // for an optional stream, 0 where there is none
	c       map[string]operand.Op
	narrow  bool // one element, not a register full
}

// update writes a kernel that does f to n elements of the streams, each named by a
// letter; those of optional may be nil. A constant whose name ends in ? is a mask,
// all ones unless the number is 0. What does not fill a register goes element by
// element.
func (e arithmetic) update(name, streams, optional, constants string, f func(s *stepper)) {
	name += e.suffix
	params := strings.Split(streams, "")
	if constants != "" {
		params = append(params, "c")
	}
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf("func(n int, %s *%s)", strings.Join(params, ", "), e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s makes a step with n elements and the constants c: %s.", name, strings.Join(strings.Fields(constants), ", ")))
	n := build.Load(build.Param("n"), build.GP64()).(reg.GPVirtual)
	s := &stepper{arithmetic: e, streams: map[string]slice{}, there: map[string]reg.GPVirtual{}}
	all := make([]slice, len(streams))
	for k, x := range streams {
		all[k] = e.slice(string(x))
		s.streams[string(x)] = all[k]
	}
	for _, x := range optional {
		flag := build.GP64()
		build.MOVQ(s.streams[string(x)].at, flag)
		s.there[string(x)] = flag
	}
	s.c = e.constants(strings.Fields(constants))
	loop("registers", n, 32/e.size, func() { f(s) }, all...)
	s.narrow = true
	loop("ones", n, 1, func() { f(s) }, all...)
	build.VZEROUPPER()
	build.RET()
}

// constants spreads the numbers at the parameter c over registers, then over the
// stack.
func (e arithmetic) constants(names []string) map[string]operand.Op {
	out := map[string]operand.Op{}
	if len(names) == 0 {
		return out
	}
	at := build.Load(build.Param("c"), build.GP64())
	for i, name := range names {
		v := build.YMM()
		e.broadcast(operand.Mem{Base: at, Disp: i * e.size}, v)
		if strings.HasSuffix(name, "?") {
			v = e.test(v, unequal, e.number(0))
		}
		if out[name] = v; i >= heldConstants {
			room := build.AllocLocal(32)
			e.move(v, room)
			out[name] = room
		}
	}
	return out
}

// load returns the elements of a stream that it is the turn of; the other lanes
// of a narrow one are 0.
func (s *stepper) load(stream string) vec {
	x := build.YMM()
	if at := (operand.Mem{Base: s.streams[stream].at}); s.narrow {
		s.moveOne(at, x.AsX())
	} else {
		s.move(at, x)
	}
	return x
}

func (s *stepper) store(x vec, stream string) {
	if at := (operand.Mem{Base: s.streams[stream].at}); s.narrow {
		s.moveOne(x.AsX(), at)
	} else {
		s.move(x, at)
	}
}

// given does f unless the optional stream is nil. What f leaves behind must be in
// registers that have a value without it.
func (s *stepper) given(stream string, f func()) {
	none := newLabel("none")
	build.TESTQ(s.there[stream], s.there[stream])
	build.JE(operand.LabelRef(none))
	f()
	build.Label(none)
}

// held returns a constant in a register.
func (s *stepper) held(constant string) vec {
	if v, ok := s.c[constant].(vec); ok {
		return v
	}
	v := build.YMM()
	s.move(s.c[constant], v)
	return v
}

// times returns a·b + c, rounded once.
func (e arithmetic) times(a operand.Op, b vec, c operand.Op) vec {
	y := build.YMM()
	e.move(c, y)
	e.fma(a, b, y)
	return y
}

// average returns share·x + rest·y for constants share and rest.
func (s *stepper) average(share string, x vec, rest string, y vec) vec {
	return s.times(s.c[share], x, op2(s.mul, y, s.c[rest]))
}

// averageSquare returns share·x + rest·y².
func (s *stepper) averageSquare(share string, x vec, rest string, y vec) vec {
	return s.times(op2(s.mul, y, s.c[rest]), y, op2(s.mul, x, s.c[share]))
}

// decayed returns sign·d + decay·p. Without decay p is masked, for 0·Inf would make
// NaN of an infinite parameter.
func (s *stepper) decayed(p vec) vec {
	return s.times(s.c["decay"], op2(s.and, p, s.c["decay?"]), op2(s.mul, s.load("d"), s.c["sign"]))
}
