// Package lossplot draws losses: the value and the gradient over a range of
// one input, a curve for each choice of options and targets.
//
//	figure, err := lossplot.Plan{Loss: "HuberLoss"}.Figure()
//	err = figure.Write(w, "svg")
//
// Nothing here knows a loss by name. What the inputs of a loss look like, which
// range it likes and which options matter is found by trying: a scene is a
// guess at the shapes of the inputs, and the first one that the loss accepts,
// with one finite term for each point and a gradient that is not 0 everywhere,
// is drawn. So a new loss has a picture without a line here.
package lossplot
