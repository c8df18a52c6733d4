package main

// The formulas of the steps. A rate is the learning rate with its sign turned,
// so that every step ends in an addition.

func sgd(s *stepper) {
	p := s.load("p")
	by := s.decayed(p)
	s.given("b", func() {
		b := s.average("momentum", s.load("b"), "keep", by)
		s.store(b, "b")
		s.blend(s.held("nesterov?"), s.times(s.c["momentum"], b, by), b, by)
	})
	s.store(s.times(s.c["rate"], by, p), "p")
}

// moments is Adam's, NAdam's, RAdam's and SparseAdam's step. Where divide? is
// not set, eps is 1.
func moments(s *stepper) {
	p := s.load("p")
	d := s.decayed(p)
	m := s.average("beta1", s.load("m"), "rest1", d)
	s.store(m, "m")
	by := op2(s.mul, m, s.c["rate"])
	s.fma(s.c["ahead"], op2(s.and, d, s.c["ahead?"]), by)
	v := s.averageSquare("beta2", s.load("v"), "rest2", d)
	s.store(v, "v")
	s.given("x", func() {
		most := maximum(s.arithmetic, []vec{v, s.load("x")})
		s.store(most, "x")
		s.move(most, v)
	})
	root := op2(s.and, s.squareRoot(v), s.c["divide?"])
	by = op2(s.div, by, s.times(s.c["scale"], root, s.c["eps"]))
	s.store(s.times(s.c["shrink"], p, by), "p")
}

// lamb leaves the direction in b.
func lamb(s *stepper) {
	d := op2(s.mul, s.load("d"), s.c["sign"])
	m := s.average("beta1", s.load("m"), "rest1", d)
	s.store(m, "m")
	v := s.averageSquare("beta2", s.load("v"), "rest2", d)
	s.store(v, "v")
	by := op2(s.div, op2(s.mul, m, s.c["rate"]), s.times(s.c["scale"], s.squareRoot(v), s.c["eps"]))
	s.store(s.times(s.c["decay"], op2(s.and, s.load("p"), s.c["decay?"]), by), "b")
}

func adamax(s *stepper) {
	p := s.load("p")
	d := s.decayed(p)
	m := s.average("beta1", s.load("m"), "rest1", d)
	s.store(m, "m")
	fading := op2(s.mul, s.load("u"), s.c["beta2"])
	u := maximum(s.arithmetic, []vec{fading, op2(s.add, magnitudeOf(s.arithmetic, []vec{d}), s.c["eps"])})
	s.store(u, "u")
	s.store(s.times(s.c["rate"], op2(s.div, m, u), p), "p")
}

func lion(s *stepper) {
	d, m := op2(s.mul, s.load("d"), s.c["sign"]), s.load("m")
	by := signOf(s.arithmetic, []vec{s.average("beta1", m, "rest1", d)})
	s.store(s.times(s.c["rate"], by, op2(s.mul, s.load("p"), s.c["shrink"])), "p")
	s.store(s.average("beta2", m, "rest2", d), "m")
}

func adagrad(s *stepper) {
	p := s.load("p")
	d := s.decayed(p)
	sum := s.times(d, d, s.load("s"))
	s.store(sum, "s")
	by := op2(s.div, op2(s.mul, d, s.c["rate"]), op2(s.add, s.squareRoot(sum), s.c["eps"]))
	s.store(op2(s.add, p, by), "p")
}

func adadelta(s *stepper) {
	p := s.load("p")
	d := s.decayed(p)
	v := s.averageSquare("rho", s.load("v"), "rest", d)
	s.store(v, "v")
	a := s.load("a")
	by := op2(s.div, s.squareRoot(op2(s.add, a, s.c["eps"])), s.squareRoot(op2(s.add, v, s.c["eps"])))
	by = op2(s.mul, by, d)
	s.store(s.averageSquare("rho", a, "rest", by), "a")
	s.store(s.times(s.c["rate"], by, p), "p")
}

func rmsprop(s *stepper) {
	p := s.load("p")
	d := s.decayed(p)
	v := s.averageSquare("alpha", s.load("v"), "rest", d)
	s.store(v, "v")
	s.given("a", func() {
		a := s.average("alpha", s.load("a"), "rest", d)
		s.store(a, "a")
		s.sub(op2(s.mul, a, a), v, v) // rounded on its own, so that Inf − Inf is NaN, as in the loop
	})
	by := op2(s.div, d, op2(s.add, s.squareRoot(v), s.c["eps"]))
	s.given("b", func() {
		s.fma(s.c["momentum"], s.load("b"), by)
		s.store(by, "b")
	})
	s.store(s.times(s.c["rate"], by, p), "p")
}

func rprop(s *stepper) {
	zero := load(s.number(0))
	d, size := op2(s.mul, s.load("d"), s.c["sign"]), s.load("s")
	by := op2(s.mul, d, s.load("l"))
	turned := s.test(by, less, zero)
	s.blend(s.test(zero, less, by), op2(s.mul, size, s.c["grow"]), size, size)
	s.blend(turned, op2(s.mul, size, s.c["shrink"]), size, size)
	s.andNot(d, turned, d)
	s.store(d, "l")
	// The bounds give way to NaN, which the instructions keep when it is their second operand.
	size = op2(s.min, s.held("greatest"), op2(s.max, s.held("least"), size))
	s.store(size, "s")
	p := op2(s.sub, s.load("p"), op2(s.and, s.test(zero, less, d), size))
	s.store(op2(s.add, p, op2(s.and, s.test(d, less, zero), size)), "p")
}

// asgd replaces the average where whole? is set.
func asgd(s *stepper) {
	p := s.load("p")
	p = s.times(s.c["rate"], s.decayed(p), op2(s.mul, p, s.c["shrink"]))
	s.store(p, "p")
	a := s.load("a")
	s.fma(s.c["share"], op2(s.sub, p, a), a)
	s.blend(s.held("whole?"), p, a, a)
	s.store(a, "a")
}
