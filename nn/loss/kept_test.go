package loss

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/tensor"
)

// What a kernel keeps of the forward pass is its own as long as the graph can be
// walked, however many others of the same size come and go meanwhile.
func TestWhatIsKeptLastsAsLongAsTheGraph(t *testing.T) {
	rng := rand.New(rand.NewPCG(61, 62))
	scores := func() *tensor.Tensor { return tensor.Randn(rng, 32, 10) }
	classes := make([]int64, 32)
	for i := range classes {
		classes[i] = int64(i % 10)
	}
	class := autograd.Const(tensor.New(classes, 32))
	shares := autograd.Const(tensor.Softmax(scores(), 1))
	for name, forward := range map[string]func(x *autograd.Variable) *autograd.Variable{
		"classes":       func(x *autograd.Variable) *autograd.Variable { return CrossEntropy(x, class) },
		"probabilities": func(x *autograd.Variable) *autograd.Variable { return CrossEntropy(x, shares) },
	} {
		t.Run(name, func(t *testing.T) {
			x := autograd.New(scores())
			y := forward(x)
			walk := func() []float64 {
				g := autograd.Walk{RetainGraph: true}.Grad([]*autograd.Variable{y}, []*autograd.Variable{x})
				return g[0].Value().Float64s()
			}
			want := walk()
			for range 3 {
				forward(autograd.New(scores())).Backward()
				forward(autograd.Untracked(scores()))
			}
			require.Equal(t, want, walk())
		})
	}
}
