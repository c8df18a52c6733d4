// Program iris learns to tell three species of iris by the size of their
// leaves, with package train running the loop.
package main

import (
	"context"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/optim"
	"github.com/declive/declive/train"
)

func main() {
	training, test := data.StratifiedSplit(data.Iris(), 0.2, 1)
	scaling := data.Standardize(training)

	rng := rand.New(rand.NewPCG(1, 0))
	model := nn.Sequential{nn.NewLinear(4, 16, rng), nn.NewReLU(), nn.NewLinear(16, 3, rng)}
	optimizer := optim.NewAdam(nn.Parameters(model))
	optimizer.LR = 0.01

	loop := train.Loop{
		Model:     model,
		Loss:      loss.NewCrossEntropyLoss(),
		Optimizer: optimizer,
		Train:     data.Loader{Dataset: scaling.Dataset(training), BatchSize: 16, Shuffle: true, Seed: 1},
		Metrics:   []train.Metric{&train.Accuracy{}},
		Epochs:    50,
	}
	if _, err := loop.Run(context.Background()); err != nil {
		log.Fatal(err)
	}
	held, err := loop.Evaluate(context.Background(), scaling.Dataset(test))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f of %d flowers held out are told right\n", held.Values[0]*float64(test.Len()), test.Len())
}
