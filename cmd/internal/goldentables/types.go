package main

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// about is what the source says about an exported type or function.
type about struct {
	function bool
	forward  bool   // it has a method Forward
	summary  string // the first sentence, without "Name is"
	file     string // where it is declared, in its package
	link     string // PyTorch's page, "" for none
}

var pytorchs = regexp.MustCompile(`https://pytorch\.org/docs/\S+\.html`)

// readPackage returns the exported types and functions of a package by name.
func readPackage(root, folder string) (map[string]about, error) {
	dir := filepath.Join(root, folder)
	names, err := fs.Glob(os.DirFS(dir), "*.go")
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	p, err := doc.NewFromFiles(files, parsed, folder)
	if err != nil {
		return nil, err
	}
	all := map[string]about{}
	for _, t := range p.Types {
		a := describe(p, t.Name, t.Doc, files.Position(t.Decl.Pos()))
		a.forward = slices.ContainsFunc(t.Methods, func(m *doc.Func) bool { return m.Name == "Forward" })
		all[t.Name] = a
	}
	for _, f := range p.Funcs {
		a := describe(p, f.Name, f.Doc, files.Position(f.Decl.Pos()))
		a.function = true
		all[f.Name] = a
	}
	return all, nil
}

func describe(p *doc.Package, name, text string, at token.Position) about {
	summary := strings.TrimPrefix(strings.TrimPrefix(p.Synopsis(text), name+" "), "is ")
	return about{
		summary: strings.TrimRight(summary, ".,:"), // a formula may come next
		file:    filepath.Base(at.Filename),
		link:    pytorchs.FindString(text),
	}
}
