package kernel

import (
	"sync"
	"time"
)

// FMAPeak measures how many 1e9 floating-point operations a second some
// threads do together, in float32 multiply-adds of registers alone:
// what no product of matrices can exceed with the instructions that it uses. It
// takes d. ok is false where there is no assembly.
func FMAPeak(threads int, d time.Duration) (gflops float64, ok bool) {
	if fmaRounds() == 0 { // this also wakes the vector units
		return 0, false
	}
	done := make([]float64, threads)
	var running sync.WaitGroup
	start := time.Now()
	for i := range done[1:] {
		running.Go(func() { done[1+i] = fmaUntil(start.Add(d)) })
	}
	done[0] = fmaUntil(start.Add(d))
	running.Wait()
	return Sum(done) / time.Since(start).Seconds() / 1e9, true
}

// fmaUntil does multiply-adds until a time and returns how many operations.
func fmaUntil(end time.Time) (flops float64) {
	for first := true; first || time.Now().Before(end); first = false {
		flops += fmaRounds()
	}
	return flops
}
