package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/internal/raw"
)

// maxHeader is how long a header may be: the limit of the reference
// implementation.
const maxHeader = 100_000_000

// Read reads a whole file, to the end of r.
func Read(r io.Reader) (File, error) {
	f, err := read(r)
	if err != nil {
		return File{}, fmt.Errorf("safetensors: %w", err)
	}
	return f, nil
}

func read(r io.Reader) (File, error) {
	text, err := readHeader(r)
	if err != nil {
		return File{}, err
	}
	f, entries, err := parseHeader(text)
	if err != nil {
		return File{}, fmt.Errorf("header: %w", err)
	}
	order, err := checkLayout(f, entries)
	if err != nil {
		return File{}, err
	}
	for _, i := range order {
		if f.Tensors[i].Tensor, err = readTensor(r, entries[i]); err != nil {
			return File{}, fmt.Errorf("tensor %q: %w", f.Tensors[i].Name, err)
		}
	}
	switch _, err := io.ReadFull(r, make([]byte, 1)); {
	case err == nil:
		return File{}, errors.New("the file goes on after the last tensor")
	case err != io.EOF:
		return File{}, err
	}
	return f, nil
}

// readHeader returns the JSON text. Memory grows with what has arrived, not
// with the length that the file claims.
func readHeader(r io.Reader) ([]byte, error) {
	var b [8]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return nil, fmt.Errorf("no header: %w", unexpected(err))
	}
	n := binary.LittleEndian.Uint64(b[:])
	if n > maxHeader {
		return nil, fmt.Errorf("a header of %d bytes, more than %d; is this a safetensors file?", n, maxHeader)
	}
	text, err := io.ReadAll(io.LimitReader(r, int64(n)))
	if err != nil {
		return nil, err
	}
	if uint64(len(text)) < n {
		return nil, fmt.Errorf("%d of %d bytes of the header are there: %w", len(text), n, io.ErrUnexpectedEOF)
	}
	if !bytes.HasPrefix(text, []byte("{")) {
		return nil, fmt.Errorf("the header begins with %.10q, not with {", text)
	}
	if !utf8.Valid(text) {
		return nil, errors.New("the header is not UTF-8")
	}
	return text, nil
}

// unexpected turns the end of the file into an error that says it came early.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseHeader returns the names, in order and without tensors, and the entry of
// each. It walks the JSON token by token: a map would lose order and
// repetitions.
func parseHeader(text []byte) (f File, entries []entry, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if _, err := d.Token(); err != nil {
		return f, nil, err
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return f, nil, err
		}
		name, _ := key.(string)
		if seen[name] {
			return f, nil, fmt.Errorf("the name %q twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			if err := d.Decode(&f.Metadata); err != nil {
				return f, nil, fmt.Errorf("metadata: %w", err)
			}
			continue
		}
		var e entry
		if err := d.Decode(&e); err != nil {
			return f, nil, fmt.Errorf("tensor %q: %w", name, err)
		}
		f.Tensors, entries = append(f.Tensors, tensor.Named{Name: name}), append(entries, e)
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return f, nil, unexpected(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return f, nil, errors.New("something follows the closing brace")
	}
	return f, entries, nil
}

// checkLayout returns the indices of the tensors in the order of their
// elements, which must follow one another from 0 on without gap or overlap.
func checkLayout(f File, entries []entry) ([]int, error) {
	order := make([]int, len(entries))
	for i, e := range entries {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", f.Tensors[i].Name, err)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := entries[i].Offsets, entries[j].Offsets
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
	end := 0
	for _, i := range order {
		if o := entries[i].Offsets; o[0] != end {
			return nil, fmt.Errorf("tensor %q: its elements begin at %d, those before it end at %d", f.Tensors[i].Name, o[0], end)
		}
		end = entries[i].Offsets[1]
	}
	return order, nil
}

// check tells whether type, shape and offsets fit together.
func (e entry) check() error {
	k, err := e.kind()
	if err != nil {
		return err
	}
	if e.Shape == nil || len(e.Offsets) != 2 {
		return fmt.Errorf("shape %v and data_offsets %v instead of a list and two numbers", e.Shape, e.Offsets)
	}
	n, ok := raw.Size(e.Shape, k.size)
	if !ok {
		return fmt.Errorf("shape %v does not fit in memory", e.Shape)
	}
	if e.Offsets[0] < 0 || e.Offsets[1]-e.Offsets[0] != n*k.size {
		return fmt.Errorf("%s of shape %v takes %d bytes, data_offsets are %v", e.DType, e.Shape, n*k.size, e.Offsets)
	}
	return nil
}

func (e entry) kind() (kind, error) {
	for _, k := range kinds {
		if k.name == e.DType {
			return k, nil
		}
	}
	return kind{}, fmt.Errorf("type %q; only F32, F64, I64 and BOOL are supported", e.DType)
}

// readTensor reads the elements of one tensor. e has been checked.
func readTensor(r io.Reader, e entry) (*tensor.Tensor, error) {
	switch e.DType {
	case "F32":
		return readAs(r, e, 4, raw.Float32(binary.LittleEndian))
	case "F64":
		return readAs(r, e, 8, raw.Float64(binary.LittleEndian))
	case "I64":
		return readAs(r, e, 8, raw.Int64(binary.LittleEndian))
	}
	return readAs(r, e, 1, raw.Bool)
}

func readAs[T tensor.Element](r io.Reader, e entry, size int, decode raw.Decode[T]) (*tensor.Tensor, error) {
	data, err := raw.Read(r, tensor.Shape(e.Shape).Size(), size, decode)
	if err != nil {
		return nil, err
	}
	return tensor.New(data, e.Shape...), nil
}
