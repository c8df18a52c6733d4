package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/declive/declive/internal/atomicfile"
)

// report is everything measured in one run.
type report struct {
	machine, torch string
	rounds         int
	each           time.Duration
	before, after  []peak
	load           string // average before the run
	heap           heap
	environment    []string // settings that change PyTorch's speed
	tables         []table
}

// write writes the Markdown file and the chart beside it.
func (r *report) write(file string) error {
	picture := strings.TrimSuffix(file, filepath.Ext(file)) + ".svg"
	if len(r.slots()) == 0 {
		return atomicfile.Write(file, func(w io.Writer) error { return r.markdown(w, "") })
	}
	if err := atomicfile.Write(picture, r.chart); err != nil {
		return err
	}
	return atomicfile.Write(file, func(w io.Writer) error { return r.markdown(w, filepath.Base(picture)) })
}

// markdown writes the report. The picture is left out where its name is empty.
func (r *report) markdown(w io.Writer, picture string) error {
	var b strings.Builder
	b.WriteString("# Performance\n\nWritten by `go run ./bench -o docs/performance.md`; do not edit.\n\n")
	r.head(&b)
	r.summary(&b)
	if picture != "" {
		fmt.Fprintf(&b, "![Time of Declive divided by that of PyTorch](%s)\n\n", picture)
	}
	for _, t := range r.tables {
		if len(t.rows) > 0 {
			r.table(&b, t)
			r.peaks(&b, t)
		}
	}
	r.absolute(&b)
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}

// comparable is an error when the two sides did not compute the same.
func (r *report) comparable() error {
	var errs []error
	for _, t := range r.tables {
		for _, x := range t.rows {
			if x.differs != "" {
				errs = append(errs, fmt.Errorf("%s is not what PyTorch computes: %s", x.name, x.differs))
			}
		}
	}
	return errors.Join(errs...)
}

// head says where and how the run was made.
func (r *report) head(b *strings.Builder) {
	torch := "PyTorch was not measured"
	if r.torch != "" {
		torch = r.torch
	}
	fmt.Fprintf(b, "- Machine: %s\n- Beside it: %s\n", r.machine, torch)
	if len(r.environment) > 0 {
		fmt.Fprintf(b, "- Set in the environment, where it chooses PyTorch's kernels: `%s`; without that PyTorch may be faster\n", strings.Join(r.environment, " "))
	}
	for i, p := range r.before {
		fmt.Fprintf(b, "- Peak of float32 multiply-adds, threads %d: %.0f GFLOP/s before the run, %.0f after it\n", p.threads, p.gflops, r.after[i].gflops)
	}
	if len(r.before) == 0 {
		b.WriteString("- Peak of multiply-adds: not measured here\n")
	}
	if r.load != "" {
		fmt.Fprintf(b, "- Load average before the run: %s; well above 0 somebody else was at work\n", r.load)
	}
	fmt.Fprintf(b, "- %d rounds of about %v a side, alternately; Declive with GOMAXPROCS and PyTorch with set_num_threads at the number of threads\n\n", r.rounds, r.each)
	b.WriteString("Times are medians over the rounds, the ratio is the median of the rounds' ratios of Declive's time to PyTorch's: below 1 Declive is\n" +
		"faster. A target is the greatest ratio aimed at. Both sides compute the same from the same numbers, which was checked.\n\n")
	for _, p := range r.before {
		if g := r.gain(p.threads); p.threads > 1 && g < enough(p.threads) {
			fmt.Fprintf(b, "**%d threads reached only %.1f times the peak of one.** Figures for so many say little, mostly to PyTorch's disadvantage, whose\nthreads wait for each other.\n\n", p.threads, g)
		}
	}
}

// summary counts targets.
func (r *report) summary(b *strings.Builder) {
	rows := [][]string{{"section", "threads", "judged", "met", "geometric mean of the ratios"}}
	for _, t := range r.tables {
		for _, threads := range t.threads() {
			judged, met := 0, 0
			for _, x := range t.rows {
				if v := r.judge(t.section, x); x.threads == threads && v.judged {
					judged++
					if v.met {
						met++
					}
				}
			}
			mean := "—"
			if g := t.geometric(threads); g > 0 {
				mean = ratio(g)
			}
			rows = append(rows, []string{t.title, fmt.Sprint(threads), fmt.Sprint(judged), fmt.Sprint(met), mean})
		}
	}
	if len(rows) > 1 && r.torch != "" {
		tabulate(b, rows)
	}
}

