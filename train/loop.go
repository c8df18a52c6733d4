package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// Loop says what is trained, on what, and how long. Model, Loss, Optimizer,
// Train and Epochs are needed.
type Loop struct {
	Model     nn.Module
	Loss      loss.Criterion // of the model's output and the batch's Y
	Optimizer optim.Optimizer
	Scheduler optim.Scheduler // takes a step after every epoch, with the loss over Valid, or Train without it; may be nil

	Train   data.Loader
	Valid   data.Dataset // evaluated after every epoch; may be nil
	Metrics []Metric     // measured beside the loss, in training and evaluation
	Epochs  int

	// ClipNorm is the greatest 2-norm that the gradient of all parameters taken
	// as one vector may have; a longer one is shortened to it. 0 clips nothing.
	ClipNorm float64

	// Watch makes the first operation that produces a NaN or Inf, forward or
	// backward, end Run with an error that names it and its inputs. It is slow.
	Watch bool

	// OnBatch is called after every step with what the epoch has come to so
	// far, OnEpoch after every whole epoch. Training ends when one returns an
	// error: without an error when it is ErrStop, else Run returns it.
	OnBatch func(Epoch) error
	OnEpoch func(Epoch) error
}

// ErrStop is returned by Loop.OnBatch or Loop.OnEpoch to end training as if all epochs
// were done.
var ErrStop = errors.New("train: stop")

// Epoch is what one epoch came to.
type Epoch struct {
	Number  int           // 1, 2, …
	Batches int           // steps taken; fewer than Loop.Train.Len() when the epoch was cut short
	Samples int           // in these batches
	Train   Scores        // over these batches, each before its step
	Valid   Scores        // zero without Loop.Valid
	Rate    float64       // the learning rate of the optimizer's first group
	Time    time.Duration // without evaluation
}

// Scores are the loss and the metrics over some samples.
type Scores struct {
	Loss   float64   // the mean of the batches' losses, weighted by their samples
	Values []float64 // of Loop.Metrics, in order
}

// Run trains for l.Epochs epochs and returns what each came to, the last one too
// when it was cut short after a batch or more. Cancelling ctx ends training after
// the batch at hand; the error then wraps context.Cause(ctx). The model is left
// in training mode and as it was after the last step.
func (l *Loop) Run(ctx context.Context) ([]Epoch, error) {
	if err := l.check(); err != nil {
		return nil, err
	}
	var epochs []Epoch
	for number := 1; number <= l.Epochs; number++ {
		e := Epoch{Number: number, Rate: *l.Optimizer.Rates()[0]}
		err := l.epoch(ctx, &e)
		if e.Batches > 0 {
			epochs = append(epochs, e)
		}
		if errors.Is(err, ErrStop) {
			return epochs, nil
		}
		if err != nil {
			return epochs, err
		}
	}
	return epochs, nil
}

func (l *Loop) check() error {
	const op = "train.Loop"
	switch {
	case l.Model == nil:
		return tensor.Errorf(op, "Model is nil")
	case l.Loss == nil:
		return tensor.Errorf(op, "Loss is nil")
	case l.Optimizer == nil:
		return tensor.Errorf(op, "Optimizer is nil")
	case l.Epochs < 0:
		return tensor.Errorf(op, "Epochs is %d, negative", l.Epochs)
	case !(l.ClipNorm >= 0):
		return tensor.Errorf(op, "ClipNorm is %v, not a number from 0 on", l.ClipNorm)
	}
	return nil
}

// epoch trains on all batches of an epoch, evaluates, and keeps the score in e.
func (l *Loop) epoch(ctx context.Context, e *Epoch) error {
	nn.Train(l.Model)
	begin := time.Now()
	mean := newTally(l.Metrics)
	err := each(ctx, l.Train, e.Number-1, func(b data.Batch) error {
		y, loss, err := l.step(b)
		if err != nil {
			return err
		}
		mean.add(y.Value(), loss, b)
		e.Batches++
		e.Samples += b.Len()
		e.Train, e.Time = mean.scores(), time.Since(begin)
		return call(l.OnBatch, *e)
	})
	if err == nil && l.Valid != nil {
		e.Valid, err = l.Evaluate(ctx, l.Valid)
	}
	if err == nil && l.Scheduler != nil {
		metric := e.Train.Loss
		if l.Valid != nil {
			metric = e.Valid.Loss
		}
		err = autograd.Try(func() { l.Scheduler.Step(metric) })
	}
	if err == nil {
		err = call(l.OnEpoch, *e)
	}
	if err != nil {
		return fmt.Errorf("train: epoch %d: %w", e.Number, err)
	}
	return nil
}

// each calls f with the batches of epoch k until it returns an error or ctx is
// cancelled. Misuse in making a batch and in f comes back as an error too.
func each(ctx context.Context, batches data.Loader, k int, f func(data.Batch) error) (err error) {
	number := 0
	misuse := autograd.Try(func() {
		for b := range batches.Epoch(k) {
			number++
			if err = context.Cause(ctx); err == nil {
				err = f(b)
			}
			if err != nil {
				return
			}
		}
	})
	if err = errors.Join(misuse, err); err != nil {
		return fmt.Errorf("batch %d: %w", number, err)
	}
	return nil
}

func call(hook func(Epoch) error, e Epoch) error {
	if hook == nil {
		return nil
	}
	return hook(e)
}

// step trains on one batch. When it returns an error the parameters are as they
// were before.
func (l *Loop) step(b data.Batch) (y *autograd.Variable, loss float64, err error) {
	x := autograd.Const(b.X)
	if l.Watch {
		x = x.Watch()
	}
	l.Optimizer.ZeroGrad()
	y = l.Model.Forward(x)
	root, loss, err := l.measure(y, b)
	if err != nil {
		return nil, 0, err
	}
	root.Backward()
	if l.ClipNorm > 0 {
		optim.ClipGradNorm(nn.Parameters(l.Model), l.ClipNorm, 2)
	}
	l.Optimizer.Step()
	return y, loss, nil
}

// measure returns the loss of outputs, and its value, if it is of use.
func (l *Loop) measure(y *autograd.Variable, b data.Batch) (root *autograd.Variable, value float64, err error) {
	if b.Y == nil {
		return nil, 0, tensor.Errorf("train.Loop", "the batch has no targets")
	}
	root = l.Loss.Forward(y, autograd.Const(b.Y))
	if root.Size() != 1 {
		return nil, 0, tensor.Errorf("train.Loop", "the loss has shape %v, not one element; reduce it by mean or sum", root.Shape())
	}
	value = root.Item()
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return nil, 0, fmt.Errorf("the loss is %v; lower the learning rate or clip the gradient, and set Watch to learn where it begins", value)
	}
	return root, value, nil
}
