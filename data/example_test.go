package data_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/declive/declive/data"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/npy"
)

func Example() {
	training, held := data.StratifiedSplit(data.Digits(), 0.2, 1)
	scaling := data.Standardize(training) // what it knows, it knows from training

	loader := data.Loader{Dataset: scaling.Dataset(training), BatchSize: 64, Shuffle: true, Seed: 1, Workers: 2}
	for epoch := range 2 {
		seen := 0
		for batch := range loader.Epoch(epoch) {
			seen += batch.Len()
		}
		fmt.Println("epoch", epoch, "trained on", seen)
	}
	test := data.All(scaling.Dataset(held))
	fmt.Println("test on", test.X.Shape(), test.Y.Shape())
	// Output:
	// epoch 0 trained on 1438
	// epoch 1 trained on 1438
	// test on [359 64] [359]
}

func ExampleDigits() {
	ds := data.Digits()
	fmt.Println(ds.Len(), ds.X.Shape(), ds.Classes)
	image := tensor.Reshape(ds.X, -1, 8, 8)
	for row := range 8 {
		for column := range 8 {
			fmt.Printf("%c", " .:-=+*#@"[int(image.At(0, row, column))/2])
		}
		fmt.Println("|")
	}
	fmt.Println("is a", ds.Y.At(0))
	// Output:
	// 1797 [1797 64] [0 1 2 3 4 5 6 7 8 9]
	//   :*=   |
	//   *#+#: |
	//  .#. += |
	//  :*  == |
	//  :=  == |
	//  :+  *- |
	//  .#:+*  |
	//   -*+   |
	// is a 0
}

func ExampleIris() {
	ds := data.Iris()
	fmt.Println(ds.Features, ds.Classes)
	fmt.Println(ds.X.Shape(), ds.Y.Shape())
	// Output:
	// [sepal length (cm) sepal width (cm) petal length (cm) petal width (cm)] [setosa versicolor virginica]
	// [150 4] [150]
}

func ExampleTensorDataset() {
	x := tensor.FromSlice([][]float32{{0, 0}, {0, 1}, {1, 0}, {1, 1}})
	y := tensor.New([]float32{0, 1, 1, 0}, 4, 1)
	xor := data.NewTensorDataset(x, y)
	batch := xor.At([]int{3, 1})
	fmt.Println(xor.Len())
	fmt.Println(batch.X)
	fmt.Println(batch.Y)
	// Output:
	// 4
	// [[1. 1.]
	//  [0. 1.]]
	// [[0.]
	//  [1.]]
}

// squares is a dataset that is computed: two methods suffice.
type squares int

func (n squares) Len() int { return int(n) }

func (n squares) At(indices []int) data.Batch {
	b := data.Batch{X: tensor.Zeros(len(indices), 1), Y: tensor.Zeros(len(indices), 1)}
	for i, index := range indices {
		b.X.Set(float64(index), i, 0)
		b.Y.Set(float64(index*index), i, 0)
	}
	return b
}

func ExampleDataset() {
	for batch := range (data.Loader{Dataset: squares(5), BatchSize: 3}).Epoch(0) {
		fmt.Println(batch.X.Float64s(), batch.Y.Float64s())
	}
	// Output:
	// [0 1 2] [0 1 4]
	// [3 4] [9 16]
}

func ExampleLoader() {
	loader := data.Loader{Dataset: squares(10), BatchSize: 4, Shuffle: true, Seed: 1}
	for epoch := range 2 {
		for batch := range loader.Epoch(epoch) {
			fmt.Println(epoch, batch.X.Float64s())
		}
	}
	loader.DropLast = true
	fmt.Println(loader.Len(), "whole batches")
	// Output:
	// 0 [1 5 4 0]
	// 0 [6 7 9 2]
	// 0 [8 3]
	// 1 [3 1 9 5]
	// 1 [7 8 4 0]
	// 1 [2 6]
	// 2 whole batches
}

