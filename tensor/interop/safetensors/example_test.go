package safetensors_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/safetensors"
)

func Example() {
	state := safetensors.File{
		Tensors: []tensor.Named{
			{Name: "fc.weight", Tensor: tensor.FromSlice([][]float32{{1, 2}, {3, 4}})},
			{Name: "fc.bias", Tensor: tensor.FromSlice([]float32{5, 6})},
		},
		Metadata: map[string]string{"format": "pt"},
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, state); err != nil {
		panic(err)
	}

	f, err := safetensors.Read(&file)
	if err != nil {
		panic(err)
	}
	for _, n := range f.Tensors {
		fmt.Println(n.Name, n.Tensor.Shape())
	}
	fmt.Println(f.Tensor("fc.bias"), f.Metadata["format"])
	// Output:
	// fc.weight [2 2]
	// fc.bias [2]
	// [5. 6.] pt
}

func ExampleWriteFile() {
	dir, err := os.MkdirTemp("", "safetensors")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "model.safetensors")

	err = safetensors.WriteFile(path, safetensors.File{
		Tensors: []tensor.Named{{Name: "x", Tensor: tensor.Ones(3)}},
	})
	fmt.Println(err)
	f, err := safetensors.ReadFile(path)
	fmt.Println(f.Tensor("x"), err)
	// Output:
	// <nil>
	// [1. 1. 1.] <nil>
}
