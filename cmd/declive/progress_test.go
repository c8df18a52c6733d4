package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/data"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/train"
)

func TestLines(t *testing.T) {
	o := declive("train", "--data", "iris", "--epochs", "12")
	lines := strings.Split(strings.TrimSpace(o.stderr), "\n")
	require.Len(t, lines, 12)
	form := regexp.MustCompile(`^epoch +\d+/12  loss \d\S*  accuracy \d+\.\d\d %  lr 0\.\d+  \d+\.\d\d s$`)
	for _, line := range lines {
		assert.Regexp(t, form, line)
	}
	assert.NotContains(t, o.stdout+o.stderr, "\x1b")
	assert.NotContains(t, o.stdout+o.stderr, "\r")
}

// The longest lines that come up must fit the terminal.
func TestBar(t *testing.T) {
	for columns, want := range map[int]string{
		80: "epoch 998/1000  loss 1.235e-05  accuracy 100.00 %",
		70: "epoch 998/1000  loss 1.235e-05",
		40: "",
	} {
		var w bytes.Buffer
		loop := &train.Loop{
			Train:   data.Loader{Dataset: data.NewTensorDataset(tensor.Zeros(1000, 1), nil), BatchSize: 1},
			Metrics: []train.Metric{&train.Accuracy{}},
			Epochs:  1000,
		}
		b := newBar(&w, columns, loop)
		for number := range 3 {
			e := train.Epoch{Number: 998 + number, Train: train.Scores{Loss: 1.2345678e-05, Values: []float64{1}}}
			for range 1000 {
				e.Batches++
				b.batch(e)
			}
			b.epoch(e)
		}
		b.close()
		text := w.String()
		assert.NotContains(t, text, "\x1b")
		assert.NotContains(t, text, "\n")
		frames := strings.Split(text, "\r")
		assert.Regexp(t, "^"+want+" +0% ", frames[1])
		for _, frame := range frames {
			assert.Less(t, len([]rune(frame)), columns, frame)
		}
		assert.Empty(t, strings.TrimSpace(frames[len(frames)-1]+frames[len(frames)-2]), "the line is clean at the end")
	}
}
