package gradcheck

import (
	"fmt"

	"github.com/declive/declive/tensor"
)

// Mismatch is the error about the first derivative that differs from its
// finite difference.
type Mismatch struct {
	Order       int    // 1 for a gradient, 2 for a gradient of a gradient …
	Input       int    // number of the input; beyond those given to Check follow incoming gradients
	Name        string // the input in words: "input 1", "incoming gradient 0 of order 1"
	Shape       tensor.Shape
	Index       int   // row-major place of the element in the input, or number of the random direction
	Position    []int // the same place axis by axis; nil for a direction
	Directional bool  // whether random directions were compared in place of elements
	Analytic    float64
	Numeric     float64
	Wrong       int // how many elements or directions of this input differ …
	Compared    int // … among how many
}

// Error names the order, the input, the element and both values.
func (m *Mismatch) Error() string {
	place, unit := fmt.Sprintf("element %d at %v", m.Index, m.Position), "elements"
	if m.Directional {
		place, unit = fmt.Sprintf("random direction %d", m.Index), "directions"
	}
	return fmt.Sprintf("gradcheck: derivative of order %d with respect to %s of shape %v, %s: analytic %.9g, numeric %.9g (%d of %d %s differ)",
		m.Order, m.Name, []int(m.Shape), place, m.Analytic, m.Numeric, m.Wrong, m.Compared, unit)
}

// position returns the index, axis by axis, of the k-th element.
func position(k int, shape tensor.Shape) []int {
	at := make([]int, len(shape))
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = k % shape[i]
		k /= shape[i]
	}
	return at
}
