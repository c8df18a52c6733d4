package npy

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	sbinet "codeberg.org/sbinet/npyio/npy"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

// sequence returns 0 … n−1, mapped by f, as a tensor.
func sequence[T float32 | float64 | int64](f func(i int) T, shape ...int) *tensor.Tensor {
	data := make([]T, tensor.Shape(shape).Size())
	for i := range data {
		data[i] = f(i)
	}
	return tensor.New(data, shape...)
}

func quarters32(i int) float32 { return float32(i) / 4 }
func quarters64(i int) float64 { return float64(i) / 4 }
func same(i int) int64         { return int64(i) }

// written holds what internal/torchref/npy.py put into testdata.
var written = map[string]*tensor.Tensor{
	"c_f4":          sequence(quarters32, 2, 3),
	"c_f8":          sequence(func(i int) float64 { return float64(i) / 4 * 1e300 }, 2, 3),
	"fortran_f4":    sequence(quarters32, 2, 3),
	"fortran_i8_3d": sequence(same, 2, 3, 4),
	"big_f4":        sequence(quarters32, 2, 3),
	"big_f8":        sequence(quarters64, 2, 3),
	"big_i4":        sequence(func(i int) int64 { return int64(i) - 12 }, 2, 3, 4),
	"scalar_f8":     tensor.Float64.Scalar(3.5),
	"scalar_i8":     tensor.Int64.Scalar(-7),
	"empty_f4":      tensor.Zeros(2, 0, 3),
	"empty_1d_f8":   tensor.Float64.Zeros(0),
	"bool":          tensor.New([]bool{true, false, false, true}, 2, 2),
	"i1":            tensor.New([]int64{-128, -1, 0, 127}),
	"i2":            tensor.New([]int64{-32768, -1, 0, 32767}),
	"i4":            tensor.New([]int64{math.MinInt32, -1, 0, math.MaxInt32}),
	"i8":            tensor.New([]int64{math.MinInt64, -1, 0, math.MaxInt64}),
	"u1":            tensor.New([]int64{0, 127, 128, 255}),
	"u2":            tensor.New([]int64{0, 65535}),
	"u4":            tensor.New([]int64{0, math.MaxUint32}),
	"special_f8":    tensor.New([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 5e-324}),
	"version2":      sequence(quarters32, 2, 3),
	"version3":      sequence(quarters32, 2, 3),
}

// unsupported are the files of testdata that cannot be read.
var unsupported = map[string]string{
	"complex": "<c16",
	"u8":      "<u8",
	"struct":  "structured types are not supported",
}

func TestReadWhatNumPyWrote(t *testing.T) {
	files, err := filepath.Glob("testdata/*.npy")
	require.NoError(t, err)
	require.Len(t, files, len(written)+len(unsupported))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".npy")
		got, err := ReadFile(file)
		if text, ok := unsupported[name]; ok {
			require.ErrorContains(t, err, text, name)
			require.ErrorContains(t, err, file, name)
			continue
		}
		require.NoError(t, err, name)
		want := written[name]
		require.NotNil(t, want, "testdata has %s, but the test expects nothing of it", name)
		assert.True(t, tensor.Equal(want, got), "%s: want %v, got %v", name, want, got)
	}
	negativeZero, err := ReadFile("testdata/special_f8.npy")
	require.NoError(t, err)
	assert.True(t, math.Signbit(negativeZero.At(3)))
}

// The bytes must be NumPy's own: what NumPy wrote row-major and little-endian
// comes out as it went in.
func TestWriteNumPysBytes(t *testing.T) {
	for _, name := range []string{"c_f4", "c_f8", "scalar_f8", "scalar_i8", "empty_f4", "empty_1d_f8", "bool", "i8", "special_f8"} {
		want, err := os.ReadFile("testdata/" + name + ".npy")
		require.NoError(t, err)
		var got bytes.Buffer
		x, err := Read(bytes.NewReader(want))
		require.NoError(t, err)
		require.NoError(t, Write(&got, x))
		assert.Equal(t, want, got.Bytes(), name)
	}
}

func TestRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	many := sequence(quarters32, 3, 50_001) // longer than a chunk
	for _, want := range []*tensor.Tensor{many, tensor.Zeros(0, 4), tensor.Scalar(1), tensor.Bool.Ones(2, 1, 2), sequence(same, 1, 1, 1, 1, 1, 7)} {
		require.NoError(t, WriteFile(path, want))
		got, err := ReadFile(path)
		require.NoError(t, err)
		assert.True(t, tensor.Equal(want, got), "%v", want)
	}
}

// An independent implementation reads the files too.
func TestNpyioReadsOurs(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Write(&b, sequence(quarters64, 4, 5)))
	r, err := sbinet.NewReader(&b)
	require.NoError(t, err)
	assert.Equal(t, []int{4, 5}, r.Header.Descr.Shape)
	assert.False(t, r.Header.Descr.Fortran)
	got := make([]float64, 20)
	require.NoError(t, r.Read(&got))
	assert.Equal(t, tensor.Data[float64](sequence(quarters64, 20)), got)
}

