package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/safetensors"
)

// Save writes the parameters and buffers of a model to a safetensors file, under
// PyTorch's names. metadata is free text beside them and may be nil. The file is
// either whole or, when an error is returned, as it was before.
func Save(path string, m nn.Module, metadata map[string]string) error {
	return safetensors.WriteFile(path, safetensors.File{Tensors: nn.StateDict(m), Metadata: metadata})
}

// Hash returns the SHA-256 sum, in hexadecimal, of the names, types, shapes and
// elements of a model's parameters and buffers. Two models with equal hashes are
// the same to the bit.
func Hash(m nn.Module) string {
	h := sha256.New()
	for _, p := range nn.StateDict(m) {
		fmt.Fprintf(h, "%q %s %v\n", p.Name, p.Tensor.DType(), p.Tensor.Shape())
		writeElements(h, p.Tensor)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// writeElements writes the elements, little-endian.
func writeElements(w io.Writer, t *tensor.Tensor) {
	var elements any
	switch t.DType() {
	case tensor.Float32:
		elements = tensor.Data[float32](t)
	case tensor.Float64:
		elements = tensor.Data[float64](t)
	case tensor.Int64:
		elements = tensor.Data[int64](t)
	default:
		elements = tensor.Data[bool](t)
	}
	if err := binary.Write(w, binary.LittleEndian, elements); err != nil {
		panic(err) // a hash takes everything
	}
}
