package nn

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// GroupNorm normalises, for each of the N inputs of [N C …], NumGroups groups of
// channels: (x − mean)/√(variance + Eps), then ·Weight + Bias for each channel.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.GroupNorm.html,
// https://arxiv.org/abs/1803.08494
type GroupNorm struct {
	NumGroups   int                `json:"num_groups"`
	NumChannels int                `json:"num_channels"`
	Eps         float64            `json:"eps"` // 1e-5 by default
	Weight      *autograd.Variable `json:"-"`   // [channels]; nil for 1
	Bias        *autograd.Variable `json:"-"`   // [channels]; nil for 0
}

// NewGroupNorm returns a float32 GroupNorm of weights 1 and biases 0. For one
// that learns nothing, affine=False in PyTorch, set both to nil. It panics when
// a number is less than 1 or the groups are not of equal size.
func NewGroupNorm(groups, channels int) *GroupNorm {
	const op = "nn.NewGroupNorm"
	checkLengths(op, []int{groups, channels})
	checkEqualGroups(op, groups, channels)
	return &GroupNorm{groups, channels, 1e-5, autograd.New(tensor.Ones(channels)), autograd.New(tensor.Zeros(channels))}
}

func checkEqualGroups(op string, groups, channels int) {
	if groups < 1 || channels%groups != 0 {
		panic(tensor.Errorf(op, "%d channels do not make %d groups", channels, groups))
	}
}

// Forward returns x normalised. It panics when x has other channels, the types
// differ, or the groups are not of equal size.
func (l *GroupNorm) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	const op = "nn.GroupNorm"
	if x.Dims() < 2 || x.Shape()[1] != l.NumChannels {
		panic(tensor.Errorf(op, "input %v is not [N C …] of %d channels", x.Shape(), l.NumChannels))
	}
	checkEqualGroups(op, l.NumGroups, l.NumChannels)
	checkAffine(op, x, l.Weight, l.Bias, l.NumChannels)
	inner := x.Shape()[2:].Size()
	return (&rowNorm{op: "GroupNorm", n: l.NumChannels / l.NumGroups * inner, inner: inner, groups: l.NumGroups,
		eps: l.Eps, weight: l.Weight, bias: l.Bias}).forward(x)
}

// InstanceNorm1d normalises each channel of each input of [N C L], or [C L], over
// its L values.
//
// Like PyTorch's it neither learns nor keeps running averages unless told to:
// give it a Weight and a Bias, affine=True in PyTorch, or call
// TrackRunningStats. With running averages it takes those in evaluation.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.InstanceNorm1d.html,
// https://arxiv.org/abs/1607.08022
type InstanceNorm1d struct{ ChannelNorm }

// NewInstanceNorm1d returns a float32 InstanceNorm1d. It panics when there are
// no channels.
func NewInstanceNorm1d(channels int) *InstanceNorm1d {
	l := &InstanceNorm1d{}
	l.set("nn.NewInstanceNorm1d", channels, false, false)
	return l
}

// Forward returns x normalised. It panics when x has other axes or channels, the
// types differ, a channel's own mean is of one value, or Momentum is nil.
func (l *InstanceNorm1d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return l.instance("InstanceNorm1d", x, 3)
}

// InstanceNorm2d is InstanceNorm1d for images [N C H W], or [C H W].
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.InstanceNorm2d.html
type InstanceNorm2d struct{ ChannelNorm }

// NewInstanceNorm2d returns a float32 InstanceNorm2d. It panics when there are
// no channels.
func NewInstanceNorm2d(channels int) *InstanceNorm2d {
	l := &InstanceNorm2d{}
	l.set("nn.NewInstanceNorm2d", channels, false, false)
	return l
}

// Forward returns x normalised. It panics like that of InstanceNorm1d.
func (l *InstanceNorm2d) Forward(x *autograd.Variable) (y *autograd.Variable) {
	defer enter(l, x).leave(&y)
	return l.instance("InstanceNorm2d", x, 4)
}

func (l *ChannelNorm) instance(name string, x *autograd.Variable, axes int) *autograd.Variable {
	op := "nn." + name
	if x.Dims() == axes-1 {
		y := l.instance(name, x.Unsqueeze(0), axes)
		return y.Reshape(x.Shape()...)
	}
	l.check(op, x, axes)
	if !l.ownStatistics() {
		return l.normalised(name, x)
	}
	n := x.Shape()[2:].Size()
	if n < 2 {
		panic(tensor.Errorf(op, "input %v has no more than one value for each channel: there is no variance", x.Shape()))
	}
	if l.Momentum == nil {
		panic(tensor.Errorf(op, "Momentum is nil, but no batches are counted to average"))
	}
	l.updateByInstances(x, n)
	return (&rowNorm{op: name, n: n, inner: n, groups: l.NumFeatures, eps: l.Eps, weight: l.Weight, bias: l.Bias}).forward(x)
}

// updateByInstances gives the running averages the averages over the batch.
// Like PyTorch's it counts no batches, so Momentum must be there.
func (l *ChannelNorm) updateByInstances(x *autograd.Variable, n int) {
	if !l.Training() || l.RunningMean == nil || x.Shape()[0] == 0 {
		return
	}
	rows := tensor.Reshape(x.Value(), x.Shape()[0], l.NumFeatures, n)
	average := func(t *tensor.Tensor) []float64 { return tensor.Mean(t.To(tensor.Float64), 0).Float64s() }
	l.update(false, average(tensor.Mean(rows, -1)), average(tensor.Var(rows, 1, -1)))
}

func init() {
	register(func(o *options) *GroupNorm {
		var groups, channels int
		o.length("num_groups", 1, &groups)
		o.length("num_channels", 1, &channels)
		if o.err == nil && channels%groups != 0 {
			o.refuse("num_groups", "does not divide num_channels, %d", channels)
		}
		l := NewGroupNorm(groups, channels)
		o.take("eps", &l.Eps)
		o.affine("affine", &l.Weight, &l.Bias)
		return l
	})
	register(func(o *options) *InstanceNorm1d {
		l := NewInstanceNorm1d(o.features())
		l.options(o)
		return l
	})
	register(func(o *options) *InstanceNorm2d {
		l := NewInstanceNorm2d(o.features())
		l.options(o)
		return l
	})
}

var _ = []Module{&LayerNorm{}, &RMSNorm{}, &GroupNorm{}, &BatchNorm1d{}, &BatchNorm2d{}, &InstanceNorm1d{}, &InstanceNorm2d{}}
