package train_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/train"
)

// line returns a loop that fits y = 2x₁ − 3x₂ + 1 to 20 samples in 5 batches.
func line() (*train.Loop, *nn.Linear) {
	rng := rand.New(rand.NewPCG(1, 0))
	x := tensor.Randn(rng, 20, 2)
	y := tensor.Zeros(20, 1)
	for i := range 20 {
		y.Set(2*x.At(i, 0)-3*x.At(i, 1)+1, i, 0)
	}
	m := nn.NewLinear(2, 1, rng)
	return &train.Loop{
		Model:     m,
		Loss:      loss.NewMSELoss(),
		Optimizer: optim.NewSGD(nn.Parameters(m), 0.1),
		Train:     data.Loader{Dataset: data.NewTensorDataset(x, y), BatchSize: 4, Shuffle: true, Seed: 1},
		Metrics:   []train.Metric{&train.R2{}},
		Epochs:    20,
	}, m
}

func TestRunLearns(t *testing.T) {
	loop, m := line()
	loop.Valid = loop.Train.Dataset
	epochs, err := loop.Run(context.Background())
	require.NoError(t, err)
	require.Len(t, epochs, 20)
	for i, e := range epochs {
		assert.Equal(t, i+1, e.Number)
		assert.Equal(t, 5, e.Batches)
		assert.Equal(t, 20, e.Samples)
		assert.Equal(t, 0.1, e.Rate)
		assert.Positive(t, e.Time)
	}
	last := epochs[19]
	assert.Less(t, last.Train.Loss, 1e-4)
	assert.Less(t, last.Valid.Loss, 1e-4)
	assert.Greater(t, last.Valid.Values[0], 0.999)
	assert.InDeltaSlice(t, []float64{2, -3}, m.Weight.Value().Float64s(), 0.01)
	assert.InDelta(t, 1, m.Bias.Value().Item(), 0.01)
}

// By hand: w = 0, b = 0, one batch x = [1], y = [2], lr 0.25. The loss is 4, the
// gradients of w and b are both −4, and both become 1. Clipped to norm 1 they
// would be −1/√2 each.
func TestOneStepByHand(t *testing.T) {
	for clip, want := range map[float64]float64{0: 1, 1: 0.25 / math.Sqrt2, 100: 1} {
		m := nn.NewLinear(1, 1, rand.New(rand.NewPCG(1, 0)))
		m.Weight.Value().CopyFrom(tensor.Zeros(1, 1))
		m.Bias.Value().CopyFrom(tensor.Zeros(1))
		one := tensor.Ones(1, 1)
		loop := train.Loop{
			Model: m, Loss: loss.NewMSELoss(), Optimizer: optim.NewSGD(nn.Parameters(m), 0.25),
			Train:    data.Loader{Dataset: data.NewTensorDataset(one, tensor.MulScalar(one, 2)), BatchSize: 1},
			Epochs:   1,
			ClipNorm: clip,
		}
		epochs, err := loop.Run(context.Background())
		require.NoError(t, err)
		assert.Equal(t, 4.0, epochs[0].Train.Loss)
		assert.InDelta(t, want, m.Weight.Value().Item(), 1e-6, "clip %v", clip)
		assert.InDelta(t, want, m.Bias.Value().Item(), 1e-6, "clip %v", clip)
	}
}

func TestScheduler(t *testing.T) {
	loop, _ := line()
	loop.Epochs = 4
	loop.Scheduler = optim.NewStepLR(loop.Optimizer, 2)
	epochs, err := loop.Run(context.Background())
	require.NoError(t, err)
	for i, want := range []float64{0.1, 0.1, 0.01, 0.01} {
		assert.InDelta(t, want, epochs[i].Rate, 1e-12)
	}
}

