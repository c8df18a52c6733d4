package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// A linear model, trained in the same way, reads 95 % right.
func TestLearns(t *testing.T) {
	last, averaged := run(1)
	require.Greater(t, last, 0.975)
	require.Greater(t, averaged, 0.975)
}
