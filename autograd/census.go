package autograd

import (
	"fmt"
	"math"
	"strings"

	"github.com/declive/declive/tensor"
)

// counts sums up the elements of a tensor for a report: the range of the
// finite ones and how many are not.
type counts struct {
	size, nan      int
	posInf, negInf int
	low, high      float64 // of the finite elements
	at             []int   // where the first anomaly is: a NaN, if any, else an Inf
	value          float64 // what stands there
}

// census counts the elements of t.
func census(t *tensor.Tensor) counts {
	switch t.DType() {
	case tensor.Float32:
		return count(tensor.Data[float32](t), t.Shape())
	case tensor.Float64:
		return count(tensor.Data[float64](t), t.Shape())
	}
	return count(t.Float64s(), t.Shape())
}

func count[T float32 | float64](elements []T, shape tensor.Shape) counts {
	c := counts{size: len(elements), low: math.Inf(1), high: math.Inf(-1)}
	firstNaN, firstInf := -1, -1
	for i, e := range elements {
		v := float64(e)
		switch {
		case math.IsNaN(v):
			c.nan++
			if firstNaN < 0 {
				firstNaN = i
			}
			continue
		case v > math.MaxFloat64:
			c.posInf++
		case v < -math.MaxFloat64:
			c.negInf++
		default:
			c.low, c.high = min(c.low, v), max(c.high, v)
			continue
		}
		if firstInf < 0 {
			firstInf = i
		}
	}
	first := firstNaN
	if first < 0 {
		first = firstInf
	}
	if first >= 0 {
		c.at, c.value = position(first, shape), float64(elements[first])
	}
	return c
}

// infinite returns how many elements are +Inf or −Inf.
func (c counts) infinite() int { return c.posInf + c.negInf }

// anomalous reports whether any element is not finite.
func (c counts) anomalous() bool { return c.nan+c.infinite() > 0 }

// first names the first anomaly: "NaN at [2 0] (1 of 6 elements)".
func (c counts) first() string {
	n := c.nan
	if n == 0 {
		n = c.infinite()
	}
	return fmt.Sprintf("%v at %v (%d of %d elements)", c.value, c.at, n, c.size)
}

// String gives the range of the finite elements and the number of others:
// "in [0, 3] and 2 NaN".
func (c counts) String() string {
	var parts []string
	if c.low <= c.high {
		parts = append(parts, fmt.Sprintf("in [%g, %g]", c.low, c.high))
	}
	for _, k := range []struct {
		n    int
		name string
	}{{c.nan, "NaN"}, {c.posInf, "+Inf"}, {c.negInf, "-Inf"}} {
		if k.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", k.n, k.name))
		}
	}
	if parts == nil {
		return "empty"
	}
	return strings.Join(parts, " and ")
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
