package nn

import "sync"

// hooks is a list of functions that may change while it is gone through.
type hooks[F any] struct {
	mu   sync.Mutex
	list []*F // never changed, only replaced
}

// add appends f and returns what takes it out again.
func (h *hooks[F]) add(f F) (remove func()) {
	added := &f
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list[:len(h.list):len(h.list)], added)
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		var rest []*F
		for _, other := range h.list {
			if other != added {
				rest = append(rest, other)
			}
		}
		h.list = rest
	}
}

// all returns the functions as they are now.
func (h *hooks[F]) all() []*F {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.list
}
