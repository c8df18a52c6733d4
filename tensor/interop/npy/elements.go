package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/internal/raw"
)

// Read reads one array and no byte more, so that arrays written one after the
// other are read one after the other. See the package comment for the types.
func Read(r io.Reader) (*tensor.Tensor, error) {
	h, err := readHeader(r)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	x, err := h.readElements(r)
	if err != nil {
		return nil, fmt.Errorf("npy: type %q, shape %v: %w", h.descr, h.shape, err)
	}
	return x, nil
}

// Write writes x. It panics when x is nil.
func Write(w io.Writer, x *tensor.Tensor) error {
	if x == nil {
		panic(tensor.Errorf("npy.Write", "a nil tensor"))
	}
	if _, err := w.Write(formatHeader(x)); err != nil {
		return err
	}
	return raw.Write(w, x)
}

// readElements reads the array that h describes.
func (h header) readElements(r io.Reader) (*tensor.Tensor, error) {
	order, kind, err := splitDescr(h.descr)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "f4":
		return readAs(h, r, 4, raw.Float32(order))
	case "f8":
		return readAs(h, r, 8, raw.Float64(order))
	case "i8":
		return readAs(h, r, 8, raw.Int64(order))
	case "b1":
		return readAs(h, r, 1, raw.Bool)
	case "i1":
		return readAs(h, r, 1, func(b []byte) int64 { return int64(int8(b[0])) })
	case "i2":
		return readAs(h, r, 2, func(b []byte) int64 { return int64(int16(order.Uint16(b))) })
	case "i4":
		return readAs(h, r, 4, func(b []byte) int64 { return int64(int32(order.Uint32(b))) })
	case "u1":
		return readAs(h, r, 1, func(b []byte) int64 { return int64(b[0]) })
	case "u2":
		return readAs(h, r, 2, func(b []byte) int64 { return int64(order.Uint16(b)) })
	case "u4":
		return readAs(h, r, 4, func(b []byte) int64 { return int64(order.Uint32(b)) })
	}
	return nil, fmt.Errorf("a type without counterpart here; save it as float32, float64, int64 or bool")
}

// splitDescr splits "<f4" into a byte order and "f4".
func splitDescr(descr string) (binary.ByteOrder, string, error) {
	if descr == "" {
		return nil, "", fmt.Errorf("no type")
	}
	switch descr[0] {
	case '<', '|': // | means that order does not matter
		return binary.LittleEndian, descr[1:], nil
	case '>':
		return binary.BigEndian, descr[1:], nil
	}
	return nil, "", fmt.Errorf("no byte order in the type")
}

func readAs[T tensor.Element](h header, r io.Reader, size int, decode raw.Decode[T]) (*tensor.Tensor, error) {
	n, ok := raw.Size(h.shape, size)
	if !ok {
		return nil, fmt.Errorf("more elements than fit in memory")
	}
	data, err := raw.Read(r, n, size, decode)
	if err != nil {
		return nil, err
	}
	shape := append([]int{}, h.shape...) // not nil: a nil shape would mean one axis
	if !h.fortran || len(shape) < 2 {
		return tensor.New(data, shape...), nil
	}
	slices.Reverse(shape)
	axes := make([]int, len(shape))
	for i := range axes {
		axes[i] = len(axes) - 1 - i
	}
	return tensor.Permute(tensor.New(data, shape...), axes...), nil
}
