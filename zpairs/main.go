package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"strings"
	"time"

	"github.com/declive/declive/internal/kernel"
	"github.com/declive/declive/tensor"
)

func fill[T float32 | float64](shape ...int) *tensor.Tensor {
	n := 1
	for _, d := range shape {
		n *= d
	}
	x := make([]T, n)
	for i := range x {
		x[i] = T(rand.NormFloat64())
	}
	return tensor.New(x, shape...)
}

var keep *tensor.Tensor

func main() {
	ops := map[string]func(){}
	set := func(sfx string, f func(shape ...int) *tensor.Tensor) {
		x, y := f(1000, 1000), f(1000, 1000)
		pos := tensor.Abs(x)
		row, col := f(1000), f(1000, 1)
		s, sr := f(32, 32), f(32)
		s2 := f(32, 32)
		tall, nrow := f(100000, 10), f(10)
		dst := f(1000, 1000)
		cond := tensor.Less(x, y)
		add := func(n string, g func() *tensor.Tensor) { ops[n+sfx] = func() { keep = g() } }
		add("add", func() *tensor.Tensor { return tensor.Add(x, y) })
		add("mul", func() *tensor.Tensor { return tensor.Mul(x, y) })
		add("div", func() *tensor.Tensor { return tensor.Div(x, y) })
		add("maximum", func() *tensor.Tensor { return tensor.Maximum(x, y) })
		add("relu", func() *tensor.Tensor { return tensor.ReLU(x) })
		add("abs", func() *tensor.Tensor { return tensor.Abs(x) })
		add("sqrt", func() *tensor.Tensor { return tensor.Sqrt(pos) })
		add("rsqrt", func() *tensor.Tensor { return tensor.Rsqrt(pos) })
		add("clamp", func() *tensor.Tensor { return tensor.Clamp(x, -1, 1) })
		add("scalar", func() *tensor.Tensor { return tensor.MulScalar(x, 3) })
		add("x+row", func() *tensor.Tensor { return tensor.Add(x, row) })
		add("x+col", func() *tensor.Tensor { return tensor.Add(x, col) })
		add("tall+row", func() *tensor.Tensor { return tensor.Add(tall, nrow) })
		add("less", func() *tensor.Tensor { return tensor.Less(x, y) })
		add("where", func() *tensor.Tensor { return tensor.Where(cond, x, y) })
		add("sum", func() *tensor.Tensor { return tensor.Sum(x) })
		add("max", func() *tensor.Tensor { return tensor.Max(x) })
		add("sum0", func() *tensor.Tensor { return tensor.Sum(x, 0) })
		add("sum1", func() *tensor.Tensor { return tensor.Sum(x, 1) })
		add("max0", func() *tensor.Tensor { return tensor.Max(x, 0) })
		add("max1", func() *tensor.Tensor { return tensor.Max(x, 1) })
		add("argmax1", func() *tensor.Tensor { return tensor.ArgMax(x, 1) })
		add("var0", func() *tensor.Tensor { return tensor.Var(x, 1, 0) })
		add("var1", func() *tensor.Tensor { return tensor.Var(x, 1, 1) })
		add("tallsum0", func() *tensor.Tensor { return tensor.Sum(tall, 0) })
		add("tallsum1", func() *tensor.Tensor { return tensor.Sum(tall, 1) })
		add("norm", func() *tensor.Tensor { return tensor.Norm(x, 2) })
		add("small-add", func() *tensor.Tensor { return tensor.Add(s, s2) })
		add("small+row", func() *tensor.Tensor { return tensor.Add(s, sr) })
		add("small-sum0", func() *tensor.Tensor { return tensor.Sum(s, 0) })
		add("small-sum", func() *tensor.Tensor { return tensor.Sum(s) })
		switch sfx {
		case "/32":
			a, b, c := tensor.Data[float32](x), tensor.Data[float32](y), tensor.Data[float32](dst)
			ops["add_out/32"] = func() { kernel.Add(c, a, b) }
		case "/64":
			a, b, c := tensor.Data[float64](x), tensor.Data[float64](y), tensor.Data[float64](dst)
			ops["add_out/64"] = func() { kernel.Add(c, a, b) }
		}
	}
	set("/32", fill[float32])
	set("/64", fill[float64])
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f := ops[strings.TrimSpace(in.Text())]
		f()
		n := 1
		for {
			t := time.Now()
			for range n {
				f()
			}
			if d := time.Since(t); d > 10*time.Millisecond {
				fmt.Println(float64(d.Nanoseconds()) / float64(n))
				break
			}
			n *= 2
		}
	}
}
