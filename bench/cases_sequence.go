package main

import (
	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
)

// sequenceCases are training steps of models of sequences, which lie step after
// step, as PyTorch has them by default.
func sequenceCases() []benchCase {
	return []benchCase{
		{name: "lstm", what: "LSTM, 2 layers of 128, 50 steps of 128 features, batch 32, linear 10 on the last step, cross entropy, Adam",
			target: 1, setup: lstmStep},
		{name: "transformer", what: "Transformer encoder, 2 layers of 128 features, 4 heads, 512 between, 64 tokens, batch 16, linear 10 on their mean, " +
			"cross entropy, Adam", target: 1, setup: transformerStep},
	}
}

// A reader makes a prediction of what its body makes of a sequence.
type reader struct {
	Body nn.Module
	Join func(x *autograd.Variable) *autograd.Variable // of all steps
	Head *nn.Linear
}

func (m *reader) Forward(x *autograd.Variable) *autograd.Variable {
	return m.Head.Forward(m.Join(m.Body.Forward(x)))
}

func lstmStep() step {
	const steps, batch, features, hidden = 50, 32, 128, 128
	body := &nn.LSTM{}
	body.NumLayers = 2
	for i, suffix := range []string{"_l0", "_l1"} {
		seed := uint64(4 * i)
		body.Weights = append(body.Weights, &nn.RecurrentWeights{Suffix: suffix,
			WeightIH: parameter(seed+1, hidden, 4*hidden, features), WeightHH: parameter(seed+2, hidden, 4*hidden, hidden),
			BiasIH: parameter(seed+3, hidden, 4*hidden), BiasHH: parameter(seed+4, hidden, 4*hidden)})
	}
	last := func(x *autograd.Variable) *autograd.Variable { return x.Slice(0, steps-1, steps).Squeeze(0) }
	model := &reader{body, last, linear(9, hidden, 10)}
	return train(model, optim.NewAdam(nn.Parameters(model)), loss.NewCrossEntropyLoss(),
		autograd.Const(normal(11, steps, batch, features)), autograd.Const(integers(12, 10, batch)))
}

func transformerStep() step {
	const tokens, batch, features = 64, 16, 128
	body := nn.NewTransformerEncoder(encoderLayer(1), encoderLayer(11))
	mean := func(x *autograd.Variable) *autograd.Variable { return x.Mean(0) }
	model := &reader{body, mean, linear(21, features, 10)}
	return train(model, optim.NewAdam(nn.Parameters(model)), loss.NewCrossEntropyLoss(),
		autograd.Const(normal(23, tokens, batch, features)), autograd.Const(integers(24, 10, batch)))
}

// encoderLayer is a layer without dropout, with parameters of eight seeds.
func encoderLayer(seed uint64) *nn.TransformerEncoderLayer {
	const features, heads, between = 128, 4, 512
	attention := &nn.MultiheadAttention{NumHeads: heads, InProjWeight: parameter(seed, features, 3*features, features),
		InProjBias: parameter(seed+1, features, 3*features), OutProj: linear(seed+2, features, features)}
	return &nn.TransformerEncoderLayer{SelfAttn: attention, Linear1: linear(seed+4, features, between),
		Linear2: linear(seed+6, between, features), Norm1: nn.NewLayerNorm(features), Norm2: nn.NewLayerNorm(features), Activation: "relu"}
}
