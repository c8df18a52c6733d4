package nn

import (
	"slices"
	"sync"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

// ChannelNorm is what BatchNorm1d, BatchNorm2d, InstanceNorm1d and
// InstanceNorm2d have in common: (x − mean)/√(variance + Eps)·Weight + Bias for
// each channel, and running averages of mean and variance.
type ChannelNorm struct {
	Mode
	NumFeatures int     `json:"num_features"` // channels
	Eps         float64 `json:"eps"`          // 1e-5 by default
	// Momentum is the share of the newest value in a running average, 0.1 by
	// default; nil makes it the average of all values so far.
	Momentum *float64 `json:"momentum"`

	Weight *autograd.Variable `json:"-"` // [channels]; nil for 1
	Bias   *autograd.Variable `json:"-"` // [channels]; nil for 0

	RunningMean       *tensor.Tensor `json:"-"` // [channels]; nil for no running averages
	RunningVar        *tensor.Tensor `json:"-"` // [channels], of samples, with n − 1
	NumBatchesTracked *tensor.Tensor `json:"-"` // int64 []

	mu sync.Mutex // guards the running averages
}

// set gives l its defaults.
func (l *ChannelNorm) set(op string, channels int, affine, track bool) {
	checkLengths(op, []int{channels})
	momentum := 0.1
	l.NumFeatures, l.Eps, l.Momentum = channels, 1e-5, &momentum
	if affine {
		l.Weight, l.Bias = autograd.New(tensor.Ones(channels)), autograd.New(tensor.Zeros(channels))
	}
	if track {
		l.TrackRunningStats()
	}
}

// TrackRunningStats begins running averages at mean 0 and variance 1, in the
// type of Weight if there is one.
func (l *ChannelNorm) TrackRunningStats() {
	d := tensor.Float32
	if l.Weight != nil {
		d = l.Weight.DType()
	}
	l.RunningMean, l.RunningVar = d.Zeros(l.NumFeatures), d.Ones(l.NumFeatures)
	l.NumBatchesTracked = tensor.Int64.Zeros()
}

// check panics unless x is [N channels …] of one of the given numbers of axes.
func (l *ChannelNorm) check(op string, x *autograd.Variable, axes ...int) {
	if !slices.Contains(axes, x.Dims()) {
		panic(tensor.Errorf(op, "input %v has %d axes, not %v", x.Shape(), x.Dims(), axes))
	}
	if x.Shape()[1] != l.NumFeatures {
		panic(tensor.Errorf(op, "axis 1 of input %v is not of %d channels", x.Shape(), l.NumFeatures))
	}
	checkAffine(op, x, l.Weight, l.Bias, l.NumFeatures)
	if (l.RunningMean == nil) != (l.RunningVar == nil) || l.RunningMean != nil && l.NumBatchesTracked == nil {
		panic(tensor.Errorf(op, "RunningMean, RunningVar and NumBatchesTracked belong together: set all or none"))
	}
	for i, t := range [...]*tensor.Tensor{l.RunningMean, l.RunningVar} {
		if t != nil && (t.DType() != x.DType() || !t.Shape().Equal(tensor.Shape{l.NumFeatures})) {
			panic(tensor.Errorf(op, "%s is %v %v, not %v [%d]", [...]string{"running_mean", "running_var"}[i],
				t.DType(), t.Shape(), x.DType(), l.NumFeatures))
		}
	}
}

// ownStatistics reports whether x is normalised by its own mean and variance.
func (l *ChannelNorm) ownStatistics() bool { return l.Training() || l.RunningMean == nil }

// update adds mean and variance, that of samples, to the running averages. It
// counts batches where counted.
func (l *ChannelNorm) update(counted bool, mean, variance []float64) {
	if !l.Training() || l.RunningMean == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	share := 0.0
	if counted {
		batches := l.NumBatchesTracked.Item() + 1
		l.NumBatchesTracked.Set(batches)
		share = 1 / batches
	}
	if l.Momentum != nil {
		share = *l.Momentum
	}
	for i, t := range [...]*tensor.Tensor{l.RunningMean, l.RunningVar} {
		newest := [...][]float64{mean, variance}[i]
		if t.DType() == tensor.Float32 {
			blend(tensor.Data[float32](t), newest, share)
		} else {
			blend(tensor.Data[float64](t), newest, share)
		}
	}
}

// blend sets dst = (1 − share)·dst + share·x.
func blend[T kernel.Float](dst []T, x []float64, share float64) {
	for i, v := range x {
		dst[i] = T((1-share)*float64(dst[i]) + share*v)
	}
}

// normalised records x over its channels' own statistics, which update takes, or
// over the running ones.
func (l *ChannelNorm) normalised(op string, x *autograd.Variable) *autograd.Variable {
	if x.Size() == 0 {
		return nothing(x, l.Weight, l.Bias)
	}
	if x.DType() == tensor.Float32 {
		return fusedChannels[float32](l, op, x)
	}
	return fusedChannels[float64](l, op, x)
}

func fusedChannels[T kernel.Float](l *ChannelNorm, op string, x *autograd.Variable) *autograd.Variable {
	shape, own := x.Shape(), l.ownStatistics()
	k := &kernel.ChannelNorm[T]{Channels: l.NumFeatures, Inner: shape[2:].Size(),
		Weight: dataOf[T](l.Weight), Bias: dataOf[T](l.Bias), Fixed: !own}
	y, in := x.DType().Empty(shape...), tensor.Data[T](x.Value())
	var mean, variance []float64
	if own {
		variance = k.Moments(in)
		mean = k.Mean
	} else {
		mean, variance = l.RunningMean.Float64s(), l.RunningVar.Float64s()
		k.Mean = mean
	}
	k.Invert(variance, l.Eps)
	k.Forward(tensor.Data[T](y), in)
	if own {
		n := float64(x.Size() / l.NumFeatures)
		l.update(true, mean, scaled(variance, n/(n-1)))
	}
	inputs, weight, bias, eps := present(x, l.Weight, l.Bias), l.Weight != nil, l.Bias != nil, l.Eps
	backward := func(g *tensor.Tensor, needed []bool) []*tensor.Tensor {
		out := emptyLike(inputs, needed)
		dx, dw, db := gradientsOf[T](out, weight, bias)
		k.Backward(dx, dw, db, tensor.Data[T](g), in)
		return out
	}
	definition := func(in []*autograd.Variable) *autograd.Variable {
		x, weight, bias := unpack(in, weight, bias)
		each := channelShape(x)
		if own {
			x = standardised(x, eps, allBut(x.Dims(), 1)...)
		} else {
			constant := func(v []float64) *autograd.Variable {
				return autograd.Const(tensor.New(v, each...).To(x.DType()))
			}
			x = x.Sub(constant(mean)).Mul(constant(k.Rstd))
		}
		return affine(x, weight, bias, each...)
	}
	return autograd.Fused(op, y, definition, backward, inputs...)
}

func scaled(x []float64, s float64) []float64 {
	y := make([]float64, len(x))
	kernel.Scale(y, x, s)
	return y
}

// channelShape returns [channels 1 …], as many axes as x has after the first.
func channelShape(x *autograd.Variable) []int {
	shape := []int{x.Shape()[1]}
	for range x.Dims() - 2 {
		shape = append(shape, 1)
	}
	return shape
}

// allBut returns the axes of n but one.
func allBut(n, axis int) (axes []int) {
	for a := range n {
		if a != axis {
			axes = append(axes, a)
		}
	}
	return axes
}

// features reads the number of channels.
func (o *options) features() (n int) {
	o.length("num_features", 1, &n)
	return n
}

// options reads what the constructors do not take, with their defaults.
func (l *ChannelNorm) options(o *options) {
	o.take("eps", &l.Eps)
	o.take("momentum", &l.Momentum)
	switch affine := o.flag("affine", l.Weight != nil); {
	case !affine:
		l.Weight, l.Bias = nil, nil
	case l.Weight == nil:
		l.Weight, l.Bias = autograd.New(tensor.Ones(l.NumFeatures)), autograd.New(tensor.Zeros(l.NumFeatures))
	}
	switch track := o.flag("track_running_stats", l.RunningMean != nil); {
	case !track:
		l.RunningMean, l.RunningVar, l.NumBatchesTracked = nil, nil, nil
	case l.RunningMean == nil:
		l.TrackRunningStats()
	}
}
