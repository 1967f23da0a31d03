package routing

import (
	"errors"
	"math"
)

// words are numbered texts in one piece: text i is bytes[first[i]:first[i+1]].
type words struct {
	first []uint32
	bytes []byte
}

func newWords(all []string) (words, error) {
	w := words{first: make([]uint32, 1, len(all)+1)}
	for _, s := range all {
		if len(w.bytes)+len(s) > math.MaxInt32 {
			return words{}, errors.New("too many words")
		}
		w.bytes = append(w.bytes, s...)
		w.first = append(w.first, uint32(len(w.bytes)))
	}
	return w, nil
}

func (w words) len() int { return lists(w.first) }

// at copies a text, which so outlives a file that is closed.
func (w words) at(i uint32) string { return string(w.bytes[w.first[i]:w.first[i+1]]) }

func (w words) all() []string {
	out := make([]string, w.len())
	for i := range out {
		out[i] = w.at(uint32(i))
	}
	return out
}

func (w words) check() error { return checkLists(w.first, len(w.bytes), 0) }

// checkLists holds firsts to what they must be: none at all over nothing, or
// ascending from 0 to the number of items, with at least so many each.
func checkLists(first []uint32, items, least int) error {
	if len(first) == 0 {
		if items != 0 {
			return errors.New("items without lists")
		}
		return nil
	}
	if first[0] != 0 || uint64(first[len(first)-1]) != uint64(items) {
		return errors.New("lists do not fit their items")
	}
	for i := 1; i < len(first); i++ {
		if first[i] < first[i-1] || int(first[i]-first[i-1]) < least {
			return errors.New("a list that is too short")
		}
	}
	return nil
}
