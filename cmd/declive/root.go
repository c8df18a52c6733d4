package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/declive/declive/autograd"
)

// The exit statuses.
const (
	statusDone        = 0
	statusFailed      = 1
	statusUsage       = 2
	statusInterrupted = 130 // as a shell reports a program ended by Ctrl-C
)

// errInterrupted ends a command that has reported what it reached.
var errInterrupted = errors.New("interrupted")

// usageError is a mistake in the command line itself, found without looking at
// any file.
type usageError struct{ error }

// usage returns a usageError.
func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run executes a command line and returns the exit status. An error is one line
// on stderr.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	begun := false
	root := &cobra.Command{
		Use:              "declive",
		Short:            "Train models and look up losses",
		SilenceErrors:    true,
		SilenceUsage:     true,
		PersistentPreRun: func(*cobra.Command, []string) { begun = true },
	}
	root.AddCommand(newTrain(), newLoss(), newVersion())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)

	var err error
	if misuse := autograd.Try(func() { err = root.ExecuteContext(ctx) }); misuse != nil {
		err = misuse
	}
	if err == nil {
		return statusDone
	}
	fmt.Fprintln(stderr, "declive:", strings.Join(strings.Fields(err.Error()), " "))
	var wrong usageError
	switch {
	case errors.Is(err, errInterrupted):
		return statusInterrupted
	case errors.As(err, &wrong), !begun: // before it begins, cobra checks commands, flags and arguments
		return statusUsage
	}
	return statusFailed
}
