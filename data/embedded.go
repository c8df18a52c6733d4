package data

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"
)

//go:embed embedded/digits.csv.gz
var digitsFile []byte

//go:embed embedded/iris.csv
var irisFile []byte

// Digits returns 1,797 images of handwritten digits: X is float32 [1797, 64],
// 8×8 pixels of 0 (paper) to 16 (ink) row by row, and Y int64 [1797], the digit.
// For images use tensor.Reshape(X, -1, 1, 8, 8). Every call returns tensors
// of its own.
//
// Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits,
// UCI Machine Learning Repository, 1998, the test set; the file is
// scikit-learn's (BSD-3-Clause, see data/embedded).
// https://archive.ics.uci.edu/dataset/80
func Digits() *TensorDataset { return digits().clone() }

// Iris returns 150 flowers of three species: X is float32 [150, 4], lengths and
// widths in cm, and Y int64 [150], the species. Every call returns tensors
// of its own.
//
// Source: R. A. Fisher, The use of multiple measurements in taxonomic problems,
// Annals of Eugenics 7 (1936) 179–188; the numbers are scikit-learn's
// (BSD-3-Clause, see data/embedded), which agree with R's.
// https://archive.ics.uci.edu/dataset/53
func Iris() *TensorDataset { return iris().clone() }

var digits = sync.OnceValue(func() *TensorDataset {
	ds := embedded(digitsFile, CSVOptions{Header: NoHeader})
	for i := range 64 {
		ds.Features = append(ds.Features, fmt.Sprintf("pixel %d,%d", i/8, i%8))
	}
	return ds
})

var iris = sync.OnceValue(func() *TensorDataset {
	return embedded(irisFile, CSVOptions{Header: WithHeader})
})

func embedded(file []byte, o CSVOptions) *TensorDataset {
	ds, err := ReadCSV(bytes.NewReader(file), o)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return ds
}

// clone returns a copy of a dataset with X and Y.
func (d *TensorDataset) clone() *TensorDataset {
	return &TensorDataset{
		X: d.X.Clone(), Y: d.Y.Clone(),
		Features: append([]string(nil), d.Features...),
		Classes:  append([]string(nil), d.Classes...),
	}
}
