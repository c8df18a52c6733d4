// Package optim changes parameters by their gradients, with PyTorch's numbers.
//
// # The training loop
//
//	params := autograd.Parameters(w, b) // or those that package nn finds in a model
//	opt := optim.NewAdam(params)        // PyTorch's defaults
//	opt.LR = 3e-4                       // but for this
//	for x, y := range batches {
//		opt.ZeroGrad()             // forget the last gradients
//		loss := forward(x, y)      // record
//		loss.Backward()            // leave a gradient in every parameter
//		opt.Step()                 // change the parameters
//	}
//
// Step panics when a parameter got no gradient, since a network that never
// learns is worse than a message. Where some parameters rightly get none now
// and then, set SkipMissing.
//
// # Optimizers
//
// All of PyTorch 1.13.1's follow it to rounding; Lion and LAMB, which it lacks, follow
// their papers, and Adafactor the formula of PyTorch 2.5. Their exported fields
// are the settings; change them at any time between steps. The fields' JSON
// names are PyTorch's arguments, so a file can be decoded over the defaults:
//
//	json.Unmarshal([]byte(`{"lr": 0.1, "amsgrad": true}`), opt)
//
// and New makes an optimizer from a name and such a text. Names lists them.
//
// LBFGS is for losses that are cheap to repeat on all of the data. It asks for
// the loss many times in one call of Minimize:
//
//	opt := optim.NewLBFGS(params)
//	opt.LineSearchFn = optim.StrongWolfe
//	loss := opt.Minimize(func() float64 {
//		loss := forward(x, y)
//		loss.Backward()
//		return loss.Item()
//	})
//
// # Groups
//
// AddGroup adds parameters with settings of their own. The optimizer's own
// fields are those of its first group, and a new group begins as a copy of
// what they are then:
//
//	opt := optim.NewSGD(body, 0.01)
//	opt.Momentum = 0.9
//	head := opt.AddGroup(headParams)
//	head.LR = 0.1 // with momentum 0.9
//
// # Clipping
//
// Between Backward and Step, ClipGradNorm limits the length of all gradients
// together, ClipGradValue every element. ClipFiniteGradNorm returns an error
// when there is NaN or Inf among them.
//
// # Large batches from small ones
//
// Backward adds to the gradients that are there, so k small batches, each with
// its mean loss divided by k, and one Step make the step of one batch that is k
// times as large; ZeroGrad comes before the first of them.
//
// # Averages of parameters
//
// An Average keeps the mean of the parameters at the end of many steps
// (NewAverage) or an exponential moving average (NewEMA), puts it into the
// model for the time of an evaluation, or for good:
//
//	avg := optim.NewEMA(params, 0.999)
//	… opt.Step()
//	avg.Update()
//	… avg.Use(func() { evaluate(model) })
//	… avg.CopyTo(params)
//
// nn.UpdateBatchNorm makes the statistics of batch normalisation fit it.
//
// # Schedules
//
// A Scheduler changes the learning rates of an optimizer's groups from epoch
// to epoch:
//
//	sched := optim.NewCosineAnnealingLR(opt, epochs)
//	for range epochs {
//		trainAnEpoch(opt)
//		sched.Step() // after the optimizer's steps
//	}
//
// NewScheduler makes one from a name and JSON; SchedulerNames lists them.
// OneCycleLR and CyclicLR count batches, not epochs; ReduceLROnPlateau's Step
// takes the metric to watch. A SequentialLR follows one schedule after the
// other, which makes a warm-up, a ChainedScheduler several at once:
//
//	warm, fall := optim.NewLinearLR(opt, 0.1, 1, 5), optim.NewCosineAnnealingLR(opt, epochs-5)
//	sched := optim.NewSequentialLR(opt, []optim.Scheduler{warm, fall}, []int{5})
//
// A schedule's base is the rates that it finds when it is made. Those made one
// after the other, before any takes a step, share the base of the first.
//
// # Stopping and going on
//
// State returns what an optimizer or scheduler remembers, LoadState takes it
// up, and training goes on with the same bits. The numbers are stored by
// encoding/json, the moments are named tensors.
//
// # Goroutines
//
// An optimizer is for one goroutine, and while it steps, no other may read the
// parameters. Step itself shares the work on large parameters among
// processors; the result does not depend on how many there are.
package optim