// columns are those of a table of rows; the two of speed are for cases with
// operations to count.
var columns = []string{"what", "threads", "Declive", "PyTorch", "GFLOP/s", "PyTorch's", "ratio", "of the rounds", "target", "met", "allocations", "reason"}

const (
	speedFirst, speedAfter = 4, 6
	lastColumn             = 11
)

// table writes the rows of a section.
func (r *report) table(b *strings.Builder, t table) {
	fmt.Fprintf(b, "## %s\n\n%s\n\n", t.title, t.note)
	rows := [][]string{slices.Clone(columns)}
	for _, x := range t.rows {
		rows = append(rows, r.line(t.section, x))
	}
	for _, threads := range t.threads() {
		if g := t.geometric(threads); t.mean > 0 && g > 0 {
			line := []string{"**geometric mean**", fmt.Sprint(threads), "", "", "", "", ratio(g), "", "≤ " + ratio(t.mean), yes(g <= t.mean), "", ""}
			if g > t.mean {
				line[lastColumn] = reasons(reasonText)[meanReason(t.section)]
			}
			rows = append(rows, line)
		}
	}
	if !slices.ContainsFunc(t.rows, func(x row) bool { return x.flops > 0 }) {
		for i := range rows {
			rows[i] = slices.Delete(rows[i], speedFirst, speedAfter)
		}
	}
	tabulate(b, rows)
}

// line returns the columns of a row.
func (r *report) line(s section, x row) []string {
	v := r.judge(s, x)
	theirs, relative, spread, target := "—", "—", "—", "—"
	if x.theirs > 0 {
		theirs, relative, spread = nanoseconds(x.theirs), ratio(x.ratio), ratio(x.low)+"–"+ratio(x.high)
	}
	if x.target > 0 {
		target = "≤ " + ratio(x.target)
	}
	return []string{x.what, fmt.Sprint(x.threads), nanoseconds(x.ours), theirs, gflops(x.flops, x.ours), gflops(x.flops, x.theirs),
		relative, spread, target, v.text, fmt.Sprintf("%.0f", x.allocs), v.reason}
}

// leastShare of the peak is the target of those rows that ask for it.
const leastShare = 0.85

// peaks writes how much of the FMA peak was reached.
func (r *report) peaks(b *strings.Builder, t table) {
	rows := [][]string{{"what", "threads", "Declive", "PyTorch", "target", "met", "reason"}}
	for _, x := range t.rows {
		if x.reached == 0 {
			continue
		}
		theirs, why := "—", ""
		if x.theyReached > 0 {
			theirs = fmt.Sprintf("%.0f %%", 100*x.theyReached)
		}
		target, met := "—", "—"
		if x.threads == 1 {
			target, met = fmt.Sprintf("≥ %.0f %%", 100*leastShare), yes(x.reached >= leastShare)
			if x.reached < leastShare {
				why = reasons(reasonText)[x.name+"/peak"]
			}
		}
		rows = append(rows, []string{x.what, fmt.Sprint(x.threads), fmt.Sprintf("%.0f %%", 100*x.reached), theirs, target, met, why})
	}
	if len(rows) > 1 {
		b.WriteString("### Share of the FMA peak\n\nOf AVX2 multiply-adds, the peak being measured anew in every round. PyTorch's may exceed it with AVX-512.\n\n")
		tabulate(b, rows)
	}
}

// absolute writes the targets that have nothing to do with PyTorch.
func (r *report) absolute(b *strings.Builder) {
	rows := [][]string{{"what", "measured", "target", "met", "reason"}}
	for _, l := range r.limits() {
		why := ""
		if !l.met {
			why = reasons(reasonText)[l.name]
		}
		rows = append(rows, []string{l.what, l.value, l.target, yes(l.met), why})
	}
	if len(rows) > 1 {
		b.WriteString("## Overhead and memory\n\n")
		tabulate(b, rows)
	}
}
