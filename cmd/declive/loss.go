package main

import (
	"fmt"
	"go/doc/comment"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/declive/declive/nn/loss"
)

func newLoss() *cobra.Command {
	cmd := &cobra.Command{Use: "loss", Short: "Look up losses, compute and draw them"}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List all losses, a line each",
			Args:  cobra.NoArgs,
			RunE:  func(cmd *cobra.Command, _ []string) error { return listLosses(cmd.OutOrStdout()) },
		},
		&cobra.Command{
			Use:               "show NAME",
			Short:             "Show the formula of a loss, its inputs and its options with their defaults",
			Example:           "  declive loss show CrossEntropyLoss",
			Args:              cobra.ExactArgs(1),
			ValidArgsFunction: completeLoss,
			RunE:              func(cmd *cobra.Command, args []string) error { return showLoss(cmd.OutOrStdout(), args[0]) },
		},
		newLossEval(),
		newLossPlot(),
	)
	return cmd
}

// completeLoss tells the shell the names of all losses.
func completeLoss(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return loss.Names(), cobra.ShellCompDirectiveNoFileComp
}

func listLosses(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range loss.Names() {
		d, err := loss.Describe(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\n", name, strings.TrimPrefix(d.Summary, name+" is "))
	}
	return t.Flush()
}

func showLoss(w io.Writer, name string) error {
	d, err := loss.Describe(name)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(w, "%s(%s)\n\n", d.Name, strings.Join(d.Inputs, ", "))
	if _, err := w.Write(wrap(d.Text, "")); err != nil {
		return err
	}
	fmt.Fprint(w, "\nOptions, as JSON has them:\n")
	for _, o := range d.Options {
		fmt.Fprintf(w, "\n  %s  %s; default %s\n%s", o.Name, o.Type, o.Default, wrap(o.Doc, "      "))
	}
	return nil
}

// wrap returns a doc comment as text for a terminal of 80 columns.
func wrap(doc, indent string) []byte {
	p := comment.Printer{TextPrefix: indent, TextCodePrefix: indent + "    ", TextWidth: 78 - len(indent)}
	return p.Text(new(comment.Parser).Parse(doc))
}
