package safetensors

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	nlp "github.com/nlpodyssey/safetensors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

// bytesOf puts a file together by hand: length, header, elements.
func bytesOf(header string, elements ...byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), elements...)
}

// mixed has every type, a 0-d and an empty tensor, and an order that is not
// the one the elements are laid out in.
func mixed() File {
	return File{
		Tensors: []tensor.Named{
			{Name: "mask", Tensor: tensor.New([]bool{true, false, true}, 3)},
			{Name: "fc.weight", Tensor: tensor.New([]float32{1, -2, 3.5, 4, 5, 6}, 2, 3)},
			{Name: "empty", Tensor: tensor.Zeros(0, 4)},
			{Name: "steps", Tensor: tensor.Int64.Scalar(7)},
			{Name: "wide", Tensor: tensor.New([]float64{math.Pi, math.Inf(-1)}, 1, 2)},
			{Name: `odd "näme"`, Tensor: tensor.New([]float32{0.5}, 1)},
		},
		Metadata: map[string]string{"format": "pt", "by": "test"},
	}
}

func encode(t *testing.T, f File) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, f))
	return b.Bytes()
}

func requireSame(t *testing.T, want, got File) {
	t.Helper()
	require.Equal(t, want.Metadata, got.Metadata)
	require.Len(t, got.Tensors, len(want.Tensors))
	for i, n := range want.Tensors {
		require.Equal(t, n.Name, got.Tensors[i].Name)
		require.True(t, tensor.Equal(n.Tensor, got.Tensors[i].Tensor), n.Name)
	}
}

// The bytes follow from the description of the format alone.
func TestReadBytesMadeByHand(t *testing.T) {
	got, err := Read(bytes.NewReader(bytesOf(
		`{"__metadata__":{"format":"pt"},"b":{"dtype":"I64","shape":[],"data_offsets":[8,16]},`+
			`"a":{"data_offsets":[0,8],"dtype":"F32","shape":[2,1]},"c":{"dtype":"BOOL","shape":[2],"data_offsets":[16,18]}}   `,
		0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, // 1, −2
		0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, // −2
		1, 0)))
	require.NoError(t, err)
	requireSame(t, File{
		Tensors: []tensor.Named{
			{Name: "b", Tensor: tensor.Int64.Scalar(-2)},
			{Name: "a", Tensor: tensor.New([]float32{1, -2}, 2, 1)},
			{Name: "c", Tensor: tensor.New([]bool{true, false})},
		},
		Metadata: map[string]string{"format": "pt"},
	}, got)
	assert.Equal(t, -2.0, got.Tensor("b").Item())
	assert.Nil(t, got.Tensor("d"))
}

func TestWriteBytes(t *testing.T) {
	f := File{Tensors: []tensor.Named{{Name: "m", Tensor: tensor.New([]bool{true})}, {Name: "x", Tensor: tensor.New([]float32{1})}}}
	// The elements of x come first, being longer; the header keeps the order.
	header := `{"m":{"dtype":"BOOL","shape":[1],"data_offsets":[4,5]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
	header += strings.Repeat(" ", 7-(len(header)+7)%8)
	assert.Equal(t, bytesOf(header, 0, 0, 0x80, 0x3f, 1), encode(t, f))
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.safetensors")
	for _, want := range []File{mixed(), {}, {Metadata: map[string]string{"a": ""}}, {Tensors: []tensor.Named{{Name: "big", Tensor: tensor.Arange(0, 70_001, 1)}}}} {
		require.NoError(t, WriteFile(path, want))
		got, err := ReadFile(path)
		require.NoError(t, err)
		requireSame(t, want, got)
	}
	assert.Equal(t, encode(t, mixed()), encode(t, mixed()), "the same file gives the same bytes")
}

// Every tensor begins at a multiple of its element size.
func TestAlignment(t *testing.T) {
	b := encode(t, mixed())
	n := binary.LittleEndian.Uint64(b)
	require.Zero(t, (8+n)%8)
	_, entries, err := parseHeader(b[8 : 8+n])
	require.NoError(t, err)
	for _, e := range entries {
		k, err := e.kind()
		require.NoError(t, err)
		assert.Zero(t, e.Offsets[0]%k.size, "%+v", e)
	}
}

// An independent implementation reads our files, and we read its.
func TestAgainstNLPOdyssey(t *testing.T) {
	st, err := nlp.Deserialize(encode(t, mixed()))
	require.NoError(t, err)
	require.Equal(t, len(mixed().Tensors), st.Len())
	views := map[string]nlp.TensorView{}
	for _, n := range mixed().Tensors {
		v, ok := st.Tensor(n.Name)
		require.True(t, ok, n.Name)
		require.Equal(t, kindOf(n.Tensor).name, v.DType().String())
		views[n.Name] = v
	}
	theirs, err := nlp.Serialize(views, map[string]string{"format": "pt"})
	require.NoError(t, err)
	got, err := Read(bytes.NewReader(theirs))
	require.NoError(t, err)
	for _, n := range mixed().Tensors {
		assert.True(t, tensor.Equal(n.Tensor, got.Tensor(n.Name)), n.Name)
	}
}

func TestTruncatedAnywhere(t *testing.T) {
	whole := encode(t, mixed())
	for n := range whole {
		_, err := Read(bytes.NewReader(whole[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "the first %d of %d bytes", n, len(whole))
	}
	_, err := Read(bytes.NewReader(append(whole, 0)))
	assert.ErrorContains(t, err, "goes on after the last tensor")
}

func TestBadHeaders(t *testing.T) {
	for header, text := range map[string]string{
		"":                         "begins with",
		"[]":                       "begins with",
		" {}":                      "begins with",
		"{":                        "EOF",
		"{}x":                      "follows the closing brace",
		"{} {}":                    "follows the closing brace",
		"{\"\xff\":1}":             "not UTF-8",
		`{"__metadata__":{"a":1}}`: "metadata",
		`{"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`: `the name "x" twice`,
		`{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`: `tensor "y": its elements begin at 4, those before it end at 8`,
	} {
		_, err := Read(bytes.NewReader(bytesOf(header)))
		assert.ErrorContains(t, err, text, header)
	}
	_, err := Read(strings.NewReader("PK\x03\x04 a zip file of PyTorch"))
	assert.ErrorContains(t, err, "is this a safetensors file?")
}

