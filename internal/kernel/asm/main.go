// Command asm writes the assembly of package kernel; go generate runs it, once
// for each file:
//
//	go run . -what gemm -out ../zgemm_amd64.s -stubs ../zgemm_amd64.go -pkg kernel
package main

import (
	"flag"
	"log"
	"maps"
	"slices"

	"github.com/mmcloughlin/avo/build"
)

// files are what can be asked for: each writes the kernels of one file.
var files = map[string]func(){
	"gemm":       matrixProduct,
	"vector":     vectorFunctions,
	"normal":     normalFunctions,
	"circle":     circleFunctions,
	"binary":     binaryKernels,
	"unary":      unaryKernels,
	"convert":    conversions,
	"compare":    comparisons,
	"softmax":    softmaxKernels,
	"reduce":     reductions,
	"optim":      optimizerSteps,
	"difference": differences,
	"conv":       convolutionKernels,
	"normalize":  normalizations,
	"recurrent":  cells,
}

func main() {
	what := flag.String("what", "", "which file")
	flag.Parse()
	write, ok := files[*what]
	if !ok {
		log.Fatalf("asm: -what %q is none of %q", *what, slices.Sorted(maps.Keys(files)))
	}
	build.ConstraintExpr("amd64,!purego")
	write()
	build.Generate()
}
