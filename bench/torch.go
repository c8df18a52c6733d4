package main

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed torch_steps.py
var torchProgram string

// errNoTorch is what a machine without PyTorch answers.
var errNoTorch = errors.New("PyTorch not found (Debian: apt-get install --no-install-recommends python3-torch python3-numpy libopenblas0-pthread)")

// torch is a running Python process that measures PyTorch's side of a case.
type torch struct {
	version string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
}

// startTorch starts Python and waits until PyTorch is loaded.
func startTorch(python string) (*torch, error) {
	cmd := exec.Command(python, "-c", torchProgram)
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
	t.version = t.out.Text()
	return t, nil
}

// measure runs a case for about d and returns the time of one step.
func (t *torch) measure(name string, threads int, d time.Duration) (time.Duration, error) {
	if _, err := fmt.Fprintln(t.in, name, threads, d.Seconds()); err != nil {
		return 0, err
	}
	if !t.out.Scan() {
		return 0, fmt.Errorf("python ended while it measured %s", name)
	}
	ns, err := strconv.ParseInt(strings.TrimSpace(t.out.Text()), 10, 64)
	return time.Duration(ns), err
}

// stop ends the process.
func (t *torch) stop() error {
	fmt.Fprintln(t.in, "quit")
	return t.cmd.Wait()
}
