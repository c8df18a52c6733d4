// Package safetensors reads and writes named tensors in the safetensors format,
// in which most published models come: a JSON header, then the elements.
//
//	f, err := safetensors.ReadFile("model.safetensors")
//	weight := f.Tensor("fc1.weight")
//
//	err = safetensors.WriteFile("out.safetensors", safetensors.File{
//		Tensors:  []tensor.Named{{Name: "fc1.weight", Tensor: weight}},
//		Metadata: map[string]string{"format": "pt"},
//	})
//
// The types F32, F64, I64 and BOOL are read and written. A file with another
// one is an error, never a conversion that loses something.
//
// Nothing in a file is trusted: names that repeat, elements that overlap, leave
// a gap or go on after the last tensor, and a header that promises more than
// the file holds are errors before they cost memory.
//
// Source: https://huggingface.co/docs/safetensors/index#format
package safetensors

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/declive/declive/internal/atomicfile"
	"github.com/declive/declive/tensor"
)

// File is what one file holds.
type File struct {
	Tensors  []tensor.Named    // in the order of the header; names as in PyTorch: "fc1.weight"
	Metadata map[string]string // free text, such as {"format": "pt"}; may be nil
}

// Tensor returns the tensor with the given name, nil when there is none.
func (f File) Tensor(name string) *tensor.Tensor {
	for _, n := range f.Tensors {
		if n.Name == name {
			return n.Tensor
		}
	}
	return nil
}

// ReadFile reads a whole file.
func ReadFile(path string) (File, error) {
	r, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	defer r.Close()
	f, err := Read(bufio.NewReader(r))
	if err != nil {
		return File{}, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// WriteFile writes f, replacing an old file. The file is either whole or, when
// an error is returned, unchanged.
func WriteFile(path string, f File) error {
	return atomicfile.Write(path, func(w io.Writer) error { return Write(w, f) })
}
