// Package data has datasets and what brings them to a training loop in
// batches that repeat exactly.
//
// # From a file to batches
//
//	all, err := data.ReadCSVFile("flowers.csv", data.CSVOptions{Target: "species"})
//	train, test := data.StratifiedSplit(all, 0.2, seed) // a fifth is held out
//	scaling := data.Standardize(train)                  // fitted on train only
//
//	loader := data.Loader{Dataset: scaling.Dataset(train), BatchSize: 32, Shuffle: true, Seed: seed}
//	for epoch := range 10 {
//		for batch := range loader.Epoch(epoch) {
//			// batch.X, batch.Y
//		}
//	}
//	held := data.All(scaling.Dataset(test))
//
// Digits and Iris are built in; ReadCSV, ReadNPY and ReadNPYPair read files;
// NewTensorDataset takes tensors. Anything else becomes a dataset by two
// methods, see Dataset.
//
// # Repeating
//
// What Split and Loader choose is a pure function of the seed and, for Loader,
// of the epoch: not of time, of the number of workers or processors, nor of
// what was drawn before. So training resumes in the middle of epoch k, after i
// batches, with loader.EpochFrom(k, i).
//
// # Errors
//
// Reading returns errors, which name the file, line, column and value. Misuse
// of datasets and loaders panics with a *tensor.Error.
package data
