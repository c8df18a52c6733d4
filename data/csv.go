package data

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/declive/declive/tensor"
)

// Header says whether a CSV file begins with the names of its columns.
type Header uint8

const (
	// AutoHeader takes the first line for names when none of its cells is a number.
	AutoHeader Header = iota
	// WithHeader takes the first line for names.
	WithHeader
	// NoHeader takes the first line for a sample.
	NoHeader
)

// CSVOptions says how to read a CSV file. The zero value reads numbers
// separated by commas, with the class in the last column.
type CSVOptions struct {
	// Target is the column of targets: its name, or its number from 0, negative
	// from the last column. "" is the last column.
	Target string

	// Regression reads targets as numbers, into a float tensor of shape [n].
	// Otherwise they are class labels, words or whole numbers, and become
	// the int64 positions of their names in Classes. What the cells look
	// like never decides.
	Regression bool

	// Classes fixes the classes and their order, as for a test file that must agree
	// with a training file. nil takes the labels found, sorted: by value
	// when all are whole numbers, by bytes otherwise.
	Classes []string

	Ignore []string     // columns that are neither features nor target, as for Target
	Header Header       // whether the first line has names
	Comma  rune         // the separator; 0 is ','
	DType  tensor.DType // of features and regression targets: Float32 or Float64
}

// ReadCSVFile reads a CSV file, compressed by gzip or not. See ReadCSV.
func ReadCSVFile(path string, o CSVOptions) (*TensorDataset, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return readCSV(f, path+": ", o)
}

// ReadCSV reads a table in the format of encoding/csv, compressed by gzip or
// not, which its first bytes tell. Spaces around cells and a byte order mark
// are ignored. Columns other than the target are features: X has shape [n, f].
//
// An error names the line, the column and the value: of a cell that is empty,
// not a number, NaN, infinite or too large for DType, of an unknown class, of
// a line with too few or too many cells. A file without samples is an error
// too. ReadCSV panics when DType is not a float or Classes has a class twice.
func ReadCSV(r io.Reader, o CSVOptions) (*TensorDataset, error) { return readCSV(r, "", o) }

func readCSV(r io.Reader, file string, o CSVOptions) (*TensorDataset, error) {
	needFloat("data.ReadCSV", o.DType)
	t := &table{CSVOptions: o, labels: newLabels(o.Classes)}
	text, err := plain(r)
	if err == nil {
		err = t.read(text)
	}
	if err != nil {
		return nil, fmt.Errorf("data: %s%w", file, err)
	}
	return t.dataset(), nil
}

// plain returns r without gzip and byte order mark.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	if magic, _ := b.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		b = bufio.NewReader(z)
	}
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		b.Discard(len(mark))
	}
	return b, nil
}

// table collects the samples of a CSV file.
type table struct {
	CSVOptions
	csv    *csv.Reader
	names  []string // of the columns; nil without a header
	width  int      // number of columns
	target int
	kept   []int // the columns that are features
	x, y   []float64
	labels *labels
	rows   int
}

func (t *table) read(text io.Reader) error {
	t.csv = csv.NewReader(text)
	t.csv.FieldsPerRecord = -1 // compared here, to say how many there are
	t.csv.TrimLeadingSpace = true
	t.csv.ReuseRecord = true
	if t.Comma != 0 {
		t.csv.Comma = t.Comma
	}
	for first := true; ; first = false {
		cells, err := t.csv.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("after %d samples: %w", t.rows, err)
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if first {
			isHeader, err := t.begin(cells)
			if err != nil {
				return err
			}
			if isHeader {
				continue
			}
		}
		if err := t.add(cells); err != nil {
			return err
		}
	}
	switch {
	case t.width == 0:
		return errors.New("the file is empty")
	case t.rows == 0:
		return errors.New("there is a header but no sample")
	}
	return nil
}

