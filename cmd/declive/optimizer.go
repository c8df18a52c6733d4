package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/optim"
)

// classOf returns the class that a flag names, in whatever case.
func classOf(flag, name string, known []string, others string) (string, error) {
	i := slices.IndexFunc(known, func(class string) bool { return strings.EqualFold(class, name) })
	if i < 0 {
		return "", usage("%s %q is not known; there are %s%s", flag, name, others, strings.Join(known, ", "))
	}
	return known[i], nil
}

// newOptimizer returns the optimizer that the flags name.
func newOptimizer(f *trainFlags, params []autograd.Parameter) (optim.Optimizer, error) {
	class, err := classOf("--optimizer", f.optimizer, optim.Names(), "")
	if err != nil {
		return nil, err
	}
	options := map[string]json.RawMessage{}
	if f.optimizerOptions != "" {
		if err := json.Unmarshal([]byte(f.optimizerOptions), &options); err != nil || options == nil {
			return nil, usage("--optimizer-options: %q is not a JSON object", f.optimizerOptions)
		}
	}
	if _, twice := options["lr"]; twice {
		return nil, usage("--optimizer-options: lr is set by --lr")
	}
	options["lr"] = json.RawMessage(fmt.Sprint(f.lr))
	text, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	o, err := optim.New(class, params, text)
	if err != nil {
		return nil, usage("--optimizer-options: %w", err)
	}
	return o, nil
}

// newScheduler returns the scheduler that the flags name, nil for none.
func newScheduler(f *trainFlags, o optim.Optimizer) (optim.Scheduler, error) {
	class, options := f.scheduler, f.schedulerOptions
	switch class {
	case "none":
		if options != "" {
			return nil, usage("--scheduler-options need a --scheduler")
		}
		return nil, nil
	case "step":
		class = "StepLR"
		if options == "" {
			options = fmt.Sprintf(`{"step_size":%d}`, max(1, (f.epochs+2)/3))
		}
	case "cosine":
		class = "CosineAnnealingLR"
		if options == "" {
			options = fmt.Sprintf(`{"T_max":%d}`, f.epochs)
		}
	}
	class, err := classOf("--scheduler", class, optim.SchedulerNames(), "none, step, cosine, ")
	if err != nil {
		return nil, err
	}
	s, err := optim.NewScheduler(class, o, []byte(options))
	if err != nil {
		return nil, usage("--scheduler-options: %w", err)
	}
	return s, nil
}
