package optim

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// notNegative complains about a setting that is negative, infinite or NaN.
func notNegative(name string, v float64) error {
	if v >= 0 && !math.IsInf(v, 1) {
		return nil
	}
	return fmt.Errorf("%s is %v, not a number from 0 on", name, v)
}

// fraction complains about a setting that is not in [0, 1).
func fraction(name string, v float64) error {
	if 0 <= v && v < 1 {
		return nil
	}
	return fmt.Errorf("%s is %v, not from 0 to below 1", name, v)
}

// positive complains about a count that is not.
func positive(name string, n int) error {
	if n > 0 {
		return nil
	}
	return fmt.Errorf("%s is %d, not positive", name, n)
}

// share complains about a setting that is not in [0, 1].
func share(name string, v float64) error {
	if 0 <= v && v <= 1 {
		return nil
	}
	return fmt.Errorf("%s is %v, not from 0 to 1", name, v)
}

// above complains about a setting that is not above a bound, or infinite.
func above(name string, v, bound float64) error {
	if v > bound && !math.IsInf(v, 1) {
		return nil
	}
	return fmt.Errorf("%s is %v, not above %v", name, v, bound)
}

// finite complains about a setting that is infinite or NaN.
func finite(name string, v float64) error {
	if v-v == 0 {
		return nil
	}
	return fmt.Errorf("%s is %v", name, v)
}

// oneOf complains about a setting that is none of those there are.
func oneOf(name, v string, those ...string) error {
	if slices.Contains(those, v) {
		return nil
	}
	return fmt.Errorf("%s is %q, none of %s", name, v, strings.Join(those, ", "))
}
