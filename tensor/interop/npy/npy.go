// Package npy reads and writes NumPy's .npy files, the format of numpy.save.
//
//	x, err := npy.ReadFile("x.npy")
//	err = npy.WriteFile("y.npy", tensor.Exp(x))
//
// Read understands versions 1 to 3 of the format, row-major and Fortran order,
// both byte orders, and these NumPy types:
//
//	float32 float64                        the same
//	int8 int16 int32 int64 uint8 … uint32  int64
//	bool                                   bool
//
// Others (complex, strings, structures, objects, uint64, float16) are errors,
// never conversions that lose something. Write writes version 1, row-major,
// little-endian, byte for byte what NumPy writes.
//
// Nothing in a file is trusted: a header that promises more than the file holds
// is an error before it costs memory.
//
// Source: https://numpy.org/doc/1.24/reference/generated/numpy.lib.format.html
package npy

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/declive/declive/internal/atomicfile"
	"github.com/declive/declive/tensor"
)

// ReadFile reads the one array of a .npy file.
func ReadFile(path string) (*tensor.Tensor, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := bufio.NewReader(f)
	x, err := Read(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := r.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("%s: npy: the file goes on after an array of shape %v", path, x.Shape())
	}
	return x, nil
}

// WriteFile writes x to a .npy file, replacing an old one. The file is either
// whole or, when an error is returned, unchanged.
func WriteFile(path string, x *tensor.Tensor) error {
	return atomicfile.Write(path, func(w io.Writer) error { return Write(w, x) })
}
