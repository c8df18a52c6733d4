package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/declive/declive/optim"
)

// trainFlags is the command line of declive train.
type trainFlags struct {
	data, target, scale string
	test                float64

	model, hidden, activation string

	loss, lossOptions           string
	optimizer, optimizerOptions string
	lr, clip                    float64
	scheduler, schedulerOptions string

	epochs, batch, workers int
	seed                   uint64
	anomaly                bool
	out                    string
}

func newTrain() *cobra.Command {
	var f trainFlags
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a model and report how it does on data held out",
		Long: `Train a model and report how it does on data that was held out.

Without flags a network with one hidden layer learns to read the handwritten
digits that are part of the program. The loss decides what it learns from:
CrossEntropyLoss and its kin need classes, MSELoss and its kin numbers.

Progress goes to standard error, as a bar on a terminal and otherwise as a line
per epoch; what came of it goes to standard output. The same seed gives the same
weights to the bit. Ctrl-C ends training after the batch at hand: what was reached
is reported and, with --out, saved whole; the exit status is 130.`,
		Example: `  declive train
  declive train --data flowers.csv --target species --hidden 32 --epochs 100
  declive train --data houses.csv.gz --target price --loss HuberLoss --loss-options '{"delta":0.5}'
  declive train --optimizer sgd --lr 0.1 --optimizer-options '{"momentum":0.9}' --out model.safetensors`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.complete()
			if err := f.check(); err != nil {
				return err
			}
			return trainModel(cmd.Context(), &f, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.data, "data", "digits", "what to learn from: digits, iris, or a .csv, .csv.gz or .npy `file`")
	flags.StringVar(&f.target, "target", "", "the `column` of a file to be learned: its name, or its number from 0 (default the last)")
	flags.Float64Var(&f.test, "test", 0.2, "the `part` of the samples that is held out")
	flags.StringVar(&f.scale, "scale", "", "standard: each feature, and a target that is a number, gets mean 0 and deviation 1;\noverall: all features together do, as suits images; none (default overall for digits, else standard)")
	flags.StringVar(&f.model, "model", "mlp", "mlp, or a .json `file` of layers such as\n{\"name\":\"Sequential\",\"modules\":[{\"name\":\"Linear\",\"in_features\":64,\"out_features\":10}]}")
	flags.StringVar(&f.hidden, "hidden", "256", "the `sizes` of the hidden layers of an mlp; none for a linear model")
	flags.StringVar(&f.activation, "activation", "relu", "after every hidden layer of an mlp: "+strings.Join(activationNames(), ", "))
	flags.StringVar(&f.loss, "loss", "CrossEntropyLoss", "the `name` of the loss; see declive loss list")
	flags.StringVar(&f.lossOptions, "loss-options", "", "options of the loss, a `JSON` object; see declive loss show\n(default {\"label_smoothing\":0.1} for CrossEntropyLoss)")
	flags.StringVar(&f.optimizer, "optimizer", "adam", "the `name` of the optimizer, in any case: "+strings.Join(optim.Names(), ", "))
	flags.StringVar(&f.optimizerOptions, "optimizer-options", "", "options of the optimizer, a `JSON` object such as {\"weight_decay\":0.01}")
	flags.Float64Var(&f.lr, "lr", 0.001, "the learning `rate`")
	flags.StringVar(&f.scheduler, "scheduler", "none", "what changes the rate from epoch to epoch: none, step (a tenth after each third of the epochs), cosine (down to 0)\nor the `name` of any: "+strings.Join(optim.SchedulerNames(), ", "))
	flags.StringVar(&f.schedulerOptions, "scheduler-options", "", "options of the scheduler, a `JSON` object such as {\"gamma\":0.9}")
	flags.Float64Var(&f.clip, "clip", 0, "the greatest `norm` the gradient may have; 0 for any")
	flags.IntVar(&f.epochs, "epochs", 40, "how many `times` to go through the data")
	flags.IntVar(&f.batch, "batch", 32, "the number of `samples` in a batch")
	flags.IntVar(&f.workers, "workers", 0, "the `number` of goroutines that prepare batches ahead")
	flags.Uint64Var(&f.seed, "seed", 1, "of what is held out, the first weights and the shuffling")
	flags.BoolVar(&f.anomaly, "anomaly", false, "find the operation that produces the first NaN or Inf (slow)")
	flags.StringVar(&f.out, "out", "", "the safetensors `file` to write the weights to")
	return cmd
}

// complete sets what was not given and depends on what was.
func (f *trainFlags) complete() {
	if f.lossOptions == "" && f.loss == "CrossEntropyLoss" {
		f.lossOptions = `{"label_smoothing":0.1}`
	}
	if f.scale == "" {
		f.scale = "standard"
		if f.data == "digits" {
			f.scale = "overall"
		}
	}
}

// check finds what is wrong with the flags in themselves.
func (f *trainFlags) check() error {
	switch {
	case !(f.test > 0 && f.test < 1):
		return usage("--test %v is not between 0 and 1", f.test)
	case f.scale != "standard" && f.scale != "overall" && f.scale != "none":
		return usage("--scale %q is not known; there are standard, overall and none", f.scale)
	case f.model != "mlp" && filepath.Ext(f.model) != ".json":
		return usage("--model %q is neither mlp nor a .json file", f.model)
	case !(f.lr > 0) || math.IsInf(f.lr, 0):
		return usage("--lr %v is not a positive number", f.lr)
	case !(f.clip >= 0):
		return usage("--clip %v is not a number from 0 on", f.clip)
	case f.epochs < 1:
		return usage("--epochs %d is not positive", f.epochs)
	case f.batch < 1:
		return usage("--batch %d is not positive", f.batch)
	case f.workers < 0:
		return usage("--workers %d is negative", f.workers)
	}
	if f.out == "" {
		return nil
	}
	// Better now than after the training.
	if info, err := os.Stat(f.out); err == nil && info.IsDir() {
		return usage("--out %s is a directory", f.out)
	}
	if info, err := os.Stat(filepath.Dir(f.out)); err != nil || !info.IsDir() {
		return usage("--out %s: there is no directory %s", f.out, filepath.Dir(f.out))
	}
	return nil
}

// sizes returns the sizes of the hidden layers.
func (f *trainFlags) sizes() ([]int, error) {
	if f.hidden == "" || f.hidden == "none" {
		return nil, nil
	}
	var sizes []int
	for s := range strings.SplitSeq(f.hidden, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil || n < 1 {
			return nil, usage("--hidden %q: %q is not a positive whole number", f.hidden, s)
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}
