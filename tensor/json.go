package tensor

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
)

// MarshalText returns PyTorch's name of the type, like String.
func (d DType) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, and "int32" as Int64.
func (d *DType) UnmarshalText(text []byte) error {
	for _, k := range []DType{Float32, Float64, Int64, Bool} {
		if string(text) == k.String() {
			*d = k
			return nil
		}
	}
	if string(text) == "int32" {
		*d = Int64
		return nil
	}
	return fmt.Errorf("tensor: %q is not float32, float64, int64, int32 or bool", text)
}

// MarshalJSON writes the elements row-major and flat, every float in the
// fewest digits that read back to the same bits:
//
//	{"shape":[2,2],"dtype":"float32","data":[1,0.1,"nan","-inf"]}
//
// NaN and infinities, which JSON has no numbers for, are the strings "nan",
// "inf" and "-inf".
func (t *Tensor) MarshalJSON() ([]byte, error) {
	shape, err := json.Marshal(append(Shape{}, t.shape...))
	if err != nil {
		return nil, err
	}
	out := fmt.Appendf(nil, `{"shape":%s,"dtype":%q,"data":[`, shape, t.dtype)
	switch t.dtype {
	case Float32:
		out = appendJSON(out, Data[float32](t), func(b []byte, v float32) []byte { return appendFloat(b, float64(v), 32) })
	case Float64:
		out = appendJSON(out, Data[float64](t), func(b []byte, v float64) []byte { return appendFloat(b, v, 64) })
	case Int64:
		out = appendJSON(out, Data[int64](t), func(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) })
	case Bool:
		out = appendJSON(out, Data[bool](t), strconv.AppendBool)
	}
	return append(out, "]}"...), nil
}

func appendJSON[T any](out []byte, data []T, element func(b []byte, v T) []byte) []byte {
	for i, v := range data {
		if i > 0 {
			out = append(out, ',')
		}
		out = element(out, v)
	}
	return out
}

func appendFloat(b []byte, v float64, bits int) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"nan"`...)
	case math.IsInf(v, 1):
		return append(b, `"inf"`...)
	case math.IsInf(v, -1):
		return append(b, `"-inf"`...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, bits)
}

// UnmarshalJSON reads what MarshalJSON writes, in which the data may be nested
// and then needs no shape, and the dtype, when it is missing, is float32. It
// also reads arrays of numbers nested to any depth, and one number, as float32.
func (t *Tensor) UnmarshalJSON(text []byte) error {
	in := struct {
		Shape *Shape
		DType DType
		Data  json.RawMessage
	}{Data: text}
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '{' {
		in.Data = nil
		if err := json.Unmarshal(text, &in); err != nil {
			return err
		}
		if in.Data == nil {
			return fmt.Errorf(`tensor: JSON object without "data"`)
		}
	}
	read, err := readArray(in.Data, in.DType)
	if err != nil {
		return err
	}
	if in.Shape != nil {
		if err := fits(*in.Shape, read.Size()); err != nil {
			return err
		}
		read = Reshape(read, *in.Shape...)
	}
	*t = *read
	t.setShape(read.shape) // not read's array
	return nil
}

// fits reports a shape that does not hold n elements; Reshape would take −1.
func fits(shape Shape, n int) error {
	for _, d := range shape {
		if d < 0 {
			return fmt.Errorf("tensor: negative length in shape %v", shape)
		}
	}
	if shape.Size() != n {
		return fmt.Errorf("tensor: shape %v does not hold %d elements", shape, n)
	}
	return nil
}

func readArray(text []byte, d DType) (*Tensor, error) {
	switch d {
	case Float32:
		return readJSON(text, func(s string) (float32, error) { v, err := parseFloat(s, 32); return float32(v), err })
	case Float64:
		return readJSON(text, func(s string) (float64, error) { return parseFloat(s, 64) })
	case Int64:
		return readJSON(text, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	}
	return readJSON(text, strconv.ParseBool)
}

// parseFloat reads a JSON number or one of the strings appendFloat writes.
// A number beyond the type's range becomes an infinity, as rounding has it.
func parseFloat(s string, bits int) (float64, error) {
	switch s {
	case `"nan"`:
		return math.NaN(), nil
	case `"inf"`:
		return math.Inf(1), nil
	case `"-inf"`:
		return math.Inf(-1), nil
	}
	v, err := strconv.ParseFloat(s, bits)
	if math.IsInf(v, 0) {
		err = nil
	}
	return v, err
}

// readJSON reads an array nested to any depth, or one element.
func readJSON[T Element](text []byte, element func(string) (T, error)) (*Tensor, error) {
	r := arrayReader[T]{text: text, leaf: -1, element: element}
	if err := r.value(0); err != nil {
		return nil, fmt.Errorf("tensor: %w", err)
	}
	t, dst := empty[T](r.shape)
	copy(dst, r.data)
	return t, nil
}

// arrayReader reads nested JSON arrays without the detour over reflection,
// which would cost ten times as much.
type arrayReader[T Element] struct {
	text    []byte
	at      int
	shape   Shape // −1: length not known yet
	leaf    int   // the depth at which elements stand; −1: not known yet
	data    []T
	element func(string) (T, error)
}

// value reads an array or an element at a depth.
func (r *arrayReader[T]) value(depth int) error {
	if r.peek() == '[' {
		return r.array(depth)
	}
	start := r.at
	for r.at < len(r.text) && !bytes.ContainsRune([]byte(",] \t\r\n"), rune(r.text[r.at])) {
		r.at++
	}
	token := string(r.text[start:r.at])
	if r.leaf < 0 {
		r.leaf = depth
	}
	if depth != r.leaf || depth != len(r.shape) {
		return fmt.Errorf("%s stands at another depth than its fellows", token)
	}
	v, err := r.element(token)
	if err != nil {
		return fmt.Errorf("element %d: %s is not a %T", len(r.data), token, v)
	}
	r.data = append(r.data, v)
	return nil
}

func (r *arrayReader[T]) array(depth int) error {
	if r.leaf >= 0 && depth >= r.leaf {
		return fmt.Errorf("an array stands where its fellows are elements")
	}
	if depth == len(r.shape) {
		r.shape = append(r.shape, -1)
	}
	r.at++ // the bracket
	n := 0
	for ; r.peek() != ']'; n++ {
		if err := r.value(depth + 1); err != nil {
			return err
		}
		switch r.peek() {
		case ',':
			r.at++
		case ']':
		default:
			return fmt.Errorf("an array ends without ]")
		}
	}
	r.at++
	if r.shape[depth] >= 0 && r.shape[depth] != n {
		return fmt.Errorf("rows of %d and %d elements", r.shape[depth], n)
	}
	r.shape[depth] = n
	return nil
}

// peek skips space and returns the next byte, 0 at the end.
func (r *arrayReader[T]) peek() byte {
	for r.at < len(r.text) {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
			r.at++
		default:
			return c
		}
	}
	return 0
}
