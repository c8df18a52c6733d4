package optim

import (
	"encoding/json"
	"fmt"
)

// SchedulerState is what a scheduler remembers; encoding/json stores it,
// exactly.
type SchedulerState struct {
	// Kind is the scheduler, such as StepLR.
	Kind string `json:"kind"`
	// Settings are the scheduler's fields under PyTorch's names.
	Settings json.RawMessage `json:"settings"`
	// Epoch is how many epochs have ended.
	Epoch int `json:"epoch"`
	// BaseLRs and LastLRs are the rates of the groups at the start and when
	// the last epoch ended.
	BaseLRs []float64 `json:"base_lrs"`
	LastLRs []float64 `json:"last_lrs"`
	// Scalars are numbers that ReduceLROnPlateau remembers, under PyTorch's
	// names: best, when there was a metric, num_bad_epochs and cooldown_counter.
	Scalars map[string]float64 `json:"scalars,omitempty"`
	// Schedulers are the states of those in a SequentialLR or ChainedScheduler.
	Schedulers []SchedulerState `json:"schedulers,omitempty"`
}

// state returns what c remembers, with the settings of the scheduler around it.
func (c *course) state(settings any, err error) SchedulerState {
	raw, jsonErr := json.Marshal(settings)
	if err == nil {
		err = jsonErr
	}
	c.must(err)
	return SchedulerState{
		Kind: c.kind, Settings: raw, Epoch: c.epoch,
		BaseLRs: append([]float64(nil), c.base...), LastLRs: c.LastLR(),
	}
}

// load reads st into c and into the scheduler around it.
func (c *course) load(st SchedulerState, settings any, check func() error) error {
	op := c.op()
	if st.Kind != c.kind {
		return fmt.Errorf("%s: cannot load the state of %q", op, st.Kind)
	}
	if st.Epoch < 0 {
		return fmt.Errorf("%s: cannot load state: epoch is %d", op, st.Epoch)
	}
	if len(st.BaseLRs) != len(c.base) || len(st.LastLRs) != len(c.base) {
		return fmt.Errorf("%s: cannot load state: rates of %d and %d groups for %d",
			op, len(st.BaseLRs), len(st.LastLRs), len(c.base))
	}
	err := decode(st.Settings, settings)
	if err == nil {
		err = check()
	}
	if err != nil {
		return fmt.Errorf("%s: cannot load state: %w", op, err)
	}
	c.epoch = st.Epoch
	c.base = append([]float64(nil), st.BaseLRs...)
	c.last = append([]float64(nil), st.LastLRs...)
	return nil
}