// TestSchedulerSeesTheLoss, that of Valid where there is one.
func TestSchedulerSeesTheLoss(t *testing.T) {
	loop, _ := line()
	loop.Epochs = 3
	loop.Scheduler = optim.NewReduceLROnPlateau(loop.Optimizer)
	epochs, err := loop.Run(context.Background())
	require.NoError(t, err)
	least := min(epochs[0].Train.Loss, epochs[1].Train.Loss, epochs[2].Train.Loss)
	assert.Equal(t, least, loop.Scheduler.State().Scalars["best"])

	loop.Valid = loop.Train.Dataset
	loop.Scheduler = optim.NewReduceLROnPlateau(loop.Optimizer)
	epochs, err = loop.Run(context.Background())
	require.NoError(t, err)
	least = min(epochs[0].Valid.Loss, epochs[1].Valid.Loss, epochs[2].Valid.Loss)
	assert.Equal(t, least, loop.Scheduler.State().Scalars["best"])
}

func TestHooks(t *testing.T) {
	loop, _ := line()
	var batches, whole int
	loop.OnBatch = func(e train.Epoch) error {
		batches++
		assert.Equal(t, (batches-1)%5+1, e.Batches)
		assert.Equal(t, whole+1, e.Number)
		return nil
	}
	loop.OnEpoch = func(e train.Epoch) error {
		whole++
		assert.Equal(t, 5, e.Batches)
		if whole == 3 {
			return train.ErrStop
		}
		return nil
	}
	epochs, err := loop.Run(context.Background())
	require.NoError(t, err)
	assert.Len(t, epochs, 3)
	assert.Equal(t, 15, batches)

	full := errors.New("the disk is full")
	loop.OnBatch = func(e train.Epoch) error {
		if e.Batches == 2 {
			return full
		}
		return nil
	}
	epochs, err = loop.Run(context.Background())
	require.ErrorIs(t, err, full)
	assert.EqualError(t, err, "train: epoch 1: batch 2: the disk is full")
	require.Len(t, epochs, 1)
	assert.Equal(t, 2, epochs[0].Batches)
}

func TestCancel(t *testing.T) {
	loop, _ := line()
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	loop.OnBatch = func(e train.Epoch) error {
		if e.Number == 2 && e.Batches == 3 {
			cancel(enough)
		}
		return nil
	}
	epochs, err := loop.Run(ctx)
	require.ErrorIs(t, err, enough)
	require.Len(t, epochs, 2)
	assert.Equal(t, 3, epochs[1].Batches, "the batch at hand was the last")
	assert.Equal(t, 12, epochs[1].Samples)

	epochs, err = loop.Run(ctx)
	require.ErrorIs(t, err, enough)
	assert.Empty(t, epochs)
	_, err = loop.Evaluate(ctx, loop.Train.Dataset)
	require.ErrorIs(t, err, enough)
}

func TestLossOfNoUse(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		loop, m := line()
		loop.Train.Shuffle = false
		loop.Train.Dataset.(*data.TensorDataset).Y.Set(bad, 9, 0) // in batch 3
		steps := 0
		var before string
		loop.OnBatch = func(train.Epoch) error { steps++; before = train.Hash(m); return nil }
		epochs, err := loop.Run(context.Background())
		require.ErrorContains(t, err, "train: epoch 1: batch 3: the loss is")
		require.ErrorContains(t, err, "Watch")
		assert.Equal(t, 2, steps)
		assert.Equal(t, 2, epochs[0].Batches)
		assert.Equal(t, before, train.Hash(m), "the parameters must not take in the loss")
		_, err = loop.Evaluate(context.Background(), loop.Train.Dataset)
		require.ErrorContains(t, err, "batch 3: the loss is")
	}
}

func TestWatchNamesTheOperation(t *testing.T) {
	loop, m := line()
	loop.Model = nn.Sequential{m, nn.Func(func(x *autograd.Variable) *autograd.Variable { return x.Square().Neg().Sqrt() })}
	_, err := loop.Run(context.Background())
	require.ErrorContains(t, err, "the loss is NaN")
	loop.Watch = true
	_, err = loop.Run(context.Background())
	require.ErrorContains(t, err, "train: epoch 1: batch 1: autograd.Watch: Sqrt")
}

