package candidates

import (
	"math"

	"github.com/paulmach/orb"

	"sanse/geo"
)

// Thin picks from places in the order of preference those that lie at least so
// many metres from every one picked before them, and returns their numbers,
// ascending: every place is picked, or nearer than that to one that is. Above 0
// metres no two are in one spot; with 0 all are picked.
func Thin(at []orb.Point, metres float64) []int32 {
	picked := []int32{}
	if !(metres > 0) {
		for i := range at {
			picked = append(picked, int32(i))
		}
		return picked
	}
	// Bins are at least so wide everywhere: a degree of longitude is shortest
	// where it is farthest from the equator, one of latitude where it is nearest.
	farthest := 0.0
	for _, p := range at {
		farthest = max(farthest, math.Abs(p[1]))
	}
	east, _ := geo.DegreeMetres(min(farthest, 89))
	_, north := geo.DegreeMetres(0)
	bin := func(p orb.Point) [2]int32 {
		return [2]int32{int32(math.Floor(p[0] * east / metres)), int32(math.Floor(p[1] * north / metres))}
	}
	bins := map[[2]int32][]int32{}
	free := func(p orb.Point) bool {
		b := bin(p)
		for x := b[0] - 1; x <= b[0]+1; x++ {
			for y := b[1] - 1; y <= b[1]+1; y++ {
				for _, k := range bins[[2]int32{x, y}] {
					if geo.Distance(at[k], p) < metres {
						return false
					}
				}
			}
		}
		return true
	}
	for i, p := range at {
		if free(p) {
			picked = append(picked, int32(i))
			b := bin(p)
			bins[b] = append(bins[b], int32(i))
		}
	}
	return picked
}
