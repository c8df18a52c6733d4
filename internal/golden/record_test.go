package golden

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

// tests stands for a *testing.M.
type tests func() int

func (t tests) Run() int { return t() }

func TestRecord(t *testing.T) {
	r := Record{}
	r.Case("Linear", "float64")
	r.Case("Linear", "float64")
	r.Note("Linear", "value", "float64", 2e-16)
	r.Note("Linear", "value", "float64", 1e-16)
	other := Record{}
	other.Case("Linear", "float64")
	other.Case("Conv1d", "float32")
	other.Note("Linear", "value", "float64", 3e-16)
	other.Note("Linear", "value", "float32", math.NaN())
	r.Merge(other)
	assert.Equal(t, &Found{map[string]int{"float64": 2}, map[string]map[string]float64{
		"value": {"float64": 3e-16, "float32": math.Inf(1)}}}, r["Linear"])
	assert.Equal(t, 1, r["Conv1d"].Cases["float32"])
}

func TestRecordIsWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "record")
	r := Record{}
	r.Case("Linear", "float64")
	r.Note("Linear", "value", "float64", 2e-16)
	r.Main(tests(func() int {
		require.NoError(t, flag.Set("record", path))
		return 0
	}))
	again, err := ReadRecord(path)
	require.NoError(t, err)
	assert.Equal(t, r, again)

	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	_, err = ReadRecord(path)
	assert.ErrorContains(t, err, path)
	_, err = ReadRecord(path + "x")
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestOff(t *testing.T) {
	nan := math.NaN()
	off := func(got, want float64) float64 {
		return Off(tensor.FromSlice([]float64{0, got}), tensor.FromSlice([]float64{0, want}))
	}
	for _, c := range []struct{ got, want, off float64 }{
		{1.5, 1, 0.5}, {150, 100, 0.5}, {0.5, 0.25, 0.25}, {nan, nan, 0}, {math.Inf(1), math.Inf(1), 0},
	} {
		assert.InDelta(t, c.off, off(c.got, c.want), 1e-15)
	}
	assert.True(t, math.IsNaN(off(nan, 1)))
	assert.True(t, math.IsNaN(off(1, nan)))
	assert.True(t, math.IsInf(off(math.Inf(1), 1), 1))
}

func TestBound(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 2e-16: "2e-16", 2.1e-16: "3e-16", 9.9e-3: "1e-02", 12345: "2e+04", math.Inf(1): "∞"} {
		assert.Equal(t, want, Bound(v))
	}
}
