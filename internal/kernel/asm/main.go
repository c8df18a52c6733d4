// Command asm writes the assembly of package kernel; go generate runs it, once
// for each file:
//
//	go run . -what gemm -out ../zgemm_amd64.s -stubs ../zgemm_amd64.go -pkg kernel
package main

import (
	"flag"
	"log"

	"github.com/mmcloughlin/avo/build"
)

func main() {
	what := flag.String("what", "", "gemm, vector, binary, unary, compare or reduce")
	flag.Parse()
	build.ConstraintExpr("amd64,!purego")
	switch *what {
	case "gemm":
		for _, e := range []element{single, double} {
			for rows := 1; rows <= maxRows; rows++ {
				matrixTile(e, rows)
			}
		}
	case "vector":
		vectorFunction("expAVX", "exp(x[i])", exp)
		vectorFunction("expm1AVX", "exp(x[i]) − 1", expm1)
		vectorFunction("logAVX", "ln(x[i])", ln)
		vectorFunction("log1pAVX", "ln(1 + x[i])", log1p)
		vectorFunction("tanhAVX", "tanh(x[i])", tanh)
		vectorFunction("sigmoidAVX", "1/(1 + exp(−x[i]))", sigmoid)
		vectorFunction("softplusAVX", "ln(1 + exp(x[i]))", softplus)
	case "binary":
		binaryKernels()
	case "unary":
		unaryKernels()
	case "compare":
		comparisons()
	case "reduce":
		reductions()
	default:
		log.Fatalf("asm: no assembly is called %q", *what)
	}
	build.Generate()
}
