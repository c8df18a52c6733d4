package train_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/train"
)

// Training on the iris flowers, with an end before time when the model is good
// enough, then evaluation and the file of weights.
func ExampleLoop() {
	training, test := data.StratifiedSplit(data.Iris(), 0.2, 1)
	scaling := data.Standardize(training)
	rng := rand.New(rand.NewPCG(1, 0))
	model := nn.Sequential{nn.NewLinear(4, 16, rng), nn.NewReLU(), nn.NewLinear(16, 3, rng)}
	optimizer := optim.NewAdam(nn.Parameters(model))
	optimizer.LR = 0.02

	loop := train.Loop{
		Model:     model,
		Loss:      loss.NewCrossEntropyLoss(),
		Optimizer: optimizer,
		Train:     data.Loader{Dataset: scaling.Dataset(training), BatchSize: 16, Shuffle: true, Seed: 1},
		Metrics:   []train.Metric{&train.Accuracy{}},
		Epochs:    100,
		OnEpoch: func(e train.Epoch) error {
			if e.Train.Loss < 0.05 {
				return train.ErrStop
			}
			return nil
		},
	}
	epochs, err := loop.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	held, err := loop.Evaluate(context.Background(), scaling.Dataset(test))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("stopped early:", len(epochs) < 100)
	fmt.Println("at least 90 % of the flowers held out:", held.Values[0] >= 0.9)

	path := filepath.Join(os.TempDir(), "iris.safetensors")
	defer os.Remove(path)
	fmt.Println(train.Save(path, model, map[string]string{"data": "iris"}))
	// Output:
	// stopped early: true
	// at least 90 % of the flowers held out: true
	// <nil>
}

// A metric counts over batches until it is reset.
func ExampleMetric() {
	var m train.Metric = &train.Accuracy{}
	m.Add(tensor.FromSlice([][]float32{{2, 1}, {0, 3}}), tensor.FromSlice([]int64{0, 0}))
	m.Add(tensor.FromSlice([][]float32{{0, 1}, {0, 1}}), tensor.FromSlice([]int64{1, 1}))
	fmt.Println(m.Name(), m.Value())
	m.Reset()
	fmt.Println(m.Value())
	// Output:
	// accuracy 0.75
	// NaN
}

func ExampleR2() {
	y, target := tensor.FromSlice([]float64{1, 2, 4}), tensor.FromSlice([]float64{1, 2, 3})
	r2, rmse := &train.R2{}, &train.RMSE{}
	r2.Add(y, target)
	rmse.Add(y, target)
	fmt.Printf("%.2f %.4f\n", r2.Value(), rmse.Value())
	r2.Reset()
	rmse.Reset()
	fmt.Println(r2.Value(), rmse.Value())
	// Output:
	// 0.50 0.5774
	// NaN NaN
}

// Equal seeds give equal weights.
func ExampleHash() {
	model := func(seed uint64) nn.Module { return nn.NewLinear(3, 2, rand.New(rand.NewPCG(seed, 0))) }
	first := train.Hash(model(1))
	fmt.Println(first == train.Hash(model(1)), first == train.Hash(model(2)))
	// Output: true false
}
