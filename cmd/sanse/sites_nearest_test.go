package main

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"sanse/reports/siting"
)

func TestTheNearestSitesAreListedAndNoneLeftOutIsNearerThanItIsSaidToBe(t *testing.T) {
	for _, flat := range []bool{true, false} {
		rng := rand.New(rand.NewPCG(3, 4))
		scatter := func(n int) *sitesPoints {
			p := &sitesPoints{flat: flat}
			for range n {
				at := orb.Point{rng.NormFloat64() * 3000, rng.Float64() * 9000}
				if !flat {
					at = orb.Point{104 + at[0]/90_000, 45 + at[1]/110_000}
				}
				p.at, p.ids = append(p.at, at), append(p.ids, "")
			}
			return p
		}
		demand, places := scatter(200), scatter(150)
		ways, far := nearWays(demand, places, 20)
		left := 0
		for d := range demand.at {
			listed := map[int32]int32{}
			most := int32(0)
			for k := ways.First[d]; k < ways.First[d+1]; k++ {
				listed[ways.Site[k]] = ways.Cost[k]
				most = max(most, ways.Cost[k])
			}
			if len(listed) != 64 {
				t.Fatalf("flat %v: demand %d has %d ways", flat, d, len(listed))
			}
			for s := range places.at {
				want := int32(math.Ceil(demand.metres(demand.at[d], places.at[s])))
				if got := ways.Left(d, int32(s)); got != want || want > far {
					t.Fatalf("flat %v: demand %d, site %d: %d, not %d (far %d)", flat, d, s, got, want, far)
				}
				c, in := listed[int32(s)]
				switch {
				case in && c != want:
					t.Errorf("flat %v: demand %d, site %d is listed with %d, not %d", flat, d, s, c, want)
				case !in:
					if left++; want < ways.Beyond[d] || want < most {
						t.Errorf("flat %v: demand %d leaves out site %d at %d, beyond %d, the farthest listed at %d", flat, d, s, want, ways.Beyond[d], most)
					}
				}
			}
		}
		if left != 200*86 {
			t.Errorf("flat %v: %d are left out", flat, left)
		}
		if ways, _ := nearWays(demand, scatter(40), 5); ways.Beyond[0] != siting.None || len(ways.Site) != 200*40 {
			t.Errorf("flat %v: of few sites %d ways are listed, beyond %d", flat, len(ways.Site), ways.Beyond[0])
		}
	}
}
