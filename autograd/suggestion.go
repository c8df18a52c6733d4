package autograd

// remedy is the advice for an anomaly in one operation.
type remedy struct {
	op     string
	from   string // what its first input was made by, perhaps a few steps earlier; "" for anything
	advice string
}

// remedies are tried in order.
var remedies = []remedy{
	{"Log", "Softmax", "use LogSoftmax in place of Softmax and Log"},
	{"Log", "Sigmoid", "use LogSigmoid, or BCEWithLogitsLoss on the logits, in place of Sigmoid and Log"},
	{"Log", "Exp", "use LogSumExp in place of Exp, Sum and Log, or Softplus in place of Log(1 + Exp)"},
	{"Log", "", "the logarithm needs positive input; Log1p is exact near 0"},
	{"Log1p", "Exp", "use Softplus in place of Log1p and Exp"},
	{"Log1p", "", "Log1p needs input above −1"},
	{"Exp", "", "exp overflows above 88 in float32 and 709 in float64: subtract the maximum, or use Softmax, LogSumExp or Softplus"},
	{"Expm1", "", "exp overflows above 88 in float32 and 709 in float64"},
	{"Sinh", "", "sinh overflows beyond ±89 in float32 and ±710 in float64"},
	{"Cosh", "", "cosh overflows beyond ±89 in float32 and ±710 in float64"},
	{"Div", "Exp", "use Softmax in place of Exp divided by its Sum"},
	{"Div", "", "the divisor holds 0 or is too small"},
	{"Sqrt", "Sum", "the root needs positive input, and its derivative is infinite at 0; Norm has derivative 0 there"},
	{"Sqrt", "", "the root needs positive input, and its derivative is infinite at 0; add a small number beneath it"},
	{"Rsqrt", "", "1/√x needs positive input; add a small number beneath the root"},
	{"Pow", "", "a power of a negative base needs a whole exponent, and a base of 0 has an infinite derivative for exponents below 1"},
	{"PowScalar", "", "a power of a negative base needs a whole exponent, and a base of 0 has an infinite derivative for exponents below 1"},
	{"Softmax", "", "a row holds +Inf, or nothing but −Inf: leave something unmasked"},
	{"Attention", "", "a query may look at no key, or its products overflow: leave something unmasked, or normalise the input"},
	{"LogSoftmax", "", "a row holds +Inf, or nothing but −Inf: leave something unmasked"},
	{"Mean", "", "the mean of no elements is NaN"},
	{"Mul", "", "0 times Inf is NaN, and large factors overflow: mask with Where in place of a product"},
	{"Square", "", "the values are too large: scale them, clip gradients or lower the learning rate"},
	{"MatMul", "", "the values are too large: normalise them, clip gradients or lower the learning rate"},
}

// suggestion names the stable form of a well-known unstable combination, or "".
func suggestion(op string, edges []edge) string {
	for _, r := range remedies {
		if r.op == op && (r.from == "" || len(edges) > 0 && comesFrom(edges[0].x, r.from, 4)) {
			return r.advice
		}
	}
	return ""
}

// comesFrom reports whether x was made by op at most depth steps ago, along
// first inputs (or the second where the first is a constant, as in 1 − y).
func comesFrom(x *Variable, op string, depth int) bool {
	for ; depth > 0 && x.made != nil; depth-- {
		if x.made.op == op {
			return true
		}
		edges := x.made.edges
		if len(edges) == 0 {
			return false
		}
		if x = edges[0].x; x.made == nil && len(edges) > 1 {
			x = edges[1].x
		}
	}
	return false
}
