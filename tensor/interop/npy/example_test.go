package npy_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/npy"
)

func Example() {
	var file bytes.Buffer
	if err := npy.Write(&file, tensor.FromSlice([][]float32{{1, 2}, {3, 4}})); err != nil {
		panic(err)
	}
	x, err := npy.Read(&file)
	fmt.Println(x, err)

	_, err = npy.Read(&file)
	fmt.Println(err)
	// Output:
	// [[1. 2.]
	//  [3. 4.]] <nil>
	// npy: no header: unexpected EOF
}

func ExampleWriteFile() {
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "x.npy")

	fmt.Println(npy.WriteFile(path, tensor.Arange(0, 4, 1)))
	fmt.Println(npy.ReadFile(path))
	// Output:
	// <nil>
	// [0. 1. 2. 3.] <nil>
}
