package optim

import (
	"cmp"
	"fmt"
	"math"
)

// OneCycleLR lets the rates rise to MaxLR and then fall far below where they
// began, in TotalSteps steps altogether, the momentum going the other way. Its
// step is that of a batch: call Step after every step of the optimizer.
//
//	from MaxLR/DivFactor to MaxLR                    until step PctStart·TotalSteps − 1
//	from there to MaxLR/DivFactor/FinalDivFactor     until step TotalSteps − 1
//
// With ThreePhase it comes back to MaxLR/DivFactor in as many steps as it rose
// in, less one, and then falls. The momentum is MaxMomentum where the rate is
// MaxLR/DivFactor or below, and BaseMomentum where it is MaxLR. As in PyTorch,
// the top of PctStart 0 lies one step before the first. Unlike there, the step
// after the last one keeps its rate, where a line would go below 0.
//
// Sources: https://arxiv.org/abs/1708.07120,
// https://pytorch.org/docs/1.13/generated/torch.optim.lr_scheduler.OneCycleLR.html
type OneCycleLR struct {
	// MaxLR is the greatest rate.
	MaxLR PerGroup `json:"max_lr"`
	// TotalSteps is the number of steps; 0 is for Epochs·StepsPerEpoch. Default 0.
	TotalSteps int `json:"total_steps"`
	// Epochs is the number of epochs, in place of TotalSteps. Default 0.
	Epochs int `json:"epochs"`
	// StepsPerEpoch is the number of steps in one of Epochs. Default 0.
	StepsPerEpoch int `json:"steps_per_epoch"`
	// PctStart is the share of the steps in which the rate rises. Default 0.3.
	PctStart float64 `json:"pct_start"`
	// AnnealStrategy is "cos", along half a cosine, or "linear". Default "cos".
	AnnealStrategy string `json:"anneal_strategy"`
	// CycleMomentum changes the momentum, or the first beta, too. Default true.
	CycleMomentum bool `json:"cycle_momentum"`
	// BaseMomentum is the least momentum. Default 0.85.
	BaseMomentum PerGroup `json:"base_momentum"`
	// MaxMomentum is the greatest momentum. Default 0.95.
	MaxMomentum PerGroup `json:"max_momentum"`
	// DivFactor is how many times less than MaxLR the first rate is. Default 25.
	DivFactor float64 `json:"div_factor"`
	// FinalDivFactor is how many times less than the first rate the last is.
	// Default 1e4.
	FinalDivFactor float64 `json:"final_div_factor"`
	// ThreePhase adds a way back to the first rate. Default false.
	ThreePhase bool `json:"three_phase"`

	plan
}

func init() { registerSchedule(newOneCycleLR, "max_lr") }

func newOneCycleLR(opt Optimizer) *OneCycleLR {
	return &OneCycleLR{PctStart: 0.3, AnnealStrategy: "cos", CycleMomentum: true,
		BaseMomentum: PerGroup{0.85}, MaxMomentum: PerGroup{0.95}, DivFactor: 25, FinalDivFactor: 1e4,
		plan: newPlan("OneCycleLR", opt)}
}

// NewOneCycleLR returns a OneCycleLR over opt's groups, of one greatest rate,
// and sets the rates of the first step. To have other settings change the
// fields and call Restart. It panics when a setting is illegal, and when opt
// has neither momentum nor betas.
func NewOneCycleLR(opt Optimizer, maxLR float64, totalSteps int) *OneCycleLR {
	s := newOneCycleLR(opt)
	s.MaxLR, s.TotalSteps = PerGroup{maxLR}, totalSteps
	s.start(s)
	return s
}

func (s *OneCycleLR) check() error {
	if s.TotalSteps <= 0 && (s.Epochs <= 0 || s.StepsPerEpoch <= 0) {
		return fmt.Errorf("TotalSteps is %d, not positive, and so is Epochs·StepsPerEpoch, %d·%d",
			s.TotalSteps, s.Epochs, s.StepsPerEpoch)
	}
	return cmp.Or(
		notNegative("TotalSteps", float64(s.TotalSteps)),
		s.MaxLR.check("MaxLR", len(s.lanes), notNegative),
		share("PctStart", s.PctStart),
		oneOf("AnnealStrategy", s.AnnealStrategy, "cos", "linear"),
		checkCycle(s.CycleMomentum, s.lanes, s.BaseMomentum, s.MaxMomentum),
		above("DivFactor", s.DivFactor, 0),
		above("FinalDivFactor", s.FinalDivFactor, 0),
	)
}

// checkCycle complains about a course of momenta that cannot be.
func checkCycle(cycles bool, lanes []lane, base, most PerGroup) error {
	if !cycles {
		return nil
	}
	for _, l := range lanes {
		if l.momentum == nil {
			return fmt.Errorf("CycleMomentum is true, but the optimizer has neither momentum nor betas")
		}
	}
	return cmp.Or(base.check("BaseMomentum", len(lanes), share), most.check("MaxMomentum", len(lanes), share))
}

// start makes the cycle's own beginning the base.
func (s *OneCycleLR) start(self schedule) {
	s.must(s.check())
	for i := range s.base {
		s.base[i] = s.MaxLR.at(i) / s.DivFactor
	}
	s.plan.start(self)
}

// Step ends a step. It panics when a setting is illegal, and after TotalSteps
// steps.
func (s *OneCycleLR) Step(...float64) {
	if s.epoch >= s.steps() {
		s.must(fmt.Errorf("step %d is one more than there are in the cycle", s.epoch+1))
	}
	s.plan.Step()
}

func (s *OneCycleLR) steps() int {
	if s.TotalSteps > 0 {
		return s.TotalSteps
	}
	return s.Epochs * s.StepsPerEpoch
}

func (s *OneCycleLR) begin(group int, lr, base float64) float64 { return s.next(group, lr, base) }

func (s *OneCycleLR) next(group int, _, _ float64) float64 {
	top := s.MaxLR.at(group)
	first := top / s.DivFactor
	return s.along(first, top, first/s.FinalDivFactor)
}

func (s *OneCycleLR) cycles() bool { return s.CycleMomentum }

func (s *OneCycleLR) momentum(group int) float64 {
	most := s.MaxMomentum.at(group)
	return s.along(most, s.BaseMomentum.at(group), most)
}

// along returns the present value of what goes from first to top and to last.
func (s *OneCycleLR) along(first, top, last float64) float64 {
	rise := s.PctStart * float64(s.steps())
	end := float64(s.steps() - 1)
	ends, values := []float64{rise - 1, end}, []float64{first, top, last}
	if s.ThreePhase {
		ends, values = []float64{rise - 1, 2*rise - 2, end}, []float64{first, top, first, last}
	}
	step, begin, i := float64(s.epoch), 0.0, 0
	for ; i < len(ends)-1 && step > ends[i]; i++ {
		begin = ends[i]
	}
	part := 1.0 // the end: of a phase without length, and of the cycle for good
	if ends[i] > begin {
		part = min(1, (step-begin)/(ends[i]-begin))
	}
	return s.anneal(values[i], values[i+1], part)
}

func (s *OneCycleLR) anneal(from, to, part float64) float64 {
	if s.AnnealStrategy == "linear" {
		return (to-from)*part + from
	}
	return to + (from-to)/2*(math.Cos(math.Pi*part)+1)
}
