package hierarchy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Inside the package, because what it compares are two ways to do one step.
func TestVectorRegistersPassDownAsPlainCodeDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.IntRange(1, 20).Draw(t, "places")
		number := rapid.OneOf(rapid.Just(uint32(noWay)), rapid.Uint32Range(0, 9), rapid.Uint32Range(0, noWay))
		first, head, weight, weights := []uint32{0}, []uint32{}, []uint32{}, []uint64{}
		for place := range places {
			for range rapid.IntRange(0, min(place, 5)).Draw(t, "arcs") {
				head = append(head, Lanes*rapid.Uint32Range(0, uint32(place-1)).Draw(t, "head"))
				w := min(number.Draw(t, "weight"), noWay-1)
				weight, weights = append(weight, w), append(weights, uint64(w)<<32|uint64(w%1000))
			}
			first = append(first, uint32(len(head)))
		}
		lanes, sums := make([]uint32, Lanes*places), make([]uint64, Lanes*places)
		for i := range lanes {
			lanes[i] = number.Draw(t, "label")
			sums[i] = uint64(lanes[i])<<32 | uint64(i)
		}
		wantLanes, wantSums := slices.Clone(lanes), slices.Clone(sums)
		for place := range places {
			for i := first[place]; i < first[place+1]; i++ {
				for lane := range Lanes {
					from, to := int(head[i])+lane, Lanes*place+lane
					wantLanes[to] = min(wantLanes[to], wantLanes[from]+weight[i])
					wantSums[to] = min(wantSums[to], wantSums[from]+weights[i])
				}
			}
		}
		plainLanes, plainSums := slices.Clone(lanes), slices.Clone(sums)
		descend(first, head, weight, plainLanes)
		descend(first, head, weights, plainSums)
		descendCosts(first, head, weight, lanes)
		descendSums(first, head, weights, sums)
		if !slices.Equal(plainLanes, wantLanes) || !slices.Equal(plainSums, wantSums) {
			t.Fatal("plain code differs from the definition")
		}
		if !slices.Equal(lanes, wantLanes) || !slices.Equal(sums, wantSums) {
			t.Fatal("vector registers differ from the definition")
		}
	})
}
