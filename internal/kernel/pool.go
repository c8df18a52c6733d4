package kernel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Parallel calls f on pieces of [0, n) of length grain (the last may be
// shorter), on several goroutines when there is more than one piece and more
// than one processor. It returns when all pieces are done.
//
// The pieces depend on n and grain only, so that a caller who keeps one result
// per piece gets the same bits for every GOMAXPROCS. A panic in f stops the
// pieces not yet begun and is raised again in the calling goroutine.
func Parallel(n, grain int, f func(lo, hi int)) {
	if n <= 0 {
		return
	}
	grain = max(grain, 1)
	pieces := (n + grain - 1) / grain
	workers := min(pieces, runtime.GOMAXPROCS(0))
	if workers == 1 {
		for lo := 0; lo < n; lo += grain {
			f(lo, min(lo+grain, n))
		}
		return
	}
	j := &job{n: n, grain: grain, f: f}
	j.helpers.Add(workers - 1)
	for range workers - 1 {
		startHelper(j)
	}
	j.work()
	j.helpers.Wait()
	if p := j.panicked.Load(); p != nil {
		panic(*p)
	}
}

// job is one call of Parallel: pieces are handed out by a counter.
type job struct {
	n, grain int
	f        func(lo, hi int)
	next     atomic.Int64
	helpers  sync.WaitGroup
	panicked atomic.Pointer[any]
}

// work takes pieces until none is left. It never panics.
func (j *job) work() {
	defer func() {
		if p := recover(); p != nil {
			j.panicked.CompareAndSwap(nil, &p)
			j.next.Store(int64(j.n)) // no piece begins after this one
		}
	}()
	for {
		lo := int(j.next.Add(int64(j.grain))) - j.grain
		if lo >= j.n {
			return
		}
		j.f(lo, min(lo+j.grain, j.n))
	}
}

// startHelper lets one more goroutine work on j.
func startHelper(j *job) {
	go func() {
		defer j.helpers.Done()
		j.work()
	}()
}
