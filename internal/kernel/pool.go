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
	j.undone.Store(int64(pieces))
	j.left.Add(pieces)
	if place := j.offer(); place != nil {
		defer place.Store(nil)
	}
	hire(workers - 1)
	j.work()
	j.wait()
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
	undone   atomic.Int64   // pieces not done
	left     sync.WaitGroup // the same, for who would rather sleep
	panicked atomic.Pointer[any]
}

// Waking a sleeping thread takes the system up to 100 µs, and more than that on
// a virtual machine; one that looks is there in less than 1 µs, and the parallel
// parts of a step follow one another closely. So a helper without a job, and a
// caller whose last pieces are with others, look so many times, which takes up
// to 200 µs, before they leave the processor to others.
const (
	helperLooks = 1 << 15
	callerLooks = 1 << 16
	looksAtOnce = 256 // before other goroutines get their turn
)

var (
	// offers are jobs that helpers may join. A caller who finds no place works alone.
	offers [8]atomic.Pointer[job]
	// helpers counts goroutines that work on jobs or look for some.
	helpers atomic.Int64
)

// offer shows j to the helpers and returns where, to be withdrawn, or nil.
func (j *job) offer() *atomic.Pointer[job] {
	for i := range offers {
		if offers[i].CompareAndSwap(nil, j) {
			return &offers[i]
		}
	}
	return nil
}

// offered returns a job with pieces that nobody has begun, or nil.
func offered() *job {
	for i := range offers {
		if j := offers[i].Load(); j != nil && j.next.Load() < j.pieces {
			return j
		}
	}
	return nil
}

// hire sees to it that there are at least so many helpers. Between jobs they
// wait for a while only, so none is left when there is nothing to do.
func hire(count int) {
	for have := helpers.Load(); have < int64(count); have = helpers.Load() {
		if helpers.CompareAndSwap(have, have+1) {
			go help()
		}
	}
}

// help works on whatever is offered, until nothing has been for a while.
func help() {
	counted := true
	defer func() { // also when a piece ends the goroutine
		if counted {
			helpers.Add(-1)
		}
	}()
	for {
		for looks := 0; looks < helperLooks; looks++ {
			if j := offered(); j != nil {
				j.work()
				looks = 0
			} else if looks%looksAtOnce == looksAtOnce-1 {
				runtime.Gosched()
			}
		}
		helpers.Add(-1)
		counted = false
		if offered() == nil { // whoever offers from now on sees that we left
			return
		}
		helpers.Add(1)
		counted = true
	}
}

// wait returns when all pieces are done. Only those that somebody has begun
// are waited for: a helper that the system starts too late finds nothing to do
// and costs the caller nothing.
func (j *job) wait() {
	for looks := 0; j.undone.Load() > 0; looks++ {
		if looks == callerLooks {
			j.left.Wait()
			return
		}
	}
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
	defer j.undone.Add(-1)
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
