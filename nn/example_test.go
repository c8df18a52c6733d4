package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
)

// MLP is a network of one's own: a struct with a Forward.
type MLP struct {
	FC1, FC2 *nn.Linear
	Drop     *nn.Dropout
}

func NewMLP(in, hidden, out int, rng *rand.Rand) *MLP {
	return &MLP{nn.NewLinear(in, hidden, rng), nn.NewLinear(hidden, out, rng), nn.NewDropout(0.5, rng)}
}

func (m *MLP) Forward(x *autograd.Variable) *autograd.Variable {
	return m.FC2.Forward(m.Drop.Forward(m.FC1.Forward(x).ReLU()))
}

func ExampleModule() {
	net := NewMLP(4, 8, 3, rand.New(rand.NewPCG(1, 2)))
	y := net.Forward(autograd.Const(tensor.Ones(32, 4)))
	fmt.Println(y.Shape())
	for _, p := range nn.Parameters(net) {
		fmt.Println(p.Name, p.Shape())
	}
	// Output:
	// [32 3]
	// fc1.weight [8 4]
	// fc1.bias [8]
	// fc2.weight [3 8]
	// fc2.bias [3]
}

func ExampleSequential() {
	rng := rand.New(rand.NewPCG(1, 2))
	net := nn.Sequential{
		nn.NewFlatten(),
		nn.NewLinear(64, 32, rng),
		nn.NewReLU(),
		nn.NewDropout(0.2, rng),
		nn.NewLinear(32, 10, rng),
	}
	fmt.Print(nn.Summary(net, 16, 8, 8))
	// Output:
	// module   type        output   parameters  multiply-adds
	// (model)  Sequential  [16 10]  0           0
	// 0        Flatten     [16 64]  0           0
	// 1        Linear      [16 32]  2080        32768
	// 2        ReLU        [16 32]  0           0
	// 3        Dropout     [16 32]  0           0
	// 4        Linear      [16 10]  330         5120
	// total                         2410        37888
}

func ExampleSummary() {
	net := NewMLP(4, 8, 3, rand.New(rand.NewPCG(1, 2)))
	nn.Freeze(net.FC1)
	fmt.Print(nn.Summary(net, 32, 4))
	// Output:
	// module      type     output  parameters  multiply-adds
	// (model)     MLP      [32 3]  0           0
	// fc1         Linear   [32 8]  40          1024
	// fc2         Linear   [32 3]  27          768
	// drop        Dropout  [32 8]  0           0
	// total                        67          1792
	// not frozen                   27
}

func ExampleLinear() {
	l := nn.NewLinear(2, 3, rand.New(rand.NewPCG(1, 2)))
	l.Weight.Value().CopyFrom(tensor.FromSlice([][]float32{{1, 0}, {0, 1}, {1, 1}}))
	l.Bias = nil
	fmt.Println(l.Forward(autograd.Const(tensor.FromSlice([]float32{2, 5}))))
	// Output: [2. 5. 7.]
}

func ExampleFunc() {
	square := nn.Func((*autograd.Variable).Square)
	fmt.Println(square.Forward(autograd.Const(tensor.FromSlice([]float32{1, 2, 3}))))
	// Output: [1. 4. 9.]
}

func Example_activations() {
	x := autograd.Const(tensor.FromSlice([]float32{-2, 0, 2}))
	for _, m := range []nn.Module{nn.NewReLU(), nn.NewLeakyReLU(), nn.NewTanh(), nn.NewSigmoid(), nn.NewGELU(),
		&nn.GELU{Approximate: "tanh"}, nn.NewSoftmax(-1), nn.NewLogSoftmax(-1)} {
		fmt.Printf("%T %.4f\n", m, m.Forward(x).Value().Float64s())
	}
	// Output:
	// *nn.ReLU [0.0000 0.0000 2.0000]
	// *nn.LeakyReLU [-0.0200 0.0000 2.0000]
	// *nn.Tanh [-0.9640 0.0000 0.9640]
	// *nn.Sigmoid [0.1192 0.5000 0.8808]
	// *nn.GELU [-0.0455 0.0000 1.9545]
	// *nn.GELU [-0.0454 0.0000 1.9546]
	// *nn.Softmax [0.0159 0.1173 0.8668]
	// *nn.LogSoftmax [-4.1429 -2.1429 -0.1429]
}

func ExampleFlatten() {
	x := autograd.Const(tensor.Zeros(32, 3, 8, 8))
	fmt.Println(nn.NewFlatten().Forward(x).Shape(), (&nn.Flatten{StartDim: 1, EndDim: 2}).Forward(x).Shape())
	// Output: [32 192] [32 24 8]
}

func ExampleDropout() {
	drop := nn.NewDropout(0.5, rand.New(rand.NewPCG(1, 2)))
	x := autograd.Const(tensor.Ones(8))
	y := drop.Forward(x)
	fmt.Println(tensor.Max(y.Value()), tensor.Min(y.Value()))
	nn.Eval(drop)
	fmt.Println(drop.Forward(x))
	// Output:
	// 2. 0.
	// [1. 1. 1. 1. 1. 1. 1. 1.]
}

