package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/cpu"

	"github.com/declive/declive/internal/kernel"
)

// thisMachine names the processor and the Go that built the program.
func thisMachine() string {
	model := processor("/proc/cpuinfo")
	if model == "" {
		model = "unknown processor"
	}
	text := fmt.Sprintf("%s (%s/%s, %d processors", model, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for _, f := range []struct {
		has  bool
		name string
	}{{cpu.X86.HasAVX2, "AVX2"}, {cpu.X86.HasFMA, "FMA"}, {cpu.X86.HasAVX512F, "AVX-512"}} {
		if f.has {
			text += ", " + f.name
		}
	}
	return text + "), " + runtime.Version()
}

// processor returns the model name in a file such as /proc/cpuinfo, "" if there
// is none.
func processor(file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// loadAverage returns how many threads have been ready to run of late; "" if
// the system does not say.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}

// A peak is the most GFLOP/s that multiply-adds reach on some threads.
type peak struct {
	threads int
	gflops  float64
}

// measurePeaks returns the peak for each number of threads, the median of some
// tries; nothing where the kernels have no such instruction.
func measurePeaks(threads []int) (peaks []peak) {
	for _, n := range slices.Compact(slices.Sorted(slices.Values(append([]int{1}, threads...)))) {
		runtime.GOMAXPROCS(n)
		var tries []float64
		for range 5 {
			if g, ok := kernel.FMAPeak(n, 20*time.Millisecond); ok {
				tries = append(tries, g)
			}
		}
		if len(tries) > 0 {
			peaks = append(peaks, peak{n, median(tries)})
		}
	}
	return peaks
}

// gain returns how many times the peak of one thread that of so many is; 0 when
// it was not measured.
func gain(peaks []peak, threads int) float64 {
	var one, many float64
	for _, p := range peaks {
		if p.threads == 1 {
			one = p.gflops
		}
		if p.threads == threads {
			many = p.gflops
		}
	}
	if one == 0 {
		return 0
	}
	return many / one
}
