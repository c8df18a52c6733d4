//go:build amd64 && !purego

package kernel

// classes32 is nil where the machine lacks the instructions.
var classes32 = func() *classKernels {
	if !fast {
		return nil
	}
	return &classKernels{
		stats: softmaxStatsAVX32, others: sumExpOthersAVX32, softmax: softmaxRowsAVX32, exp: expRowsAVX32, shift: shiftRowsAVX32,
		softmaxSlope: softmaxSlopeAVX32, logSoftmaxSlope: logSoftmaxSlopeAVX32,
		hinge: hingeRowsAVX32, hingeSteps: hingeStepsAVX32, hingeTimes: hingeTimesAVX32, addHingeSteps: addHingeStepsAVX32,
	}
}()
