package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/internal/raw"
)

// metadataKey is the one name that no tensor may have.
const metadataKey = "__metadata__"

// Write writes f. The header keeps the order of f.Tensors; the elements follow
// in order of falling element size, so that every tensor begins at a multiple
// of its element size, which readers that map files into memory rely on. The
// same f always gives the same bytes. A name that repeats, is not UTF-8 or is
// "__metadata__" is an error, as is a nil tensor.
func Write(w io.Writer, f File) error {
	if err := checkNames(f.Tensors); err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	order := layout(f.Tensors)
	head, err := encodeHeader(f, order)
	if err != nil {
		return fmt.Errorf("safetensors: %w", err)
	}
	if len(head) > maxHeader {
		return fmt.Errorf("safetensors: a header of %d bytes, more than %d", len(head), maxHeader)
	}
	if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(head)))); err != nil {
		return err
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	for _, i := range order {
		if err := raw.Write(w, f.Tensors[i].Tensor); err != nil {
			return err
		}
	}
	return nil
}

func checkNames(tensors []tensor.Named) error {
	seen := map[string]bool{}
	for _, n := range tensors {
		switch {
		case n.Tensor == nil:
			return fmt.Errorf("tensor %q is nil", n.Name)
		case n.Name == metadataKey:
			return fmt.Errorf("a tensor cannot be named %q", n.Name)
		case !utf8.ValidString(n.Name):
			return fmt.Errorf("name %q is not UTF-8", n.Name)
		case seen[n.Name]:
			return fmt.Errorf("two tensors are named %q", n.Name)
		}
		seen[n.Name] = true
	}
	return nil
}

// layout returns the indices of tensors in the order of their elements.
func layout(tensors []tensor.Named) []int {
	order := make([]int, len(tensors))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		return kindOf(tensors[j].Tensor).size - kindOf(tensors[i].Tensor).size
	})
	return order
}

// encodeHeader writes the JSON header, padded with spaces so that the elements
// begin at a multiple of 8.
func encodeHeader(f File, order []int) ([]byte, error) {
	begin, end := make([]int, len(order)), 0
	for _, i := range order {
		x := f.Tensors[i].Tensor
		begin[i] = end
		end += x.Size() * kindOf(x).size
	}
	var o object
	if len(f.Metadata) > 0 {
		o.add(metadataKey, f.Metadata)
	}
	for i, n := range f.Tensors {
		k := kindOf(n.Tensor)
		shape := append([]int{}, n.Tensor.Shape()...) // a 0-d shape is [], not null
		o.add(n.Name, entry{DType: k.name, Shape: shape, Offsets: []int{begin[i], begin[i] + n.Tensor.Size()*k.size}})
	}
	return o.padded(8)
}

// object builds a JSON object whose keys keep their order.
type object struct {
	buf bytes.Buffer
	err error
}

func (o *object) add(name string, value any) {
	if o.buf.Len() > 0 {
		o.buf.WriteByte(',')
	}
	for i, v := range []any{name, value} {
		text, err := json.Marshal(v)
		if err != nil && o.err == nil {
			o.err = err
		}
		if i == 1 {
			o.buf.WriteByte(':')
		}
		o.buf.Write(text)
	}
}

// padded returns the object with spaces up to a multiple of n bytes.
func (o *object) padded(n int) ([]byte, error) {
	out := slices.Concat([]byte("{"), o.buf.Bytes(), []byte("}"))
	for len(out)%n != 0 {
		out = append(out, ' ')
	}
	return out, o.err
}

// entry is what the header says of one tensor.
type entry struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets []int  `json:"data_offsets"`
}

// kind is how a type is called and how long its elements are.
type kind struct {
	name string
	size int
}

var kinds = map[tensor.DType]kind{
	tensor.Float32: {"F32", 4},
	tensor.Float64: {"F64", 8},
	tensor.Int64:   {"I64", 8},
	tensor.Bool:    {"BOOL", 1},
}

func kindOf(x *tensor.Tensor) kind { return kinds[x.DType()] }
