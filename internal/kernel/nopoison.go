//go:build !poison

package kernel

// Poison is for tests; see poison.go.
const Poison = false
