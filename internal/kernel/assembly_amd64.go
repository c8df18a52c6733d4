//go:build amd64 && !purego

package kernel

// assembly32 and assembly64 are nil where the machine lacks the instructions.
var assembly32, assembly64 = func() (*assembly[float32], *assembly[float64]) {
	if !fast {
		return nil, nil
	}
	return &assembly[float32]{
			add: addAVX32, sub: subAVX32, mul: mulAVX32, div: divAVX32, maximum: maximumAVX32, minimum: minimumAVX32,
			mulAdd: mulAddAVX32, selectPositive: selectPositiveAVX32, clamp: clampAVX32, neg: negAVX32, abs: absAVX32, sign: signAVX32,
			relu: reluAVX32, sqrt: sqrtAVX32, rsqrt: rsqrtAVX32, floor: floorAVX32, ceil: ceilAVX32, round: roundAVX32,
			equal: equalAVX32, less: lessAVX32, lessEqual: lessEqualAVX32, unordered: unorderedAVX32, where: whereAVX32,
			sum: sumAVX32, sumAbs: sumAbsAVX32, dot: dotAVX32, deviation: deviationAVX32, max: maxAVX32, min: minAVX32,
			addTo: addToAVX32, addDeviation: addDeviationAVX32,
		}, &assembly[float64]{
			add: addAVX64, sub: subAVX64, mul: mulAVX64, div: divAVX64, maximum: maximumAVX64, minimum: minimumAVX64,
			mulAdd: mulAddAVX64, selectPositive: selectPositiveAVX64, clamp: clampAVX64, neg: negAVX64, abs: absAVX64, sign: signAVX64,
			relu: reluAVX64, sqrt: sqrtAVX64, rsqrt: rsqrtAVX64, floor: floorAVX64, ceil: ceilAVX64, round: roundAVX64,
			equal: equalAVX64, less: lessAVX64, lessEqual: lessEqualAVX64, unordered: unorderedAVX64, where: whereAVX64,
			sum: sumAVX64, sumAbs: sumAbsAVX64, dot: dotAVX64, deviation: deviationAVX64, max: maxAVX64, min: minAVX64,
			addTo: addToAVX64, addDeviation: addDeviationAVX64,
		}
}()
