package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// BatchNorm1d normalises each channel of [N C] or [N C L] over all else, in
// training by mean and variance of the batch, in evaluation by the running
// averages of those.
//
// Without Weight and Bias it learns nothing, affine=False in PyTorch; without
// running averages, track_running_stats=False, it always takes the batch's own.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.BatchNorm1d.html,
// https://arxiv.org/abs/1502.03167
type BatchNorm1d struct{ ChannelNorm }

// NewBatchNorm1d returns a float32 BatchNorm1d of weights 1 and biases 0. It
// panics when there are no channels.
func NewBatchNorm1d(channels int) *BatchNorm1d {
	l := &BatchNorm1d{}
	l.set("nn.NewBatchNorm1d", channels, true, true)
	return l
}

// Forward returns x normalised. It panics when x has other axes or channels, the
// types differ, or the batch's own mean is of one value.
func (l *BatchNorm1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	l.check("nn.BatchNorm1d", x, 2, 3)
	return l.batch("BatchNorm1d", x)
}

// BatchNorm2d is BatchNorm1d for images [N C H W].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.BatchNorm2d.html
type BatchNorm2d struct{ ChannelNorm }

// NewBatchNorm2d returns a float32 BatchNorm2d of weights 1 and biases 0. It
// panics when there are no channels.
func NewBatchNorm2d(channels int) *BatchNorm2d {
	l := &BatchNorm2d{}
	l.set("nn.NewBatchNorm2d", channels, true, true)
	return l
}

// Forward returns x normalised. It panics like that of BatchNorm1d.
func (l *BatchNorm2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	l.check("nn.BatchNorm2d", x, 4)
	return l.batch("BatchNorm2d", x)
}

func (l *ChannelNorm) batch(op string, x *autograd.Variable) *autograd.Variable {
	if l.ownStatistics() && x.Size() < 2*l.NumFeatures {
		panic(tensor.Errorf("nn."+op, "input %v has no more than one value for each channel: there is no variance", x.Shape()))
	}
	return l.normalised(op, x)
}

func init() {
	register(func(o *options) *BatchNorm1d {
		l := NewBatchNorm1d(o.features())
		l.options(o)
		return l
	})
	register(func(o *options) *BatchNorm2d {
		l := NewBatchNorm2d(o.features())
		l.options(o)
		return l
	})
}
