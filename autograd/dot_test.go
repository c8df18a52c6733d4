package autograd_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares got with a file under testdata, or rewrites it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

func layer() (y *variable, names []autograd.Parameter) {
	w, b := autograd.New(tensor.Zeros(3, 2)), autograd.New(tensor.Zeros(3))
	names = []autograd.Parameter{{Name: "fc.weight", Variable: w}, {Name: `fc."bias"\`, Variable: b}}
	h := autograd.Const(tensor.Ones(4, 2)).MatMul(w, tensor.TransB).Add(b).Tanh()
	return h.Mul(h).Add(autograd.New(tensor.Float32.Scalar(1))).Mean(), names
}

func TestWriteDOT(t *testing.T) {
	for range 2 { // equal graphs, equal text
		y, names := layer()
		var b bytes.Buffer
		require.NoError(t, autograd.WriteDOT(&b, y, names...))
		golden(t, "layer.dot", b.Bytes())
	}
}

func TestWriteDOTOfWhatIsNotRecorded(t *testing.T) {
	var b bytes.Buffer
	x := autograd.New(tensor.Float64.Scalar(2))
	y := x.Square()
	y.Backward()
	require.NoError(t, autograd.WriteDOT(&b, y))
	require.Contains(t, b.String(), `label="Square (freed)\nfloat64 []"`)
	b.Reset()
	require.NoError(t, autograd.WriteDOT(&b, autograd.Untracked(tensor.Ones(2)).Exp()))
	require.Contains(t, b.String(), `label="untracked\nfloat32 [2]", shape=plaintext`)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteDOTReportsErrors(t *testing.T) {
	y, _ := layer()
	require.EqualError(t, autograd.WriteDOT(broken{}, y), "autograd: writing a graph: disk full")
}
