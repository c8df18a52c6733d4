package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata anew")

// madeUp is a report of invented rows, one of each kind.
func madeUp() *report {
	c := func(name, what string, target float64) benchCase {
		return benchCase{name: name, what: what, target: target}
	}
	fast := row{benchCase: benchCase{name: "gemm", what: "gemm 512", target: 1, flops: 2 << 27, peak: true}, threads: 1,
		ours: 2e6, theirs: 4e6, ratio: 0.5, low: 0.4, high: 0.6, allocs: 3, reached: 0.9, theyReached: 0.45}
	two := fast
	two.threads, two.reached, two.theyReached = 2, 0.5, 0.25
	return &report{
		machine: "a machine", torch: "PyTorch 1.13.1", environment: []string{"OPENBLAS_CORETYPE=Haswell"}, load: "0.12", rounds: 7, each: 80 * time.Millisecond,
		before: []peak{{1, 100}, {2, 190}}, after: []peak{{1, 101}, {2, 110}}, heap: heap{1000, 1100},
		tables: []table{
			{section{title: "Multiply", note: "A note.", doubled: true}, []row{fast, two}},
			{section{title: "Criteria", note: "Another note.", mean: 0.4}, []row{
				{benchCase: c("a", "met", 0.7), threads: 1, ours: 300, theirs: 1000, ratio: 0.3, low: 0.15, high: 2, allocs: 1},
				{benchCase: c("b", "missed", 0.1), threads: 1, ours: 3e7, theirs: 1e7, ratio: 3, low: 2.5, high: 4},
				{benchCase: c("c", "something else", 0.1), threads: 1, ours: 1, theirs: 1, ratio: 1, low: 1, high: 1, differs: "2 results, PyTorch 1"},
				{benchCase: c("d", "ours alone", 0.1), threads: 1, ours: 12345},
			}},
			{section{title: "Steps", note: "A third note."}, []row{{benchCase: c("xor", "XOR", 0), threads: 1, ours: 9000, theirs: 9e4, ratio: 0.1, low: 0.09, high: 0.11, allocs: 101}}},
			{section{title: "Empty"}, nil},
		},
	}
}

func TestReport(t *testing.T) {
	for name, write := range map[string]func(w io.Writer) error{
		"report.md":  func(w io.Writer) error { return madeUp().markdown(w, "report.svg") },
		"report.svg": madeUp().chart,
	} {
		var got bytes.Buffer
		require.NoError(t, write(&got))
		file := filepath.Join("testdata", name)
		if *update {
			require.NoError(t, os.WriteFile(file, got.Bytes(), 0o600))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), got.String(), name)
	}
}

func TestWriteMakesFileAndChart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.md")
	require.NoError(t, madeUp().write(file))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Contains(t, string(text), "(p.svg)")
	picture, err := os.ReadFile(strings.TrimSuffix(file, "md") + "svg")
	require.NoError(t, err)
	assert.NoError(t, xml.Unmarshal(picture, new(any)))
}

func TestComparable(t *testing.T) {
	assert.EqualError(t, madeUp().comparable(), "c is not what PyTorch computes: 2 results, PyTorch 1")
	assert.NoError(t, new(report).comparable())
}

// The real command, without Python.
func TestRunAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "p.md")
	var log bytes.Buffer
	require.NoError(t, run([]string{"-python", "", "-only", "xor", "-rounds", "1", "-each", "1ms", "-threads", "1", "-o", file}, io.Discard, &log))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, part := range []string{"PyTorch was not measured", "XOR 2-8-1", "heap after 10,000 XOR steps"} {
		assert.Contains(t, string(text), part)
	}
	assert.NotContains(t, string(text), ".svg", "a chart of ratios needs both sides")
	assert.NotContains(t, string(text), "MLP")
	assert.Contains(t, log.String(), "xor, threads 1: ")
	assert.NoFileExists(t, strings.TrimSuffix(file, "md")+"svg")
}

func TestRunWithoutTorch(t *testing.T) {
	err := run([]string{"-python", filepath.Join(t.TempDir(), "python")}, io.Discard, io.Discard)
	assert.ErrorIs(t, err, errNoTorch)
	assert.ErrorContains(t, err, "PyTorch not found")
	for flags, want := range map[string]string{"-rounds 0": "there must be one", "-threads x": "no list of numbers", "-only [": "missing closing"} {
		assert.ErrorContains(t, run(strings.Fields(flags), io.Discard, io.Discard), want)
	}
	assert.True(t, errors.Is(run([]string{"-h"}, io.Discard, io.Discard), flag.ErrHelp))
}

func TestTimed(t *testing.T) {
	slow := func() { time.Sleep(time.Millisecond) }
	ns := timed(slow, 5*time.Millisecond)
	assert.GreaterOrEqual(t, ns, 1e6)
	assert.Less(t, ns, 1e9)
	assert.Equal(t, 2., median([]float64{3, 1}))
	assert.Equal(t, 0., median(nil))
}

func TestProcessor(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpuinfo")
	require.NoError(t, os.WriteFile(file, []byte("processor\t: 0\nmodel name\t: A: B\n"), 0o600))
	assert.Equal(t, "A: B", processor(file))
	assert.Empty(t, processor(file+"x"))
}

func TestEnvironment(t *testing.T) {
	env := []string{"OMP_NUM_THREADS=1", "HOME=/", "OPENBLAS_CORETYPE=Haswell", "OPENBLAS_NUM_THREADS=2"}
	assert.Equal(t, []string{"HOME=/", "OPENBLAS_CORETYPE=Haswell"}, withoutThreads(append([]string(nil), env...)))
	assert.Equal(t, []string{"OPENBLAS_CORETYPE=Haswell"}, torchEnvironment(env))
}
