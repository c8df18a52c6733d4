package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/declive/declive/data"
	"github.com/declive/declive/tensor"
)

// readData reads the built-in data set or the file that name says. Targets of a
// file are numbers or classes as regression tells.
func readData(name, target string, regression bool) (*data.TensorDataset, error) {
	switch name {
	case "digits", "iris":
		if target != "" {
			return nil, usage("--target is for files; %s knows its target", name)
		}
		if name == "iris" {
			return data.Iris(), nil
		}
		return data.Digits(), nil
	}
	switch lower := strings.ToLower(name); {
	case strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".csv.gz"):
		return data.ReadCSVFile(name, data.CSVOptions{Target: target, Regression: regression})
	case filepath.Ext(lower) == ".npy":
		return data.ReadNPY(name, data.NPYOptions{Target: target, Regression: regression})
	}
	return nil, usage("--data %q is neither digits nor iris nor the name of a .csv, .csv.gz or .npy file", name)
}

// samples is the data of a training run, prepared.
type samples struct {
	training, held  data.Dataset
	features        []string      // names, nil where the file has none
	width           int           // number of features
	classes         []string      // nil where the targets are numbers
	inputs, targets *data.Scaling // nil where they are as in the file
}

// prepare divides the data and scales both parts by what the training part is
// like.
func prepare(all *data.TensorDataset, f *trainFlags, t task) (*samples, error) {
	s := &samples{features: all.Features, width: all.X.Size() / max(1, all.Len()), classes: all.Classes}
	if s.width == 0 {
		return nil, fmt.Errorf("%s has no features beside the target", f.data)
	}
	split := data.Split
	if s.classes != nil {
		split = data.StratifiedSplit
	}
	training, held := split(all, f.test, f.seed)
	if training.Len() == 0 || held.Len() == 0 {
		return nil, fmt.Errorf("%s has %d samples, too few to hold out %g of them", f.data, all.Len(), f.test)
	}
	learn, test := data.All(training), data.All(held)
	if f.scale != "none" {
		s.inputs = standardize(learn.X, f.scale == "overall")
		learn.X, test.X = s.inputs.Apply(learn.X), s.inputs.Apply(test.X)
		if s.classes == nil && !t.counts {
			s.targets = standardize(learn.Y, false)
			learn.Y, test.Y = s.targets.Apply(learn.Y), s.targets.Apply(test.Y)
		}
	}
	s.training, s.held = data.NewTensorDataset(learn.X, learn.Y), data.NewTensorDataset(test.X, test.Y)
	return s, nil
}

// standardize returns the scaling that gives each feature, or all together,
// mean 0 and deviation 1.
func standardize(x *tensor.Tensor, together bool) *data.Scaling {
	if !together {
		return data.Standardize(data.NewTensorDataset(x, nil))
	}
	width := x.Size() / x.Shape()[0]
	one := data.Standardize(data.NewTensorDataset(tensor.Reshape(x, -1, 1), nil))
	return &data.Scaling{Shift: slices.Repeat(one.Shift, width), Scale: slices.Repeat(one.Scale, width)}
}
