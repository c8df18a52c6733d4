package main

import (
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/train"
)

// task is what a loss asks of the data and of the model.
type task struct {
	// numbers: the loss is for targets that are numbers. Classes are then told
	// by numbers too, 1 for the class and 0 for the others.
	numbers bool
	// counts: the numbers mean something as they are, so they are not scaled.
	counts bool
	// last follows the last linear layer; nil for nothing.
	last nn.Module
	// encode turns classes into what the loss takes; nil leaves them alone.
	encode func(classes *tensor.Tensor, outputs int) *tensor.Tensor
	// single: one output is enough for two classes, and class 1 is told above
	// threshold.
	single    bool
	threshold float64
}

// tasks has the losses that take one output and one target. Others, which take
// pairs, sequences or variances, need a program of their own.
var tasks = map[string]task{
	"CrossEntropyLoss":         {},
	"NLLLoss":                  {last: nn.Func(func(x *autograd.Variable) *autograd.Variable { return x.LogSoftmax(1) })},
	"MultiMarginLoss":          {},
	"BCEWithLogitsLoss":        {encode: indicators, single: true},
	"BCELoss":                  {encode: indicators, single: true, threshold: 0.5, last: nn.Func((*autograd.Variable).Sigmoid)},
	"SoftMarginLoss":           {encode: signs, single: true},
	"MultiLabelSoftMarginLoss": {encode: indicators},
	"MSELoss":                  {encode: indicators, numbers: true},
	"L1Loss":                   {encode: indicators, numbers: true},
	"SmoothL1Loss":             {encode: indicators, numbers: true},
	"HuberLoss":                {encode: indicators, numbers: true},
	"PoissonNLLLoss":           {encode: indicators, numbers: true, counts: true},
}

// criterion is a loss fed as its task wants it.
type criterion struct {
	loss.Criterion
	task    task
	outputs int
}

// Forward returns the loss of outputs y and the targets as they are in the data.
func (c criterion) Forward(y, target *autograd.Variable) *autograd.Variable {
	return c.Criterion.Forward(y, autograd.Const(c.task.targets(target.Value(), c.outputs)))
}

// newLossTask returns the loss that the flags name, and its task.
func newLossTask(name, options string) (loss.Criterion, task, error) {
	l, err := loss.New(name, []byte(options))
	if err != nil {
		return nil, task{}, usageError{err}
	}
	t, ok := tasks[name]
	switch {
	case len(l.Parameters) > 0:
		return nil, task{}, usage("--loss %s has parameters of its own beside the model's; it needs a program of its own", name)
	case !ok:
		return nil, task{}, usage("--loss %s takes %s, which are more than a model's outputs and a column of targets; "+
			"it needs a program of its own", name, strings.Join(l.Inputs, ", "))
	}
	return l, t, nil
}

// outputs returns how many outputs the model has.
func (t task) outputs(s *samples) int {
	switch n := len(s.classes); {
	case n == 0, n == 2 && t.single:
		return 1
	default:
		return n
	}
}

// targets returns what the loss takes for the targets y of a batch.
func (t task) targets(y *tensor.Tensor, outputs int) *tensor.Tensor {
	switch {
	case y.DType() != tensor.Int64:
		return tensor.Reshape(y, -1, 1) // as the outputs are shaped
	case t.encode != nil:
		return t.encode(y, outputs)
	}
	return y
}

// metrics returns what is measured beside the loss.
func (t task) metrics(s *samples) []train.Metric {
	if s.classes != nil {
		return []train.Metric{&train.Accuracy{Threshold: t.threshold}}
	}
	rmse := &train.RMSE{}
	if s.targets != nil {
		rmse.Scale = s.targets.Scale[0]
	}
	return []train.Metric{&train.R2{}, rmse}
}

// indicators returns 1 for the class and 0 for the others, or, where there is
// but one output, the class 0 or 1 itself.
func indicators(classes *tensor.Tensor, outputs int) *tensor.Tensor {
	column := tensor.Reshape(classes, -1, 1)
	if outputs == 1 {
		return column.To(tensor.Float32)
	}
	n := column.Size()
	return tensor.ScatterAdd(tensor.Zeros(n, outputs), 1, column, tensor.Ones(n, 1))
}

// signs returns 1 for the class and −1 for the others.
func signs(classes *tensor.Tensor, outputs int) *tensor.Tensor {
	return tensor.AddScalar(tensor.MulScalar(indicators(classes, outputs), 2), -1)
}
