// Package raw moves tensor elements between memory and the bytes of a file.
package raw

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/declive/declive/tensor"
)

// chunk is how many bytes are read or written at a time.
const chunk = 1 << 16

// Decode makes one element from its bytes.
type Decode[T tensor.Element] func(b []byte) T

// Read reads n elements of size bytes each. Memory grows with what has arrived,
// not with n, so that a false n in a file's header costs nothing. It reads no
// byte beyond the last element; too few bytes are an io.ErrUnexpectedEOF.
func Read[T tensor.Element](r io.Reader, n, size int, decode Decode[T]) ([]T, error) {
	out := make([]T, 0, min(n, chunk))
	buf := make([]byte, min(n, chunk/size)*size)
	for len(out) < n {
		b := buf[:min(len(buf), (n-len(out))*size)]
		if got, err := io.ReadFull(r, b); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("%d of %d bytes of elements are there: %w", len(out)*size+got, n*size, err)
		}
		for i := 0; i < len(b); i += size {
			out = append(out, decode(b[i:i+size]))
		}
	}
	return out, nil
}

// Write writes the elements of x, row-major and little-endian.
func Write(w io.Writer, x *tensor.Tensor) error {
	switch x.DType() {
	case tensor.Float32:
		return write(w, tensor.Data[float32](x), 4, func(b []byte, v float32) {
			binary.LittleEndian.PutUint32(b, math.Float32bits(v))
		})
	case tensor.Float64:
		return write(w, tensor.Data[float64](x), 8, func(b []byte, v float64) {
			binary.LittleEndian.PutUint64(b, math.Float64bits(v))
		})
	case tensor.Int64:
		return write(w, tensor.Data[int64](x), 8, func(b []byte, v int64) {
			binary.LittleEndian.PutUint64(b, uint64(v))
		})
	}
	return write(w, tensor.Data[bool](x), 1, func(b []byte, v bool) {
		b[0] = 0
		if v {
			b[0] = 1
		}
	})
}

func write[T tensor.Element](w io.Writer, data []T, size int, encode func(b []byte, v T)) error {
	buf := make([]byte, min(len(data), chunk/size)*size)
	for len(data) > 0 {
		n := min(len(data), chunk/size)
		for i, v := range data[:n] {
			encode(buf[i*size:(i+1)*size], v)
		}
		if _, err := w.Write(buf[:n*size]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// Float32 decodes a float32 of the given byte order.
func Float32(order binary.ByteOrder) Decode[float32] {
	return func(b []byte) float32 { return math.Float32frombits(order.Uint32(b)) }
}

// Float64 decodes a float64 of the given byte order.
func Float64(order binary.ByteOrder) Decode[float64] {
	return func(b []byte) float64 { return math.Float64frombits(order.Uint64(b)) }
}

// Int64 decodes an int64 of the given byte order.
func Int64(order binary.ByteOrder) Decode[int64] {
	return func(b []byte) int64 { return int64(order.Uint64(b)) }
}

// Bool decodes a byte that is not 0 as true.
func Bool(b []byte) bool { return b[0] != 0 }

// Size returns the number of elements of a shape, or ok = false where a length
// is negative or the elements, size bytes each, would not fit in memory.
func Size(shape []int, size int) (n int, ok bool) {
	if len(shape) > 0 && slices.Min(shape) < 0 {
		return 0, false
	}
	n = 1
	for _, d := range shape { // empty axes too must not hide that the others are beyond all memory
		if n > math.MaxInt/16/max(size, 1)/max(d, 1) {
			return 0, false
		}
		n *= max(d, 1)
	}
	if slices.Contains(shape, 0) {
		return 0, true
	}
	return n, true
}
