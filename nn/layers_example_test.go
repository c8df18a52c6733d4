package nn_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func ExampleEmbedding() {
	l := nn.NewPaddedEmbedding(10, 4, 0, rand.New(rand.NewPCG(1, 2)))
	words := autograd.Const(tensor.New([]int64{5, 2, 0, 7, 0, 0}, 2, 3)) // 0 fills the sentences up
	y := l.Forward(words)
	y.Sum().Backward()
	fmt.Println(y.Shape(), l.Weight.Grad().Value().At(0, 0), l.Weight.Grad().Value().At(5, 0))
	limit := 1.0
	free := nn.NewEmbedding(10, 4, rand.New(rand.NewPCG(1, 2)))
	free.MaxNorm = &limit // rows are scaled down to it as they are used
	fmt.Println(tensor.Max(tensor.Norm(free.Forward(words).Value(), 2, -1)).Item() <= 1)
	// Output:
	// [2 3 4] 0 1
	// true
}

func ExampleEmbeddingBag() {
	l := nn.NewEmbeddingBag(3, 2, rand.New(rand.NewPCG(1, 2)))
	l.Weight.SetValue(tensor.FromSlice([][]float32{{1, 10}, {2, 20}, {3, 30}}))
	fmt.Println(l.Forward(autograd.Const(tensor.New([]int64{0, 1, 2, 2}, 2, 2))))
	l.Mode = "sum"
	index, offsets := tensor.New([]int64{0, 1, 2, 2}), tensor.New([]int64{0, 3}) // bags of three and of one
	fmt.Println(l.Bags(index, offsets, autograd.Const(tensor.FromSlice([]float32{1, 1, 1, 0.5}))))
	// Output:
	// [[ 1.5000 15.0000]
	//  [ 3.0000 30.0000]]
	// [[ 6.0000 60.0000]
	//  [ 1.5000 15.0000]]
}

func ExampleBilinear() {
	l := nn.NewBilinear(2, 3, 1, rand.New(rand.NewPCG(1, 2)))
	nn.Ones(l.Weight.Value())
	l.Bias = nil
	a, b := autograd.Const(tensor.Ones(5, 2)), autograd.Const(tensor.Full(2, 5, 3))
	fmt.Println(l.Forward(a, b).Reshape(5))
	// Output: [12. 12. 12. 12. 12.]
}

func ExampleCosineSimilarity() {
	a := autograd.Const(tensor.FromSlice([][]float32{{1, 0}, {1, 0}, {1, 0}}))
	b := autograd.Const(tensor.FromSlice([][]float32{{5, 0}, {0, 5}, {-3, 3}}))
	fmt.Println(nn.NewCosineSimilarity().Forward(a, b))
	// Output: [ 1.0000  0.0000 -0.7071]
}

func ExamplePairwiseDistance() {
	a := autograd.Const(tensor.FromSlice([][]float32{{0, 0}, {1, 1}}))
	b := autograd.Const(tensor.FromSlice([][]float32{{3, 4}, {1, 2}}))
	fmt.Println(nn.NewPairwiseDistance().Forward(a, b))
	// Output: [5.0000 1.0000]
}

func ExampleIdentity() {
	fmt.Println(nn.NewIdentity().Forward(autograd.Const(tensor.Arange(0, 3, 1))))
	// Output: [0. 1. 2.]
}

func ExampleUnflatten() {
	x := autograd.Const(tensor.Zeros(32, 192))
	fmt.Println(nn.NewUnflatten(1, 3, -1, 8).Forward(x).Shape())
	// Output: [32 3 8 8]
}

func ExamplePixelShuffle() {
	x := autograd.Const(tensor.Reshape(tensor.Arange(0, 8, 1), 4, 1, 2))
	y := nn.NewPixelShuffle(2).Forward(x)
	fmt.Println(y)
	fmt.Println(nn.NewPixelUnshuffle(2).Forward(y).Shape())
	// Output:
	// [[[0. 2. 1. 3.]
	//   [4. 6. 5. 7.]]]
	// [4 1 2]
}

