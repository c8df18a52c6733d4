package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// maxRows rows of two registers are 12 accumulators; two more registers hold a
// row of b and two take turns for elements of a: all 16 are in use.
const maxRows = 6

// element is a float type and the instructions for a register full of it.
type element struct {
	goType, suffix       string
	size                 int
	move, broadcast, fma func(ops ...operand.Op)
}

var (
	single = element{"float32", "32", 4, build.VMOVUPS, build.VBROADCASTSS, build.VFMADD231PS}
	double = element{"float64", "64", 8, build.VMOVUPD, build.VBROADCASTSD, build.VFMADD231PD}
)

func matrixTiles() {
	for _, e := range []element{single, double} {
		for rows := 1; rows <= maxRows; rows++ {
			matrixTile(e, rows)
		}
	}
	fusedPeak()
}

// matrixTile writes the kernel of the matrix product for a tile of some rows
// and as many columns as two registers hold:
//
//	c[i,j] += alpha · Σ_p a[i,p] · b[p,j]
//
// with any distance, counted in elements, between rows and columns of a and
// between rows of b and of c.
func matrixTile(e element, rows int) {
	name := fmt.Sprintf("gemmTile%dx%s", rows, e.suffix)
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf(
		"func(k int, alpha %[1]s, a *%[1]s, aRow, aCol int, b *%[1]s, bRow int, c *%[1]s, cRow int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s adds alpha·a·b to a tile of %d rows and %d columns of c.", name, rows, 64/e.size))

	k := build.Load(build.Param("k"), build.GP64())
	a := pointers(e, "a", "aRow", rows)
	aCol := stride(e, "aCol")
	b := build.Load(build.Param("b"), build.GP64())
	bRow := stride(e, "bRow")

	sums := make([][2]reg.VecVirtual, rows)
	for i := range sums {
		for h := range sums[i] {
			sums[i][h] = build.YMM()
			build.VXORPS(sums[i][h], sums[i][h], sums[i][h])
		}
	}
	b0, b1 := build.YMM(), build.YMM()
	elements := [2]reg.VecVirtual{build.YMM(), build.YMM()}

	loop, done := "loop", "done"
	build.TESTQ(k, k)
	build.JLE(operand.LabelRef(done))
	build.Label(loop)
	e.move(operand.Mem{Base: b}, b0)
	e.move(operand.Mem{Base: b, Disp: 32}, b1)
	build.ADDQ(bRow, b)
	for i := range sums {
		v := elements[i%2]
		e.broadcast(a.row(i), v)
		e.fma(b0, v, sums[i][0])
		e.fma(b1, v, sums[i][1])
	}
	a.advance(aCol)
	build.DECQ(k)
	build.JNE(operand.LabelRef(loop))
	build.Label(done)

	alpha := elements[0]
	mem, err := build.Param("alpha").Resolve()
	if err != nil {
		panic(err)
	}
	e.broadcast(mem.Addr, alpha)
	c := pointers(e, "c", "cRow", rows)
	for i, pair := range sums {
		for h, sum := range pair {
			at, old := c.row(i), [2]reg.VecVirtual{b0, b1}[h]
			at.Disp = 32 * h
			e.move(at, old)
			e.fma(sum, alpha, old)
			e.move(old, at)
		}
	}
	build.VZEROUPPER()
	build.RET()
}

// matrix addresses up to six rows with two pointers and one distance.
type matrix struct {
	top, bottom, row1 reg.GPVirtual
}

func pointers(e element, base, row string, rows int) matrix {
	m := matrix{top: build.GP64(), row1: stride(e, row)}
	build.Load(build.Param(base), m.top)
	if rows > 3 {
		m.bottom = build.GP64()
		build.LEAQ(operand.Mem{Base: m.top, Index: m.row1, Scale: 2}, m.bottom)
		build.ADDQ(m.row1, m.bottom)
	}
	return m
}

// row addresses row i.
func (m matrix) row(i int) operand.Mem {
	at := operand.Mem{Base: m.top}
	if i >= 3 {
		at.Base = m.bottom
	}
	if i%3 > 0 {
		at.Index, at.Scale = m.row1, uint8(i%3)
	}
	return at
}

// advance moves every row by a distance.
func (m matrix) advance(by reg.GPVirtual) {
	build.ADDQ(by, m.top)
	if m.bottom != nil {
		build.ADDQ(by, m.bottom)
	}
}

// stride loads a distance counted in elements and turns it into bytes.
func stride(e element, param string) reg.GPVirtual {
	s := build.GP64()
	build.Load(build.Param(param), s)
	shift := uint64(2)
	if e.size == 8 {
		shift = 3
	}
	build.SHLQ(operand.U8(shift), s)
	return s
}

// fusedPeak writes a loop of nothing but multiply-adds of registers, as many
// side by side as hide the latency of one.
func fusedPeak() {
	build.TEXT("fmaLoop32", attr.NOSPLIT, "func(n int)")
	build.Doc("fmaLoop32 does n rounds of 24 multiply-adds of 8 floats each, 12 of them independent.")
	n := build.Load(build.Param("n"), build.GP64())
	sums := make([]reg.VecVirtual, 2*maxRows)
	for i := range sums {
		sums[i] = build.YMM()
		build.VXORPS(sums[i], sums[i], sums[i])
	}
	x := build.YMM()
	build.VXORPS(x, x, x)
	build.Label("loop")
	for range 2 {
		for _, sum := range sums {
			build.VFMADD231PS(x, x, sum)
		}
	}
	build.DECQ(n)
	build.JNE(operand.LabelRef("loop"))
	build.VZEROUPPER()
	build.RET()
}
