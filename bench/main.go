// Command bench measures training steps of Declive and of PyTorch alternately
// in one run and prints a Markdown table: medians, and the median of the ratios
// taken round by round, so that a machine whose speed drifts does not matter.
//
//	go run ./bench                       # to standard output
//	go run ./bench -o docs/performance.md
//
// It needs PyTorch for the comparison and says so where it is not found; our own
// numbers alone come from -python "".
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"
)

func main() {
	o := options{}
	flag.IntVar(&o.rounds, "rounds", 9, "alternating rounds per case")
	flag.DurationVar(&o.each, "each", 300*time.Millisecond, "time per measurement")
	flag.StringVar(&o.python, "python", "/usr/bin/python3", "Python with PyTorch; empty measures Declive alone")
	out := flag.String("o", "", "file to write; standard output when empty")
	flag.Parse()
	r, err := measureAll(o)
	if err == nil {
		err = r.write(*out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

type options struct {
	rounds int
	each   time.Duration
	python string
}

// row is what was measured of one case with one number of threads.
type row struct {
	name, what    string
	threads       int
	ours, theirs  time.Duration
	ratio         float64 // median over rounds of ours / theirs
	allocs, bytes uint64  // of ours, per step
}

// measureAll runs every case, ours and PyTorch's in turn.
func measureAll(o options) (*report, error) {
	r := &report{scaling: []float64{scaling()}}
	var py *torch
	if o.python != "" {
		var err error
		if py, err = startTorch(o.python); err != nil {
			return nil, err
		}
		r.torch = py.version
		defer func() { _ = py.stop() }()
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, threads := range threadCounts() {
		runtime.GOMAXPROCS(threads)
		for _, c := range cases {
			one, err := compare(c, threads, o, py)
			if err != nil {
				return nil, err
			}
			r.rows = append(r.rows, one)
		}
	}
	r.scaling = append(r.scaling, scaling())
	return r, nil
}

// threadCounts is 1, and 2 where there are two processors.
func threadCounts() []int {
	if runtime.NumCPU() < 2 {
		return []int{1}
	}
	return []int{1, 2}
}

// compare measures one case in alternating rounds.
func compare(c benchCase, threads int, o options, py *torch) (row, error) {
	step := c.setup()
	out := row{name: c.name, what: c.what, threads: threads}
	out.allocs, out.bytes = allocations(step)
	var ours, theirs []time.Duration
	var ratios []float64
	for range o.rounds {
		a := timed(step, o.each)
		ours = append(ours, a)
		if py == nil {
			continue
		}
		b, err := py.measure(c.name, threads, o.each)
		if err != nil {
			return row{}, err
		}
		theirs = append(theirs, b)
		ratios = append(ratios, float64(a)/float64(b))
	}
	out.ours = median(ours)
	if py != nil {
		out.theirs, out.ratio = median(theirs), median(ratios)
	}
	return out, nil
}

// timed runs step for about d and returns the time of one.
func timed(step func(), d time.Duration) time.Duration {
	for range 3 {
		step()
	}
	n := 0
	start := time.Now()
	for time.Since(start) < d {
		for range 4 {
			step()
		}
		n += 4
	}
	return time.Since(start) / time.Duration(n)
}

// allocations returns how many objects and bytes one step allocates.
func allocations(step func()) (count, bytes uint64) {
	const n = 20
	step()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		step()
	}
	runtime.ReadMemStats(&after)
	return (after.Mallocs - before.Mallocs) / n, (after.TotalAlloc - before.TotalAlloc) / n
}

func median[T time.Duration | float64](v []T) T {
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}
