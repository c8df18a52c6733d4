package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/declive/declive/cmd/internal/lossplot"
	"github.com/declive/declive/internal/atomicfile"
	"github.com/declive/declive/nn/loss"
)

// plotFlags are the flags of declive loss plot.
type plotFlags struct {
	out             string
	options, inputs []string
	target, vary    string
	from, to        float64
}

func newLossPlot() *cobra.Command {
	var f plotFlags
	cmd := &cobra.Command{
		Use:   "plot NAME -o FILE.svg|FILE.png",
		Short: "Draw a loss and its gradient over a range of an input",
		Long: `Draw a loss and its gradient over a range of one input, a curve for each value of
the options. Terms are drawn as they are, not reduced. What no flag says is
chosen so that there is something to see.`,
		Example: `  declive loss plot HuberLoss -o huber.svg --option delta=0.5,1,2
  declive loss plot BCEWithLogitsLoss -o bce.png --target 0,1 --option pos_weight=1,3 --from -5 --to 5
  declive loss plot GaussianNLLLoss -o variance.svg --vary var --from 0.1 --to 4 --input input=0,1`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completeLoss,
		RunE: func(cmd *cobra.Command, args []string) error {
			plan, err := f.plan(args[0], cmd.Flags().Changed("from"), cmd.Flags().Changed("to"))
			if err != nil {
				return usageError{err}
			}
			return plotLoss(plan, f.out)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "picture to write, .svg or .png")
	flags.StringArrayVar(&f.options, "option", nil, "`NAME=VALUE,...` of an option, a curve each; repeat it for more options")
	flags.StringVar(&f.target, "target", "", "`VALUES` of the target, a curve each")
	flags.StringArrayVar(&f.inputs, "input", nil, "`NAME=VALUE,...` of another input that does not vary")
	flags.StringVar(&f.vary, "vary", "", "`NAME` of the input that varies (default the first)")
	flags.Float64Var(&f.from, "from", -3, "least value of the input that varies")
	flags.Float64Var(&f.to, "to", 3, "greatest value of the input that varies")
	if err := cmd.MarkFlagRequired("out"); err != nil {
		panic(err) // the flag is above
	}
	return cmd
}

// plan returns what the flags ask for.
func (f *plotFlags) plan(name string, from, to bool) (p lossplot.Plan, err error) {
	p = lossplot.Plan{Loss: name, Vary: f.vary}
	if _, err := loss.New(name, nil); err != nil {
		return p, err
	}
	if !slices.Contains(lossplot.Formats, format(f.out)) {
		return p, fmt.Errorf("--out %q ends in none of .%s", f.out, strings.Join(lossplot.Formats, ", ."))
	}
	if from || to {
		if !(f.from < f.to) || math.IsInf(f.to-f.from, 0) {
			return p, fmt.Errorf("--from %v is not below --to %v", f.from, f.to)
		}
		p.From, p.To = f.from, f.to
	}
	if p.Options, err = settings("--option", f.options); err != nil {
		return p, err
	}
	inputs := slices.Clone(f.inputs)
	if f.target != "" {
		inputs = append(inputs, "target="+f.target)
	}
	p.Inputs, err = settings("--input", inputs)
	return p, err
}

func format(path string) string { return strings.TrimPrefix(filepath.Ext(path), ".") }

func plotLoss(plan lossplot.Plan, path string) error {
	figure, err := plan.Figure()
	if err != nil {
		return err
	}
	return atomicfile.Write(path, func(w io.Writer) error { return figure.Write(w, format(path)) })
}

// settings reads NAME=VALUE,VALUE,… Values are JSON; a word stands for itself
// in quotes, such as inf.
func settings(flag string, texts []string) (out []lossplot.Setting, err error) {
	for _, text := range texts {
		name, list, ok := strings.Cut(text, "=")
		if !ok || name == "" || list == "" {
			return nil, fmt.Errorf("%s %q is not NAME=VALUE,...", flag, text)
		}
		s := lossplot.Setting{Name: name}
		if json.Unmarshal([]byte("["+list+"]"), &s.Values) != nil {
			s.Values = nil
			for word := range strings.SplitSeq(list, ",") {
				s.Values = append(s.Values, value(word))
			}
		}
		for i, v := range s.Values {
			s.Values[i] = bytes.TrimSpace(v)
		}
		out = append(out, s)
	}
	return out, nil
}

func value(word string) json.RawMessage {
	word = strings.TrimSpace(word)
	if json.Valid([]byte(word)) {
		return json.RawMessage(word)
	}
	quoted, _ := json.Marshal(word) // a string is always good JSON
	return quoted
}
