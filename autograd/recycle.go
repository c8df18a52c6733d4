package autograd

import (
	"unsafe"

	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// A walk makes many gradients that nobody but itself ever holds, and large ones
// are cheaper to write over than to make anew. Along with a gradient travels
// its spare: the tensor whose buffer holds the elements, if
//
//   - this walk made it, neither recording anything nor keeping the graph,
//   - no other gradient under way lies in the same buffer,
//   - and no code of users has seen it: hooks, rules of Custom, Grad, Watch.
//
// When the gradient has been passed on, its spare goes back to the pool.
// Otherwise there is none, and it is left to the garbage collector.

// recycle gives a spare back; nil is none.
func recycle(spare *tensor.Tensor) {
	if spare != nil {
		ownership.Recycle(spare)
	}
}

// spareOf returns a tensor just made, unless its buffer is not from the pool.
func spareOf(made *tensor.Tensor) *tensor.Tensor {
	if _, pooled := ownership.Buffer(made); !pooled {
		return nil
	}
	return made
}

func bufferOf(x *Variable) unsafe.Pointer {
	at, _ := ownership.Buffer(x.value)
	return at
}

// mayRecycle reports whether the gradients made for the inputs of n, from g,
// belong to the walk.
func (r *run) mayRecycle(n *node, g *Variable) bool {
	const most = 8 // inputs, as each is compared with each
	return g.untracked && !g.watched && !r.RetainGraph && !r.CreateGraph && !n.custom && len(n.edges) <= most
}

// passOn sends the gradients in r.grads, which were derived from g, on their
// way to the inputs of y, and recycles the spare of g when none of them needs it.
func (r *run) passOn(n *node, y, g *Variable, spare *tensor.Tensor) {
	may, old := r.mayRecycle(n, g), bufferOf(g)
	heirs := 0 // of that buffer
	if may {
		heirs = r.sharing(old, -1)
	}
	for i, gx := range r.grads {
		switch x := n.edges[i].x; {
		case !r.needed[i]:
		case gx == nil || !may:
			r.pass(x, gx, g, nil)
		case heirs == 1 && bufferOf(gx) == old:
			r.pass(x, gx, g, spare)
		default:
			r.pass(x, gx, g, r.fresh(n, y, i, old))
		}
	}
	if may && heirs == 0 {
		recycle(spare)
	}
}

// fresh returns the spare of the gradient of input i, if it lies neither in the
// old gradient's buffer nor in any other that is known.
func (r *run) fresh(n *node, y *Variable, i int, old unsafe.Pointer) *tensor.Tensor {
	made := spareOf(r.grads[i].value)
	if made == nil {
		return nil
	}
	at := bufferOf(r.grads[i])
	if at == old || at == bufferOf(y) || r.sharing(at, i) > 0 {
		return nil
	}
	for j := range n.edges {
		if at == bufferOf(n.edges[j].x) {
			return nil
		}
	}
	return made
}

// sharing counts the gradients in r.grads, but for one, that lie at an address.
func (r *run) sharing(at unsafe.Pointer, but int) int {
	count := 0
	for i, gx := range r.grads {
		if i != but && gx != nil && r.needed[i] && bufferOf(gx) == at {
			count++
		}
	}
	return count
}

// plus returns the sum of two gradients and its spare, and recycles theirs.
func plus(a, b *Variable, spareA, spareB *tensor.Tensor) (sum *Variable, spare *tensor.Tensor) {
	sum = a.Add(b)
	if sum.untracked && !sum.watched {
		spare = spareOf(sum.value)
	}
	recycle(spareA)
	recycle(spareB)
	return sum, spare
}

func init() {
	ownership.Borrow = func(v any) any { return v.(*Variable).borrow() }
	ownership.Return = func(v any) { v.(*Variable).giveBack() }
	ownership.WhenFreed = func(v any, f func()) { v.(*Variable).whenFreed(f) }
}

func (x *Variable) whenFreed(f func()) {
	if x.made == nil {
		f()
		return
	}
	x.made.release = f
}

// borrow is Grad for who does not keep the gradient and calls giveBack.
func (x *Variable) borrow() *Variable {
	if x.state == nil {
		return nil
	}
	x.state.mu.Lock()
	defer x.state.mu.Unlock()
	x.state.loans++
	return x.state.grad
}

func (x *Variable) giveBack() {
	if x.state == nil {
		return
	}
	x.state.mu.Lock()
	defer x.state.mu.Unlock()
	x.state.loans--
}

// takeSpare returns the spare of the gradient, which is to be replaced, unless
// somebody has borrowed it. The lock is held.
func (s *state) takeSpare() *tensor.Tensor {
	spare := s.spare
	s.spare = nil
	if s.loans > 0 {
		return nil
	}
	return spare
}
