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
	pieces := (n-1)/grain + 1
	workers := min(pieces, runtime.GOMAXPROCS(0))
	if workers == 1 {
		for p := range pieces {
			f(p*grain, min(p*grain+grain, n))
		}
		return
	}
	j := &job{n: n, grain: grain, pieces: int64(pieces), f: f}
	j.left.Add(pieces)
	for range workers - 1 {
		go j.work()
	}
	j.work()
	// Only pieces that somebody has begun are waited for: a helper that the
	// system starts too late finds nothing to do and costs the caller nothing.
	j.left.Wait()
	if p := j.panicked.Load(); p != nil {
		panic(*p)
	}
}

// job is one call of Parallel: pieces are handed out by a counter.
type job struct {
	n, grain int
	pieces   int64
	f        func(lo, hi int)
	next     atomic.Int64   // the piece to begin next
	left     sync.WaitGroup // pieces not done
	panicked atomic.Pointer[any]
}

// work takes pieces until none is left. It never panics.
func (j *job) work() {
	for p := j.next.Add(1) - 1; p < j.pieces; p = j.next.Add(1) - 1 {
		j.piece(int(p))
	}
}

// piece does one piece, unless another has panicked.
func (j *job) piece(p int) {
	defer j.left.Done()
	defer func() {
		if v := recover(); v != nil {
			j.panicked.CompareAndSwap(nil, &v)
		}
	}()
	if j.panicked.Load() == nil {
		lo := p * j.grain
		j.f(lo, min(lo+j.grain, j.n))
	}
}
