package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/declive/declive/cmd/internal/page"
	"github.com/declive/declive/internal/golden"
	"github.com/declive/declive/optim"
)

// column is a deviation that a table shows.
type column struct{ what, dtype string }

// table is rows of one kind and the deviations that they show.
type table struct {
	folder  string
	source  map[string]about
	record  golden.Record
	columns []column
}

// print writes a table of the given names with a heading.
func (t table) print(w io.Writer, head string, names []string) {
	fmt.Fprintf(w, "| %s | what it is | PyTorch | cases |", head)
	for _, c := range t.columns {
		fmt.Fprintf(w, " %s, %s |", c.what, c.dtype)
	}
	fmt.Fprintf(w, "\n|---|---|---|--:|%s\n", strings.Repeat("--:|", len(t.columns)))
	for _, name := range names {
		fmt.Fprintln(w, t.row(name))
	}
}

func (t table) row(name string) string {
	f, cases := t.record[name], 0
	if f == nil {
		f = &golden.Found{}
	}
	for _, n := range f.Cases {
		cases += n
	}
	a := t.source[base(name)]
	cells := []string{page.Cell(t.title(name)), page.Cell(a.summary), a.theirs(), fmt.Sprint(cases)}
	for _, c := range t.columns {
		text := "–"
		if off, ok := f.Largest[c.what][c.dtype]; ok {
			text = golden.Bound(off)
		}
		cells = append(cells, text)
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

// title links a name to where it is declared.
func (t table) title(name string) string {
	if file := t.source[base(name)].file; file != "" {
		return fmt.Sprintf("[%s](../%s/%s)", name, t.folder, file)
	}
	return name
}

// base returns the type of which a name is a use: X of "X with an option".
func base(name string) string {
	name, _, _ = strings.Cut(name, " with ")
	return name
}

// theirs links to PyTorch's page.
func (a about) theirs() string {
	if a.link == "" {
		return "–"
	}
	return fmt.Sprintf("[page](%s)", a.link)
}

// known returns an error when the record has a deviation that no column shows.
func known(r golden.Record, columns []column) error {
	for name, f := range r {
		for what, byType := range f.Largest {
			for dtype := range byType {
				if !slices.Contains(columns, column{what, dtype}) {
					return fmt.Errorf("%s has a deviation of %q in %s, which no table shows", name, what, dtype)
				}
			}
		}
	}
	return nil
}

func count(r golden.Record, names []string) (n int) {
	for _, name := range names {
		if r[name] != nil {
			for _, k := range r[name].Cases {
				n += k
			}
		}
	}
	return n
}

// distinct returns the number of types among names.
func distinct(names []string) int {
	all := map[string]bool{}
	for _, name := range names {
		all[base(name)] = true
	}
	return len(all)
}

// layers writes the page about nn.
func layers(w io.Writer, source map[string]about, r golden.Record) error {
	t := table{"nn", source, r, []column{{"value", "float64"}, {"gradient", "float64"}, {"second", "float64"},
		{"value", "float32"}, {"gradient", "float32"}, {"second", "float32"}}}
	var with, without, together []string
	for name, a := range source {
		if a.forward && r[name] == nil {
			without = append(without, name)
		}
	}
	for name := range r {
		if a, ok := source[base(name)]; ok && !a.function {
			with = append(with, name)
		} else {
			together = append(together, name)
		}
	}
	slices.Sort(with)
	slices.Sort(without)
	slices.Sort(together)
	fmt.Fprintf(w, `# Layers

%d layers, compared on %d cases with PyTorch 1.13.1 or, where that lacks the layer, with its formula in PyTorch; and %d cases of functions and
whole models. Deviations are the largest |ours − PyTorch's| / max(1, |PyTorch's|) of all elements of all cases, rounded up to one digit: of values
(outputs, and running statistics after steps), of gradients (of the input and of every parameter, by the fast kernels and by the recorded
definition) and of second derivatives of the input, where PyTorch has them. Some inputs of activations reach ±10⁴. Each case runs with
the assembly and with the portable kernels, and the larger deviation counts.

`, distinct(with), count(r, with), count(r, together))
	t.print(w, "layer", with)
	fmt.Fprintf(w, "\n## Functions and whole models\n\n")
	t.print(w, "name", together)
	fmt.Fprintf(w, "\n## Without golden cases\n\nNo golden case has these. What draws random numbers cannot be compared with PyTorch number for number.\n\n")
	for _, name := range without {
		fmt.Fprintf(w, "- %s: %s (PyTorch: %s)\n", t.title(name), source[name].summary, source[name].theirs())
	}
	return known(r, t.columns)
}

// optimizers writes the page about optim.
func optimizers(w io.Writer, source map[string]about, r golden.Record) error {
	steps := table{"optim", source, r, []column{{"trajectory", "float64"}, {"trajectory", "float32"}}}
	rates := table{"optim", source, r, []column{{"rate", "float64"}}}
	var opts, schedules []string
	for name := range union(r, optim.Names(), optim.SchedulerNames()) {
		if slices.Contains(optim.SchedulerNames(), name) || r[name] != nil && r[name].Largest["rate"] != nil {
			schedules = append(schedules, name)
		} else {
			opts = append(opts, name)
		}
	}
	slices.Sort(opts)
	slices.Sort(schedules)
	fmt.Fprintf(w, `# Optimizers and schedules

%d optimizers, compared on %d trajectories with PyTorch 1.13.1 or, where that has none, with the published algorithm in NumPy or PyTorch.
A trajectory is all parameters after each of its steps, mostly 12 or 60; of LBFGS the loss, too. Deviations are the largest |ours − theirs| of all steps, relative to the
greatest element that the parameter had so far, rounded up to one digit; each case runs with the assembly kernels and the portable ones, and
the larger counts.

`, len(opts), count(r, opts))
	steps.print(w, "optimizer", opts)
	for _, name := range opts {
		if f := r[name]; f != nil && f.Largest["astray"] != nil {
			fmt.Fprintf(w, "\n%s has steps at which a few roundings of the start lead PyTorch itself astray, by more than a twentieth of what is allowed elsewhere. "+
				"They are not in\nthe table: there we are at most %.0f (float64) and %.0f (float32) times as far from PyTorch as its own runs are from each other.\n",
				name, math.Ceil(f.Largest["astray"]["float64"]), math.Ceil(f.Largest["astray"]["float32"]))
		}
	}
	fmt.Fprintf(w, `
## Schedules

%d cases of 60 epochs and more with two groups. Deviations are the largest |ours − PyTorch's| of all rates, relative to 0.5, at which the first
group begins.

`, count(r, schedules))
	rates.print(w, "schedule", schedules)
	astray := []column{{"astray", "float64"}, {"astray", "float32"}}
	return known(r, slices.Concat(steps.columns, astray, rates.columns))
}

// union returns the names in r and in the lists.
func union(r golden.Record, lists ...[]string) map[string]bool {
	all := map[string]bool{}
	for name := range maps.Keys(r) {
		all[name] = true
	}
	for _, name := range slices.Concat(lists...) {
		all[name] = true
	}
	return all
}
