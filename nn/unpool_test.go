package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

func init() {
	makers["MaxUnpool1d"] = func() nn.Module { return &unpool1d{MaxUnpool1d: nn.NewMaxUnpool1d(1)} }
	makers["MaxUnpool2d"] = func() nn.Module { return &unpool2d{MaxUnpool2d: nn.NewMaxUnpool2d(nn.Square(1))} }
	// The second of equal places wins.
	at := tensor.New([]int64{5, 0, 3, 5}, 1, 4)
	derivatives["MaxUnpool1d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		return nn.NewMaxUnpool1d(2).Forward(x[0], at).Tanh()
	}, [][]int{{1, 4}}}
	derivatives["MaxUnpool2d"] = derivative{func(x []*autograd.Variable) *autograd.Variable {
		return nn.NewMaxUnpool2d(nn.Square(2)).Forward(x[0], tensor.Reshape(at, 1, 2, 2)).Tanh()
	}, [][]int{{1, 2, 2}}}
}

// unpool1d is Unpool in internal/torchref/nn_additions.py.
type unpool1d struct {
	*nn.MaxUnpool1d
	Indices []int64
	To      []int
}

func (m *unpool1d) Forward(x *autograd.Variable) *autograd.Variable {
	at := tensor.New(m.Indices, x.Shape()...)
	if m.To != nil {
		return m.ForwardTo(x, at, m.To[0])
	}
	return m.MaxUnpool1d.Forward(x, at)
}

type unpool2d struct {
	*nn.MaxUnpool2d
	Indices []int64
	To      []int
}

func (m *unpool2d) Forward(x *autograd.Variable) *autograd.Variable {
	at := tensor.New(m.Indices, x.Shape()...)
	if m.To != nil {
		return m.ForwardTo(x, at, nn.Pair(m.To))
	}
	return m.MaxUnpool2d.Forward(x, at)
}

// What is pooled, put back and pooled again is the same, windows that overlap and
// find one maximum twice included.
func TestUnpooledMaximaAreFoundAgain(t *testing.T) {
	x := autograd.Const(tensor.AddScalar(tensor.Rand(source(), 3, 2, 7, 8), 1))
	pool, unpool := nn.NewMaxPool2d(nn.Square(3)), nn.NewMaxUnpool2d(nn.Square(3))
	pool.Stride, unpool.Stride = nn.Square(2), nn.Square(2)
	pool.Padding, unpool.Padding = nn.Square(1), nn.Square(1)
	y, at := pool.ForwardIndices(x)
	back := unpool.ForwardTo(y, at, nn.Pair{7, 8})
	require.Equal(t, x.Shape(), back.Shape())
	assert.Equal(t, values(y), values(pool.Forward(back)))
	assert.Less(t, tensor.Sum(back.Value()).Item(), tensor.Sum(y.Value()).Item(), "some were found twice")
	some := 0
	for i, v := range values(back) {
		if v != 0 {
			require.Equal(t, values(x)[i], v)
			some++
		}
	}
	assert.Greater(t, some, 20)
}

func TestUnpoolRejects(t *testing.T) {
	x := autograd.Const(tensor.Zeros(2, 3))
	at := tensor.New([]int64{0, 1, 2, 0, 1, 6}, 2, 3)
	for want, f := range map[string]func(){
		"nn.MaxUnpool1d: indices[5] = 6 is no place in a channel of size [6]": func() { nn.NewMaxUnpool1d(2).Forward(x, at) },
		"nn.MaxUnpool1d: indices[0] = -1 is no place in a channel of size [2]": func() {
			nn.NewMaxUnpool1d(2).Forward(autograd.Const(tensor.Zeros(1, 1)), tensor.New([]int64{-1}, 1, 1))
		},
		"nn.MaxUnpool1d: indices float32 [2 3] are not int64 [2 3]":                                                        func() { nn.NewMaxUnpool1d(2).Forward(x, x.Value()) },
		"nn.MaxUnpool1d: indices int64 [3 2] are not int64 [2 3]":                                                          func() { nn.NewMaxUnpool1d(2).Forward(x, tensor.Reshape(at, 3, 2)) },
		"nn.MaxUnpool1d: size [8], but axis 0 is between 5 and 7 long":                                                     func() { nn.NewMaxUnpool1d(2).ForwardTo(x, at, 8) },
		"nn.MaxUnpool1d: KernelSize [0], Stride [0] or Padding [0] is out of range; Padding is at most half of KernelSize": func() { (&nn.MaxUnpool1d{}).Forward(x, at) },
		"nn.MaxUnpool2d: input [2 3] is neither [N C H W] nor [C H W]":                                                     func() { nn.NewMaxUnpool2d(nn.Square(2)).Forward(x, at) },
	} {
		assert.EqualError(t, autograd.Try(f), want)
	}
}

func ExampleMaxUnpool2d() {
	x := autograd.Const(tensor.New([]float32{1, 5, 2, 2, 3, 4, 2, 6}, 1, 2, 4))
	y, at := nn.NewMaxPool2d(nn.Square(2)).ForwardIndices(x)
	fmt.Println(nn.NewMaxUnpool2d(nn.Square(2)).Forward(y, at))
	// Output:
	// [[[0. 5. 0. 0.]
	//   [0. 0. 0. 6.]]]
}

func ExampleMaxUnpool1d() {
	x := autograd.Const(tensor.New([]float32{3, 1, 1, 4, 2}, 1, 5))
	y, at := nn.NewMaxPool1d(2).ForwardIndices(x)
	l := nn.NewMaxUnpool1d(2)
	fmt.Println(l.Forward(y, at))
	fmt.Println(l.ForwardTo(y, at, 5)) // as long as x
	// Output:
	// [[3. 0. 0. 4.]]
	// [[3. 0. 0. 4. 0.]]
}

// A kernel that nobody has memory for is an error.
func TestUnpoolOfNoMemory(t *testing.T) {
	x := autograd.Const(tensor.Ones(1, 2, 3))
	indices := tensor.Int64.Zeros(1, 2, 3)
	err := autograd.Try(func() { nn.NewMaxUnpool1d(1<<60).Forward(x, indices) })
	require.ErrorContains(t, err, "has too many elements")
}
