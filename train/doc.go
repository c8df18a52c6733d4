// Package train runs the loop of training, so that a program need only say what
// is trained, on what, and how long.
//
//	loop := train.Loop{
//		Model: model, Loss: criterion, Optimizer: optimizer,
//		Train:   data.Loader{Dataset: training, BatchSize: 32, Shuffle: true, Seed: 1},
//		Metrics: []train.Metric{&train.Accuracy{}},
//		Epochs:  20,
//	}
//	epochs, err := loop.Run(ctx)
//	held, err := loop.Evaluate(ctx, test)
//	err = train.Save("model.safetensors", model, nil)
//
// Nothing in it is out of reach of a loop written by hand, which package
// examples/digits shows in a few lines; write one where Loop does not fit.
//
// # Errors
//
// Run returns every misuse that the module's packages panic with, be it of the
// model, the loss, the data or Loop itself, as an error that names epoch and
// batch. It stops at a loss that is NaN or infinite before the parameters take
// it in, and between two batches when the context is cancelled.
//
// # Repeating
//
// The same model, seeds and data give the same bits whatever the number of
// processors is; Hash shows it.
package train
