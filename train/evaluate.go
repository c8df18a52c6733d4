package train

import (
	"context"
	"fmt"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// Evaluate returns the loss and the metrics of the model on ds, taken in order
// and in batches of l.Train.BatchSize. Nothing is recorded, and the model is left
// in evaluation mode. Only Model, Loss, Metrics and Train.BatchSize matter here.
func (l *Loop) Evaluate(ctx context.Context, ds data.Dataset) (Scores, error) {
	if err := l.check(); err != nil {
		return Scores{}, err
	}
	nn.Eval(l.Model)
	mean := newTally(l.Metrics)
	err := each(ctx, data.Loader{Dataset: ds, BatchSize: l.Train.BatchSize}, 0, func(b data.Batch) error {
		y := l.Model.Forward(autograd.Untracked(b.X))
		_, loss, err := l.measure(y, b)
		if err != nil {
			return err
		}
		mean.add(y.Value(), loss, b)
		return nil
	})
	if err != nil {
		return Scores{}, fmt.Errorf("evaluating: %w", err)
	}
	return mean.scores(), nil
}

// tally adds up the scores of batches.
type tally struct {
	loss    float64
	samples int
	metrics []Metric
}

func newTally(metrics []Metric) *tally {
	for _, m := range metrics {
		m.Reset()
	}
	return &tally{metrics: metrics}
}

func (t *tally) add(y *tensor.Tensor, loss float64, b data.Batch) {
	t.loss += loss * float64(b.Len())
	t.samples += b.Len()
	for _, m := range t.metrics {
		m.Add(y, b.Y)
	}
}

func (t *tally) scores() Scores {
	s := Scores{Loss: t.loss / float64(t.samples)}
	for _, m := range t.metrics {
		s.Values = append(s.Values, m.Value())
	}
	return s
}