func ExampleUpsample() {
	x := autograd.Const(tensor.Reshape(tensor.Arange(1, 3, 1), 1, 1, 2))
	fmt.Println(nn.NewUpsample(2).Forward(x))
	fmt.Println((&nn.Upsample{ScaleFactor: []float64{2}, Mode: "linear"}).Forward(x))
	fmt.Println((&nn.Upsample{Size: []int{4}, Mode: "linear", AlignCorners: true}).Forward(x))
	// Output:
	// [[[1. 1. 2. 2.]]]
	// [[[1.0000 1.2500 1.7500 2.0000]]]
	// [[[1.0000 1.3333 1.6667 2.0000]]]
}

// Whole channels are 0, the others are scaled up.
func ExampleDropout1d() {
	rng := rand.New(rand.NewPCG(1, 4))
	x := autograd.Const(tensor.Ones(3, 4))
	fmt.Println(nn.NewDropout1d(0.5, rng).Forward(x))
	images := autograd.Const(tensor.Ones(2, 3, 4, 4))
	fmt.Println(nn.NewDropout2d(0.5, rng).Forward(images).Shape())
	// Output:
	// [[0. 0. 0. 0.]
	//  [2. 2. 2. 2.]
	//  [2. 2. 2. 2.]]
	// [2 3 4 4]
}

func ExampleAlphaDropout() {
	rng := rand.New(rand.NewPCG(1, 2))
	net := nn.Sequential{nn.NewLinear(4, 8, rng), nn.NewSELU(), nn.NewAlphaDropout(0.1, rng)}
	fmt.Println(net.Forward(autograd.Const(tensor.Ones(2, 4))).Shape())
	// Output: [2 8]
}

func ExampleModuleDict() {
	rng := rand.New(rand.NewPCG(1, 2))
	m := struct {
		Layers nn.ModuleList
		Heads  nn.ModuleDict
	}{
		nn.ModuleList{nn.NewLinear(2, 3, rng), nn.NewLinear(3, 3, rng)},
		nn.ModuleDict{"slope": nn.NewLinear(3, 1, rng), "class": nn.NewLinear(3, 5, rng)},
	}
	for _, p := range nn.Parameters(m) {
		fmt.Println(p.Name, p.Shape())
	}
	// Output:
	// layers.0.weight [3 2]
	// layers.0.bias [3]
	// layers.1.weight [3 3]
	// layers.1.bias [3]
	// heads.class.weight [5 3]
	// heads.class.bias [5]
	// heads.slope.weight [1 3]
	// heads.slope.bias [1]
}

func ExampleOrthogonal() {
	rng := rand.New(rand.NewPCG(1, 2))
	q := nn.Orthogonal(tensor.Float64.Zeros(3, 3), 1, rng)
	fmt.Println(tensor.AllClose(tensor.Float64.Eye(3), tensor.MatMul(q, q, tensor.TransA), 0, 1e-12))
	t := nn.TruncNormal(tensor.Zeros(100), 0, 1, -0.5, 0.5, rng)
	fmt.Println(tensor.Max(tensor.Abs(t)).Item() <= 0.5)
	fmt.Println(tensor.Min(tensor.Abs(nn.Sparse(tensor.Zeros(10, 4), 0.2, 1, rng))))
	fmt.Println(nn.Eye(tensor.Zeros(2, 3)))
	fmt.Println(tensor.Reshape(nn.Dirac(tensor.Zeros(2, 2, 3), 1), 2, 6))
	fmt.Println(nn.Ones(tensor.Zeros(2)), nn.Zeros(tensor.Ones(2)))
	// Output:
	// true
	// true
	// 0.
	// [[1. 0. 0.]
	//  [0. 1. 0.]]
	// [[0. 1. 0. 0. 0. 0.]
	//  [0. 0. 0. 0. 1. 0.]]
	// [1. 1.] [0. 0.]
}
