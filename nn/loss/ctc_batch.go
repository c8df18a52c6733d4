package loss

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// ctcBatch is a checked batch of targets.
type ctcBatch struct {
	samples []kernel.CTC
	shape   tensor.Shape // of the terms: [N], or [] without a batch
	blank   int64
}

func newCTCBatch(op string, blank int, logProbs, targets, inputLengths, targetLengths *autograd.Variable) *ctcBatch {
	floats(op, "log_probs", logProbs)
	in := logProbs.Shape()
	if len(in) != 2 && len(in) != 3 || in[len(in)-1] == 0 {
		panic(tensor.Errorf(op, "log_probs %v is not [T N C] or [T C] with at least one symbol", in))
	}
	b := &ctcBatch{shape: in[1 : len(in)-1], blank: int64(blank)}
	frames, n, classes := in[0], b.shape.Size(), in[len(in)-1]
	if blank < 0 || blank >= classes {
		panic(tensor.Errorf(op, "blank %d is not a symbol of log_probs %v", blank, in))
	}
	used := ctcLengths(op, "input_lengths", inputLengths, b.shape)
	counts := ctcLengths(op, "target_lengths", targetLengths, b.shape)
	rows := ctcRows(op, targets, n, counts)
	b.samples = make([]kernel.CTC, n)
	for i, row := range rows {
		if used[i] > int64(frames) {
			panic(tensor.Errorf(op, "%s = %d, but log_probs %v has %d frames", position("input_lengths", i, inputLengths.Shape()), used[i], in, frames))
		}
		for k, c := range row.labels {
			if c < 0 || c >= int64(classes) || c == b.blank {
				panic(tensor.Errorf(op, "%s = %d is the blank or no symbol of log_probs %v", position("targets", row.at+k, targets.Shape()), c, in))
			}
		}
		b.samples[i] = kernel.CTC{Frames: int(used[i]), Classes: classes, Stride: n * classes, Target: row.labels, Blank: b.blank}
	}
	return b
}

// ctcLengths returns a length for each sample, none negative.
func ctcLengths(op, name string, x *autograd.Variable, batch tensor.Shape) []int64 {
	if x.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "%s %v is %v, not int64", name, x.Shape(), x.DType()))
	}
	if single := len(batch) == 0 && x.Shape().Equal(tensor.Shape{1}); !single && !x.Shape().Equal(batch) {
		panic(tensor.Errorf(op, "%s %v does not fit the batch: want %v", name, x.Shape(), batch))
	}
	lengths := tensor.Data[int64](x.Value())
	for i, v := range lengths {
		if v < 0 {
			panic(tensor.Errorf(op, "%s = %d is negative", position(name, i, x.Shape()), v))
		}
	}
	return lengths
}

// ctcRow is one sample's labels and where they begin in the targets.
type ctcRow struct {
	labels []int64
	at     int
}

func ctcRows(op string, targets *autograd.Variable, n int, counts []int64) []ctcRow {
	shape := targets.Shape()
	if targets.DType() != tensor.Int64 {
		panic(tensor.Errorf(op, "targets %v is %v, not int64 labels", shape, targets.DType()))
	}
	data, rows, at := tensor.Data[int64](targets.Value()), make([]ctcRow, n), 0
	switch {
	case len(shape) == 2 && shape[0] == n:
		for i, c := range counts {
			if c > int64(shape[1]) {
				panic(tensor.Errorf(op, "target_lengths[%d] = %d, but targets %v has rows of %d", i, c, shape, shape[1]))
			}
			rows[i] = ctcRow{data[i*shape[1]:][:c], i * shape[1]}
		}
	case len(shape) == 1:
		for i, c := range counts {
			if c > int64(len(data)-at) {
				panic(tensor.Errorf(op, "target_lengths[%d] = %d, but only %d of targets %v are left", i, c, len(data)-at, shape))
			}
			rows[i] = ctcRow{data[at:][:c], at}
			at += int(c)
		}
		if at != len(data) {
			panic(tensor.Errorf(op, "targets %v, but target_lengths add up to %d", shape, at))
		}
	default:
		panic(tensor.Errorf(op, "targets %v is neither [%d S] nor concatenated in one axis", shape, n))
	}
	return rows
}
