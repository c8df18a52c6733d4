package kernel

// blendBlock is how many differences are held at a time: few enough to stay in
// the first cache.
const blendBlock = 2048

// Blend moves an average towards x: mean = mean + share·(x − mean), which leaves
// the average of equal numbers as it is.
func Blend[T Float](mean, x []T, share float64) {
	steps(len(mean), func(lo, hi int) {
		apart := Get[T](min(hi-lo, blendBlock))
		defer Put(apart)
		for ; lo < hi; lo += len(apart) {
			d, m := apart[:min(len(apart), hi-lo)], mean[lo:min(lo+len(apart), hi)]
			Sub(d, x[lo:lo+len(d)], m)
			Axpy(m, T(share), d)
		}
	})
}
