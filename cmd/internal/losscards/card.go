package main

import (
	"bytes"
	"fmt"
	"go/doc/comment"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/declive/declive/cmd/internal/page"
	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/nn/loss"
)

// card is all that a page says.
type card struct {
	loss.Description
	drawn     bool // there is a picture
	all       measured
	rows      []row
	example   example
	different []string
}

func newCard(root, name string, s *sources) (*card, error) {
	d, err := loss.Describe(name)
	if err != nil {
		return nil, err
	}
	c := &card{Description: d, different: s.different(name)}
	var ok bool
	if c.example, ok = s.example(name); !ok {
		return nil, fmt.Errorf("nn/loss has no Example%s", name)
	}
	c.all, c.rows, err = measureAll(root, name, d.Options)
	return c, err
}

// page writes the page of a loss.
func (c *card) page(w io.Writer) {
	intro, formula, rest := c.words()
	fmt.Fprintf(w, "# %s\n\n%s\n", c.Name, intro)
	if c.drawn {
		fmt.Fprintf(w, "![Value and gradient of %s](%s.svg)\n\n", c.Name, c.Name)
	}
	fmt.Fprintf(w, "## Formula\n\n%s\nInputs: `%s`.\n\n", formula, strings.Join(c.Inputs, "`, `"))
	fmt.Fprintf(w, "## Options\n\n| option | field | type | default | meaning |\n|---|---|---|---|---|\n")
	for _, o := range c.Options {
		fmt.Fprintf(w, "| `%s` | `%s` | %s | `%s` | %s |\n", o.Name, o.Field, page.Cell(o.Type), page.Cell(o.Default), page.Cell(o.Doc))
	}
	fmt.Fprintf(w, "\n## Shapes and numbers\n\n%s\n", rest)
	fmt.Fprintf(w, "## Differences from PyTorch\n\n")
	if len(c.different) > 0 {
		fmt.Fprintf(w, "| where | PyTorch | Declive | why |\n|---|---|---|---|\n")
		for _, row := range c.different {
			fmt.Fprintln(w, row+strings.Repeat(" |", 5-strings.Count(row, "|")))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "What holds for all losses is in [differences](../differences.md).\n\n")
	c.accuracy(w)
	fmt.Fprintf(w, "## Example\n\n```go\n%s\n```\n", c.example.text)
}

func (c *card) accuracy(w io.Writer) {
	fmt.Fprintf(w, `## Accuracy

Measured on %d golden cases of PyTorch 1.13.1, %d of them with second derivatives; %d more are rejected by both.

| | largest deviation |
|---|---|
| result in float64, relative to PyTorch's | %s |
| gradient in float64, relative to PyTorch's | %s |
| result in float32, against float64 | %s ulp |
| the same of PyTorch | %s ulp |

`, c.all.Wide+c.all.Narrow, c.all.Second, c.all.Rejected, golden.Bound(c.all.Result), golden.Bound(c.all.Gradient), ulps(c.all.ULP), ulps(c.all.Theirs))
	fmt.Fprint(w, rowsHead)
	for _, r := range c.rows {
		r.print(w)
	}
	fmt.Fprintln(w)
}

const rowsHead = `| option | value | cases | result | gradient | float32 | PyTorch's float32 |
|---|---|--:|--:|--:|--:|--:|
`

func (r row) print(w io.Writer) {
	fmt.Fprintf(w, "| `%s` | %s | %s |\n", r.option, page.Cell(r.value), r.cells())
}

// words returns the doc comment in Markdown: what comes before the formula, the
// formula with what goes on with its sentence, and the rest.
func (c *card) words() (intro, formula, rest string) {
	blocks := new(comment.Parser).Parse(c.Text).Content
	from := len(blocks)
	for i, b := range blocks {
		if isCode(b) {
			from = i
			break
		}
	}
	to := min(from+1, len(blocks))
	for to < len(blocks) && (isCode(blocks[to]) || startsLower(markdown(blocks[to]))) {
		to++
	}
	return markdown(blocks[:from]...), markdown(blocks[from:to]...), markdown(blocks[to:]...)
}

func isCode(b comment.Block) bool {
	_, ok := b.(*comment.Code)
	return ok
}

func startsLower(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLower(first)
}

func markdown(blocks ...comment.Block) string {
	text := new(comment.Printer).Markdown(&comment.Doc{Content: blocks})
	return string(bytes.TrimRight(text, "\n")) + "\n"
}

// overview writes the page about all losses.
func overview(w io.Writer, cards []*card) {
	cases := 0
	for _, c := range cards {
		cases += c.all.Wide + c.all.Narrow
	}
	fmt.Fprintf(w, `# Losses

%d criteria, compared with PyTorch 1.13.1 on %d cases. Deviations are the largest of all cases, rounded up:
result and gradient in float64 relative to PyTorch's (elements of at least %v), float32 results in units of the
last place against float64 on the same numbers, PyTorch's beside ours. Sums whose terms cancel lose digits in both.
∞ is a result that is not finite where it should be.

| criterion | what it is | second derivatives | rejected | cases | result | gradient | float32 | PyTorch's float32 |
|---|---|--:|--:|--:|--:|--:|--:|--:|
`, len(cards), cases, floor)
	for _, c := range cards {
		what := page.Cell(strings.TrimPrefix(c.Summary, c.Name+" is "))
		fmt.Fprintf(w, "| [%s](%s.md) | %s | %d | %d | %s |\n", c.Name, c.Name, what, c.all.Second, c.all.Rejected, c.all.cells())
	}
	fmt.Fprintf(w, "\n## By option\n\n| criterion %s", strings.Replace(rowsHead, "|---|", "|---|---|", 1))
	for _, c := range cards {
		for _, r := range c.rows {
			fmt.Fprintf(w, "| %s ", c.Name)
			r.print(w)
		}
	}
}
