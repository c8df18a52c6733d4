package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/train"
)

// session is one training run.
type session struct {
	flags   *trainFlags
	samples *samples
	sizes   []int // of the layers, features to outputs
	loop    *train.Loop
}

// trainModel trains as the flags say and reports what came of it.
func trainModel(ctx context.Context, f *trainFlags, stdout, stderr io.Writer) error {
	s, err := newSession(f)
	if err != nil {
		return err
	}
	s.introduce(stdout)
	shown := newProgress(stderr, s.loop)
	s.loop.OnBatch = func(e train.Epoch) error { shown.batch(e); return nil }
	s.loop.OnEpoch = func(e train.Epoch) error { shown.epoch(e); return nil }
	epochs, err := s.loop.Run(ctx)
	shown.close()
	if err != nil && ctx.Err() == nil {
		return err
	}
	if err := s.report(ctx, epochs, stdout); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	return nil
}

// newSession reads the data and makes what it takes to train.
func newSession(f *trainFlags) (*session, error) {
	hidden, err := f.sizes()
	if err != nil {
		return nil, err
	}
	l, task, err := newLossTask(f.loss, f.lossOptions)
	if err != nil {
		return nil, err
	}
	all, err := readData(f.data, f.target, task.numbers)
	if err != nil {
		return nil, err
	}
	samples, err := prepare(all, f, task)
	if err != nil {
		return nil, err
	}
	outputs := task.outputs(samples)
	s := &session{flags: f, samples: samples, sizes: append(append([]int{samples.width}, hidden...), outputs)}
	model, err := newModel(f, s.sizes, task.last)
	if err != nil {
		return nil, err
	}
	optimizer, err := newOptimizer(f, nn.Parameters(model))
	if err != nil {
		return nil, err
	}
	scheduler, err := newScheduler(f, optimizer)
	if err != nil {
		return nil, err
	}
	s.loop = &train.Loop{
		Model:     model,
		Loss:      criterion{l, task, outputs},
		Optimizer: optimizer,
		Scheduler: scheduler,
		Train:     data.Loader{Dataset: samples.training, BatchSize: f.batch, Shuffle: true, Seed: f.seed, Workers: f.workers},
		Metrics:   task.metrics(samples),
		Epochs:    f.epochs,
		ClipNorm:  f.clip,
		Watch:     f.anomaly,
	}
	return s, nil
}

// introduce says what is about to be trained, on what.
func (s *session) introduce(w io.Writer) {
	learned := "a number"
	if n := len(s.samples.classes); n > 0 {
		learned = fmt.Sprintf("%d classes", n)
	}
	fmt.Fprintf(w, "data     %s: %d samples to learn from, %d held out; %d features, %s\n",
		s.flags.data, s.samples.training.Len(), s.samples.held.Len(), s.samples.width, learned)
	fmt.Fprintf(w, "model    %s, %d parameters\n", s.architecture(), s.parameters())
	fmt.Fprintf(w, "loss     %s, %s with learning rate %g\n", strings.TrimSpace(s.flags.loss+" "+s.flags.lossOptions), s.flags.optimizer, s.flags.lr)
}

// architecture describes the model in a word or two: mlp 64-32-10 relu.
func (s *session) architecture() string {
	if s.flags.model != "mlp" {
		return fmt.Sprintf("%s, %d features to %d outputs", s.flags.model, s.sizes[0], s.sizes[len(s.sizes)-1])
	}
	var sizes []string
	for _, n := range s.sizes {
		sizes = append(sizes, fmt.Sprint(n))
	}
	text := s.flags.model + " " + strings.Join(sizes, "-")
	if len(sizes) > 2 {
		text += " " + s.flags.activation
	}
	return text
}

// parameters returns the number of numbers that are learned.
func (s *session) parameters() int {
	n := 0
	for _, p := range nn.Parameters(s.loop.Model) {
		n += p.Size()
	}
	return n
}

// report says what training came to and writes the weights. Training that was
// interrupted is reported as far as it went.
func (s *session) report(ctx context.Context, epochs []train.Epoch, w io.Writer) error {
	var taken time.Duration
	var seen int
	for _, e := range epochs {
		taken, seen = taken+e.Time, seen+e.Samples
	}
	reached := fmt.Sprintf("%d epochs", len(epochs))
	if ctx.Err() != nil {
		reached = "interrupted before the first batch"
		if len(epochs) > 0 {
			last := epochs[len(epochs)-1]
			reached = fmt.Sprintf("interrupted in epoch %d of %d after batch %d of %d with %s",
				last.Number, s.loop.Epochs, last.Batches, s.loop.Train.Len(), scores(s.loop.Metrics, last.Train))
		}
	}
	fmt.Fprintf(w, "trained  %s, %.2f s, %.0f samples/s\n", reached, taken.Seconds(), float64(seen)/max(taken.Seconds(), 1e-9))

	// An interrupted model is evaluated all the same: it may be saved and used.
	held, err := s.loop.Evaluate(context.WithoutCancel(ctx), s.samples.held)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "held out %s\n", scores(s.loop.Metrics, held))
	fmt.Fprintf(w, "weights  sha256:%s\n", train.Hash(s.loop.Model))
	if s.flags.out == "" {
		return nil
	}
	if err := train.Save(s.flags.out, s.loop.Model, s.metadata(reached, held)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "saved    %s\n", s.flags.out)
	return err
}

// metadata is what one must know beside the weights to use them.
func (s *session) metadata(reached string, held train.Scores) map[string]string {
	m := map[string]string{
		"format":   "pt",
		"model":    s.architecture(),
		"loss":     strings.TrimSpace(s.flags.loss + " " + s.flags.lossOptions),
		"data":     s.flags.data,
		"seed":     fmt.Sprint(s.flags.seed),
		"trained":  reached,
		"held out": scores(s.loop.Metrics, held),
	}
	for name, v := range map[string]any{"features": s.samples.features, "classes": s.samples.classes} {
		if text := asJSON(v); text != "null" {
			m[name] = text
		}
	}
	if s.samples.inputs != nil {
		m["scaling"] = asJSON(s.samples.inputs)
	}
	if s.samples.targets != nil {
		m["target scaling"] = asJSON(s.samples.targets)
	}
	return m
}

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and numbers
	}
	return string(text)
}
