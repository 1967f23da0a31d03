package hierarchy

import "math/bits"

// frontier is a set of nodes from which the one that matters least is taken
// first: bits by number, and a bit for each word of them that is not empty.
type frontier struct {
	words, blocks []uint64
	last          int // the last block that may not be empty
}

func newFrontier(n int) frontier {
	words := (n + 63) / 64
	return frontier{words: make([]uint64, words), blocks: make([]uint64, (words+63)/64), last: -1}
}

// add puts a node in.
func (f *frontier) add(v uint32) {
	f.words[v>>6] |= 1 << (v & 63)
	f.blocks[v>>12] |= 1 << (v >> 6 & 63)
	f.last = max(f.last, int(v>>12))
}

// take removes the node that matters least and returns it; false when there is
// none.
func (f *frontier) take() (uint32, bool) {
	for ; f.last >= 0; f.last-- {
		block := f.blocks[f.last]
		if block == 0 {
			continue
		}
		w := 63 - bits.LeadingZeros64(block)
		i := f.last<<6 | w
		k := 63 - bits.LeadingZeros64(f.words[i])
		f.words[i] &^= 1 << k
		if f.words[i] == 0 {
			f.blocks[f.last] &^= 1 << w
		}
		return uint32(i<<6 | k), true
	}
	return 0, false
}
