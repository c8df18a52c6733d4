package autograd

import "github.com/declive/declive/tensor"

// pending holds the gradients on their way, as a binary heap: latest created
// Variable first and, for one Variable, in the order in which they came.
// (container/heap would allocate for each.)
type pending struct {
	items []arrival
	count int
}

// arrival is one contribution g to the gradient of x.
type arrival struct {
	x, g  *Variable
	spare *tensor.Tensor // see recycle.go
	order int
}

func (p *pending) add(a arrival) {
	p.count++
	a.order = p.count
	p.items = append(p.items, a)
	i := len(p.items) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !p.items[i].before(&p.items[parent]) {
			break
		}
		p.items[i], p.items[parent] = p.items[parent], p.items[i]
		i = parent
	}
}

// next removes the latest Variable and returns it with its whole gradient.
func (p *pending) next() arrival {
	whole := p.pop()
	for len(p.items) > 0 && p.items[0].x == whole.x {
		part := p.pop()
		whole.g, whole.spare = plus(whole.g, part.g, whole.spare, part.spare)
	}
	return whole
}

func (p *pending) pop() arrival {
	first, n := p.items[0], len(p.items)-1
	p.items[0] = p.items[n]
	p.items[n] = arrival{} // let go of what it held
	p.items = p.items[:n]
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < n; child++ {
			if p.items[child].before(&p.items[least]) {
				least = child
			}
		}
		if least == i {
			return first
		}
		p.items[i], p.items[least] = p.items[least], p.items[i]
		i = least
	}
}

func (a *arrival) before(b *arrival) bool {
	if a.x.seq != b.x.seq {
		return a.x.seq > b.x.seq
	}
	return a.order < b.order
}
