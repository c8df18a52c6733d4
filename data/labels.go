package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/declive/declive/tensor"
)

// labels numbers class labels as they come.
type labels struct {
	fixed bool // only the labels already known are classes
	names []string
	index map[string]int64
	rows  []int64 // an index into names for each sample
}

// newLabels returns labels for the given classes, or for whatever classes come
// when there are none. It panics when classes has one twice.
func newLabels(classes []string) *labels {
	l := &labels{fixed: len(classes) > 0, index: map[string]int64{}}
	for i, name := range classes {
		if l.number(canonical(name)) != int64(i) {
			panic(tensor.Errorf("data.ReadCSV", "Classes[%d] = %q is there twice", i, name))
		}
	}
	return l
}

func (l *labels) number(name string) int64 {
	i, ok := l.index[name]
	if !ok {
		i = int64(len(l.names))
		l.index[name] = i
		l.names = append(l.names, name)
	}
	return i
}

// add appends one sample's label.
func (l *labels) add(label string) error {
	if label == "" {
		return fmt.Errorf("the cell is empty")
	}
	name := canonical(label)
	if v, err := strconv.ParseFloat(name, 64); err == nil && (v != math.Trunc(v) || math.IsInf(v, 0)) {
		return fmt.Errorf("%q is a number but not a whole one, so not a class; is this a Regression?", label)
	}
	if _, ok := l.index[name]; !ok && l.fixed {
		return fmt.Errorf("%q is not one of the classes %q", label, l.names)
	}
	l.rows = append(l.rows, l.number(name))
	return nil
}

// sorted returns the class names in order, by value when all are whole numbers
// and by bytes otherwise, and the class of each sample. Fixed classes keep
// their order.
func (l *labels) sorted() (classes []string, y *tensor.Tensor) {
	if l.fixed {
		return l.names, tensor.New(l.rows)
	}
	classes = slices.Clone(l.names)
	numeric := !slices.ContainsFunc(classes, func(s string) bool { return !isWhole(s) })
	slices.SortFunc(classes, func(a, b string) int {
		if numeric {
			return cmp.Compare(whole(a), whole(b))
		}
		return cmp.Compare(a, b)
	})
	rank := make([]int64, len(classes))
	for i, name := range classes {
		rank[l.index[name]] = int64(i)
	}
	for i, first := range l.rows {
		l.rows[i] = rank[first]
	}
	return classes, tensor.New(l.rows)
}

// canonical spells a whole number in one way, so that 3, 3.0 and 3e0 are one
// class, and leaves everything else as it is.
func canonical(label string) string {
	v, err := strconv.ParseFloat(label, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return label
	}
	return strconv.FormatInt(int64(v), 10)
}

func isWhole(label string) bool {
	_, err := strconv.ParseInt(label, 10, 64)
	return err == nil
}

func whole(label string) int64 {
	v, _ := strconv.ParseInt(label, 10, 64)
	return v
}
