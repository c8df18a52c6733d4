package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/nn/loss"
)

const root = "../../.."

// Every loss has its page and, unless it has parameters, its picture, and the overview names it. Whether
// they are fresh is seen by running go generate.
func TestEveryLossHasACard(t *testing.T) {
	dir := filepath.Join(root, "docs", "losses")
	want := []string{"README.md"}
	for _, name := range loss.Names() {
		want = append(want, name+".md")
		if l, err := loss.New(name, nil); assert.NoError(t, err) && len(l.Parameters) == 0 {
			want = append(want, name+".svg")
		}
	}
	slices.Sort(want)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	require.Equal(t, want, got, "run: go generate ./cmd/internal/losscards")
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	require.NoError(t, err)
	for _, name := range loss.Names() {
		assert.Contains(t, string(text), "]("+name+".md)")
	}
}

func TestCard(t *testing.T) {
	s, err := readSources(root)
	require.NoError(t, err)
	c, err := newCard(root, "MSELoss", s)
	require.NoError(t, err)
	var out strings.Builder
	c.page(&out)
	for _, want := range []string{
		"# MSELoss\n\nMSELoss is the squared error",
		"## Formula\n\n\tl = (x − y)²\n",
		"| `reduction` | `Reduction` | mean, sum, none | `\"mean\"` |",
		"```go\n", "// Output:\n",
		"| `reduction` | none | ",
	} {
		assert.Contains(t, strings.ReplaceAll(out.String(), "    l =", "\tl ="), want)
	}
	cases := 0
	for _, r := range c.rows {
		if r.option == "reduction" {
			cases += r.Wide + r.Narrow
		}
	}
	assert.GreaterOrEqual(t, c.all.Wide+c.all.Narrow, cases)
	assert.Greater(t, cases, 200)
	_, err = newCard(root, "Loss", s)
	assert.Error(t, err)
}

func TestDifferences(t *testing.T) {
	s := &sources{differences: []string{"| `MSELoss`, `L1Loss` of shapes | a | b | c |", "| x | `MSELoss` | b |"}}
	assert.Equal(t, s.differences[:1], s.different("L1Loss"))
	assert.Empty(t, s.different("Loss"))
}

func TestULPs(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 0.5: "0.50", 0.501: "0.51", 1: "1.00", 11: "2e+01"} {
		assert.Equal(t, want, ulps(v))
	}
}

func TestWord(t *testing.T) {
	for in, want := range map[string]string{
		`null`: "none", `1.0`: "1", `-100`: "-100", `"sum"`: "sum", `true`: "true", `"inf"`: "inf",
		`{"shape":[1],"data":[1]}`: "tensor", `{"name":"LInf"}`: "LInf",
	} {
		assert.Equal(t, want, word(json.RawMessage(in)))
	}
}
