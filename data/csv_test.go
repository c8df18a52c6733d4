package data

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

var inf = math.Inf(1)

func TestReadCSV(t *testing.T) {
	const table = "a,b,kind\n1,2,yes\n3.5,-4e2,no\n"
	for _, c := range []struct {
		name, text        string
		o                 CSVOptions
		x, y              any
		features, classes []string
	}{
		{"header and words", table, CSVOptions{},
			[][]float32{{1, 2}, {3.5, -400}}, []int64{1, 0}, []string{"a", "b"}, []string{"no", "yes"}},
		{"target by name", "kind,a\nyes,1\nno,2\n", CSVOptions{Target: "kind"},
			[][]float32{{1}, {2}}, []int64{1, 0}, []string{"a"}, []string{"no", "yes"}},
		{"target by number", "yes,1\nno,2\n", CSVOptions{Target: "0"},
			[][]float32{{1}, {2}}, []int64{1, 0}, nil, []string{"no", "yes"}},
		{"target from the last", "1,yes,5\n2,no,6\n", CSVOptions{Target: "-2"},
			[][]float32{{1, 5}, {2, 6}}, []int64{1, 0}, nil, []string{"no", "yes"}},
		{"numbers sort by value", "1,10\n2,9\n3,9.0\n4,-1\n", CSVOptions{},
			[][]float32{{1}, {2}, {3}, {4}}, []int64{2, 1, 1, 0}, nil, []string{"-1", "9", "10"}},
		{"words among numbers sort by bytes", "1,10\n2,9\n3,x\n", CSVOptions{},
			[][]float32{{1}, {2}, {3}}, []int64{0, 1, 2}, nil, []string{"10", "9", "x"}},
		{"classes given", table, CSVOptions{Classes: []string{"yes", "maybe", "no"}},
			[][]float32{{1, 2}, {3.5, -400}}, []int64{0, 2}, []string{"a", "b"}, []string{"yes", "maybe", "no"}},
		{"regression", "1,10\n2,0.5\n", CSVOptions{Regression: true},
			[][]float32{{1}, {2}}, []float32{10, 0.5}, nil, nil},
		{"float64", "0.1,1e300\n", CSVOptions{Regression: true, DType: tensor.Float64},
			[][]float64{{0.1}}, []float64{1e300}, nil, nil},
		{"ignored columns", table, CSVOptions{Ignore: []string{"a"}},
			[][]float32{{2}, {-400}}, []int64{1, 0}, []string{"b"}, []string{"no", "yes"}},
		{"names that are numbers", "1,2\n3,4\n", CSVOptions{Header: WithHeader},
			[][]float32{{3}}, []int64{0}, []string{"1"}, []string{"4"}},
		{"pandas' nameless index", ",a,kind\n0,5,x\n1,6,x\n", CSVOptions{Ignore: []string{"0"}},
			[][]float32{{5}, {6}}, []int64{0, 0}, []string{"a"}, []string{"x"}},
		{"spaces, quotes, mark, CRLF, other separator, no last newline", "\ufeff a ; \"k;d\"\r\n 1 ; \"y \"\r\n\r\n 2;y", CSVOptions{Comma: ';'},
			[][]float32{{1}, {2}}, []int64{0, 0}, []string{"a"}, []string{"y"}},
		{"one row", "7,x\n", CSVOptions{}, [][]float32{{7}}, []int64{0}, nil, []string{"x"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, text := range []string{c.text, zipped(c.text)} {
				ds, err := ReadCSV(strings.NewReader(text), c.o)
				require.NoError(t, err)
				assert.True(t, tensor.Equal(tensor.FromSlice(c.x), ds.X), "%#v", ds.X)
				assert.True(t, tensor.Equal(tensor.FromSlice(c.y), ds.Y), "%#v", ds.Y)
				assert.Equal(t, c.features, ds.Features)
				assert.Equal(t, c.classes, ds.Classes)
			}
		})
	}
}

func zipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

