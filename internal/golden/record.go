package golden

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/declive/declive/internal/atomicfile"
	"github.com/declive/declive/tensor"
)

// Record is what golden tests found, by the name of what they compared: a
// layer, an optimizer, a schedule. A test package has one and gives its Main to
// TestMain.
type Record map[string]*Found

// Found is what the cases of one name came to.
type Found struct {
	// Cases counts them by their type, "float64" or "float32".
	Cases map[string]int
	// Largest has the largest deviation by what was compared, such as "value" or
	// "gradient", and then by type.
	Largest map[string]map[string]float64
}

// Case counts one case.
func (r Record) Case(name, dtype string) { r.of(name).Cases[dtype]++ }

// Note notes how far two things lie apart. NaN counts as infinity: JSON has
// neither, so the record cannot be written with one.
func (r Record) Note(name, what, dtype string, off float64) {
	f := r.of(name)
	if f.Largest[what] == nil {
		f.Largest[what] = map[string]float64{}
	}
	if math.IsNaN(off) {
		off = math.Inf(1)
	}
	f.Largest[what][dtype] = max(f.Largest[what][dtype], off)
}

func (r Record) of(name string) *Found {
	if r[name] == nil {
		r[name] = &Found{map[string]int{}, map[string]map[string]float64{}}
	}
	return r[name]
}

// Merge adds another record of the same cases: the larger deviations count.
func (r Record) Merge(other Record) {
	for name, f := range other {
		for dtype, n := range f.Cases {
			r.of(name).Cases[dtype] = max(r.of(name).Cases[dtype], n)
		}
		for what, byType := range f.Largest {
			for dtype, off := range byType {
				r.Note(name, what, dtype, off)
			}
		}
	}
}

// Main runs the tests, and writes the record into the file that the flag
// -record names, if any.
func (r Record) Main(m interface{ Run() int }) {
	path := flag.String("record", "", "write the deviations of golden cases to this `file`")
	code := m.Run()
	if *path == "" || code != 0 {
		return
	}
	if err := atomicfile.Write(*path, func(w io.Writer) error { return json.NewEncoder(w).Encode(r) }); err != nil {
		panic(err)
	}
}

// ReadRecord reads what Main wrote.
func ReadRecord(path string) (Record, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := Record{}
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Off returns the largest |got − want| / max(1, |want|): relative to large
// elements, absolute beside small ones, which may be what is left of a sum. It
// is NaN where only one of two is.
func Off(got, want *tensor.Tensor) float64 {
	var worst float64
	a, b := got.Float64s(), want.Float64s()
	for i, w := range b {
		if a[i] != w && !(math.IsNaN(a[i]) && math.IsNaN(w)) {
			worst = max(worst, math.Abs(a[i]-w)/max(1, math.Abs(w)))
		}
	}
	return worst
}

// Bound is v rounded up to one digit, so that a machine that rounds a little
// differently writes the same.
func Bound(v float64) string {
	switch {
	case v == 0:
		return "0"
	case math.IsInf(v, 0):
		return "∞"
	}
	unit := math.Pow10(int(math.Floor(math.Log10(v))))
	return fmt.Sprintf("%.0e", math.Ceil(v/unit*(1-1e-9))*unit)
}
