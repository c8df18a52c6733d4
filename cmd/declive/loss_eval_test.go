package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	request  = `{"id":"a","loss":"L1Loss","inputs":[{"data":[3],"requires_grad":true},{"data":[1]}]}` + "\n"
	response = `{"id":"a","output":{"shape":[],"dtype":"float32","data":[2]},` +
		`"grads":{"input":{"shape":[1],"dtype":"float32","data":[1]},"target":null},"error":null}` + "\n"
)

func TestLossEval(t *testing.T) {
	plain := file(t, "a.jsonl", request+"oops\n"+request)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := io.WriteString(z, request)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	gz := file(t, "b", zipped.String()) // found out by its content

	o := declive("loss", "eval", plain, gz)
	assert.Equal(t, statusDone, o.status)
	lines := strings.SplitAfter(o.stdout, "\n")
	require.Len(t, lines, 5)
	assert.Equal(t, []string{response, response, response}, []string{lines[0], lines[2], lines[3]})
	assert.Contains(t, lines[1], `{"id":null,"output":null,"grads":null,"error":"`)
	assert.Equal(t, "declive: 1 of 4 requests are answered with an error\n", o.stderr)
}

func TestLossEvalStdin(t *testing.T) {
	stdin := os.Stdin
	t.Cleanup(func() { os.Stdin = stdin })
	for _, args := range [][]string{{"loss", "eval"}, {"loss", "eval", "-"}} {
		in, err := os.Open(file(t, "in", request))
		require.NoError(t, err)
		os.Stdin = in
		assert.Equal(t, response, done(t, args...))
		require.NoError(t, in.Close())
	}
}

func TestLossEvalMistakes(t *testing.T) {
	cut := file(t, "cut.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4a")
	for arg, want := range map[string]string{
		"no/such": "open no/such: no such file",
		cut:       "cut.gz: unexpected EOF",
	} {
		o := declive("loss", "eval", file(t, "a", request), arg)
		assert.Equal(t, statusFailed, o.status)
		assert.Equal(t, response, o.stdout, "what comes before is answered")
		assert.Contains(t, o.stderr, want)
		assert.Equal(t, 1, strings.Count(o.stderr, "\n"))
	}
}

// Whoever reads the answers may stop, and that is no error.
func TestLossEvalBrokenPipe(t *testing.T) {
	err := evalLosses(context.Background(), []string{"-"}, strings.NewReader(request), brokenPipe{}, io.Discard)
	assert.NoError(t, err)
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Err: syscall.EPIPE}
}

// Ctrl-C ends it while nothing comes.
func TestLossEvalInterrupted(t *testing.T) {
	silent, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	assert.ErrorIs(t, evalLosses(ctx, []string{"-"}, silent, io.Discard, io.Discard), errInterrupted)
}

func TestLossPlot(t *testing.T) {
	dir := t.TempDir()
	svg, png := filepath.Join(dir, "a.svg"), filepath.Join(dir, "a.png")
	done(t, "loss", "plot", "MSELoss", "-o", png)
	done(t, "loss", "plot", "CrossEntropyLoss", "-o", svg, "--option", "label_smoothing=0,0.1", "--option", `weight=[1,2,3],[3,2,1]`,
		"--target", "0", "--from", "-5")
	text, err := os.ReadFile(svg)
	require.NoError(t, err)
	assert.Contains(t, string(text), ">target = 0, label_smoothing = 0.1, weight = [3,2,1]<")
	assert.Contains(t, string(text), ">−4<")
	begin, err := os.ReadFile(png)
	require.NoError(t, err)
	assert.Equal(t, "\x89PNG", string(begin[:4]))

	for args, want := range map[string]string{
		"MSELoss":                          "required flag",
		"MSELoss -o a.pdf":                 "ends in none of .svg, .png",
		"Loss -o a.svg":                    "no loss",
		"MSELoss -o a.svg --from 3 --to 2": "--from 3 is not below --to 2",
		"MSELoss -o a.svg --from NaN":      "--from NaN",
		"MSELoss -o a.svg --option beta":   "is not NAME=VALUE",
		"MSELoss -o a.svg --option beta=1": "no option",
		"MSELoss -o a.svg --target x":      "is not a number",
		"MSELoss -o a.svg --vary y":        "no input",
		"MSELoss -o /no/such/a.svg":        "no such file",
		"NLLLoss -o a.svg --vary target":   "cannot be drawn",
	} {
		o := declive(append([]string{"loss", "plot"}, strings.Fields(args)...)...)
		assert.NotEqual(t, statusDone, o.status, args)
		assert.Contains(t, o.stderr, want, args)
		assert.Equal(t, 1, strings.Count(o.stderr, "\n"), o.stderr)
	}
	assert.NoFileExists(t, "a.svg")
}
