//go:build !purego

package hierarchy

import "golang.org/x/sys/cpu"

// descendCosts is [descend] for costs, eight lanes in one register where the
// processor has AVX2.
func descendCosts(first, head, weight, lanes []uint32) {
	if !cpu.X86.HasAVX2 || len(head) == 0 {
		descend(first, head, weight, lanes)
		return
	}
	descendCostsAVX2(len(first)-1, &first[0], &head[0], &weight[0], &lanes[0])
}

// descendSums is [descend] for costs with lengths, in two registers. All numbers
// must be below 1<<63: they are compared as signed ones.
func descendSums(first, head []uint32, weight, lanes []uint64) {
	if !cpu.X86.HasAVX2 || len(head) == 0 {
		descend(first, head, weight, lanes)
		return
	}
	descendSumsAVX2(len(first)-1, &first[0], &head[0], &weight[0], &lanes[0])
}

// descendCostsAVX2 needs what descend checks: places+1 starts that rise to the
// number of heads and weights, and Lanes entries for each place and head.
//
//go:noescape
func descendCostsAVX2(places int, first, head, weight, lanes *uint32)

// descendSumsAVX2 needs the same.
//
//go:noescape
func descendSumsAVX2(places int, first, head *uint32, weight, lanes *uint64)
