// Package nn has modules, the layers of neural networks, and what is done with
// their parameters.
//
// # Building a network
//
// A Sequential chains modules:
//
//	rng := rand.New(rand.NewPCG(seed, 0))
//	net := nn.Sequential{
//		nn.NewLinear(64, 32, rng),
//		nn.NewReLU(),
//		nn.NewLinear(32, 10, rng),
//	}
//	fmt.Print(nn.Summary(net, 1, 64))
//
// Anything else is a struct of one's own with a Forward method:
//
//	type MLP struct{ FC1, FC2 *nn.Linear }
//
//	func (m *MLP) Forward(x *autograd.Variable) *autograd.Variable {
//		return m.FC2.Forward(m.FC1.Forward(x).ReLU())
//	}
//
// NewX sets PyTorch's defaults; change the exported fields afterwards.
// Whatever is random takes its source as an argument, so equal seeds give equal
// networks.
//
// FromConfig builds the same from JSON, by PyTorch's names of classes and
// arguments, and New a single layer.
//
// # Parameters
//
// There is nothing to register. Parameters finds every *autograd.Variable in
// exported fields, at any depth; a *tensor.Tensor there is a buffer, see
// Buffers. Names are PyTorch's, "0.weight" and "fc1.bias", and a tag
// `nn:"name"` changes one, `nn:"-"` hides a field. A parameter in an unexported
// field would silently never learn, so finding one panics. Functions cannot be
// looked into: see Func.
//
// # Training and evaluation
//
// Train and Eval switch what behaves differently, such as Dropout, and a module
// that embeds Mode is switched along. Eval does not stop recording; that is
// what an untracked input is for:
//
//	nn.Eval(net)
//	y := net.Forward(autograd.Untracked(x))
//
// # Saving and loading
//
// StateDict gives all parameters and buffers as []tensor.Named, which packages
// for files take, and LoadStateDict copies such a list into a model, all or
// nothing. LoadMatching takes what it can.
//
// # Changing a model
//
// To converts it to another float type, Freeze and Unfreeze choose what learns,
// Trainable lists what does, for an optimizer, and the initialisers from Uniform
// to KaimingNormal fill tensors in place:
//
//	nn.KaimingNormal(l.Weight.Value(), 0, nn.FanIn, "relu", rng)
//
// # Looking into a model
//
// Summary lists shapes, parameters and multiply-adds. Hooked wraps a module so that
// functions see, and may replace, what goes in and comes out, forward and backward.
// WeightNorm and SpectralNorm wrap a layer so that its weight is computed anew in
// every Forward.
//
// # Goroutines
//
// Many goroutines may call Forward of one model and look at its parameters
// while nobody changes it. What changes it says so: optimizers, LoadStateDict,
// To, Freeze and the initialisers need it for themselves.
//
// # Errors
//
// Misuse panics with a *tensor.Error, which autograd.Try turns into an error.
// A state dict that does not fit is an ordinary error, a *StateError.
package nn
