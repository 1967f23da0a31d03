package hierarchy

// descend passes once down over the part: each place takes the least that comes
// from those above it, in all lanes at once.
func descend[T uint32 | uint64](first, head []uint32, weight, lanes []T) {
	for place := range len(first) - 1 {
		at := (*[Lanes]T)(lanes[Lanes*place:])
		a0, a1, a2, a3, a4, a5, a6, a7 := at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]
		heads := head[first[place]:first[place+1]]
		weights := weight[first[place]:first[place+1]]
		for i, h := range heads {
			w := weights[i]
			from := (*[Lanes]T)(lanes[h:])
			a0, a1, a2, a3 = min(a0, from[0]+w), min(a1, from[1]+w), min(a2, from[2]+w), min(a3, from[3]+w)
			a4, a5, a6, a7 = min(a4, from[4]+w), min(a5, from[5]+w), min(a6, from[6]+w), min(a7, from[7]+w)
		}
		*at = [Lanes]T{a0, a1, a2, a3, a4, a5, a6, a7}
	}
}
