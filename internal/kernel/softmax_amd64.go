//go:build amd64 && !purego

package kernel

var exps = func() expKernels {
	if !fast {
		return expKernels{}
	}
	return expKernels{sum: sumExpAVX32, shifted: expShiftedAVX32}
}()
