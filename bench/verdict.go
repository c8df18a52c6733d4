package main

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"
)

// reasonText says why lines miss their target, each as NAME, a bar, the reason.
// NAME is that of a case, alone or with /THREADS or /peak behind it, that of an
// absolute limit, or a section's title with /mean behind it.
//
//go:embed reasons.txt
var reasonText string

// reasons returns the reasons by name.
func reasons(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(text) {
		if name, why, ok := strings.Cut(line, "|"); ok && !strings.HasPrefix(line, "#") {
			out[strings.TrimSpace(name)] = strings.TrimSpace(why)
		}
	}
	return out
}

// meanReason is the name of the reason for a section's geometric mean.
func meanReason(s section) string { return s.title + "/mean" }

// A verdict is how a row did.
type verdict struct {
	judged, met bool
	text        string // yes, no, or why nobody judged
	reason      string // for a miss
}

// judge compares a row with its target.
func (r *report) judge(s section, x row) verdict {
	switch {
	case x.differs != "":
		return verdict{text: "not comparable: " + x.differs}
	case x.target == 0 || x.theirs == 0:
		return verdict{text: "—"}
	}
	if s.doubled && x.threads > 1 {
		switch g := r.gain(x.threads); {
		case g == 0:
			return verdict{text: "no verdict: the FMA peak was not measured"}
		case g < enough(x.threads):
			return verdict{text: fmt.Sprintf("no verdict: %s threads reach only %.1f× the FMA peak of one", count(x.threads), g)}
		}
	}
	v := verdict{judged: true, met: x.ratio <= x.target, text: "yes"}
	if !v.met {
		v.text = "**no**"
		why := reasons(reasonText)
		if v.reason = why[fmt.Sprintf("%s/%d", x.name, x.threads)]; v.reason == "" {
			v.reason = why[x.name]
		}
	}
	return v
}

// gain is the lower of what two threads gained before and after the run.
func (r *report) gain(threads int) float64 {
	return min(gain(r.before, threads), gain(r.after, threads))
}

// enough is the gain from which so many threads are taken for real processors.
func enough(threads int) float64 { return 0.9 * float64(threads) }

// geometric returns the geometric mean of the ratios with so many threads, 0
// when there are none.
func (t table) geometric(threads int) float64 {
	var sum float64
	n := 0
	for _, x := range t.rows {
		if x.threads == threads && x.ratio > 0 && x.differs == "" {
			sum += math.Log(x.ratio)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return math.Exp(sum / float64(n))
}

// threads returns the numbers of threads of the rows, in their order.
func (t table) threads() (all []int) {
	for _, x := range t.rows {
		if !slices.Contains(all, x.threads) {
			all = append(all, x.threads)
		}
	}
	return all
}

func count(n int) string {
	if n == 2 {
		return "two"
	}
	return fmt.Sprint(n)
}
