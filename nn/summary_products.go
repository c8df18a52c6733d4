package nn

import (
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// operation takes note of an operation.
func (t *trace) operation(op string, result any, inputs []any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	y, in := result.(*autograd.Variable), make([]*autograd.Variable, len(inputs))
	owner, owned := "", 0
	for i, x := range inputs {
		in[i] = x.(*autograd.Variable)
		if name, ok := t.owners[in[i]]; ok && (owned == 0 || name == owner) {
			owner = name
			owned++
		}
	}
	if owned > 0 && owned == len(in) {
		t.owners[y] = owner
	}
	n := multiplyAdds(op, y, in)
	if n == 0 {
		return
	}
	if top := t.top(); top != nil && (owned == 0 || isLayer(top.module)) {
		owner = top.name
	}
	t.products[owner] += n
}

// multiplyAdds returns how many products an operation adds up; see Summary.
func multiplyAdds(op string, y *autograd.Variable, in []*autograd.Variable) int {
	shape := func(i int) tensor.Shape { return in[i].Shape() }
	switch {
	case op == "Linear" && len(in) >= 2:
		return y.Size() * shape(1)[1]
	case op == "MatMul" && len(in) == 2:
		return y.Size() * inner(shape(0), shape(1), y.Shape())
	case op == "Conv2d" && len(in) >= 2 && y.Size() > 0:
		return y.Size() / shape(1)[0] * in[1].Size()
	case op == "ConvTranspose2d" && len(in) >= 2 && in[1].Size() > 0: // the weight comes first
		return in[1].Size() / shape(0)[0] * in[0].Size()
	case recurrentOps[strings.TrimSuffix(op, "Cell")] && len(in) >= 3:
		return shape(0)[0] * (in[1].Size() + in[2].Size())
	}
	return 0
}

var recurrentOps = map[string]bool{"RNN": true, "LSTM": true, "GRU": true}

// inner returns the length of the axis that a product of matrices sums over,
// either of which may be transposed or a vector.
func inner(a, b, y tensor.Shape) int {
	switch {
	case len(a) == 1:
		return a[0]
	case len(b) == 1:
		return b[0]
	case y.Size() == 0:
		return 0
	}
	return a[len(a)-1] * a[len(a)-2] / y[len(y)-2]
}
