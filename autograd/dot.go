package autograd

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// WriteDOT writes the graph that y was computed by, as far as it is recorded,
// in Graphviz's language: operations as ellipses, leaves that want a gradient
// as boxes, constants as plain text, each with its shape, and an arrow from
// each input to the operation that takes it, numbered where there are several.
// Leaves among names bear their names. Equal graphs give equal text. It
// returns the error of writing.
//
//	dot -Tsvg graph.dot > graph.svg
//
// Source: https://graphviz.org/doc/info/lang.html
func WriteDOT(w io.Writer, y *Variable, names ...Parameter) error {
	d := drawing{Writer: bufio.NewWriter(w), id: make(map[*Variable]int), names: make(map[*Variable]string)}
	for _, p := range names {
		d.names[p.Variable] = p.Name
	}
	d.id[y] = 0
	fmt.Fprintf(d, "digraph {\n\trankdir=BT\n\tnode [fontname=\"sans-serif\"]\n")
	for todo := []*Variable{y}; len(todo) > 0; todo = todo[1:] {
		todo = append(todo, d.draw(todo[0])...)
	}
	fmt.Fprintf(d, "}\n")
	if err := d.Flush(); err != nil {
		return fmt.Errorf("autograd: writing a graph: %w", err)
	}
	return nil
}

// drawing is a graph being written; Variables are numbered as they are found.
type drawing struct {
	*bufio.Writer
	id    map[*Variable]int
	names map[*Variable]string
}

// draw writes x with the arrows into it and returns the inputs not seen before.
func (d *drawing) draw(x *Variable) (found []*Variable) {
	fmt.Fprintf(d, "\tv%d [%s]\n", d.id[x], d.look(x))
	if x.made == nil {
		return nil
	}
	for i, e := range x.made.edges {
		if _, seen := d.id[e.x]; !seen {
			d.id[e.x] = len(d.id)
			found = append(found, e.x)
		}
		fmt.Fprintf(d, "\tv%d -> v%d", d.id[e.x], d.id[x])
		if len(x.made.edges) > 1 {
			fmt.Fprintf(d, " [label=%d]", i)
		}
		fmt.Fprintln(d)
	}
	return found
}

// look returns the attributes of a node.
func (d *drawing) look(x *Variable) string {
	kind, shape := "constant", "plaintext"
	switch {
	case x.made != nil && x.made.freed:
		kind, shape = x.made.op+" (freed)", "ellipse"
	case x.made != nil:
		kind, shape = x.made.op, "ellipse"
	case x.untracked:
		kind = "untracked"
	case x.wants:
		kind, shape = "leaf", "box"
	}
	if name, ok := d.names[x]; ok {
		kind = name
	}
	return fmt.Sprintf(`label="%s\n%v %v", shape=%s`, escape(kind), x.DType(), []int(x.Shape()), shape)
}

// escape makes s fit between the quotes of a DOT string.
func escape(s string) string { return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) }
