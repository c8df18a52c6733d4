package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/data"
	"github.com/declive/declive/nn/loss"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/npy"
	"github.com/declive/declive/tensor/interop/safetensors"
)

// accuracy returns the share of the samples held out, in percent.
func accuracy(t *testing.T, stdout string) float64 {
	t.Helper()
	a, err := strconv.ParseFloat(find(t, `held out .*accuracy (\S+) %`, stdout), 64)
	require.NoError(t, err)
	return a
}

func hash(t *testing.T, stdout string) string {
	t.Helper()
	return find(t, `weights +sha256:([0-9a-f]{64})\n`, stdout)
}

// The main job: no flags, real digits, and the same bits every time.
func TestDigits(t *testing.T) {
	args, bar := []string{"train"}, 97.0
	if testing.Short() {
		args, bar = append(args, "--epochs", "5"), 90
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := done(t, args...)
	runtime.GOMAXPROCS(2)
	two := done(t, append(args, "--workers", "2")...)
	assert.GreaterOrEqual(t, accuracy(t, one), bar)
	assert.Contains(t, one, "1438 samples to learn from, 359 held out; 64 features, 10 classes")
	assert.Equal(t, hash(t, one), hash(t, two))
	other := done(t, "train", "--epochs", "1", "--seed", "2")
	assert.NotEqual(t, hash(t, one), hash(t, other))
}

func TestIris(t *testing.T) {
	assert.GreaterOrEqual(t, accuracy(t, done(t, "train", "--data", "iris")), 90.0)
}

// Whatever can be named either trains or says in one line why it does not.
func TestEveryLoss(t *testing.T) {
	for _, name := range loss.Names() {
		o := declive("train", "--data", "iris", "--loss", name, "--epochs", "3")
		if _, ok := tasks[name]; !ok {
			assert.Equal(t, statusUsage, o.status, name)
			assert.Contains(t, o.stderr, "it needs a program of its own", name)
			continue
		}
		require.Equal(t, statusDone, o.status, "%s: %s", name, o.stderr)
		losses := regexpLosses(t, o.stderr)
		assert.Less(t, losses[len(losses)-1], losses[0], name)
	}
}

// regexpLosses returns the losses of all epochs.
func regexpLosses(t *testing.T, stderr string) (losses []float64) {
	for line := range strings.Lines(stderr) {
		v, err := strconv.ParseFloat(find(t, `loss (\S+)`, line), 64)
		require.NoError(t, err)
		losses = append(losses, v)
	}
	return losses
}

// With two classes one output is enough.
func TestTwoClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 0))
	var rows strings.Builder
	rows.WriteString("u,v,side\n")
	for range 200 {
		u, v := rng.NormFloat64(), rng.NormFloat64()
		fmt.Fprintf(&rows, "%g,%g,%s\n", u, v, map[bool]string{true: "above", false: "below"}[v > u])
	}
	path := file(t, "sides.csv", rows.String())
	for _, name := range []string{"BCEWithLogitsLoss", "BCELoss", "SoftMarginLoss", "CrossEntropyLoss"} {
		if _, err := loss.New(name, nil); err != nil {
			continue
		}
		out := done(t, "train", "--data", path, "--loss", name, "--hidden", "none", "--epochs", "60", "--lr", "0.03")
		outputs := "2-1"
		if name == "CrossEntropyLoss" {
			outputs = "2-2"
		}
		assert.Contains(t, out, "mlp "+outputs+",", name)
		assert.GreaterOrEqual(t, accuracy(t, out), 95.0, name)
	}
}

// A model can be a file of layers, and optimizers and schedulers any there are.
func TestModelFromFile(t *testing.T) {
	path := file(t, "cnn.json", `{"name":"Sequential","modules":[
		{"name":"Unflatten","dim":1,"unflattened_size":[1,8,8]},
		{"name":"Conv2d","in_channels":1,"out_channels":8,"kernel_size":3},
		{"name":"BatchNorm2d","num_features":8},
		{"name":"ReLU"},
		{"name":"MaxPool2d","kernel_size":2},
		{"name":"Flatten"},
		{"name":"Linear","in_features":72,"out_features":10}]}`)
	out := done(t, "train", "--model", path, "--epochs", "4", "--optimizer", "NAdam", "--lr", "0.003",
		"--scheduler", "OneCycleLR", "--scheduler-options", `{"max_lr":0.01,"total_steps":5}`)
	assert.Contains(t, out, "cnn.json, 64 features to 10 outputs, 826 parameters")
	assert.Contains(t, out, "NAdam with learning rate 0.003")
	assert.GreaterOrEqual(t, accuracy(t, out), 95.0)
}

