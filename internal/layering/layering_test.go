package layering

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// root returns the module's directory.
func root(t *testing.T) string {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command here")
	}
	dir, err := filepath.Abs("../..")
	require.NoError(t, err)
	return dir
}

func TestLayers(t *testing.T) {
	packages, err := List(root(t))
	require.NoError(t, err)
	require.NotEmpty(t, packages)
	for _, line := range Violations(packages) {
		t.Error(line)
	}
}

// The rules must be able to fail.
func TestViolations(t *testing.T) {
	for _, c := range []struct {
		from, dep string
		want      string
	}{
		{"internal/kernel", "tensor", "internal/kernel depends on tensor"},
		{"tensor", "autograd", "tensor depends on autograd"},
		{"tensor", "tensor/interop/npy", "tensor depends on tensor/interop/npy"},
		{"autograd", "autograd/gradcheck", "autograd depends on autograd/gradcheck"},
		{"autograd", "nn", "autograd depends on nn"},
		{"nn", "nn/loss", "nn depends on nn/loss"},
		{"nn/loss", "nn", "nn/loss depends on nn"},
		{"nn/loss", "optim", "nn/loss depends on optim"},
		{"optim", "nn", "optim depends on nn"},
		{"data", "autograd", "data depends on autograd"},
		{"data", "tensor/interop/safetensors", "data depends on tensor/interop/safetensors"},
		{"data", "train", "data depends on train"},
		{"train", "tensor/interop", "train depends on tensor/interop"},
		{"cmd/declive", "tensor/interop", "cmd/declive depends on tensor/interop"},
		{"cmd/declive", "cmd/other", "cmd/declive depends on cmd/other"},
		{"examples/xor", "cmd/declive", "examples/xor depends on cmd/declive"},
		{"nn", "examples/xor", "nn depends on examples/xor"},
		{"internal/golden", "nn", "internal/golden depends on nn"},
		{"novel", "tensor", "novel belongs to no layer: add it to the table of internal/layering"},

		{"tensor/interop", "tensor", ""},
		{"autograd/gradcheck", "autograd", ""},
		{"nn/functional", "nn", ""},
		{"data", "tensor/interop/npy", ""},
		{"data/vision", "internal/atomicfile", ""},
		{"train", "nn/loss", ""},
		{"cmd/declive", "cmd/internal/flags", ""},
		{"examples/gorgonia", "tensor/interop", ""},
		{"cmd/declive", "data", ""},
	} {
		got := strings.Join(Violations([]Package{{ImportPath: module + c.from, Deps: []string{"fmt", module + c.dep}}}), "\n")
		assert.Equal(t, c.want, got)
	}

	outside := "gorgonia.org/tensor"
	assert.Empty(t, Violations([]Package{{ImportPath: module + gorgonia, Deps: []string{outside}, Imports: []string{outside}}}))
	assert.Equal(t, []string{"nn imports gorgonia.org/tensor, which only tensor/interop may", "nn links gorgonia.org/tensor"},
		Violations([]Package{{ImportPath: module + "nn", Deps: []string{outside}, Imports: []string{outside}}}))
	assert.Equal(t, []string{"optim imports gorgonia.org/tensor, which only tensor/interop may"},
		Violations([]Package{{ImportPath: module + "optim", XTestImports: []string{outside}}}))
}

func TestAssemblyOnlyInKernel(t *testing.T) {
	dir := root(t)
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && rel != "." {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".s" && !within(filepath.ToSlash(rel), "internal/kernel") {
			t.Errorf("%s: assembly belongs into internal/kernel", rel)
		}
		return err
	}))
}

// A program that imports every package starts. gorgonia panics before main on a
// Go newer than it knows, unless go.mod requires the right version of
// go4.org/unsafe/assume-no-moving-gc.
func TestProgramStarts(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir := root(t)
	packages, err := List(dir)
	require.NoError(t, err)
	var text strings.Builder
	text.WriteString("package main\n\nimport (\n")
	for _, p := range packages {
		rel, _ := relative(p.ImportPath)
		if p.Name != "main" && rel != "." && !strings.Contains("/"+rel+"/", "/internal/") && len(p.GoFiles) > 0 {
			fmt.Fprintf(&text, "\t_ %q\n", p.ImportPath)
		}
	}
	text.WriteString(")\n\nfunc main() { print(\"started\") }\n")
	require.Contains(t, text.String(), module+gorgonia+`"`)

	out, err := runInModule(t, dir, text.String())
	require.NoError(t, err, out)
	assert.Equal(t, "started", out)
}

// runInModule runs a program as if its text lay in the module.
func runInModule(t *testing.T, dir, text string) (string, error) {
	tmp := t.TempDir()
	file, overlay := filepath.Join(tmp, "main.go"), filepath.Join(tmp, "overlay.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	const place = "internal/layering/program"
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(dir, place, "main.go"): file}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(overlay, replace, 0o600))
	cmd := exec.Command("go", "run", "-overlay", overlay, "./"+place)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}
