package data

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

// numbered returns a dataset of n samples in which sample i is i.
func numbered(n int) *TensorDataset {
	return NewTensorDataset(tensor.Arange(0, float64(n), 1), tensor.Int64.Arange(0, float64(n), 1))
}

// samples returns the sample numbers of each batch.
func samples(l Loader, k, i int) (batches [][]int64) {
	for b := range l.EpochFrom(k, i) {
		batches = append(batches, tensor.Data[int64](b.Y))
	}
	return batches
}

func TestLoaderCutsInOrder(t *testing.T) {
	l := Loader{Dataset: numbered(5), BatchSize: 2}
	assert.Equal(t, 3, l.Len())
	assert.Equal(t, [][]int64{{0, 1}, {2, 3}, {4}}, samples(l, 0, 0))
	l.DropLast = true
	assert.Equal(t, 2, l.Len())
	assert.Equal(t, [][]int64{{0, 1}, {2, 3}}, samples(l, 0, 0))
	l.BatchSize = 9
	assert.Equal(t, 0, l.Len())
	assert.Empty(t, samples(l, 0, 0))
	l.DropLast = false
	assert.Equal(t, [][]int64{{0, 1, 2, 3, 4}}, samples(l, 0, 0))
	assert.Empty(t, samples(Loader{Dataset: numbered(0), BatchSize: 2, Workers: 2}, 0, 0))
}

func TestLoaderBatchesDoNotDependOnWorkers(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	want := samples(Loader{Dataset: numbered(103), BatchSize: 4, Shuffle: true, Seed: 9}, 3, 0)
	require.Len(t, want, 26)
	for _, procs := range []int{1, 2} {
		runtime.GOMAXPROCS(procs)
		for _, workers := range []int{0, 1, 4, 50} {
			l := Loader{Dataset: numbered(103), BatchSize: 4, Shuffle: true, Seed: 9, Workers: workers}
			assert.Equal(t, want, samples(l, 3, 0), "workers %d, processors %d", workers, procs)
			assert.Equal(t, want[7:], samples(l, 3, 7), "workers %d, from batch 7", workers)
			assert.Empty(t, samples(l, 3, 26))
		}
	}
}

func TestLoaderShufflesEveryEpochAnew(t *testing.T) {
	l := Loader{Dataset: numbered(50), BatchSize: 50, Shuffle: true, Seed: 1}
	assert.Equal(t, samples(l, 4, 0), samples(l, 4, 0))
	assert.NotEqual(t, samples(l, 4, 0), samples(l, 5, 0))
	other := l
	other.Seed = 2
	assert.NotEqual(t, samples(l, 4, 0), samples(other, 4, 0))
	assert.ElementsMatch(t, tensor.Data[int64](numbered(50).Y), samples(l, 4, 0)[0])
}

// fake is a dataset whose At is any function.
type fake struct {
	n  int
	at func(indices []int) Batch
}

func (f fake) Len() int               { return f.n }
func (f fake) At(indices []int) Batch { return f.at(indices) }

// noLeak fails t when more goroutines run after f than before.
func noLeak(t *testing.T, f func()) {
	t.Helper()
	before := runtime.NumGoroutine()
	f()
	// The last worker may still be on its way out after its WaitGroup.Done.
	for end := time.Now().Add(time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	assert.LessOrEqual(t, runtime.NumGoroutine(), before, "goroutines left behind")
}

func TestLoaderEndsItsWorkers(t *testing.T) {
	l := Loader{Dataset: numbered(1000), BatchSize: 1, Workers: 8}
	noLeak(t, func() {
		for range l.Epoch(0) {
			break
		}
	})
	noLeak(t, func() {
		assert.PanicsWithValue(t, "loop", func() {
			for b := range l.Epoch(0) {
				if b.X.Item() == 5 {
					panic("loop")
				}
			}
		})
	})
	noLeak(t, func() { assert.Len(t, samples(l, 0, 0), 1000) })
}

func TestLoaderRaisesPanicsOfAtInTheLoop(t *testing.T) {
	broken := errors.New("disk on fire")
	source := numbered(100)
	ds := fake{100, func(indices []int) Batch {
		if indices[0] >= 6 {
			panic(broken)
		}
		return source.At(indices)
	}}
	for _, workers := range []int{0, 1, 4} {
		l := Loader{Dataset: ds, BatchSize: 2, Workers: workers}
		noLeak(t, func() {
			seen := 0
			assert.PanicsWithValue(t, broken, func() {
				for range l.Epoch(0) {
					seen++
				}
			})
			assert.Equal(t, 3, seen, "batches before the panic, workers %d", workers)
		})
	}
}

func TestLoaderSurvivesAnEndedWorker(t *testing.T) {
	l := Loader{Dataset: fake{4, func([]int) Batch { runtime.Goexit(); return Batch{} }}, BatchSize: 1, Workers: 2}
	noLeak(t, func() {
		assert.PanicsWithError(t, "data.Loader.Epoch: Dataset.At ended its goroutine at batch 0", func() {
			for range l.Epoch(0) {
			}
		})
	})
}

func TestLoaderWorksAhead(t *testing.T) {
	asked := make(chan int, 10)
	source := numbered(10)
	l := Loader{Dataset: fake{10, func(indices []int) Batch { asked <- indices[0]; return source.At(indices) }}, BatchSize: 1, Workers: 2}
	for range l.Epoch(0) {
		for range 4 { // nobody asks for the next batches, yet they are being made
			select {
			case <-asked:
			case <-time.After(10 * time.Second):
				t.Fatal("no batch was made ahead")
			}
		}
		break
	}
}

func TestLoaderRejects(t *testing.T) {
	for message, f := range map[string]func(){
		"data.Loader.Epoch: BatchSize 0 is not positive": func() { Loader{Dataset: numbered(1)}.Epoch(0) },
		"data.Loader.Len: BatchSize -1 is not positive":  func() { Loader{Dataset: numbered(1), BatchSize: -1}.Len() },
		"data.Loader.Epoch: Dataset is nil":              func() { Loader{BatchSize: 1}.Epoch(0) },
		"data.Loader.Epoch: Workers -1 is negative":      func() { Loader{Dataset: numbered(1), BatchSize: 1, Workers: -1}.Epoch(0) },
		"data.Loader.Epoch: batch 2 is not between 0 and the 1 of an epoch": func() {
			Loader{Dataset: numbered(1), BatchSize: 1}.EpochFrom(0, 2)
		},
	} {
		assert.PanicsWithError(t, message, f)
	}
}

func BenchmarkLoader(b *testing.B) {
	for _, workers := range []int{0, 2} {
		b.Run(fmt.Sprintf("workers=%d", workers), func(b *testing.B) {
			l := Loader{Dataset: Digits(), BatchSize: 32, Shuffle: true, Workers: workers}
			b.ReportAllocs()
			for b.Loop() {
				for range l.Epoch(0) {
				}
			}
		})
	}
}
