// Command asm writes the assembly of package kernel; go generate runs it.
package main

import "github.com/mmcloughlin/avo/build"

func main() {
	build.ConstraintExpr("amd64,!purego")
	for _, e := range []element{single, double} {
		for rows := 1; rows <= maxRows; rows++ {
			matrixTile(e, rows)
		}
	}
	build.Generate()
}
