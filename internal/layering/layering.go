// Package layering holds the tests that keep the module in shape: which package
// may import which, where assembly and gorgonia may appear, and that a program
// which imports everything starts.
package layering

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
)

// Package is what the go command knows of one package.
type Package struct {
	ImportPath   string
	Name         string
	GoFiles      []string
	Deps         []string // all imports, direct and indirect, without those of tests
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// List returns the packages of the module in dir, given the module's path.
func List(dir string) ([]Package, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,GoFiles,Deps,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	var all []Package
	for d := json.NewDecoder(strings.NewReader(string(out))); d.More(); {
		var p Package
		if err := d.Decode(&p); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

// module is the path of the module, with the slash after it.
const module = "github.com/declive/declive/"

// relative returns the path of a package within the module, "." for the root.
// ok is false for packages of others.
func relative(path string) (rel string, ok bool) {
	if path+"/" == module {
		return ".", true
	}
	return strings.CutPrefix(path, module)
}

// within reports whether the package at path is dir or lies below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// layer is a row of the table: packages and the layers they may be built on,
// directly or through others.
type layer struct {
	name string
	on   []string
}

// gorgonia is the one package that may import gorgonia.org/tensor.
const gorgonia = "tensor/interop"

// files are the packages for files, which the layers above tensor may use.
var files = []string{"tensor/interop/internal", "tensor/interop/npy", "tensor/interop/safetensors"}

// layers are the module's layers. A package belongs to the longest name that it
// lies within. internal packages other than kernel have no rule of their own:
// what they import counts for those who import them.
var layers = []layer{
	{"internal/kernel", nil},
	{"internal", []string{"internal/kernel", "tensor", "autograd", "autograd/gradcheck"}},
	{"tensor", []string{"internal/kernel"}},
	{"tensor/interop", []string{"internal/kernel", "tensor", "tensor/interop/internal"}},
	{"tensor/interop/internal", []string{"internal/kernel", "tensor"}},
	{"tensor/interop/npy", []string{"internal/kernel", "tensor", "tensor/interop/internal"}},
	{"tensor/interop/safetensors", []string{"internal/kernel", "tensor", "tensor/interop/internal"}},
	{"autograd", []string{"internal/kernel", "tensor"}},
	{"autograd/gradcheck", []string{"internal/kernel", "tensor", "autograd"}},
	{"nn", append([]string{"internal/kernel", "tensor", "autograd"}, files...)},
	{"nn/loss", append([]string{"internal/kernel", "tensor", "autograd"}, files...)},
	{"internal/losscase", append([]string{"internal/kernel", "tensor", "autograd", "nn/loss"}, files...)}, // the line protocol, for programs and tests
	{"optim", append([]string{"internal/kernel", "tensor", "autograd"}, files...)},
	{"data", []string{"internal/kernel", "tensor", "tensor/interop/internal", "tensor/interop/npy"}},
	{"train", append([]string{"internal/kernel", "tensor", "autograd", "autograd/gradcheck", "nn", "nn/loss", "optim", "data"}, files...)},
	{"cmd", programs},
	{"bench", programs},
	{"examples", append([]string{gorgonia}, programs...)},
	{".", append([]string{gorgonia}, programs...)},
}

// programs is what programs may import: every library but gorgonia's.
var programs = append([]string{"internal/kernel", "tensor", "autograd", "autograd/gradcheck", "nn", "nn/loss", "internal/losscase", "optim", "data", "train"}, files...)

// layerOf returns the layer of the package at the given path in the module.
func layerOf(rel string) (layer, bool) {
	var best layer
	found := false
	for _, l := range layers {
		if within(rel, l.name) && (!found || len(l.name) > len(best.name)) {
			best, found = l, true
		}
	}
	return best, found
}

// Violations returns a line for every import that breaks the table. It looks at
// indirect imports, too, so that no package in between can hide one.
func Violations(packages []Package) (lines []string) {
	for _, p := range packages {
		rel, _ := relative(p.ImportPath)
		own, ok := layerOf(rel)
		if !ok {
			lines = append(lines, fmt.Sprintf("%s belongs to no layer: add it to the table of internal/layering", rel))
			continue
		}
		for _, dep := range p.Deps {
			if text := own.forbids(dep); text != "" {
				lines = append(lines, fmt.Sprintf("%s %s", rel, text))
			}
		}
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if within(imported, "gorgonia.org/tensor") && rel != gorgonia {
				lines = append(lines, fmt.Sprintf("%s imports %s, which only %s may", rel, imported, gorgonia))
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// forbids says why the layer may not depend on the package dep, "" if it may.
func (l layer) forbids(dep string) string {
	rel, ours := relative(dep)
	if !ours {
		if within(dep, "gorgonia.org/tensor") && l.name != gorgonia && !slices.Contains(l.on, gorgonia) {
			return "links " + dep
		}
		return ""
	}
	to, ok := layerOf(rel)
	switch {
	case !ok, to.name == "internal", slices.Contains(l.on, to.name):
		return ""
	case to.name == l.name && l.name != "cmd" && l.name != "examples":
		return ""
	case to.name == l.name && within(rel, l.name+"/internal"):
		return ""
	}
	return "depends on " + rel
}
