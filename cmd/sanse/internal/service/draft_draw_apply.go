package service

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sanse/data"
	"sanse/geo"
)

// ApplyDrawing makes what a drawing has found a change of the draft, of that
// version, in one step. Areas that go on keep their codes, with the most of what
// they had; new ones get the next free numbers; lineage tells the rest. It is
// refused while the search runs, and where the community has been changed since
// the drawing was begun (DraftDrawingStale).
func (s *Service) ApplyDrawing(ctx context.Context, district string, id, version, job int64) (out Edited, err error) {
	j, err := s.drawing(ctx, district, id, job)
	if err != nil {
		return out, err
	}
	report, err := j.report()
	switch {
	case err != nil:
		return out, err
	case report.State == DrawRunning:
		return out, draftError(CodeNo, DraftError{Reason: DraftDrawingRuns}, "drawing %d still runs: stop it, or wait for its end", job)
	case report.Result == nil:
		return out, draftError(CodeNo, DraftError{Reason: DraftBadDrawing}, "drawing %d has found nothing", job)
	}
	out.Draft, err = s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		// No two drafts may give away one number.
		if err := tx.LockDistrict(code); err != nil {
			return d, err
		}
		ground, err := readDraftAround(ctx, tx.Reads(), code, d, j.bench.community.Code)
		if err != nil {
			return d, err
		}
		if changed := j.changedSince(&ground); len(changed) > 0 {
			return d, draftError(CodeNo, DraftError{Reason: DraftDrawingStale, Areas: changed},
				"%s has been changed since drawing %d was begun: draw it again", j.bench.community.Code, job)
		}
		change, err := j.apply(&ground, report.Result)
		if err != nil {
			return d, err
		}
		d, out.Change, err = s.change(ctx, tx, code, d, &ground, change)
		out.ground = &ground
		return d, err
	})
	for i := range out.Change.Areas {
		if a := &out.Change.Areas[i]; !a.Retired {
			out.Areas = append(out.Areas, a.Area)
		}
	}
	return out, err
}

// changedSince lists the areas of the community that are not what they were when
// the drawing was begun, and those that have been locked.
func (j *drawing) changedSince(now *draftGround) []string {
	was := j.bench.ground
	changed := make(map[string]bool)
	of := func(g *draftGround) map[string]geo.Area {
		out := make(map[string]geo.Area)
		for code, a := range g.after {
			if strings.HasPrefix(code, j.bench.community.Code) {
				out[code] = a
			}
		}
		return out
	}
	before, after := of(was), of(now)
	for code, a := range before {
		b, ok := after[code]
		if !ok || a.Name != b.Name || a.Special != b.Special || !a.Boundary.Equal(b.Boundary) {
			changed[code] = true
		}
	}
	for code := range after {
		if _, ok := before[code]; !ok || now.locked(code) && !was.locked(code) {
			changed[code] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// apply says what the drawing changes.
func (j *drawing) apply(ground *draftGround, r *DrawResult) (Change, error) {
	w, err := newWorkbench(ground, j.bench.community.Code)
	if err != nil {
		return Change{}, err
	}
	d := &r.division
	w.kind, w.top = data.DraftDraw, r.top
	for _, a := range j.land.Areas {
		delete(w.grid, a.Code)
	}
	for face, grid := range d.grid {
		w.grid[face] = grid
		for _, code := range [...]string{face, grid} {
			if strings.HasPrefix(code, "+") {
				w.fresh[code] = freshArea{}
			}
		}
	}
	for _, a := range j.land.Areas {
		if grid := j.bench.grid[a.Code]; len(w.faces(grid)) == 0 {
			w.ended[grid] = true
		}
	}
	came := j.lineage(d)
	for i, face := range d.face { // a piece of a micro-grid that became one
		was := j.land.Areas[j.land.Plots[i].Area].Code
		if strings.HasPrefix(face, "+m") && j.bench.grid[was] != was {
			came[[2]string{was, face}] = true
			if d.grid[was] == j.bench.grid[was] { // else it has another code: see faces
				came[[2]string{was, was}] = true
			}
		}
	}
	for _, x := range slices.SortedFunc(maps.Keys(came), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		w.lineage = append(w.lineage, data.Lineage{From: x[0], To: x[1]})
	}
	return w.change()
}
