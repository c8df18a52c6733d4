// Command losscards writes docs/losses: a page and a picture for each loss, and
// an overview. All words come from doc comments, docs/differences.md and the
// losses' Examples, all numbers from PyTorch's golden data, measured now.
//
// The portable kernels are used, so that the numbers do not depend on the
// machine; the tests hold the others to the same tolerances.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/declive/declive/cmd/internal/lossplot"
	"github.com/declive/declive/cmd/internal/page"
	"github.com/declive/declive/internal/atomicfile"
	"github.com/declive/declive/nn/loss"
)

//go:generate go run -tags purego . ../../..

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if err := write(root); err != nil {
		fmt.Fprintln(os.Stderr, "losscards:", err)
		os.Exit(1)
	}
}

// write writes the pages into the repository at root.
func write(root string) error {
	dir := filepath.Join(root, "docs", "losses")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	shared, err := readSources(root)
	if err != nil {
		return err
	}
	var cards []*card
	for _, name := range loss.Names() {
		c, err := newCard(root, name, shared)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if c.drawn, err = draw(filepath.Join(dir, name+".svg"), name); err != nil {
			return err
		}
		if err := page.Write("cmd/internal/losscards", filepath.Join(dir, name+".md"), c.page); err != nil {
			return err
		}
		cards = append(cards, c)
	}
	return page.Write("cmd/internal/losscards", filepath.Join(dir, "README.md"), func(w io.Writer) { overview(w, cards) })
}

// draw draws a loss. One with parameters has no picture.
func draw(path, name string) (drawn bool, err error) {
	figure, err := lossplot.Plan{Loss: name}.Figure()
	switch {
	case errors.Is(err, lossplot.ErrParameters):
		return false, nil
	case err != nil:
		return false, err
	}
	return true, atomicfile.Write(path, func(w io.Writer) error { return figure.Write(w, "svg") })
}
