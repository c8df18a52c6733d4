package kernel

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

// Convolutions on both sides of every cut: blocks of places and of channels,
// sums of images, one image and many, groups, products large and small.
var convSizes = []Conv{
	{Batch: 2, In: 1, Out: 1, Groups: 1, Image: [2]int{1, 1}, Kernel: [2]int{1, 1}, Result: [2]int{1, 1}},
	{Batch: 9, In: 1, Out: 8, Groups: 1, Image: [2]int{28, 28}, Kernel: [2]int{3, 3}, Result: [2]int{26, 26}},
	{Batch: 17, In: 8, Out: 16, Groups: 1, Image: [2]int{13, 13}, Kernel: [2]int{3, 3}, Result: [2]int{11, 11}},
	{Batch: 1, In: 40, Out: 7, Groups: 1, Image: [2]int{30, 29}, Kernel: [2]int{5, 3}, Result: [2]int{14, 15}, Stride: [2]int{2, 2}, Pad: [2]int{1, 1}},
	{Batch: 1, In: 2, Out: 3, Groups: 1, Image: [2]int{1, 20000}, Kernel: [2]int{1, 9}, Result: [2]int{1, 19996}, Pad: [2]int{0, 2}},
	{Batch: 3, In: 12, Out: 24, Groups: 6, Image: [2]int{17, 40}, Kernel: [2]int{2, 3}, Result: [2]int{14, 35}, Dilation: [2]int{3, 3}, Pad: [2]int{0, 1}},
	{Batch: 2, In: 70, Out: 1, Groups: 1, Image: [2]int{64, 64}, Kernel: [2]int{1, 1}, Result: [2]int{64, 64}},
	{Batch: 5, In: 150, Out: 33, Groups: 1, Image: [2]int{7, 7}, Kernel: [2]int{3, 3}, Result: [2]int{7, 7}, Pad: [2]int{1, 1}},
}

func (c Conv) complete() *Conv {
	for i := range 2 {
		c.Stride[i], c.Dilation[i] = max(1, c.Stride[i]), max(1, c.Dilation[i])
	}
	return &c
}

// visit calls f with where the factors of each term lie in image, kernel and result.
func (c *Conv) visit(f func(x, w, y int)) {
	in, out := c.perGroup()
	for y := range c.Batch * c.Out * c.places() {
		n, o, h, v := y/c.places()/c.Out, y/c.places()%c.Out, y%c.places()/c.Result[1], y%c.Result[1]
		for k := range in * c.taps() {
			ch, kh, kw := k/c.taps(), k%c.taps()/c.Kernel[1], k%c.Kernel[1]
			i, j := h*c.Stride[0]+kh*c.Dilation[0]-c.Pad[0], v*c.Stride[1]+kw*c.Dilation[1]-c.Pad[1]
			if i >= 0 && i < c.Image[0] && j >= 0 && j < c.Image[1] {
				f(((n*c.In+o/out*in+ch)*c.Image[0]+i)*c.Image[1]+j, o*in*c.taps()+k, y)
			}
		}
	}
}

func TestConvEqualsItsDefinition(t *testing.T) {
	t.Run("float32", func(t *testing.T) { testConv[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { testConv[float64](t, 1e-15) })
}

func testConv[T Float](t *testing.T, eps float64) {
	rng := rand.New(rand.NewPCG(3, 5))
	for i, c := range convSizes {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			c := c.complete()
			x, w := guarded[T](rng, c.Batch*c.In*c.pixels()), guarded[T](rng, c.Out*c.In/c.Groups*c.taps())
			y, bias, up := guarded[T](rng, c.Batch*c.Out*c.places()), guarded[T](rng, c.Out), guarded[T](rng, c.In)
			g := append([]T(nil), y.in...)
			wy, wx, ww := make([]float64, len(y.in)), make([]float64, len(x.in)), make([]float64, len(w.in))
			c.visit(func(i, k, o int) {
				wy[o] += float64(x.in[i]) * float64(w.in[k])
				wx[i] += float64(g[o]) * float64(w.in[k])
				ww[k] += float64(g[o]) * float64(x.in[i])
			})
			near := func(what string, want []float64, got []T, terms, per int, bias []T) {
				for i, v := range got {
					if bias != nil {
						want[i] += float64(bias[i/per%len(bias)])
					}
					require.InDelta(t, want[i], float64(v), eps*float64(terms+8)*4, "%s[%d]", what, i)
				}
			}
			ConvForward(c, y.in, x.in, w.in, bias.in)
			near("y", wy, y.in, c.In*c.taps(), c.places(), bias.in)
			y.check(t)
			dw, dx := guarded[T](rng, len(w.in)), guarded[T](rng, len(x.in))
			ConvWeight(c, dw.in, x.in, g)
			near("dw", ww, dw.in, c.Batch*c.places(), 1, nil)
			dw.check(t)
			ConvInput(c, dx.in, w.in, g, up.in)
			near("dx", wx, dx.in, c.Out*c.taps(), c.pixels(), up.in)
			dx.check(t)
			testConvWorkers(t, c, x.in, w.in, g, y.in, dx.in, dw.in, bias.in, up.in)
		})
	}
}

// testConvWorkers demands the same bits of any number of workers.
func testConvWorkers[T Float](t *testing.T, c *Conv, x, w, g, y, dx, dw, bias, up []T) {
	for _, workers := range []int{1, 3} {
		old := runtime.GOMAXPROCS(workers)
		y2, dx2, dw2 := make([]T, len(y)), make([]T, len(dx)), make([]T, len(dw))
		ConvForward(c, y2, x, w, bias)
		ConvInput(c, dx2, w, g, up)
		ConvWeight(c, dw2, x, g)
		runtime.GOMAXPROCS(old)
		require.Equal(t, y, y2)
		require.Equal(t, dx, dx2)
		require.Equal(t, dw, dw2)
	}
}
