// Package loss has PyTorch's training criteria, under their class names, with
// their arguments and defaults, and their values and gradients.
//
// # Using a loss
//
//	l := loss.CrossEntropy(logits, classes) // PyTorch's defaults
//	l.Backward()
//
//	criterion := loss.NewCrossEntropyLoss() // or change some
//	criterion.LabelSmoothing = 0.1
//	criterion.Weight = tensor.FromSlice([]float32{1, 1, 5})
//	l = criterion.Forward(logits, classes)
//
//	named, err := loss.New("CrossEntropyLoss", []byte(`{"label_smoothing": 0.1}`)) // from configuration
//	l = named.Forward(logits, classes)
//
// A loss keeps nothing between calls: one may be shared by goroutines that do
// not change its fields. Inputs and targets are Variables, constants usually:
//
//	logits := model.Forward(autograd.Const(batch))
//	classes := autograd.Const(tensor.FromSlice([]int64{2, 0, 1}))
//
// Where PyTorch differentiates the target, a target made by autograd.New gets a
// gradient here too. Every loss can be differentiated to any order.
//
// # How to choose
//
//	one of C classes                      CrossEntropyLoss, on logits
//	one of C classes, log-probabilities   NLLLoss
//	one of very many classes              AdaptiveLogSoftmaxWithLoss, on features
//	any of C labels, yes or no            BCEWithLogitsLoss, on logits
//	a number                              MSELoss
//	a number, with outliers               HuberLoss, SmoothL1Loss, L1Loss
//	a number and how sure it is           GaussianNLLLoss
//	a count                               PoissonNLLLoss
//	a distribution                        KLDivLoss, BatchMean
//	which of two is better                MarginRankingLoss
//	alike or not, by distance             HingeEmbeddingLoss
//	a sequence of labels, not aligned     CTCLoss, on log-probabilities
//
// Entropy and its kin measure distributions; Objective adds penalties on
// parameters to a criterion.
//
// # Reduction
//
//	Mean       Σ terms / number of terms; PyTorch's default. Weighted class losses divide
//	           by the sum of the weights that counted. The mean of nothing is NaN
//	Sum        Σ terms; 0 for nothing
//	None       the terms, in the shape of the positions
//	BatchMean  Σ terms / length of the first axis; KLDivLoss only
//
// # Shapes and types
//
// Input and target have exactly the same shape, or one without the class axis
// for class indices; weights broadcast where PyTorch documents it. Nothing else
// does: the difference of [32] and [32 1] would be a silent [32 32]. Types never
// mix. Misuse panics with a *tensor.Error that names shapes, value and position,
//
//	loss.CrossEntropyLoss: target[5] = 12 is not a class of input [32 10]
//
// and autograd.Try turns it into an error.
//
// # Stability
//
// Losses on logits are computed from logits, by formulas that neither overflow
// nor cancel: ln Σ exp relative to its greatest term, softplus, log1p, expm1.
// Nothing is clamped. Sums are float64; float32 terms are right to some 2 units in
// the last place, and where they cancel, as in KLDivLoss, float64 too.
//
// # Adding a loss
//
// One file and one test file; nothing else is edited.
//
//   - huber.go: a type with PyTorch's class name whose fields have PyTorch's argument
//     names as json tags; its doc comment with the formula as an indented block; a
//     constructor with the defaults; check, which panics on illegal options; Forward,
//     which calls check, then same or its kin, then composes the terms and reduces
//     them with Reduction.each; and func init() { register2(NewHuberLoss) }, which
//     gives New, Names and Describe all they need. registerParametrised is for losses with
//     parameters of their own.
//   - huber_test.go: suites with finite-difference points and rejections, and an Example.
//   - internal/torchref/losses.py: a generator of cases, run once; it writes
//     nn/loss/testdata/HuberLoss.json.gz.
//
// Compose first. Where a kernel pays, put it into internal/kernel and the
// composed formula beneath it with autograd.Fused; the harness compares the two.
package loss
