package main

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed torch/*.py
var torchFiles embed.FS

// torchProgram joins the files: base.py, the cases, serve.py.
func torchProgram() string {
	names, err := fs.Glob(torchFiles, "torch/*.py")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	const first, last = "torch/base.py", "torch/serve.py"
	names = slices.DeleteFunc(names, func(n string) bool { return n == first || n == last })
	var b strings.Builder
	for _, n := range slices.Concat([]string{first}, names, []string{last}) {
		text, err := torchFiles.ReadFile(n)
		if err != nil {
			panic(err) // it was listed
		}
		b.Write(text)
		b.WriteString("\n\n")
	}
	return b.String()
}

// errNoTorch is what a machine without PyTorch answers.
var errNoTorch = errors.New(`PyTorch not found; -python "" measures Declive alone (Debian: apt-get install --no-install-recommends python3-torch python3-numpy libopenblas0-pthread)`)

// torch is a running Python process that measures PyTorch's side of a case.
type torch struct {
	about string // versions
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Scanner
}

// startTorch starts Python and waits until PyTorch is loaded.
func startTorch(python string, stderr io.Writer) (*torch, error) {
	cmd := exec.Command(python, "-c", torchProgram())
	cmd.Env, cmd.Stderr = withoutThreads(os.Environ()), stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoTorch, err)
	}
	t := &torch{cmd: cmd, in: in, out: bufio.NewScanner(out)}
	if !t.out.Scan() {
		_ = cmd.Wait()
		return nil, fmt.Errorf("%w: %s could not import it", errNoTorch, python)
	}
	t.about = t.out.Text()
	return t, nil
}

// withoutThreads drops settings of the numbers of threads, which each request
// brings along.
func withoutThreads(environment []string) []string {
	return slices.DeleteFunc(environment, func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return strings.HasSuffix(name, "_NUM_THREADS")
	})
}

// torchEnvironment returns the settings that choose PyTorch's kernels.
func torchEnvironment(environment []string) []string {
	chosen := slices.DeleteFunc(environment, func(s string) bool {
		return !strings.HasPrefix(s, "OPENBLAS_") && !strings.HasPrefix(s, "ATEN_") && !strings.HasPrefix(s, "MKL_") && !strings.HasPrefix(s, "OMP_")
	})
	return slices.Sorted(slices.Values(withoutThreads(chosen)))
}

// check sets a case up and returns Σ|x| of each of its results.
func (t *torch) check(name string, threads int) ([]float64, error) {
	return t.ask("check", name, threads)
}

// time runs the case that check set up for about d and returns the nanoseconds
// of one step.
func (t *torch) time(threads int, d time.Duration) (float64, error) {
	answer, err := t.ask("time", threads, d.Seconds())
	if err == nil && len(answer) != 1 {
		err = fmt.Errorf("python answered %v for a time", answer)
	}
	if err != nil {
		return 0, err
	}
	return answer[0], nil
}

// ask sends a line and reads a line of numbers.
func (t *torch) ask(words ...any) ([]float64, error) {
	if _, err := fmt.Fprintln(t.in, words...); err != nil {
		return nil, err
	}
	if !t.out.Scan() {
		return nil, fmt.Errorf("python ended at %v", fmt.Sprint(words...))
	}
	var numbers []float64
	for text := range strings.FieldsSeq(t.out.Text()) {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, v)
	}
	return numbers, nil
}

// stop ends the process.
func (t *torch) stop() error {
	fmt.Fprintln(t.in, "quit")
	return t.cmd.Wait()
}
