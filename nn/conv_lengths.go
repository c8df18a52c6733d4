package nn

import (
	"encoding/json"
	"fmt"
)

// Same as a padding keeps lengths: Dilation·(kernel − 1) entries are added
// altogether, an odd one at the end. The stride must be 1.
const Same = -1

// Single is a length along the one axis of a sequence. In JSON it is a number,
// a list of one, or, for a padding, "same" or "valid".
type Single int

// Pair is lengths along the height and the width of an image. In JSON it is a
// list of two, one number that stands for both, or, for a padding, "same" or
// "valid".
type Pair [2]int

// Square returns a Pair of twice the same length.
func Square(n int) Pair { return Pair{n, n} }

// UnmarshalJSON reads a number, a list of one, "same" or "valid".
func (s *Single) UnmarshalJSON(data []byte) error {
	lengths, err := readLengths(data, 1)
	if err == nil && lengths != nil {
		*s = Single(lengths[0])
	}
	return err
}

// UnmarshalJSON reads a list of two, a number, "same" or "valid".
func (p *Pair) UnmarshalJSON(data []byte) error {
	lengths, err := readLengths(data, 2)
	if err == nil && lengths != nil {
		*p = Pair(lengths)
	}
	return err
}

// readLengths reads n lengths; nil stands for null.
func readLengths(data []byte, n int) ([]int, error) {
	var v any
	if err := json.Unmarshal(data, &v); err != nil || v == nil {
		return nil, err
	}
	lengths := make([]int, n)
	switch v {
	case "valid":
		return lengths, nil
	case "same":
		for i := range lengths {
			lengths[i] = Same
		}
		return lengths, nil
	}
	if _, list := v.([]any); list {
		var given []int
		if err := json.Unmarshal(data, &given); err != nil {
			return nil, err
		}
		if len(given) != n {
			return nil, fmt.Errorf("%s has %d lengths, not %d", data, len(given), n)
		}
		return given, nil
	}
	var one int
	if err := json.Unmarshal(data, &one); err != nil {
		return nil, err
	}
	for i := range lengths {
		lengths[i] = one
	}
	return lengths, nil
}
