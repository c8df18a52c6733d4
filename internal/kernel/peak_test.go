package kernel

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFMAPeak(t *testing.T) {
	for _, threads := range []int{1, 2} {
		gflops, ok := FMAPeak(threads, 5*time.Millisecond)
		require.Equal(t, fmaRounds() > 0, ok)
		if ok {
			require.Greater(t, gflops, 0.5)
			require.Less(t, gflops, 1000.0*float64(threads), "no processor does so many")
			t.Logf("%d threads: %.1f GFLOP/s", threads, gflops)
		} else {
			require.Zero(t, gflops)
		}
	}
}
