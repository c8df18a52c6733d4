package loss

import (
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"sync"

	"github.com/declive/declive/tensor"
)

// Description tells what a loss is, for people. All words come from the doc
// comments in this package's source, so there is nothing to keep in step.
type Description struct {
	Name    string   // class name
	Summary string   // the first sentence
	Formula string   // one line or several
	Text    string   // the whole doc comment of the type
	Inputs  []string // names in order
	Options []Option
}

// Option is one option of a loss.
type Option struct {
	Name    string // PyTorch's argument name, which New takes
	Field   string // the field of the Go type
	Type    string // number, integer, integers, boolean, tensor, or one of the words allowed
	Default string // as JSON
	Doc     string // the field's doc comment
}

// Describe returns what there is to know about a loss. An unknown name is an
// error.
func Describe(name string) (Description, error) {
	l, err := New(name, nil)
	if err != nil {
		return Description{}, err
	}
	source := comments()[name]
	d := Description{Name: name, Text: source.text, Inputs: l.Inputs}
	d.Summary, d.Formula = summary(source.text)
	for _, f := range optionFields(l.Loss) {
		text, err := json.Marshal(f.value.Interface())
		if err != nil {
			return Description{}, fmt.Errorf("loss.%s: option %q: %w", name, f.name, err)
		}
		d.Options = append(d.Options, Option{f.name, f.field.Name, typeName(f.field.Type), string(text), source.fields[f.field.Name]})
	}
	return d, nil
}

func typeName(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[*tensor.Tensor]():
		return "tensor"
	case reflect.TypeFor[Reduction]():
		return strings.Join(reductions[:BatchMean], ", ") // the last is one loss's own, whose comment says so
	case reflect.TypeFor[[]int]():
		return "integers"
	case reflect.TypeFor[EmptyMean]():
		return strings.Join(emptyMeans, ", ")
	}
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int:
		return "integer"
	case reflect.Float64:
		return "number"
	}
	return t.String()
}

// summary returns the first sentence and the first indented block of a doc
// comment.
func summary(text string) (sentence, block string) {
	for i, b := range new(comment.Parser).Parse(text).Content {
		switch b := b.(type) {
		case *comment.Paragraph:
			if i == 0 {
				sentence = firstSentence(text[:max(0, strings.Index(text+"\n\n", "\n\n"))])
			}
		case *comment.Code:
			if block == "" {
				block = strings.TrimSpace(b.Text)
			}
		}
	}
	return sentence, block
}

func firstSentence(paragraph string) string {
	words := strings.Fields(paragraph)
	for i, w := range words {
		if strings.HasSuffix(w, ".") || strings.HasSuffix(w, ":") {
			words = words[:i+1]
			break
		}
	}
	return strings.TrimSuffix(strings.Join(words, " "), ":")
}

// The pattern leaves out tests, which go:embed cannot exclude by name: their
// files are those that end in t. A loss in such a file would have no
// documentation, which a test would notice.
//
//go:embed *[^t].go
var sources embed.FS

// commented is the doc comment of a type and those of its fields.
type commented struct {
	text   string
	fields map[string]string
}

// comments reads this package's source once. A program that does not call
// Describe links neither the source nor the parser.
var comments = sync.OnceValue(func() map[string]commented {
	out := map[string]commented{}
	files, err := sources.ReadDir(".")
	if err != nil {
		panic(err) // the directory is in the binary
	}
	for _, file := range files {
		text, err := sources.ReadFile(file.Name())
		if err != nil {
			panic(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file.Name(), text, parser.ParseComments)
		if err != nil {
			panic(err) // it has been compiled
		}
		for _, decl := range parsed.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				addComments(out, d)
			}
		}
	}
	return out
})

func addComments(out map[string]commented, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		t := spec.(*ast.TypeSpec)
		s, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		c := commented{d.Doc.Text(), map[string]string{}}
		for _, f := range s.Fields.List {
			for _, name := range f.Names {
				c.fields[name.Name] = strings.TrimSpace(f.Doc.Text() + f.Comment.Text())
			}
		}
		out[t.Name.Name] = c
	}
}
