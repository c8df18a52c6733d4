package kernel

import "testing"

func TestCellPassesEqualPortableLoops(t *testing.T) {
	needAssembly(t)
	t.Run("float32", func(t *testing.T) { cellPassesEqual[float32](t, 1e-6) })
	t.Run("float64", func(t *testing.T) { cellPassesEqual[float64](t, 1e-15) })
}

func cellPassesEqual[T Float](t *testing.T, tolerance float64) {
	k32, k64 := cells32, cells64
	passes := map[string]func(x [8][]T){
		"lstmOut": func(x [8][]T) { lstmOut(x[0], x[1], x[4], x[5], x[6]) },
		"lstmIn":  func(x [8][]T) { lstmIn(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]) },
	}
	passesEqual(t, tolerance, passes, func(f func()) {
		defer func() { cells32, cells64 = k32, k64 }()
		cells32, cells64 = nil, nil
		f()
	})
}