// Noise behaves differently in training: it embeds a Mode, and Train and Eval
// find it.
type Noise struct{ nn.Mode }

func (n *Noise) Forward(x *autograd.Variable) *autograd.Variable {
	if !n.Training() {
		return x
	}
	return x.AddScalar(0.5)
}

func ExampleMode() {
	net := nn.Sequential{&Noise{}}
	x := autograd.Untracked(tensor.Ones(2))
	fmt.Println(net.Forward(x))
	nn.Eval(net)
	fmt.Println(net.Forward(x))
	nn.Train(net)
	net[0].(nn.Switchable).SetTraining(false) // one module alone
	fmt.Println(net.Forward(x))
	// Output:
	// [1.5000 1.5000]
	// [1. 1.]
	// [1. 1.]
}

func ExampleModules() {
	rng := rand.New(rand.NewPCG(1, 2))
	net := nn.Sequential{NewMLP(2, 2, 2, rng), nn.NewTanh()}
	for name, m := range nn.Modules(net) {
		fmt.Printf("%q %T\n", name, m)
		if l, ok := m.(*nn.Linear); ok {
			nn.XavierUniform(l.Weight.Value(), nn.CalculateGain("tanh", 0), rng)
		}
	}
	// Output:
	// "" nn.Sequential
	// "0" *nn_test.MLP
	// "0.fc1" *nn.Linear
	// "0.fc2" *nn.Linear
	// "0.drop" *nn.Dropout
	// "1" *nn.Tanh
}

func ExampleBuffers() {
	m := struct {
		Scale *autograd.Variable
		Mean  *tensor.Tensor
	}{autograd.New(tensor.Ones(2)), tensor.Zeros(2)}
	fmt.Println(nn.Buffers(m))
	// Output: [mean float32 [2]]
}

func ExampleLoadStateDict() {
	rng := rand.New(rand.NewPCG(1, 2))
	a, b := nn.NewLinear(2, 1, rng), nn.NewLinear(2, 1, rng)
	fmt.Println(nn.LoadStateDict(b, nn.StateDict(a)), tensor.Equal(a.Weight.Value(), b.Weight.Value()))
	fmt.Println(nn.LoadStateDict(b, []tensor.Named{
		{Name: "weight", Tensor: tensor.Zeros(1, 3)}, {Name: "scale", Tensor: tensor.Zeros(1)}}))
	missing, unexpected, err := nn.LoadMatching(b, []tensor.Named{
		{Name: "weight", Tensor: tensor.Zeros(1, 2)}, {Name: "scale", Tensor: tensor.Zeros(1)}})
	fmt.Println(missing, unexpected, err)
	// Output:
	// <nil> true
	// nn.LoadStateDict: missing: bias; unexpected: scale; weight is float32 [1 2] in the model, float32 [1 3] in the state dict
	// [bias] [scale] <nil>
}

func ExampleTo() {
	net := NewMLP(4, 8, 3, rand.New(rand.NewPCG(1, 2)))
	nn.To(net, tensor.Float64)
	fmt.Println(net.Forward(autograd.Const(tensor.Float64.Ones(1, 4))).DType())
	// Output: float64
}

func ExampleFreeze() {
	net := NewMLP(4, 8, 3, rand.New(rand.NewPCG(1, 2)))
	nn.Freeze(net)
	nn.Unfreeze(net.FC2)
	net.Forward(autograd.Const(tensor.Ones(1, 4))).Sum().Backward()
	for _, p := range nn.Parameters(net) {
		fmt.Println(p.Name, p.Grad() != nil)
	}
	// Output:
	// fc1.weight false
	// fc1.bias false
	// fc2.weight true
	// fc2.bias true
}

func ExampleTrainable() {
	net := NewMLP(4, 8, 3, rand.New(rand.NewPCG(1, 2)))
	nn.Freeze(net.FC1)
	opt := optim.NewAdam(nn.Trainable(net)) // fc1 stays as it is
	for _, p := range nn.Trainable(net) {
		fmt.Println(p.Name)
	}
	fmt.Println(len(opt.Rates()), "group")
	// Output:
	// fc2.weight
	// fc2.bias
	// 1 group
}

func Example_initialisers() {
	rng := rand.New(rand.NewPCG(1, 2))
	w := tensor.Zeros(64, 16, 3, 3) // a convolution: out, in, kernel
	in, out := nn.Fans(w.Shape())
	fmt.Println(in, out)
	nn.KaimingUniform(w, 0, nn.FanIn, "relu", rng)
	nn.KaimingNormal(w, 0.01, nn.FanOut, "leaky_relu", rng)
	nn.XavierUniform(w, 1, rng)
	nn.XavierNormal(w, nn.CalculateGain("tanh", 0), rng)
	nn.Normal(w, 0, 0.02, rng)
	nn.Uniform(w, -1, 1, rng)
	fmt.Println(nn.Constant(tensor.Zeros(2), 0.5))
	// Output:
	// 144 576
	// [0.5000 0.5000]
}
