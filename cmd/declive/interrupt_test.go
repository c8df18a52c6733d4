package main

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor/interop/safetensors"
)

// A real signal to a real process: it reports and saves what it reached.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("the system cannot send the signal to a process")
	}
	binary := filepath.Join(t.TempDir(), "declive")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)

	for name, sig := range map[string]os.Signal{"SIGINT": os.Interrupt, "SIGTERM": syscall.SIGTERM} {
		t.Run(name, func(t *testing.T) {
			saved := filepath.Join(t.TempDir(), "model.safetensors")
			cmd := exec.Command(binary, "train", "--epochs", "1000000", "--out", saved)
			var stdout strings.Builder
			cmd.Stdout = &stdout
			progress, err := cmd.StderrPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			watchdog := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() }) //nolint:errcheck // it may have ended
			defer watchdog.Stop()

			lines := bufio.NewScanner(progress)
			require.True(t, lines.Scan())
			assert.Contains(t, lines.Text(), "epoch       1/1000000")
			require.NoError(t, cmd.Process.Signal(sig))
			last := ""
			for lines.Scan() {
				last = lines.Text()
			}
			var exit *exec.ExitError
			require.True(t, errors.As(cmd.Wait(), &exit))
			assert.Equal(t, statusInterrupted, exit.ExitCode())
			assert.Equal(t, "declive: interrupted", last)
			assert.Contains(t, stdout.String(), "trained  interrupted in epoch ")
			assert.Contains(t, stdout.String(), "held out loss ")
			assert.Contains(t, stdout.String(), "saved    "+saved)

			f, err := safetensors.ReadFile(saved)
			require.NoError(t, err)
			assert.Contains(t, f.Metadata["trained"], "interrupted in epoch ")
			entries, err := os.ReadDir(filepath.Dir(saved))
			require.NoError(t, err)
			assert.Len(t, entries, 1, "no half file is left")
		})
	}
}
