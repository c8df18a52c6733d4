package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/nn/loss"
)

// outcome is what a command line came to.
type outcome struct {
	status         int
	stdout, stderr string
}

// declive runs a command line within the test.
func declive(args ...string) outcome {
	var stdout, stderr bytes.Buffer
	status := run(context.Background(), args, &stdout, &stderr)
	return outcome{status, stdout.String(), stderr.String()}
}

// done runs a command line that must succeed and returns its output.
func done(t *testing.T, args ...string) string {
	t.Helper()
	o := declive(args...)
	require.Equal(t, statusDone, o.status, o.stderr)
	return o.stdout
}

// find returns what the group of a pattern matches in text.
func find(t *testing.T, pattern, text string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	require.NotNil(t, m, "%s is not in:\n%s", pattern, text)
	return m[1]
}

// file writes a file of the test and returns its name.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o666))
	return path
}

func TestHelp(t *testing.T) {
	assert.Contains(t, done(t), "Available Commands")
	assert.Contains(t, done(t, "train", "--help"), "--loss-options JSON")
	assert.Contains(t, done(t, "completion", "bash"), "declive")
	assert.Regexp(t, `^declive \S+ go\S+ \w+/\w+\n$`, done(t, "version"))
}

func TestLossList(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(done(t, "loss", "list")), "\n")
	require.Len(t, lines, len(loss.Names()))
	for i, name := range loss.Names() {
		assert.Regexp(t, "^"+name+"  +[a-zA-Z]", lines[i])
	}
}

func TestLossShow(t *testing.T) {
	for _, name := range loss.Names() {
		d, err := loss.Describe(name)
		require.NoError(t, err)
		text := done(t, "loss", "show", name)
		assert.Contains(t, text, name+"("+strings.Join(d.Inputs, ", ")+")\n")
		for line := range strings.SplitSeq(d.Formula, "\n") {
			assert.Contains(t, text, strings.TrimSpace(line))
		}
		for _, o := range d.Options {
			assert.Contains(t, text, fmt.Sprintf("\n  %s  %s; default %s\n", o.Name, o.Type, o.Default))
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.Contains(strings.TrimSpace(line), " ") { // one long word cannot be broken
				assert.LessOrEqual(t, len([]rune(line)), 80, line)
			}
		}
	}
}

func Example_lossShow() {
	run(context.Background(), []string{"loss", "show", "MSELoss"}, os.Stdout, os.Stderr)
	// Output:
	// MSELoss(input, target)
	//
	// MSELoss is the squared error, the usual loss of regression.
	//
	//     l = (x − y)²
	//
	// Input x and target y have one shape, any; both are differentiated.
	//
	// Forward panics when they differ in shape or type or are not floats. Source:
	// https://pytorch.org/docs/1.13/generated/torch.nn.MSELoss.html
	//
	// Options, as JSON has them:
	//
	//   reduction  mean, sum, none; default "mean"
	//       Reduction of the terms, one per element; Mean by default.
}

func TestCompletion(t *testing.T) {
	assert.Contains(t, done(t, "__complete", "loss", "show", ""), "CrossEntropyLoss\n")
}