func TestBadEntries(t *testing.T) {
	for e, text := range map[string]string{
		`1`:  "cannot unmarshal",
		`{}`: `type ""`,
		`{"dtype":"F16","shape":[1],"data_offsets":[0,2]}`:                                      `type "F16"`,
		`{"dtype":"F32","data_offsets":[0,4]}`:                                                  "instead of a list",
		`{"dtype":"F32","shape":null,"data_offsets":[0,4]}`:                                     "instead of a list",
		`{"dtype":"F32","shape":[1],"data_offsets":[0]}`:                                        "two numbers",
		`{"dtype":"F32","shape":[1],"data_offsets":[0,4],"z":0}`:                                "unknown field",
		`{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}`:                                    "number 1.5",
		`{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}`:                                     "does not fit in memory",
		`{"dtype":"F32","shape":[4000000000,4000000000],"data_offsets":[0,4]}`:                  "does not fit in memory",
		`{"dtype":"F32","shape":[1],"data_offsets":[0,8]}`:                                      "takes 4 bytes, data_offsets are [0 8]",
		`{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}`:                                     "takes 4 bytes",
		`{"dtype":"F32","shape":[1],"data_offsets":[-9223372036854775808,9223372036854775807]}`: "takes 4 bytes",
		`{"dtype":"F32","shape":[1],"data_offsets":[4,8]}`:                                      "begin at 4, those before it end at 0",
		`{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}`:              "0 of 8000000000000 bytes",
	} {
		_, err := Read(bytes.NewReader(bytesOf(`{"x":` + e + `}`)))
		assert.ErrorContains(t, err, text, e)
		assert.ErrorContains(t, err, `tensor "x"`, e)
	}
}

// Neither the length of a header nor the shapes in it can claim memory that the
// file does not back.
func TestHostileHeaderIsCheap(t *testing.T) {
	for _, b := range [][]byte{
		append(binary.LittleEndian.AppendUint64(nil, maxHeader), '{'),
		bytesOf(`{"x":{"dtype":"F64","shape":[1000000000000],"data_offsets":[0,8000000000000]}}`),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Read(bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		require.Error(t, err)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
	}
}

func TestWriteRefuses(t *testing.T) {
	x := tensor.Zeros(1)
	for text, tensors := range map[string][]tensor.Named{
		"is nil":                {{Name: "a", Tensor: nil}},
		"cannot be named":       {{Name: "__metadata__", Tensor: x}},
		"is not UTF-8":          {{Name: "\xff", Tensor: x}},
		`two tensors are named`: {{Name: "a", Tensor: x}, {Name: "b", Tensor: x}, {Name: "a", Tensor: x}},
	} {
		assert.ErrorContains(t, Write(io.Discard, File{Tensors: tensors}), text)
	}
	dir := t.TempDir()
	require.Error(t, WriteFile(filepath.Join(dir, "x"), File{Tensors: []tensor.Named{{Name: "a", Tensor: nil}}}))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Empty(t, left)
	_, err = ReadFile(filepath.Join(dir, "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	_ = Write(&b, mixed())
	f.Add(b.Bytes())
	f.Add(bytesOf("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		again, err := Read(bytes.NewReader(encode(t, got)))
		require.NoError(t, err)
		require.Len(t, again.Tensors, len(got.Tensors))
		for i, n := range got.Tensors {
			require.True(t, tensor.Equal(n.Tensor, again.Tensors[i].Tensor))
		}
	})
}
