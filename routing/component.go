package routing

import "slices"

// sortComponents orders components by the length of their network, then by
// nodes, then as found, and says where each one went.
func sortComponents(found []Component) (rank []int32, ordered []Component) {
	order := make([]int32, len(found))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		x, y := found[a], found[b]
		switch {
		case x.Metres > y.Metres:
			return -1
		case x.Metres < y.Metres:
			return 1
		default:
			return y.Nodes - x.Nodes
		}
	})
	rank = make([]int32, len(found))
	ordered = make([]Component, len(found))
	for to, from := range order {
		rank[from], ordered[to] = int32(to), found[from]
	}
	return rank, ordered
}
