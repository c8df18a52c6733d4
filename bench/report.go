package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/cpu"
)

// report is everything measured in one run.
type report struct {
	torch   string
	scaling []float64 // two threads against one, before and after
	rows    []row
}

func (r *report) write(file string) error {
	if file == "" {
		return r.markdown(os.Stdout)
	}
	var b strings.Builder
	if err := r.markdown(&b); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(b.String()), 0o644)
}

func (r *report) markdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# Performance\n\nWritten by `go run ./bench -o docs/performance.md`; do not edit.\n\n")
	fmt.Fprintf(&b, "%s, %d processors, AVX2 %v, %s", runtime.GOARCH, runtime.NumCPU(), cpu.X86.HasAVX2, runtime.Version())
	if r.torch != "" {
		fmt.Fprintf(&b, ", PyTorch %s", r.torch)
	}
	fmt.Fprintf(&b, ". Two threads did %.2f times the work of one before the run and %.2f times after it;\n", r.scaling[0], r.scaling[1])
	fmt.Fprintf(&b, "where that is well below 2, figures for 2 threads say little. Medians over alternating rounds; the ratio is the median of the\nrounds' ratios, and below 1 Declive is faster.\n\n")
	fmt.Fprintf(&b, "| step | threads | Declive | PyTorch | ratio | allocations | bytes |\n|---|---|---|---|---|---|---|\n")
	for _, x := range r.rows {
		theirs, ratio := "", ""
		if x.theirs > 0 {
			theirs, ratio = micros(x.theirs), fmt.Sprintf("%.2f", x.ratio)
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %s | %d | %d |\n", x.what, x.threads, micros(x.ours), theirs, ratio, x.allocs, x.bytes)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func micros(d time.Duration) string { return fmt.Sprintf("%.1f µs", float64(d)/1e3) }

// scaling returns how many times the arithmetic of one goroutine two do in the
// same time: 2 on two real processors.
func scaling() float64 {
	if runtime.NumCPU() < 2 {
		return 1
	}
	one := spin(1)
	return 2 * float64(one) / float64(spin(2))
}

// spin returns the least time in which n goroutines each finish a fixed loop.
func spin(n int) time.Duration {
	best := time.Duration(1 << 62)
	for range 5 {
		start := time.Now()
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() { sink(work()) })
		}
		wg.Wait()
		best = min(best, time.Since(start))
	}
	return best
}

func work() float64 {
	a, b, c, d := 1.0, 1.1, 1.2, 1.3
	for range 10_000_000 {
		a, b, c, d = a*0.999+0.1, b*0.999+0.1, c*0.999+0.1, d*0.999+0.1
	}
	return a + b + c + d
}

// sink keeps the compiler from dropping work's result.
//
//go:noinline
func sink(float64) {}