// begin learns the columns from the first line and reports whether it has
// their names.
func (t *table) begin(cells []string) (isHeader bool, err error) {
	t.width = len(cells)
	isHeader = t.Header == WithHeader || t.Header == AutoHeader && !slices.ContainsFunc(cells, isNumber)
	if isHeader {
		t.names = slices.Clone(cells)
	}
	if t.target, err = t.column(t.Target); err != nil {
		return false, fmt.Errorf("target: %w", err)
	}
	skip := []int{t.target}
	for _, name := range t.Ignore {
		i, err := t.column(name)
		if err != nil {
			return false, fmt.Errorf("ignore: %w", err)
		}
		skip = append(skip, i)
	}
	for i := range cells {
		if !slices.Contains(skip, i) {
			t.kept = append(t.kept, i)
		}
	}
	if len(t.kept) == 0 {
		return false, fmt.Errorf("there is no feature among %d columns", t.width)
	}
	return isHeader, nil
}

// column finds a column by name or number.
func (t *table) column(name string) (int, error) {
	if i := slices.Index(t.names, name); i >= 0 && name != "" {
		if slices.Contains(t.names[i+1:], name) {
			return 0, fmt.Errorf("several columns are named %q", name)
		}
		return i, nil
	}
	i, err := columnNumber(name, t.width)
	switch {
	case errors.Is(err, strconv.ErrSyntax) && t.names == nil:
		return 0, fmt.Errorf("no column %q: the first line is not a header", name)
	case errors.Is(err, strconv.ErrSyntax):
		return 0, fmt.Errorf("no column %q among %q", name, t.names)
	}
	return i, err
}

// columnNumber returns the column of width that a number names, from the last
// one when negative; "" is the last.
func columnNumber(number string, width int) (int, error) {
	if number == "" {
		return width - 1, nil
	}
	i, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return 0, fmt.Errorf("no column: %w", err)
	case i < -width || i >= width:
		return 0, fmt.Errorf("no column %d among %d", i, width)
	case i < 0:
		i += width
	}
	return i, nil
}

// add appends one sample.
func (t *table) add(cells []string) error {
	if len(cells) != t.width {
		line, _ := t.csv.FieldPos(0)
		return fmt.Errorf("line %d has %d cells, the first line %d", line, len(cells), t.width)
	}
	for _, i := range t.kept {
		v, err := t.number(cells[i])
		if err != nil {
			return t.at(i, err)
		}
		t.x = append(t.x, v)
	}
	t.rows++
	if !t.Regression {
		return t.at(t.target, t.labels.add(cells[t.target]))
	}
	v, err := t.number(cells[t.target])
	t.y = append(t.y, v)
	return t.at(t.target, err)
}

// at adds line and column i to err.
func (t *table) at(i int, err error) error {
	if err == nil {
		return nil
	}
	line, _ := t.csv.FieldPos(i)
	if t.names != nil {
		return fmt.Errorf("line %d, column %d (%q): %w", line, i, t.names[i], err)
	}
	return fmt.Errorf("line %d, column %d: %w", line, i, err)
}

func (t *table) number(cell string) (float64, error) {
	if cell == "" {
		return 0, errors.New("the cell is empty")
	}
	bits := 64
	if t.DType == tensor.Float32 {
		bits = 32
	}
	v, err := strconv.ParseFloat(cell, bits)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%q is too large for %v", cell, t.DType)
	case err != nil:
		return 0, fmt.Errorf("%q is not a number", cell)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Errorf("%q is not a finite number", cell)
	}
	return v, nil
}

func (t *table) dataset() *TensorDataset {
	ds := &TensorDataset{X: tensor.New(t.x, t.rows, len(t.kept)).To(t.DType)}
	if t.names != nil {
		for _, i := range t.kept {
			ds.Features = append(ds.Features, t.names[i])
		}
	}
	if t.Regression {
		ds.Y = tensor.New(t.y).To(t.DType)
	} else {
		ds.Classes, ds.Y = t.labels.sorted()
	}
	return ds
}

func isNumber(cell string) bool {
	_, err := strconv.ParseFloat(cell, 64)
	return err == nil
}