// Every mistake is one line on stderr that says what is wrong, and no file.
func TestMistakes(t *testing.T) {
	table := file(t, "t.csv", "a,b,kind\n1,2,x\n2,1,y\n1,3,x\n3,1,y\n2,3,x\n3,2,y\n1,4,x\n4,1,y\n2,4,x\n4,2,y\n")
	one := file(t, "one.csv", "a,kind\n1,x\n")
	bare := file(t, "bare.csv", "kind\nx\ny\nx\ny\nx\ny\n")
	cut := file(t, "cut.csv.gz", "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4a")
	broken := file(t, "broken.npy", "\x93NUMPY\x01\x00")
	empty := file(t, "empty.csv", "")
	badLayer := file(t, "bad.json", `{"name":"Sequential","modules":[{"name":"Linear","in_features":64,"out_features":10,"bias":3}]}`)
	nine := file(t, "nine.json", `{"name":"Linear","in_features":64,"out_features":9}`)
	out := filepath.Join(t.TempDir(), "model.safetensors")

	for _, test := range []struct {
		status int
		want   string
		args   string
	}{
		{2, "unknown command", "trian"},
		{2, "unknown command", "train digits"},
		{2, "unknown flag: --epoch", "train --epoch 3"},
		{2, `invalid argument "x"`, "train --epochs x"},
		{2, "--epochs 0 is not positive", "train --epochs 0"},
		{2, "--batch 0 is not positive", "train --batch 0"},
		{2, "--lr -0.1 is not a positive number", "train --lr -0.1"},
		{2, "--lr NaN is not", "train --lr NaN"},
		{2, "--clip -1 is not", "train --clip -1"},
		{2, "--workers -1 is negative", "train --workers -1"},
		{2, "--test 1 is not between", "train --test 1"},
		{2, `--scale "log" is not known`, "train --scale log"},
		{2, `--model "cnn" is neither`, "train --model cnn"},
		{2, `--hidden "8,x": "x" is not`, "train --hidden 8,x"},
		{2, `--hidden "0"`, "train --hidden 0"},
		{2, `--activation "softplus" is not known; there are gelu,`, "train --activation softplus"},
		{2, `--optimizer "lino" is not known; there are ASGD,`, "train --optimizer lino"},
		{2, `--optimizer-options: "{}}" is not a JSON object`, "train --optimizer-options {}}"},
		{2, `unknown field "momentum"`, `train --optimizer-options {"momentum":0.9}`},
		{2, "lr is set by --lr", `train --optimizer-options {"lr":0.9}`},
		{2, "optim.Adam: Eps is -1", `train --optimizer-options {"eps":-1}`},
		{2, `--scheduler "warm" is not known; there are none,`, "train --scheduler warm"},
		{2, `option "max_lr" has no default`, "train --scheduler OneCycleLR"},
		{2, "--scheduler-options need", `train --scheduler-options {"gamma":1}`},
		{2, `no loss "HingeLoss"; there are`, "train --loss HingeLoss"},
		{2, "options are not a JSON object", "train --loss-options {"},
		{2, `no option "smoothing"`, `train --loss-options {"smoothing":0.1}`},
		{2, "label smoothing 2", `train --loss-options {"label_smoothing":2}`},
		{2, `--data "digit" is neither`, "train --data digit"},
		{2, "--target is for files", "train --target 3"},
		{2, "is a directory", "train --out " + t.TempDir()},
		{2, "there is no directory", "train --out /no/such/place/model"},
		{2, "accepts 1 arg", "loss show"},
		{2, `no loss "Foo"`, "loss show Foo"},
		{2, "unknown command", "loss list all"},

		{1, "no/such.csv: no such file", "train --data no/such.csv"},
		{1, "unexpected EOF", "train --data " + cut},
		{1, "broken.npy", "train --data " + broken},
		{1, "empty.csv", "train --data " + empty},
		{1, `no column "c"`, "train --target c --data " + table},
		{1, `"x" is not a number`, "train --loss MSELoss --data " + table},
		{1, "too few to hold out", "train --data " + one},
		{1, "there is no feature", "train --data " + bare},
		{1, "not one element; reduce it", `train --loss-options {"reduction":"none"}`},
		{1, "no/such.json: no such file", "train --model no/such.json"},
		{1, `nn.Linear at modules[0]: option "bias"`, "train --model " + badLayer},
		{1, "for two samples of 64 features the model gives [2 9], but the loss and the data need [2 10]", "train --model " + nine},
		{1, "the loss is", "train --optimizer sgd --lr 1e30"},
		{1, "autograd.Watch", "train --optimizer sgd --lr 1e30 --anomaly"},
	} {
		args := strings.Fields(test.args)
		if args[0] == "train" && !strings.Contains(test.args, "--out") {
			args = append(args, "--out", out)
		}
		o := declive(args...)
		assert.Equal(t, test.status, o.status, "%s\n%s", test.args, o.stderr)
		lines := strings.Split(strings.TrimSuffix(o.stderr, "\n"), "\n")
		assert.Contains(t, lines[len(lines)-1], test.want, test.args)
		assert.Regexp(t, "^declive: ", lines[len(lines)-1])
		assert.Len(t, lines, 1, test.args)
		assert.NotContains(t, o.stderr, "goroutine", test.args)
	}
	entries, err := os.ReadDir(filepath.Dir(out))
	require.NoError(t, err)
	assert.Empty(t, entries, "a run that failed leaves no file")
}
