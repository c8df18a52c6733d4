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
	goType, suffix            string
	size                      int
	move, broadcast, mul, fma func(ops ...operand.Op)
}

var (
	single = element{"float32", "32", 4, build.VMOVUPS, build.VBROADCASTSS, build.VMULPS, build.VFMADD231PS}
	double = element{"float64", "64", 8, build.VMOVUPD, build.VBROADCASTSD, build.VMULPD, build.VFMADD231PD}
)

func matrixProduct() {
	for _, e := range []element{single, double} {
		for rows := 1; rows <= maxRows; rows++ {
			for _, w := range []width{twoWide, lastPart, oneWide, partWide} {
				matrixTile(e, rows, w)
			}
		}
		pack(e)
		packTransposed(e)
		rowDots(e)
	}
	fusedPeak()
}

// width says how many columns a tile has: as many as registers hold, the last
// one being full or not.
type width struct {
	name      string
	registers int
	masked    bool
}

var (
	twoWide  = width{"Wide", 2, false}
	lastPart = width{"Ragged", 2, true}
	oneWide  = width{"Narrow", 1, false}
	partWide = width{"Edge", 1, true}
)

// matrixTile writes the kernel of the matrix product for count tiles, one below
// the other, of some rows and as many columns as one or two registers hold, or
// n, with which the last is not full:
//
//	c[i,j] = alpha · Σ_p a[i,p] · b[p,j] (+ c[i,j] unless keep is 0)
//
// with any distance, counted in elements, between rows and columns of a and
// between rows of b and of c.
func matrixTile(e element, rows int, w width) {
	name := fmt.Sprintf("gemm%s%dx%s", w.name, rows, e.suffix)
	build.TEXT(name, attr.NOSPLIT, fmt.Sprintf(
		"func(count, k int, alpha %[1]s, a *%[1]s, aRow, aCol int, b *%[1]s, bRow int, c *%[1]s, cRow, keep, n int)", e.goType))
	build.Pragma("noescape")
	build.Doc(fmt.Sprintf("%s does tiles of %d rows.", name, rows))

	var mask vec
	if w.masked {
		n := build.Load(build.Param("n"), build.GP64())
		if w.registers > 1 {
			build.SUBQ(operand.Imm(uint64((w.registers-1)*32/e.size)), n)
		}
		mask = firstLanes(e, n)
	}
	aRow, aCol, bRow := stride(e, "aRow"), stride(e, "aCol"), stride(e, "bRow")
	aNext := pointer("a")
	cNext := pointer("c")
	count := build.Load(build.Param("count"), build.GP64())

	build.Label("tile")
	k := build.Load(build.Param("k"), build.GP64())
	b := build.Load(build.Param("b"), build.GP64())
	a := rowsFrom(&aNext, aRow, rows)
	sums := make([][]vec, rows)
	for i := range sums {
		for range w.registers {
			sum := build.YMM()
			build.VXORPS(sum, sum, sum)
			sums[i] = append(sums[i], sum)
		}
	}
	build.Label("loop")
	row := loadRow(e, b, w, mask)
	build.ADDQ(bRow, b)
	for i := range sums {
		v := build.YMM()
		e.broadcast(a.row(i), v)
		for h, x := range row {
			e.fma(x, v, sums[i][h])
		}
	}
	a.advance(aCol)
	build.DECQ(k)
	build.JNE(operand.LabelRef("loop"))

	alpha := build.YMM()
	e.broadcast(parameter("alpha"), alpha)
	c := rowsFrom(&cNext, stride(e, "cRow"), rows)
	keep := build.Load(build.Param("keep"), build.GP64())
	build.TESTQ(keep, keep)
	build.JNE(operand.LabelRef("add"))
	storeTile(c, sums, w, mask, func(sum vec, _ operand.Mem, _ vec) vec {
		e.mul(sum, alpha, sum)
		return sum
	})
	build.JMP(operand.LabelRef("next"))
	build.Label("add")
	storeTile(c, sums, w, mask, func(sum vec, at operand.Mem, mask vec) vec {
		old := masked(at, mask)
		e.fma(sum, alpha, old)
		return old
	})
	build.Label("next")
	build.DECQ(count)
	build.JNE(operand.LabelRef("tile"))
	build.VZEROUPPER()
	build.RET()
}

// mask returns the mask of register h, nil for none.
func (w width) mask(h int, last vec) vec {
	if h < w.registers-1 {
		return nil
	}
	return last
}

// loadRow loads a tile's part of a row of b.
func loadRow(e element, b reg.Register, w width, mask vec) []vec {
	var row []vec
	for h := range w.registers {
		row = append(row, masked(operand.Mem{Base: b, Disp: 32 * h}, w.mask(h, mask)))
	}
	return row
}

// storeTile stores what f makes of each sum and its place in c.
func storeTile(c matrix, sums [][]vec, w width, last vec, f func(sum vec, at operand.Mem, mask vec) vec) {
	for i := range sums {
		for h, sum := range sums[i] {
			at := c.row(i)
			at.Disp = 32 * h
			mask := w.mask(h, last)
			if v := f(sum, at, mask); mask != nil {
				build.VMASKMOVPS(v, mask, at)
			} else {
				build.VMOVUPS(v, at)
			}
		}
	}
}

// firstLanes returns the mask of the first n elements of a register; n is at
// most as many as it holds, and is lost.
func firstLanes(e element, n reg.Register) vec {
	table, mask := build.GP64(), build.YMM()
	build.LEAQ(maskTable(), table)
	if e.size == 8 {
		build.ADDQ(n, n)
	}
	build.NEGQ(n)
	build.VMOVUPS(operand.Mem{Base: table, Index: n, Scale: 4, Disp: 4 * lanes}, mask)
	return mask
}

// matrix addresses up to six rows with two pointers and one distance.
type matrix struct {
	top, bottom, row1 reg.GPVirtual
}

// rowsFrom addresses rows from the first on, and moves first past them.
func rowsFrom(first *reg.GPVirtual, row1 reg.GPVirtual, rows int) matrix {
	m := matrix{top: build.GP64(), row1: row1}
	build.MOVQ(*first, m.top)
	if rows > 3 {
		m.bottom = build.GP64()
		build.LEAQ(operand.Mem{Base: m.top, Index: row1, Scale: 2}, m.bottom)
		build.ADDQ(row1, m.bottom)
	}
	for range rows {
		build.ADDQ(row1, *first)
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

func pointer(param string) reg.GPVirtual {
	p := build.GP64()
	build.Load(build.Param(param), p)
	return p
}
