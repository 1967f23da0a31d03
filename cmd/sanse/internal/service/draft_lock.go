package service

import (
	"context"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
)

// LockDraft locks these areas of a draft of that version, and no others: no
// edit changes their ground, name or kind, nor that of what lies in them. Undo
// and redo do, for they make nothing new.
func (s *Service) LockDraft(ctx context.Context, district string, id, version int64, codes []string) (data.Draft, error) {
	return s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		ground, err := readDraftGround(ctx, tx.Reads(), code, d, d.Base)
		if err != nil {
			return d, err
		}
		for _, c := range codes {
			// A lock on what was undone meanwhile stays, to be there again on redo.
			if _, ok := ground.after[c]; !ok && !slices.Contains(d.Locks, c) {
				return d, badDraft(DraftBadCode, nil, "area %s: there is none in this draft", c)
			}
		}
		return tx.PutDraftLocks(code, d, codes, s.now())
	})
}

// locked tells whether an area is locked, by itself or with one around it.
func (g *draftGround) locked(code string) bool {
	return slices.ContainsFunc(g.locks, func(l string) bool { return strings.HasPrefix(code, l) })
}

// unlocked refuses a change that is more to a locked area than another vertex
// on a border that stays.
func (g *draftGround) unlocked(c *data.DraftChange) error {
	if len(g.locks) == 0 {
		return nil
	}
	var locked []string
	for i := range c.Areas {
		a := &c.Areas[i]
		was, ok := g.after[a.Code]
		if !g.locked(a.Code) {
			continue
		}
		if !ok { // new within a locked area
			locked = append(locked, a.Parent)
			continue
		}
		same := false
		if !a.Retired && a.Name == was.Name && a.Special == was.Special && a.Parts == was.Parts && slices.Equal(a.Units, was.Units) {
			var err error
			if same, err = sameGround(was.Boundary, a.Boundary); err != nil {
				return err
			}
		}
		if !same {
			locked = append(locked, a.Code)
		}
	}
	if len(locked) > 0 {
		return draftError(CodeNo, DraftError{Reason: DraftLocked, Areas: locked}, "%d areas that this would change are locked: %s", len(locked), OwnList(locked))
	}
	return nil
}

// sameGround tells that two boundaries differ by hairlines at most.
func sameGround(a, b orb.MultiPolygon) (bool, error) {
	if a.Equal(b) {
		return true, nil
	}
	for _, pair := range [2][2]orb.MultiPolygon{{a, b}, {b, a}} {
		rest, err := geo.Difference(pair[0], pair[1])
		if err != nil {
			return false, err
		}
		if !geo.Hairline(rest) {
			return false, nil
		}
	}
	return true, nil
}
