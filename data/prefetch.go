package data

import (
	"sync"

	"github.com/declive/declive/tensor"
)

// outcome is a batch or what making it panicked with.
type outcome struct {
	batch    Batch
	panicked any
}

// prefetch yields at(start), …, at(n−1) in order, made ahead on workers
// goroutines. Worker w makes every workers-th batch and hands them over in
// order through a channel of its own, so that nothing need be sorted. When
// prefetch returns, by whichever way, the workers have ended.
func prefetch(start, n, workers int, at func(int) Batch, yield func(Batch) bool) {
	workers = min(workers, n-start)
	stop := make(chan struct{})
	var running sync.WaitGroup
	defer running.Wait()
	defer close(stop)

	made := make([]chan outcome, workers)
	for w := range made {
		made[w] = make(chan outcome, 1)
		running.Go(func() {
			defer close(made[w])
			for b := start + w; b < n; b += workers {
				o := attempt(at, b)
				select {
				case made[w] <- o:
				case <-stop:
					return
				}
				if o.panicked != nil {
					return
				}
			}
		})
	}
	for b := start; b < n; b++ {
		o, ok := <-made[(b-start)%workers]
		switch {
		case !ok: // runtime.Goexit, as by testing.T.FailNow
			panic(tensor.Errorf("data.Loader.Epoch", "Dataset.At ended its goroutine at batch %d", b))
		case o.panicked != nil:
			panic(o.panicked)
		case !yield(o.batch):
			return
		}
	}
}

func attempt(at func(int) Batch, b int) (o outcome) {
	defer func() { o.panicked = recover() }()
	return outcome{batch: at(b)}
}
