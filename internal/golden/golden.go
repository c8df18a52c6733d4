// Package golden reads what another program computed, kept compressed under
// testdata, and compares tensors with it.
package golden

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"github.com/chewxy/math32"
	"github.com/declive/declive/tensor"
)

// Read returns the JSON values in a gzip file, one after another.
func Read[T any](path string) (values []T, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for in := json.NewDecoder(unzipped); ; {
		var v T
		if err := in.Decode(&v); errors.Is(err, io.EOF) {
			return values, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: value %d: %w", path, len(values), err)
		}
		values = append(values, v)
	}
}

// Tolerance says how far apart two numbers may lie: Abs + Rel·|want|.
type Tolerance struct{ Rel, Abs float64 }

// Compare returns an error that names the first element of got which is not
// close to want's, or says that the types or shapes differ. NaN is close to NaN
// and an infinity to itself only. A nil tensor equals only nil.
func (tol Tolerance) Compare(got, want *tensor.Tensor) error {
	switch {
	case got == nil || want == nil:
		if got != want {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		return nil
	case got.DType() != want.DType() || !got.Shape().Equal(want.Shape()):
		return fmt.Errorf("got %v %v, want %v %v", got.DType(), got.Shape(), want.DType(), want.Shape())
	}
	a, b := got.Float64s(), want.Float64s()
	for i, w := range b {
		if !tol.close(a[i], w) {
			return fmt.Errorf("element %d of %v: got %v, want %v, %.2g apart", i, want.Shape(), a[i], w, math.Abs(a[i]-w))
		}
	}
	return nil
}

func (tol Tolerance) close(got, want float64) bool {
	switch {
	case math.IsNaN(want):
		return math.IsNaN(got)
	case math.IsInf(want, 0):
		return got == want
	}
	return math.Abs(got-want) <= tol.Abs+tol.Rel*math.Abs(want)
}

// Deviation returns the largest |got − want|/|want| where |want| is at least
// floor and both are finite.
func Deviation(got, want *tensor.Tensor, floor float64) float64 {
	var worst float64
	a, b := got.Float64s(), want.Float64s()
	for i, w := range b {
		if d := math.Abs(a[i]-w) / math.Abs(w); math.Abs(w) >= floor && !math.IsInf(d, 0) && !math.IsNaN(d) {
			worst = max(worst, d)
		}
	}
	return worst
}

// ULP returns the largest distance of got from want in units of the last place
// of want in float32, want being computed in float64 from the same input. Two
// NaNs and two equal infinities are 0 apart, anything else and one of them +Inf.
func ULP(got, want *tensor.Tensor) float64 {
	var worst float64
	a, b := got.Float64s(), want.Float64s()
	for i, w := range b {
		worst = max(worst, ulps(a[i], w))
	}
	return worst
}

func ulps(got, want float64) float64 {
	r := float64(float32(want))
	switch {
	case math.IsNaN(got) && math.IsNaN(want), math.IsInf(r, 0) && got == r:
		return 0
	case math.IsNaN(got-r) || math.IsInf(got-r, 0):
		return math.Inf(1)
	}
	return math.Abs(got-want) / spacing(float32(r))
}

// spacing returns the distance of x from the next float32 away from 0.
func spacing(x float32) float64 {
	x = math32.Abs(x)
	return float64(math32.Nextafter(x, math32.Inf(1))) - float64(x)
}
