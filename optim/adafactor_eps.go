package optim

import (
	"encoding/json"
	"fmt"
	"math"

	"github.com/declive/declive/tensor"
)

// AdafactorEps are two least values of Adafactor. Its JSON is a list like
// PyTorch's, [null, 0.001].
type AdafactorEps struct {
	// Moment is the least root of a second moment; nil is the distance from 1
	// to the next number of the parameter's type.
	Moment *float64
	// Parameter is the least length of a parameter, that of 0 above all, to
	// which steps are relative.
	Parameter float64
}

// MarshalJSON writes a list of two.
func (e AdafactorEps) MarshalJSON() ([]byte, error) {
	return json.Marshal([]*float64{e.Moment, &e.Parameter})
}

// UnmarshalJSON reads a list of exactly two numbers, of which the first may be
// null.
func (e *AdafactorEps) UnmarshalJSON(text []byte) error {
	var list []*float64
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	if len(list) != 2 || list[1] == nil {
		return fmt.Errorf("eps are %s, not a number or null and a number", text)
	}
	*e = AdafactorEps{list[0], *list[1]}
	return nil
}

// of returns the least root of a second moment for a type.
func (e AdafactorEps) of(d tensor.DType) float64 {
	switch {
	case e.Moment != nil:
		return *e.Moment
	case d == tensor.Float32:
		return float64(math.Nextafter32(1, 2) - 1)
	}
	return math.Nextafter(1, 2) - 1
}
