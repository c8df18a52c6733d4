// Command bench measures Declive and PyTorch alternately in one run and writes
// tables, ours beside PyTorch's with a target for each line, and a chart.
//
//	go run ./bench -o docs/performance.md       # and docs/performance.svg, about ten minutes
//	go run ./bench -only 'CTC|gemm' -threads 1  # some lines, to standard output
//
// It needs PyTorch for the comparison and says so where it is not found; our own
// numbers alone come from -python "". Both sides compute the same numbers from
// the same input, which is checked, and a line's ratio is the median of the
// ratios of its rounds, so that a machine whose speed drifts does not matter.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	rounds  int
	each    time.Duration
	python  string
	only    *regexp.Regexp
	threads []int
	log     io.Writer // of what is being measured
}

// run is main without the process.
func run(args []string, stdout, stderr io.Writer) error {
	o := options{only: regexp.MustCompile(""), log: stderr}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.rounds, "rounds", 7, "alternating rounds of each line")
	flags.DurationVar(&o.each, "each", 80*time.Millisecond, "time per side and round")
	flags.StringVar(&o.python, "python", "/usr/bin/python3", "Python with PyTorch; empty measures Declive alone")
	flags.Func("only", "`REGEXP` of the names of the cases to measure, such as ^gemm or :small", func(text string) (err error) {
		o.only, err = regexp.Compile(text)
		return err
	})
	threads := flags.String("threads", "1,2", "numbers of threads")
	out := flags.String("o", "", "Markdown `FILE` to write, and an SVG beside it; standard output when empty")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.rounds < 1 {
		return fmt.Errorf("-rounds is %d; there must be one", o.rounds)
	}
	for text := range strings.SplitSeq(*threads, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-threads %q is no list of numbers such as 1,2", *threads)
		}
		o.threads = append(o.threads, n)
	}
	r, err := measureAll(o)
	if err != nil {
		return err
	}
	if *out == "" {
		err = r.markdown(stdout, "")
	} else {
		err = r.write(*out)
	}
	return errors.Join(err, r.comparable())
}
