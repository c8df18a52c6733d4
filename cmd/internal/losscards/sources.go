package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// sources is what the pages quote.
type sources struct {
	examples    []example
	differences []string // rows of the tables in docs/differences.md
}

// example is an Example function.
type example struct {
	name string // without "Example"
	text string // its body, with the output
}

func readSources(root string) (*sources, error) {
	s := new(sources)
	tests, err := filepath.Glob(filepath.Join(root, "nn", "loss", "*_test.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range tests {
		if err := s.readExamples(path); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(s.examples, func(a, b example) int { return cmp.Compare(a.name, b.name) })
	text, err := os.ReadFile(filepath.Join(root, "docs", "differences.md"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "|") {
			s.differences = append(s.differences, strings.TrimSpace(line))
		}
	}
	return s, nil
}

// readExamples adds the Examples in a file.
func (s *sources) readExamples(path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, source, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv != nil || !strings.HasPrefix(f.Name.Name, "Example") {
			continue
		}
		text, err := body(source[files.Position(f.Body.Lbrace).Offset+1 : files.Position(f.Body.Rbrace).Offset])
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, f.Name.Name, err)
		}
		s.examples = append(s.examples, example{strings.TrimPrefix(f.Name.Name, "Example"), text})
	}
	return nil
}

// body returns the statements and comments of a function as if they stood
// alone.
func body(inside []byte) (string, error) {
	text, err := format.Source(bytes.Trim(inside, "\n"))
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		out.WriteString(strings.TrimPrefix(line, "\t"))
	}
	return strings.TrimSpace(out.String()), nil
}

// example returns the first Example of a loss: of its type, or of the function
// that is the type's name without Loss.
func (s *sources) example(name string) (example, bool) {
	for _, want := range []string{name, strings.TrimSuffix(name, "Loss")} {
		for _, e := range s.examples {
			if e.name == want || strings.HasPrefix(e.name, want+"_") {
				return e, true
			}
		}
	}
	return example{}, false
}

// different returns the rows of docs/differences.md whose first column names
// the loss.
func (s *sources) different(name string) (rows []string) {
	for _, row := range s.differences {
		cells := strings.Split(row, "|")
		if len(cells) > 3 && strings.Contains(cells[1], "`"+name+"`") {
			rows = append(rows, row)
		}
	}
	return rows
}
