//go:build !amd64 || purego

package hierarchy

// descendCosts is [descend] for costs.
func descendCosts(first, head, weight, lanes []uint32) { descend(first, head, weight, lanes) }

// descendSums is [descend] for costs with lengths.
func descendSums(first, head []uint32, weight, lanes []uint64) { descend(first, head, weight, lanes) }
