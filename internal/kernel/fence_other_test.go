//go:build !linux

package kernel

import "testing"

// fence is plain memory where no page can be forbidden: results are checked,
// what is read beside a slice is not.
type fence struct{ inside []byte }

func newFence(_ testing.TB, bytes int) fence { return fence{make([]byte, max(bytes, 1))} }

func faults(*testing.T) {}
