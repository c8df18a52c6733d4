package main

import (
	"fmt"
	"runtime"
)

// Targets that have nothing to do with PyTorch.
const (
	xorName   = "xor"
	xorHeap   = "xor_heap"
	xorTime   = 10e3 // nanoseconds
	xorAllocs = 100
	heapGrows = 1.05
)

// A limit is a measured number with a greatest value.
type limit struct {
	name, what    string
	value, target string
	met           bool
}

// heap is how many bytes are in use after a number of steps.
type heap struct{ early, late uint64 }

// heapOfSteps measures the heap after 100 and after 10,000 XOR steps.
func heapOfSteps() heap {
	s := xorStep()
	steps := func(n int) uint64 {
		for range n {
			s.run()
		}
		// What a sync.Pool held at the first collection is freed by the second.
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	return heap{steps(100), steps(9900)}
}

// limits are the absolute targets of what was measured.
func (r *report) limits() (out []limit) {
	for _, t := range r.tables {
		for _, x := range t.rows {
			if x.name == xorName && x.threads == 1 {
				out = append(out,
					limit{xorName + "/time", "XOR step, one thread: time", nanoseconds(x.ours), "≤ " + nanoseconds(xorTime), x.ours <= xorTime},
					limit{xorName + "/allocations", "XOR step: allocations", fmt.Sprintf("%.0f", x.allocs), fmt.Sprintf("≤ %d", xorAllocs), x.allocs <= xorAllocs})
			}
		}
	}
	if h := r.heap; h.early > 0 {
		out = append(out, limit{xorHeap,
			fmt.Sprintf("heap after 10,000 XOR steps (%d bytes) to that after 100 (%d bytes)", h.late, h.early),
			fmt.Sprintf("%.3f", float64(h.late)/float64(h.early)), fmt.Sprintf("≤ %.2f", heapGrows),
			float64(h.late) <= heapGrows*float64(h.early)})
	}
	return out
}
