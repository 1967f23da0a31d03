package evidence

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Sample draws n of these ids at random, for a human to look at, each as likely as
// any other; all of them where there are no more. The seed decides: who knows it
// and the ids can draw again and gets the same, in the same order, whatever the
// order of the ids.
func Sample(ids []string, n int, seed uint64) []string {
	type lot struct {
		id  string
		sum [sha256.Size]byte
	}
	lots := make([]lot, len(ids))
	for i, id := range ids {
		lots[i] = lot{id, sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), id...))}
	}
	slices.SortFunc(lots, func(a, b lot) int { return cmp.Or(bytes.Compare(a.sum[:], b.sum[:]), cmp.Compare(a.id, b.id)) })
	out := make([]string, 0, max(0, min(n, len(lots))))
	for i := range lots {
		if len(out) == cap(out) {
			break
		}
		out = append(out, lots[i].id)
	}
	return out
}