func ExampleLoader_EpochFrom() {
	loader := data.Loader{Dataset: squares(10), BatchSize: 4, Shuffle: true, Seed: 1, Workers: 3}
	for batch := range loader.EpochFrom(1, 2) { // epoch 1, of which 2 batches are done
		fmt.Println(batch.X.Float64s())
	}
	// Output:
	// [2 6]
}

func ExampleSplit() {
	rest, test := data.Split(squares(10), 0.2, 1)
	training, validation := data.Split(rest, 0.25, 1)
	fmt.Println(training.Len(), validation.Len(), test.Len())
	fmt.Println(test.Indices)
	// Output:
	// 6 2 2
	// [0 7]
}

func ExampleStratifiedSplit() {
	_, test := data.StratifiedSplit(data.Iris(), 0.1, 1)
	fmt.Println(data.All(test).Y)
	// Output:
	// [0 0 1 1 2 0 2 2 0 2 0 1 2 1 1]
}

func ExampleSubset() {
	even := &data.Subset{Dataset: squares(6), Indices: []int{0, 2, 4}}
	fmt.Println(data.All(even).Y.Float64s())
	// Output:
	// [0 4 16]
}

func ExampleMap() {
	images := data.Map(data.Digits(), func(b data.Batch) data.Batch {
		b.X = tensor.MulScalar(tensor.Reshape(b.X, -1, 1, 8, 8), 1.0/16)
		return b
	})
	x := images.At([]int{0, 1}).X
	fmt.Println(x.Shape(), tensor.Max(x))
	// Output:
	// [2 1 8 8] 1.
}

func ExampleStandardize() {
	ds := data.NewTensorDataset(tensor.FromSlice([][]float32{{1, 5}, {3, 5}}), nil)
	scaling := data.Standardize(ds)
	fmt.Println(*scaling)
	fmt.Println(scaling.Apply(tensor.FromSlice([][]float32{{5, 6}})))
	// Output:
	// {[2 5] [1 1]}
	// [[3. 1.]]
}

func ExampleMinMax() {
	ds := data.NewTensorDataset(tensor.FromSlice([][]float32{{1, 5}, {3, 9}}), nil)
	scaling := data.MinMax(ds)
	fmt.Println(data.All(scaling.Dataset(ds)).X)
	// Output:
	// [[0. 0.]
	//  [1. 1.]]
}

func ExampleReadCSV() {
	table := "height,weight,kind\n61,20.5,dog\n25,4,cat\n"
	ds, err := data.ReadCSV(strings.NewReader(table), data.CSVOptions{Target: "kind"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ds.Features, ds.X.Float64s())
	fmt.Println(ds.Classes, ds.Y.Float64s())

	_, err = data.ReadCSV(strings.NewReader(table), data.CSVOptions{Regression: true})
	fmt.Println(err)
	// Output:
	// [height weight] [61 20.5 25 4]
	// [cat dog] [1 0]
	// data: line 2, column 2 ("kind"): "dog" is not a number
}

func ExampleReadCSVFile() {
	_, err := data.ReadCSVFile("absent.csv", data.CSVOptions{})
	fmt.Println(err)
	// Output:
	// data: open absent.csv: no such file or directory
}

func ExampleReadNPY() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "table.npy")
	npy.WriteFile(path, tensor.FromSlice([][]float64{{0.5, 0.25, 1}, {0.75, 1, 0}}))

	ds, err := data.ReadNPY(path, data.NPYOptions{}) // classes are in the last column
	fmt.Println(ds.X.Shape(), ds.Y, ds.Classes, err)
	// Output:
	// [2 2] [1 0] [0 1] <nil>
}

func ExampleReadNPYPair() {
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	x, y := filepath.Join(dir, "x.npy"), filepath.Join(dir, "y.npy")
	npy.WriteFile(x, tensor.Zeros(5, 1, 8, 8))
	npy.WriteFile(y, tensor.New([]int64{3, 1, 4, 1, 5}))

	ds, err := data.ReadNPYPair(x, y, tensor.Float32)
	fmt.Println(ds.X.Shape(), ds.Y, err)
	// Output:
	// [5 1 8 8] [3 1 4 1 5] <nil>
}
