// Command goldentables writes docs/layers.md and docs/optimizers.md: how far
// every layer, optimizer and schedule is from PyTorch. It runs the golden tests
// of nn and optim, which record what they compare, so the figures are those of
// the tests and a new layer is in the table as soon as it has a case. Words come
// from doc comments.
//
// The tests run with the assembly and with the portable kernels, and the larger
// deviation counts. Figures do not depend on the number of processors, but need
// a machine with AVX2.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/declive/declive/cmd/internal/page"
	"github.com/declive/declive/internal/golden"
)

//go:generate go run . ../../..

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := write(root); err != nil {
		fmt.Fprintln(os.Stderr, "goldentables:", err)
		os.Exit(1)
	}
}

// write writes the pages into the repository at root.
func write(root string) error {
	for _, p := range []struct {
		folder, path string
		body         func(w io.Writer, names map[string]about, r golden.Record) error
	}{
		{"nn", "docs/layers.md", layers},
		{"optim", "docs/optimizers.md", optimizers},
	} {
		names, err := readPackage(root, p.folder)
		if err != nil {
			return err
		}
		r, err := measure(root, p.folder)
		if err != nil {
			return err
		}
		var failed error
		if err := page.Write("cmd/internal/goldentables", filepath.Join(root, p.path), func(w io.Writer) {
			failed = p.body(w, names, r)
		}); err != nil {
			return err
		}
		if failed != nil {
			return fmt.Errorf("%s: %w", p.path, failed)
		}
	}
	return nil
}

// measure runs the golden tests of a package with either kind of kernels.
func measure(root, folder string) (golden.Record, error) {
	dir, err := os.MkdirTemp("", "goldentables")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	all := golden.Record{}
	for _, tags := range []string{"", "purego"} {
		path := filepath.Join(dir, "record"+tags)
		cmd := exec.Command("go", "test", "-count=1", "-tags="+tags, "-run=PyTorch|Reference", "./"+folder, "-args", "-record="+path)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
		}
		r, err := golden.ReadRecord(path)
		if err != nil {
			return nil, err
		}
		all.Merge(r)
	}
	return all, nil
}
