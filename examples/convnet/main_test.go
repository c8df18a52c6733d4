package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLearns(t *testing.T) {
	require.Greater(t, run(1), 0.975)
}
