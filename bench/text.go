package main

import (
	"fmt"
	"strings"
)

// tabulate writes a Markdown table, its head first.
func tabulate(b *strings.Builder, rows [][]string) {
	rule := make([]string, len(rows[0]))
	for i := range rule {
		rule[i] = "---"
	}
	for i, cells := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|%s|\n", strings.Join(rule, "|"))
		}
	}
	b.WriteString("\n")
}

func yes(met bool) string {
	if met {
		return "yes"
	}
	return "**no**"
}

// nanoseconds writes a time with three digits or more.
func nanoseconds(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e4:
		return fmt.Sprintf("%.2f µs", ns/1e3)
	case ns < 1e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	case ns < 1e7:
		return fmt.Sprintf("%.2f ms", ns/1e6)
	}
	return fmt.Sprintf("%.1f ms", ns/1e6)
}

// ratio writes a ratio with as many digits as tell it from its target.
func ratio(v float64) string {
	if v < 0.2 {
		return fmt.Sprintf("%.3f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func gflops(flops, ns float64) string {
	if flops == 0 || ns == 0 {
		return "—"
	}
	return fmt.Sprintf("%.1f", flops/ns)
}