func TestMisuseIsAnError(t *testing.T) {
	type change = func(l *train.Loop)
	for want, broken := range map[string]change{
		"Model is nil":                          func(l *train.Loop) { l.Model = nil },
		"Loss is nil":                           func(l *train.Loop) { l.Loss = nil },
		"Optimizer is nil":                      func(l *train.Loop) { l.Optimizer = nil },
		"Epochs is -1, negative":                func(l *train.Loop) { l.Epochs = -1 },
		"ClipNorm is NaN":                       func(l *train.Loop) { l.ClipNorm = math.NaN() },
		"BatchSize 0 is not positive":           func(l *train.Loop) { l.Train.BatchSize = 0 },
		"Dataset is nil":                        func(l *train.Loop) { l.Train.Dataset = nil },
		"the batch has no targets":              func(l *train.Loop) { l.Train.Dataset.(*data.TensorDataset).Y = nil },
		"not one element; reduce it by mean":    func(l *train.Loop) { l.Loss = &loss.MSELoss{Reduction: loss.None} },
		"train: epoch 1: batch 1: loss.MSELoss": func(l *train.Loop) { l.Train.Dataset.(*data.TensorDataset).Y = tensor.Zeros(20) },
	} {
		loop, _ := line()
		broken(loop)
		epochs, err := loop.Run(context.Background())
		require.ErrorContains(t, err, want)
		var typed *tensor.Error
		require.ErrorAs(t, err, &typed)
		assert.Empty(t, epochs)
	}
}

// modes notes in which mode, and how, it was called.
type modes struct {
	nn.Mode
	Weight   *autograd.Variable
	calls    []bool
	recorded []bool
}

func (m *modes) Forward(x *autograd.Variable) *autograd.Variable {
	y := x.Mul(m.Weight)
	m.calls, m.recorded = append(m.calls, m.Training()), append(m.recorded, !y.IsUntracked())
	return y
}

// broken is a dataset whose source fails.
type broken struct{ data.Dataset }

func (broken) At([]int) data.Batch { panic(tensor.Errorf("broken.At", "%w", os.ErrClosed)) }

func TestDatasetThatFails(t *testing.T) {
	for workers := range 3 {
		loop, _ := line()
		loop.Train.Dataset, loop.Train.Workers = broken{loop.Train.Dataset}, workers
		_, err := loop.Run(context.Background())
		require.ErrorIs(t, err, os.ErrClosed)
		require.EqualError(t, err, "train: epoch 1: batch 0: broken.At: file already closed")
	}
}

func TestEvaluationRecordsNothing(t *testing.T) {
	m := &modes{Weight: autograd.New(tensor.Ones(1))}
	ds := data.NewTensorDataset(tensor.Ones(3, 1), tensor.Zeros(3, 1))
	loop := train.Loop{
		Model: m, Loss: loss.NewMSELoss(), Optimizer: optim.NewSGD(nn.Parameters(m), 0.1),
		Train: data.Loader{Dataset: ds, BatchSize: 2}, Valid: ds, Epochs: 2,
	}
	_, err := loop.Run(context.Background())
	require.NoError(t, err)
	want := []bool{true, true, false, false, true, true, false, false}
	assert.Equal(t, want, m.calls)
	assert.Equal(t, want, m.recorded)
}

// The mean must count samples, not batches: losses 1 (two samples) and 4 (one).
func TestMeanLossIsOverSamples(t *testing.T) {
	loop := train.Loop{
		Model: nn.Sequential{}, Loss: loss.NewMSELoss(),
		Optimizer: optim.NewSGD(autograd.Parameters(autograd.New(tensor.Ones(1))), 1),
		Train:     data.Loader{BatchSize: 2},
	}
	ds := data.NewTensorDataset(tensor.FromSlice([][]float32{{1}, {1}, {2}}), tensor.Zeros(3, 1))
	s, err := loop.Evaluate(context.Background(), ds)
	require.NoError(t, err)
	assert.Equal(t, 2.0, s.Loss)
}

func TestRepeatsToTheBit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var hashes []string
	for _, workers := range []int{0, 2} {
		for _, procs := range []int{1, 2} {
			runtime.GOMAXPROCS(procs)
			loop, m := line()
			loop.Train.Workers = workers
			_, err := loop.Run(context.Background())
			require.NoError(t, err)
			hashes = append(hashes, train.Hash(m))
		}
	}
	for _, h := range hashes {
		assert.Equal(t, hashes[0], h)
	}
}
