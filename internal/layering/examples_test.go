package layering

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// calledByOthers are methods that packages fmt, encoding/json and errors call.
var calledByOthers = map[string]bool{"String": true, "GoString": true, "Error": true, "Unwrap": true,
	"MarshalText": true, "UnmarshalText": true, "MarshalJSON": true, "UnmarshalJSON": true}

// Every function and method that a public package exports is used in one of its
// Examples.
func TestEverythingExportedIsInAnExample(t *testing.T) {
	for _, dir := range publicPackages(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			shown := map[string]bool{}
			each(t, dir, true, func(d ast.Decl) {
				f, ok := d.(*ast.FuncDecl)
				if ok && (strings.HasPrefix(f.Name.Name, "Example") || f.Name.Name == "Forward") { // an Example's own module
					note(f, shown)
				}
			})
			each(t, dir, false, func(d ast.Decl) {
				for _, name := range exportedBy(d) {
					assert.True(t, shown[name] || calledByOthers[name], "%s is in no Example", name)
				}
			})
		})
	}
}

// note records every name that is mentioned.
func note(n ast.Node, names map[string]bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			names[id.Name] = true
		}
		return true
	})
}

// exportedBy returns the exported functions and methods of a declaration.
func exportedBy(d ast.Decl) []string {
	f, ok := d.(*ast.FuncDecl)
	if !ok || !f.Name.IsExported() {
		return nil
	}
	if f.Recv != nil {
		receiver := f.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		id, ok := receiver.(*ast.Ident)
		if ok && (!id.IsExported() && id.Name != "core" || id.Name == "Engine") {
			return nil // gorgonia calls an Engine's methods; optimizers embed core
		}
	}
	return []string{f.Name.Name}
}

// each calls f with the declarations of a package's files, of its tests or of
// the others.
func each(t *testing.T, dir string, tests bool, f func(ast.Decl)) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") != tests {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, d := range parsed.Decls {
			f(d)
		}
	}
}

// publicPackages returns the folders of the packages that others may import.
func publicPackages(t *testing.T) []string {
	out, err := exec.Command("go", "list", "-f", "{{if ne .Name \"main\"}}{{.Dir}}{{end}}", "../../...").Output()
	require.NoError(t, err)
	var dirs []string
	for _, dir := range strings.Fields(string(out)) {
		if !strings.Contains(filepath.ToSlash(dir), "/internal/") {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