func TestReadNpyios(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, sbinet.Write(&b, [2][3]float32{{0, .25, .5}, {.75, 1, 1.25}}))
	got, err := Read(&b)
	require.NoError(t, err)
	assert.True(t, tensor.Equal(sequence(quarters32, 2, 3), got))
}

func TestReadOneAfterTheOther(t *testing.T) {
	var b bytes.Buffer
	for i := range 3 {
		require.NoError(t, Write(&b, tensor.Full(float64(i), i)))
	}
	for i := range 3 {
		got, err := Read(&b)
		require.NoError(t, err)
		assert.True(t, tensor.Equal(tensor.Full(float64(i), i), got))
	}
	_, err := Read(&b)
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestTruncatedAnywhere(t *testing.T) {
	whole, err := os.ReadFile("testdata/c_f8.npy")
	require.NoError(t, err)
	for n := range whole {
		_, err := Read(bytes.NewReader(whole[:n]))
		require.ErrorIs(t, err, io.ErrUnexpectedEOF, "the first %d bytes", n)
	}
	_, err = Read(bytes.NewReader(whole[:len(whole)-1]))
	assert.EqualError(t, err, `npy: type "<f8", shape [2 3]: 47 of 48 bytes of elements are there: unexpected EOF`)
}

func TestFileThatGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.npy")
	whole, err := os.ReadFile("testdata/c_f8.npy")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(whole, 0), 0o600))
	_, err = ReadFile(path)
	assert.ErrorContains(t, err, "goes on")
}

// withHeader returns a version 1 file with the given dictionary and no elements.
func withHeader(dict string) io.Reader {
	return strings.NewReader(magic + "\x01\x00" + string([]byte{byte(len(dict)), byte(len(dict) >> 8)}) + dict)
}

func TestBadHeaders(t *testing.T) {
	for dict, text := range map[string]string{
		"": `"{" expected`,
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)":                              `"}" expected`,
		"{'descr': '<f4', 'fortran_order': False}":                                            "instead of descr, fortran_order and shape",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'x': 1}":                     `key "x" is unknown`,
		"{'descr': '<f4', 'descr': '<f4', 'shape': (2,)}":                                     `key "descr" twice`,
		"{'descr': '<f4', 'fortran_order': 0, 'shape': (2,)}":                                 `"False" expected`,
		"{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}":                            "a length expected",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}":          "a length expected",
		"{'descr': '<f4', 'fortran_order': False, 'shape': 2}":                                `"(" expected`,
		"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x":                           "after the dictionary",
		"{'descr': '<f4, 'fortran_order': False, 'shape': (2,)}":                              "expected",
		"{'descr': 'f4', 'fortran_order': False, 'shape': (2,)}":                              "no byte order",
		"{'descr': '', 'fortran_order': False, 'shape': (2,)}":                                "no type",
		"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (2,)}":                         "without counterpart",
		"{'descr': '<f4', 'fortran_order': False, 'shape': (4000000000, 4000000000)}":         "more elements than fit",
		"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}":                 "0 of 8000000000000 bytes",
		"{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000000000000, 0)}":         "more elements than fit",
		"{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000, 0)}":                  "",
		"{'shape': (0,), \"fortran_order\": True, 'descr': '|b1'}                           ": "",
	} {
		_, err := Read(withHeader(dict))
		if text == "" {
			assert.NoError(t, err, dict)
		} else {
			assert.ErrorContains(t, err, text, dict)
		}
	}
	_, err := Read(strings.NewReader("PK\x03\x04 a zip file"))
	assert.ErrorContains(t, err, "not a .npy file")
	_, err = Read(strings.NewReader(magic + "\x04\x00xxxx"))
	assert.ErrorContains(t, err, "version 4")
	_, err = Read(strings.NewReader(magic + "\x02\x00\xff\xff\xff\xff"))
	assert.ErrorContains(t, err, "a header of 4294967295 bytes")
}

// A header cannot claim memory that the file does not back.
func TestHostileHeaderIsCheap(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Read(withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,)}"))
	runtime.ReadMemStats(&after)
	require.Error(t, err)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
}

func TestFailingWriter(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	assert.ErrorIs(t, Write(w, tensor.Zeros(2)), io.ErrClosedPipe)
	assert.Panics(t, func() { _ = Write(io.Discard, nil) })
	_, err := ReadFile(filepath.Join(t.TempDir(), "none"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.npy")
	for _, file := range files {
		b, _ := os.ReadFile(file)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := Read(bytes.NewReader(b))
		if err != nil {
			return
		}
		var again bytes.Buffer
		require.NoError(t, Write(&again, x))
		y, err := Read(&again)
		require.NoError(t, err)
		require.True(t, tensor.Equal(x, y))
	})
}
