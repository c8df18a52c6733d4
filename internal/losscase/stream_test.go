package losscase

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/internal/golden"
)

const square = `"loss":"MSELoss","inputs":[{"data":[3],"requires_grad":true},{"data":[1]}]`

// stream returns the lines that answer in.
func stream(t *testing.T, in string) (lines []string, n Count) {
	t.Helper()
	var out bytes.Buffer
	n, err := Stream(&out, strings.NewReader(in))
	require.NoError(t, err)
	if out.Len() > 0 {
		require.True(t, strings.HasSuffix(out.String(), "\n"))
		lines = strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	return lines, n
}

func TestStreamGoesOn(t *testing.T) {
	huge := `{"id":"` + strings.Repeat("x", 1<<20) + `",` + square + `}` // longer than any buffer
	lines, n := stream(t, strings.Join([]string{
		`{"id":1,` + square + `}`,
		"", "  \r",
		`{"id":2,"loss":`,
		`{"id":{"a":[3]},"loss":7}`,
		`[4]`, `null`, `"text"`,
		`{"id":"five","loss":"MSELoss","inputs":[{"data":[3]}]}`,
		`{` + square + `}` + "\r",
		huge,
		`{"id":"<&>","loss":"NoLoss"}`, // and no newline at the end
	}, "\n"))
	require.Len(t, lines, 10)
	assert.Equal(t, Count{Requests: 10, Errors: 7}, n)
	const good = `"output":{"shape":[],"dtype":"float32","data":[4]},"grads":{"input":{"shape":[1],"dtype":"float32","data":[4]},"target":null},"error":null}`
	const bad = `"output":null,"grads":null,"error":"`
	for i, want := range []string{
		`{"id":1,` + good,
		`{"id":null,` + bad + `losscase: not a request`,
		`{"id":{"a":[3]},` + bad,
		`{"id":null,` + bad, `{"id":null,` + bad, `{"id":null,` + bad,
		`{"id":"five",` + bad + `loss.MSELoss: 1 inputs given`,
		`{"id":null,` + good,
		`{"id":"xxx`,
		`{"id":"<&>",` + bad + `loss: no loss`,
	} {
		assert.True(t, strings.HasPrefix(lines[i], want), "line %d: %.200s", i, lines[i])
	}
	assert.True(t, strings.HasSuffix(lines[8], good))
}

// What the program reads back is what it wrote: floats in the fewest digits of
// their type, int32 as int64.
func TestStreamNumbers(t *testing.T) {
	lines, n := stream(t, `{"id":0,"loss":"L1Loss","args":{"reduction":"none","size_average":null},"inputs":[`+
		`{"dtype":"float32","shape":[5],"data":[0.1,"nan","inf","-inf",16777217]},{"dtype":"float32","shape":[5],"data":[0,0,0,0,0]}]}`+"\n"+
		`{"id":1,"loss":"NLLLoss","args":{"weight":{"shape":[2],"dtype":"float64","data":[1,0.1]},"reduce":false},"inputs":[`+
		`{"dtype":"float64","shape":[1,2],"data":[-1,-3]},{"dtype":"int32","shape":[1],"data":[1]}]}`)
	require.Zero(t, n.Errors, lines)
	assert.Contains(t, lines[0], `"data":[0.1,"nan","inf","inf",1.6777216e+07]`)
	assert.Contains(t, lines[1], `"data":[0.30000000000000004]`)
}

func TestStreamGzip(t *testing.T) {
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	for i := range 1000 {
		fmt.Fprintf(z, `{"id":%d,%s}`+"\n", i, square)
	}
	require.NoError(t, z.Close())
	lines, n := stream(t, zipped.String())
	assert.Equal(t, Count{Requests: 1000}, n)
	assert.Len(t, lines, 1000)

	_, err := Stream(io.Discard, bytes.NewReader(zipped.Bytes()[:zipped.Len()-20]))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = Stream(io.Discard, strings.NewReader("\x1f\x8bnot gzip"))
	assert.ErrorIs(t, err, gzip.ErrHeader)
}

// A program at the other end of two pipes may wait for each answer.
func TestStreamAnswersAtOnce(t *testing.T) {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	done := make(chan error)
	go func() {
		_, err := Stream(outW, inR)
		done <- err
	}()
	answers := json.NewDecoder(outR)
	for i := range 3 {
		_, err := fmt.Fprintf(inW, `{"id":%d,%s}`+"\n", i, square)
		require.NoError(t, err)
		var a Answer
		require.NoError(t, answers.Decode(&a))
		assert.Equal(t, fmt.Sprint(i), string(a.ID))
	}
	require.NoError(t, inW.Close())
	require.NoError(t, <-done)
}

func TestStreamWriteError(t *testing.T) {
	broken := errors.New("broken")
	_, err := Stream(brokenWriter{broken}, strings.NewReader(strings.Repeat(`{`+square+"}\n", 10_000)))
	assert.ErrorIs(t, err, broken)
}

type brokenWriter struct{ error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.error }

// The golden files of PyTorch 1.13.1 are requests with their answers, so they
// go through the stream as they are.
func TestStreamAgainstPyTorch(t *testing.T) {
	const dir = "../../nn/loss/testdata"
	files, err := filepath.Glob(dir + "/*.json.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) { streamFile(t, path) })
	}
}

func streamFile(t *testing.T, path string) {
	want, err := golden.Read[Answer](path)
	require.NoError(t, err)
	file, err := os.Open(path)
	require.NoError(t, err)
	defer file.Close()
	var out bytes.Buffer
	n, err := Stream(&out, file)
	require.NoError(t, err)
	require.Equal(t, len(want), n.Requests)
	// The tests of nn/loss hold each loss to its tolerance and know where it
	// is better than PyTorch; here it matters that nothing is mixed up.
	different := 0
	for d := json.NewDecoder(&out); d.More(); {
		var got Answer
		require.NoError(t, d.Decode(&got))
		w := want[0]
		want = want[1:]
		require.JSONEq(t, string(w.ID), string(got.ID))
		if !alike(got, w) {
			different++
		}
	}
	require.LessOrEqual(t, different, n.Requests/10)
}

func alike(got, want Answer) bool {
	if want.Error != nil || got.Error != nil {
		return (want.Error != nil) == (got.Error != nil)
	}
	tol := golden.Tolerance{Rel: 1e-4, Abs: 1e-5}
	if tol.Compare(got.Output, want.Output) != nil {
		return false
	}
	for name, g := range want.Grads {
		if g == nil { // PyTorch's None: nothing depends on it
			g = got.Grads[name].DType().Zeros(got.Grads[name].Shape()...)
		}
		if tol.Compare(got.Grads[name], g) != nil {
			return false
		}
	}
	for name, g := range want.HVP {
		if tol.Compare(got.HVP[name], g) != nil {
			return false
		}
	}
	return true
}

func FuzzStream(f *testing.F) {
	f.Add([]byte(`{"id":1,` + square + `}`))
	f.Add([]byte("{\"id\":[1],\"loss\":\"L1Loss\",\"inputs\":[{\"data\":[\"nan\"]},{\"data\":[0]}],\"v\":[null]}\n\nnull\n"))
	f.Add([]byte(`{"loss":"NLLLoss","args":{"weight":{"data":[1,2]}},"inputs":[{"data":[[1,2]]},{"dtype":"int32","data":[1]}]}`))
	f.Add([]byte("\x1f\x8b"))
	f.Fuzz(func(t *testing.T, in []byte) {
		var out bytes.Buffer
		n, err := Stream(&out, bytes.NewReader(in))
		if err != nil && !bytes.HasPrefix(in, []byte("\x1f\x8b")) {
			t.Fatal(err)
		}
		lines := bytes.Split(out.Bytes(), []byte("\n"))
		if len(lines)-1 != n.Requests {
			t.Fatalf("%d lines for %d requests", len(lines)-1, n.Requests)
		}
		for _, line := range lines[:n.Requests] {
			var a Answer
			if err := json.Unmarshal(line, &a); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if (a.Error == nil) != (a.Output != nil) {
				t.Fatalf("an error or an output, not %s", line)
			}
			if a.Error != nil && strings.Contains(*a.Error, "internal error") {
				t.Fatalf("%s", line)
			}
		}
	})
}

func BenchmarkStream(b *testing.B) {
	in := strings.Repeat(`{"id":1,`+square+"}\n", 1000)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := Stream(io.Discard, strings.NewReader(in)); err != nil {
			b.Fatal(err)
		}
	}
}
