package autograd

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
	order int
}

func (p *pending) add(x, g *Variable) {
	p.count++
	p.items = append(p.items, arrival{x, g, p.count})
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
func (p *pending) next() (x, g *Variable) {
	first := p.pop()
	x, g = first.x, first.g
	for len(p.items) > 0 && p.items[0].x == x {
		g = g.Add(p.pop().g)
	}
	return x, g
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
