package npy

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/declive/declive/tensor"
)

// magic begins every file; the version's two bytes follow.
const magic = "\x93NUMPY"

// maxHeader is how long a header may be. NumPy itself refuses more than 10,000
// bytes unless told to trust the file; a plain array needs some 128.
const maxHeader = 1 << 16

// header is the dictionary that describes an array.
type header struct {
	descr   string // byte order and type, as in "<f4"
	fortran bool   // the first axis varies fastest
	shape   []int
}

// readHeader reads magic, version and dictionary.
func readHeader(r io.Reader) (header, error) {
	var start [8]byte
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return header{}, fmt.Errorf("no header: %w", unexpected(err))
	}
	if string(start[:6]) != magic {
		return header{}, fmt.Errorf("not a .npy file: it begins with %q", start[:6])
	}
	n, err := headerLength(r, start[6])
	if err != nil {
		return header{}, err
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return header{}, fmt.Errorf("header cut short: %w", unexpected(err))
	}
	h, err := parseHeader(string(text))
	if err != nil {
		return header{}, fmt.Errorf("header %q: %w", strings.TrimSpace(string(text)), err)
	}
	return h, nil
}

// headerLength reads the length, which takes 2 bytes in version 1 and 4 later.
func headerLength(r io.Reader, version byte) (int, error) {
	if version < 1 || version > 3 {
		return 0, fmt.Errorf("version %d of the format is unknown", version)
	}
	var b [4]byte
	size := 2
	if version > 1 {
		size = 4
	}
	if _, err := io.ReadFull(r, b[:size]); err != nil {
		return 0, fmt.Errorf("header cut short: %w", unexpected(err))
	}
	n := binary.LittleEndian.Uint32(b[:])
	if n > maxHeader {
		return 0, fmt.Errorf("a header of %d bytes, more than %d", n, maxHeader)
	}
	return int(n), nil
}

// unexpected turns the end of the file into an error that says it came early.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseHeader reads a Python dictionary with the keys descr, fortran_order and
// shape, once each and in any order.
func parseHeader(text string) (header, error) {
	var h header
	s := &scanner{rest: text}
	s.expect("{")
	var seen []string
	for s.err == nil && !s.accept("}") {
		key := s.quoted()
		s.expect(":")
		if slices.Contains(seen, key) {
			return h, fmt.Errorf("key %q twice", key)
		}
		seen = append(seen, key)
		switch key {
		case "descr":
			h.descr = s.quoted()
		case "fortran_order":
			h.fortran = s.boolean()
		case "shape":
			h.shape = s.tuple()
		default:
			return h, errors.Join(s.err, fmt.Errorf("key %q is unknown", key))
		}
		if !s.accept(",") {
			s.expect("}")
			break
		}
	}
	if s.err != nil {
		return h, s.err
	}
	if rest := strings.TrimSpace(s.rest); rest != "" {
		return h, fmt.Errorf("%q after the dictionary", rest)
	}
	if len(seen) != 3 {
		return h, fmt.Errorf("keys %q instead of descr, fortran_order and shape", seen)
	}
	return h, nil
}

// scanner takes Python literals off the front of a text. After the first error
// it takes no more.
type scanner struct {
	rest string
	err  error
}

// accept takes token if it comes next, after white space.
func (s *scanner) accept(token string) bool {
	after, ok := strings.CutPrefix(strings.TrimLeft(s.rest, " \t\r\n"), token)
	if ok && s.err == nil {
		s.rest = after
	}
	return ok && s.err == nil
}

func (s *scanner) expect(token string) {
	if !s.accept(token) {
		s.fail(strconv.Quote(token))
	}
}

func (s *scanner) fail(want string) {
	if s.err == nil {
		s.err = fmt.Errorf("%s expected before %.20q", want, s.rest)
	}
}

func (s *scanner) quoted() string {
	for _, q := range []string{"'", `"`} {
		if s.accept(q) {
			text, after, ok := strings.Cut(s.rest, q)
			if !ok {
				break
			}
			s.rest = after
			return text
		}
	}
	s.fail("a quoted string (structured types are not supported)")
	return ""
}

func (s *scanner) boolean() bool {
	if s.accept("True") {
		return true
	}
	s.expect("False")
	return false
}

// tuple takes a tuple of lengths: (), (3,) or (2, 3).
func (s *scanner) tuple() (lengths []int) {
	s.expect("(")
	for s.err == nil && !s.accept(")") {
		rest := strings.TrimLeft(s.rest, " ")
		digits := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		n, err := strconv.Atoi(digits)
		if err != nil {
			s.fail("a length")
			break
		}
		s.rest = rest[len(digits):]
		lengths = append(lengths, n)
		if !s.accept(",") {
			s.expect(")")
			break
		}
	}
	return lengths
}

// formatHeader returns what precedes x's elements in a file of version 1,
// padded as NumPy pads it: the elements begin at a multiple of 64, and there is
// room for the first length to grow to 21 digits in place.
func formatHeader(x *tensor.Tensor) []byte {
	descr := map[tensor.DType]string{tensor.Float32: "<f4", tensor.Float64: "<f8", tensor.Int64: "<i8", tensor.Bool: "|b1"}[x.DType()]
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, formatShape(x.Shape()))
	if x.Dims() > 0 {
		dict += strings.Repeat(" ", max(0, 21-len(strconv.Itoa(x.Shape()[0]))))
	}
	const before = len(magic) + 2 + 2
	pad := 63 - (before+len(dict))%64
	dict += strings.Repeat(" ", pad) + "\n"
	out := append([]byte(magic), 1, 0)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(dict)))
	return append(out, dict...)
}

// formatShape writes a Python tuple.
func formatShape(shape tensor.Shape) string {
	parts := make([]string, len(shape))
	for i, d := range shape {
		parts[i] = strconv.Itoa(d)
	}
	if len(parts) == 1 {
		return "(" + parts[0] + ",)"
	}
	return "(" + strings.Join(parts, ", ") + ")"
}
