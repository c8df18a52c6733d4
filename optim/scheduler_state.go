package optim

import (
	"encoding/json"
	"fmt"

	"github.com/declive/declive/tensor"
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
}

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (s *StepLR) State() SchedulerState { return s.state(s, s.check()) }

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (s *StepLR) LoadState(st SchedulerState) error {
	next := *s
	if err := next.load(st, &next, next.check); err != nil {
		return err
	}
	*s = next
	return nil
}

// State returns what the scheduler remembers. It panics when a setting is
// illegal.
func (s *CosineAnnealingLR) State() SchedulerState { return s.state(s, s.check()) }

// LoadState makes the scheduler go on where the one that st came from stopped.
// The rates themselves are part of the optimizer's state. When something does
// not fit, nothing is changed and the error says why.
func (s *CosineAnnealingLR) LoadState(st SchedulerState) error {
	next := *s
	if err := next.load(st, &next, next.check); err != nil {
		return err
	}
	*s = next
	return nil
}

// state returns what c remembers, with the settings of the scheduler around it.
func (c *course) state(settings any, err error) SchedulerState {
	raw, jsonErr := json.Marshal(settings)
	if err == nil {
		err = jsonErr
	}
	if err != nil {
		panic(tensor.Errorf("optim."+c.kind, "%v", err))
	}
	return SchedulerState{
		Kind: c.kind, Settings: raw, Epoch: c.epoch,
		BaseLRs: append([]float64(nil), c.base...), LastLRs: c.LastLR(),
	}
}

// load reads st into c and into the scheduler around it.
func (c *course) load(st SchedulerState, settings any, check func() error) error {
	op := "optim." + c.kind
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
