package nn

import (
	"iter"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// UpdateBatchNorm computes the running averages of every batch normalisation
// within m anew, as the averages of what they are in the given inputs. Averaged
// or loaded parameters need it, since running averages belong to the parameters
// that made them.
//
// The whole model is in training meanwhile; then every module is back in its own
// mode and every Momentum what it was, also after a panic. Nothing is recorded
// and no parameter changes. A model without running averages is left alone and
// no input is asked for.
//
// Call it while nobody else uses the model. It panics when there are no inputs,
// and then leaves the running averages as they were, or when Forward panics, or
// like Parameters.
//
// Source: torch.optim.swa_utils.update_bn of PyTorch 1.13.
func UpdateBatchNorm(m Module, inputs iter.Seq[*autograd.Variable]) {
	const op = "nn.UpdateBatchNorm"
	norms := batchNorms(op, m)
	if len(norms) == 0 {
		return
	}
	for _, l := range norms {
		defer func(momentum *float64) { l.Momentum = momentum }(l.Momentum)
		l.Momentum = nil
	}
	for _, s := range switchables(op, m) {
		defer s.SetTraining(s.Training())
	}
	Train(m)
	fresh := true
	for x := range inputs {
		if fresh {
			fresh = false
			for _, l := range norms {
				l.forget()
			}
		}
		m.Forward(autograd.Untracked(x.Value()))
	}
	if fresh {
		panic(tensor.Errorf(op, "there are no inputs"))
	}
}

// batchNormaliser is a layer whose running averages are of batches.
type batchNormaliser interface{ batchNorm() *ChannelNorm }

func (l *BatchNorm1d) batchNorm() *ChannelNorm { return &l.ChannelNorm }
func (l *BatchNorm2d) batchNorm() *ChannelNorm { return &l.ChannelNorm }

// batchNorms returns each that has running averages, once.
func batchNorms(op string, m any) []*ChannelNorm {
	var found []*ChannelNorm
	seen := map[*ChannelNorm]bool{}
	walk(op, m, visitor{value: func(_ string, v any) {
		if n, ok := v.(batchNormaliser); ok {
			if l := n.batchNorm(); l.RunningMean != nil && !seen[l] {
				seen[l] = true
				found = append(found, l)
			}
		}
	}})
	return found
}

// forget begins the running averages again, in the tensors that hold them.
func (l *ChannelNorm) forget() {
	for i, t := range [...]*tensor.Tensor{l.RunningMean, l.RunningVar, l.NumBatchesTracked} {
		t.CopyFrom(t.DType().Full([...]float64{0, 1, 0}[i], t.Shape()...))
	}
}
