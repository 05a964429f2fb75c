package crdt_test

import (
	"math"
	"testing"
	"time"
)

// growsLinearly fails unless work on eight times as much costs about eight times as
// much. prepare makes ready and returns the work, which starts from scratch each time.
//
// What is compared is the fastest of a few runs of either size, taken by turns in
// the same process: a busy machine makes both slower, and it takes a factor of
// two and more on all runs of one of them to mistake one for the other. Quadratic
// cost shows as a factor of 64, linear as 8 to 16, since more is less well cached.
func growsLinearly(t *testing.T, n int, prepare func(n int) (work func())) {
	t.Helper()
	const more, most = 8, 32
	fastest := func(best time.Duration, n int) time.Duration {
		work := prepare(n)
		began := time.Now()
		work()
		return min(best, max(time.Since(began), 1))
	}
	small, large := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for round := range 15 {
		small, large = fastest(small, n), fastest(large, more*n)
		if round > 0 && large < most*small {
			t.Logf("%d: %v, %d: %v", n, small, more*n, large)
			return
		}
	}
	t.Errorf("%d took %v, %d took %v: %.0f times as long for %d times as much",
		n, small, more*n, large, float64(large)/float64(small), more)
}
