//go:build !poison

package kernel

const Poison = false // see poison.go