func TestReadCSVNamesTheFault(t *testing.T) {
	for _, c := range []struct {
		text string
		o    CSVOptions
		want string
	}{
		{"", CSVOptions{}, "the file is empty"},
		{"\n\n", CSVOptions{}, "the file is empty"},
		{zipped(""), CSVOptions{}, "the file is empty"},
		{"a,b\n", CSVOptions{}, "there is a header but no sample"},
		{"a\nx\n", CSVOptions{}, "there is no feature among 1 columns"},
		{"a,b\n1,x\n\n2,y,3\n", CSVOptions{}, "line 4 has 3 cells, the first line 2"},
		{"1,x\n2\n", CSVOptions{}, "line 2 has 1 cells, the first line 2"},
		{"a,b\n1,x\nfour,y\n", CSVOptions{}, `line 3, column 0 ("a"): "four" is not a number`},
		{"1,2,x\n3, ,y\n", CSVOptions{}, "line 2, column 1: the cell is empty"},
		{"1,x\nNaN,y\n", CSVOptions{}, `line 2, column 0: "NaN" is not a finite number`},
		{"1,x\n-inf,y\n", CSVOptions{}, `line 2, column 0: "-inf" is not a finite number`},
		{"1,x\n1e39,y\n", CSVOptions{}, `line 2, column 0: "1e39" is too large for float32`},
		{"1,x\n2,\n", CSVOptions{}, "line 2, column 1: the cell is empty"},
		{"1,x\n2,nan\n", CSVOptions{}, `line 2, column 1: "nan" is a number but not a whole one, so not a class; is this a Regression?`},
		{"1,3\n2,3.5\n", CSVOptions{}, `line 2, column 1: "3.5" is a number but not a whole one, so not a class; is this a Regression?`},
		{"1,x\n2,y\n", CSVOptions{Regression: true}, `line 1, column 1: "x" is not a number`},
		{"1,x\n2,z\n", CSVOptions{Classes: []string{"x", "y"}}, `line 2, column 1: "z" is not one of the classes ["x" "y"]`},
		{"a,b\n1,x\n", CSVOptions{Target: "c"}, `target: no column "c" among ["a" "b"]`},
		{"1,x\n", CSVOptions{Target: "c"}, `target: no column "c": the first line is not a header`},
		{"1,x\n", CSVOptions{Target: "2"}, "target: no column 2 among 2"},
		{"1,x\n", CSVOptions{Ignore: []string{"-3"}}, "ignore: no column -3 among 2"},
		{"a,a,b\n1,2,x\n", CSVOptions{Target: "a"}, `target: several columns are named "a"`},
		{"a,b\n1,x\n2,\"y\n", CSVOptions{}, "after 1 samples: parse error on line 3"},
		{zipped("a,b\n1,x\n2,y\n")[:30], CSVOptions{}, "unexpected EOF"},
		{zipped("a,b\n1,x\n2,y\n")[:5], CSVOptions{}, "gzip: unexpected EOF"},
	} {
		ds, err := ReadCSV(strings.NewReader(c.text), c.o)
		assert.Nil(t, ds)
		if assert.Error(t, err, "%q", c.text) {
			assert.True(t, strings.HasPrefix(err.Error(), "data: "), err)
			assert.Contains(t, err.Error(), c.want)
		}
	}
}

func TestReadCSVReportsTruncationAnywhere(t *testing.T) {
	whole := digitsFile
	for _, n := range []int{3, 100, 30000, len(whole) - 4, len(whole) - 1} {
		_, err := ReadCSV(bytes.NewReader(whole[:n]), CSVOptions{})
		assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "first %d bytes", n)
	}
}

func TestReadCSVFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "t.csv")
	require.NoError(t, os.WriteFile(path, []byte("1,x\ntwo,y\n"), 0o600))
	_, err := ReadCSVFile(path, CSVOptions{})
	assert.EqualError(t, err, "data: "+path+`: line 2, column 0: "two" is not a number`)
	_, err = ReadCSVFile(path+"x", CSVOptions{})
	assert.True(t, errors.Is(err, fs.ErrNotExist), "%v", err)
	assert.ErrorContains(t, err, path+"x")
}

func TestReadCSVRejects(t *testing.T) {
	assert.PanicsWithError(t, "data.ReadCSV: DType int64 is not a float",
		func() { ReadCSV(strings.NewReader("1,x\n"), CSVOptions{DType: tensor.Int64}) })
	assert.PanicsWithError(t, `data.ReadCSV: Classes[2] = "1.0" is there twice`,
		func() { ReadCSV(strings.NewReader("1,x\n"), CSVOptions{Classes: []string{"0", "1", "1.0"}}) })
}

// Whatever the bytes, the result is an error or a dataset of finite features
// and classes that exist.
func FuzzReadCSV(f *testing.F) {
	for _, text := range []string{"", "a,b\n1,x\n", "1,2\n3,4", "\xef\xbb\xbf1,\"2\"\n", zipped("1,2\n"), zipped("1,2\n")[:12], "0x1p-2,1e400\n", "nan,-0\n", ",\n", "1,9007199254740993\n2,1e99\n"} {
		f.Add([]byte(text), "", false)
		f.Add([]byte(text), "0", true)
	}
	f.Fuzz(func(t *testing.T, text []byte, target string, regression bool) {
		ds, err := ReadCSV(bytes.NewReader(text), CSVOptions{Target: target, Regression: regression})
		if err != nil {
			return
		}
		require.Positive(t, ds.Len())
		require.Equal(t, ds.Len(), ds.Y.Len(0))
		for _, v := range append(ds.X.Float64s(), ds.Y.Float64s()...) {
			require.False(t, math.IsNaN(v) || math.IsInf(v, 0))
		}
		if !regression {
			require.GreaterOrEqual(t, tensor.Min(ds.Y).Item(), 0.0)
			require.Equal(t, len(ds.Classes)-1, int(tensor.Max(ds.Y).Item()), "every class has a sample")
		}
	})
}