// plane writes samples of y = 3u − 2v + 100 with a little noise.
func plane(n int) string {
	rng := rand.New(rand.NewPCG(2, 0))
	var rows strings.Builder
	rows.WriteString("u,y,v\n")
	for range n {
		u, v := 10*rng.NormFloat64(), rng.NormFloat64()
		fmt.Fprintf(&rows, "%g,%g,%g\n", u, 3*u-2*v+100+0.1*rng.NormFloat64(), v)
	}
	return rows.String()
}

func TestRegression(t *testing.T) {
	path := file(t, "plane.csv", plane(300))
	for _, options := range [][]string{
		{"--loss", "MSELoss"},
		{"--loss", "L1Loss", "--optimizer", "adamw", "--scheduler", "cosine"},
		{"--loss", "MSELoss", "--optimizer", "sgd", "--lr", "0.01", "--optimizer-options", `{"momentum":0.9}`, "--clip", "5", "--scheduler", "step"},
	} {
		out := done(t, append([]string{"train", "--data", path, "--target", "y", "--hidden", "32", "--epochs", "60"}, options...)...)
		r2, err := strconv.ParseFloat(find(t, `held out .*R² (\S+)`, out), 64)
		require.NoError(t, err)
		assert.Greater(t, r2, 0.99, options)
		rmse, err := strconv.ParseFloat(find(t, `held out .*RMSE (\S+)`, out), 64)
		require.NoError(t, err)
		// R² = 1 − RMSE²/Var(y), and Var(y) is about 9·100 + 4, not the 1 of
		// the scaled targets.
		assert.InDelta(t, (1-r2)*904, rmse*rmse, 0.35*rmse*rmse+0.1, options)
	}
}

// A table is the same from a plain or compressed CSV file and from NPY.
func TestFormatsAgree(t *testing.T) {
	iris := data.Iris()
	var rows strings.Builder
	for i := range iris.Len() {
		for j := range 4 {
			fmt.Fprintf(&rows, "%g,", iris.X.At(i, j))
		}
		fmt.Fprintf(&rows, "%g\n", iris.Y.At(i))
	}
	plain := file(t, "iris.csv", rows.String())

	packed := filepath.Join(t.TempDir(), "iris.csv.gz")
	f, err := os.Create(packed)
	require.NoError(t, err)
	z := gzip.NewWriter(f)
	_, err = z.Write([]byte(rows.String()))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	require.NoError(t, f.Close())

	array := filepath.Join(t.TempDir(), "iris.npy")
	require.NoError(t, npy.WriteFile(array, tensor.Concat(1, iris.X, tensor.Reshape(iris.Y.To(tensor.Float32), -1, 1))))

	want := hash(t, done(t, "train", "--data", "iris", "--epochs", "2"))
	for _, path := range []string{plain, packed, array} {
		assert.Equal(t, want, hash(t, done(t, "train", "--data", path, "--epochs", "2")), path)
	}
}

func TestOut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "iris.safetensors")
	out := done(t, "train", "--data", "iris", "--epochs", "2", "--hidden", "5", "--out", path)
	assert.Contains(t, out, "saved    "+path+"\n")
	f, err := safetensors.ReadFile(path)
	require.NoError(t, err)
	var names []string
	for _, n := range f.Tensors {
		names = append(names, n.String())
	}
	assert.Equal(t, []string{"0.weight float32 [5 4]", "0.bias float32 [5]", "2.weight float32 [3 5]", "2.bias float32 [3]"}, names)
	assert.Equal(t, "mlp 4-5-3 relu", f.Metadata["model"])
	assert.Equal(t, `["setosa","versicolor","virginica"]`, f.Metadata["classes"])
	var scaling data.Scaling
	require.NoError(t, json.Unmarshal([]byte(f.Metadata["scaling"]), &scaling))
	assert.Len(t, scaling.Shift, 4)

	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}
