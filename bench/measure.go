package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// A row is what was measured of one case with one number of threads. Times are
// in nanoseconds of one step.
type row struct {
	benchCase
	threads      int
	ours, theirs float64 // medians; theirs is 0 where nobody asked PyTorch
	ratio        float64 // median over rounds of ours / theirs
	low, high    float64 // least and greatest of them
	allocs       float64 // of ours, per step
	reached      float64 // median over rounds of our share of the FMA peak
	theyReached  float64 // and of PyTorch's
	differs      string  // what PyTorch computed that we did not
}

// A table is a section with its rows.
type table struct {
	section
	rows []row
}

// measureAll runs every case, ours and PyTorch's in turn.
func measureAll(o options) (*report, error) {
	r := &report{machine: thisMachine(), rounds: o.rounds, each: o.each, load: loadAverage()}
	var py *torch
	if o.python != "" {
		var err error
		if py, err = startTorch(o.python, o.log); err != nil {
			return nil, err
		}
		r.torch, r.environment = py.about, torchEnvironment(os.Environ())
		defer func() { _ = py.stop() }()
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	if o.only.MatchString(xorHeap) {
		r.heap = heapOfSteps() // before anything else fills the heap
	}
	r.before = measurePeaks(o.threads)
	for _, s := range sections() {
		t := table{section: s}
		for _, threads := range o.threads {
			for _, c := range s.cases {
				if !o.only.MatchString(c.name) || c.single && threads > 1 {
					continue
				}
				one, err := compare(c, threads, o, py)
				if err != nil {
					return nil, err
				}
				t.rows = append(t.rows, one)
			}
		}
		r.tables = append(r.tables, t)
	}
	r.after = measurePeaks(o.threads)
	return r, nil
}

// compare measures one case in alternating rounds.
func compare(c benchCase, threads int, o options, py *torch) (row, error) {
	runtime.GOMAXPROCS(threads)
	runtime.GC() // what the last case left is not this one's to collect
	s := c.setup()
	out := row{benchCase: c, threads: threads}
	s.run()
	if py != nil {
		theirs, err := py.check(c.name, threads)
		if err != nil {
			return row{}, err
		}
		out.differs = difference(sums(s.outputs()), theirs)
	}
	out.allocs = allocations(s.run)
	var rounds rounds
	for i := range o.rounds {
		if err := rounds.one(i, s, &out, o, py); err != nil {
			return row{}, err
		}
	}
	rounds.medians(&out)
	fmt.Fprintf(o.log, "%s, threads %d: %s, PyTorch %s, ratio %s%s\n", c.name, threads, nanoseconds(out.ours), nanoseconds(out.theirs), ratio(out.ratio), out.differs)
	return out, nil
}

// rounds are the measurements of a row.
type rounds struct{ ours, theirs, ratios, reached, theyReached []float64 }

// one measures both sides. The order changes from round to round, for what runs
// second may find the machine warmer.
func (r *rounds) one(i int, s step, out *row, o options, py *torch) (err error) {
	var ours, theirs float64
	sides := []func(){func() { settle(out.threads); ours = timed(s.run, o.each) }}
	if py != nil {
		sides = append(sides, func() { settle(out.threads); theirs, err = py.time(out.threads, o.each) })
	}
	if i%2 == 1 {
		slices.Reverse(sides)
	}
	for _, side := range sides {
		side()
	}
	if err != nil {
		return err
	}
	r.ours = append(r.ours, ours)
	if py != nil {
		r.theirs, r.ratios = append(r.theirs, theirs), append(r.ratios, ours/theirs)
	}
	if out.peak {
		settle(out.threads)
		if peak, ok := kernel.FMAPeak(out.threads, o.each/4); ok {
			r.reached = append(r.reached, out.flops/ours/peak)
			if py != nil {
				r.theyReached = append(r.theyReached, out.flops/theirs/peak)
			}
		}
	}
	return nil
}

func (r *rounds) medians(out *row) {
	out.ours, out.theirs, out.ratio = median(r.ours), median(r.theirs), median(r.ratios)
	if len(r.ratios) > 0 {
		out.low, out.high = slices.Min(r.ratios), slices.Max(r.ratios)
	}
	out.reached, out.theyReached = median(r.reached), median(r.theyReached)
}

// settle waits until idle workers of the other side have stopped spinning,
// which OpenBLAS's do for some twenty milliseconds.
func settle(threads int) {
	if threads == 1 {
		time.Sleep(2 * time.Millisecond)
		return
	}
	time.Sleep(30 * time.Millisecond)
}

// timed runs step for about d, after half of it to warm up: memory that
// was given back to the system while the other side ran is not a step's cost, and returns the
// nanoseconds of one. Whatever garbage the step leaves is collected within.
// torch/serve.py has the same loop.
func timed(step func(), d time.Duration) float64 {
	for start := time.Now(); ; {
		if step(); time.Since(start) >= d/2 {
			break
		}
	}
	n, batch, start := 0, 1, time.Now()
	for time.Since(start) < d {
		for range batch {
			step()
		}
		n += batch
		batch = min(2*batch, 64)
	}
	return float64(time.Since(start)) / float64(n)
}

// allocations returns how many objects one step allocates.
func allocations(step func()) float64 {
	start := time.Now()
	step()
	n := 50
	if time.Since(start) > time.Millisecond {
		n = 2
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		step()
	}
	runtime.ReadMemStats(&after)
	return math.Floor(float64(after.Mallocs-before.Mallocs) / float64(n))
}

// sums returns Σ|x| of every tensor.
func sums(xs []*tensor.Tensor) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		for _, v := range x.Float64s() {
			out[i] += math.Abs(v)
		}
	}
	return out
}

// difference says where two sides computed different things; "" if nowhere.
func difference(ours, theirs []float64) string {
	if len(ours) != len(theirs) {
		return fmt.Sprintf("%d results, PyTorch %d", len(ours), len(theirs))
	}
	for i, a := range ours {
		if b := theirs[i]; !(math.Abs(a-b) <= 1e-3*math.Abs(b)) {
			return fmt.Sprintf("Σ|x| of result %d is %.6g, PyTorch's %.6g", i, a, b)
		}
	}
	return ""
}

// median returns 0 for nothing.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	return (s[len(s)/2] + s[(len(s)-1)/2]) / 2
}
