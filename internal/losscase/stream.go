package losscase

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Count is what a Stream has answered.
type Count struct {
	Requests int
	Errors   int // how many of the answers are errors
}

// Stream answers the requests in r, one a line and of any length, with one line
// each on w, in order. r may be compressed by gzip; blank lines are skipped. A
// line that makes no sense is answered with an error under the id that can be
// made out, and so is one that runs into a bug of ours: the lines after it are
// answered all the same.
//
// Answers are gathered into larger writes, but nobody waits for them: all are
// out before Stream waits for more of r. The error is one of reading or writing.
func Stream(w io.Writer, r io.Reader) (n Count, err error) {
	out := bufio.NewWriterSize(w, 1<<16)
	defer func() {
		if e := out.Flush(); err == nil {
			err = e
		}
	}()
	in, err := unzipped(r)
	if err != nil {
		return n, err
	}
	answers := json.NewEncoder(out)
	answers.SetEscapeHTML(false)
	for {
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return n, err
			}
		}
		line, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return n, err
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			a := answer(line)
			n.Requests++
			if a.Error != nil {
				n.Errors++
			}
			if err := answers.Encode(a); err != nil {
				return n, err
			}
		}
		if err != nil {
			return n, nil
		}
	}
}

// unzipped returns a reader of r, decompressed if it begins as gzip files do.
func unzipped(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := in.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return in, nil // an error comes again when the line is read
	}
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(z, 1<<16), nil
}

// answer answers one line.
func answer(line []byte) (a Answer) {
	var r Request
	defer func() {
		if bug := recover(); bug != nil {
			a = failure(r.ID, fmt.Errorf("losscase: internal error: %v", bug))
		}
	}()
	if err := json.Unmarshal(line, &r); err != nil {
		var only struct{ ID json.RawMessage }
		if json.Unmarshal(line, &only) != nil {
			only.ID = nil
		}
		return failure(only.ID, fmt.Errorf("losscase: not a request: %w", err))
	}
	return r.Evaluate()
}

// failure is the answer that tells an error.
func failure(id json.RawMessage, err error) Answer {
	text := err.Error()
	return Answer{ID: id, Error: &text}
}
