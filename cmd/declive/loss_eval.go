package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/declive/declive/internal/losscase"
)

const evalHelp = `Answer requests for losses and their gradients, so that they can be compared
with PyTorch. Requests are JSON objects, one a line, in files (compressed by
gzip or not) or on standard input, which "-" also stands for:

  {"id": 1, "loss": "HuberLoss", "args": {"delta": 0.5}, "inputs": [
     {"name": "input", "dtype": "float32", "shape": [2], "data": [1, 2],
      "requires_grad": true},
     {"name": "target", "dtype": "float32", "shape": [2], "data": [0, 0]}],
   "grad_output": null}

Each, on a line of its own, gets a line on standard output, in order:

  {"id": 1, "output": {"shape": [], "dtype": "float32", "data": [0.625]},
   "grads": {"input": {"shape": [2], "dtype": "float32",
             "data": [0.25, 0.25]}, "target": null}, "error": null}

args are PyTorch's keyword arguments, size_average and reduce among them; an
argument that is a tensor, such as weight, is {"shape", "dtype", "data"} too.
Inputs come in PyTorch's positional order. dtypes are float32, float64, int64,
int32 (read as int64) and bool. Data are flat and row-major; NaN and infinities
are the strings "nan", "inf" and "-inf". Floats are written in the fewest digits
that read back to the same bits.

A grad_output of null stands for ones. "v", a list of tensors, one for each
input that requires a gradient, asks for "hvp" as well: the gradient of the sum
of <gradient, v>.

A request that cannot be answered gets its error, and the others are answered
all the same. The exit status is 0 even so; the number of errors is on standard
error.`

func newLossEval() *cobra.Command {
	return &cobra.Command{
		Use:   "eval [FILE...]",
		Short: "Compute losses and gradients given as JSON lines",
		Long:  evalHelp,
		Example: `  declive loss eval requests.jsonl.gz > answers.jsonl
  python3 requests.py | declive loss eval`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			return evalLosses(cmd.Context(), args, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
}

// evalLosses answers the requests in files. It does not wait for input that
// may never come once ctx is done.
func evalLosses(ctx context.Context, paths []string, stdin io.Reader, stdout, stderr io.Writer) error {
	done := make(chan error, 1)
	go func() {
		var total losscase.Count
		for _, path := range paths {
			n, err := evalFile(path, stdin, stdout)
			total.Requests += n.Requests
			total.Errors += n.Errors
			if err != nil {
				done <- err
				return
			}
		}
		if total.Errors > 0 {
			fmt.Fprintf(stderr, "declive: %d of %d requests are answered with an error\n", total.Errors, total.Requests)
		}
		done <- nil
	}()
	select {
	case <-ctx.Done():
		return errInterrupted
	case err := <-done:
		if errors.Is(err, syscall.EPIPE) { // whoever read the answers has had enough
			return nil
		}
		return err
	}
}

func evalFile(path string, stdin io.Reader, stdout io.Writer) (losscase.Count, error) {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return losscase.Count{}, err
		}
		defer file.Close()
		in = file
	}
	n, err := losscase.Stream(stdout, in)
	if err != nil {
		return n, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}
