package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"sanse/data"
	"sanse/data/imports"
	"sanse/geo"
	"sanse/planner"
)

// Published says what a publication does from its first day on.
type Published struct {
	data.Publication
	Created []string           // codes of areas that begin, or begin again
	Changed []string           // codes of areas that go on with other ground, another name or kind
	Retired []string           // codes of areas that end
	Lineage []data.AreaLineage // of those that end or are divided
	Moved   int                // residents who are in another grid or micro-grid than today
	Plan    *StalePlan         // nil: the plan in force does not reach that day
}

// StalePlan is the plan in force where it reaches into the days of newer
// boundaries: it was made under the old ones, and is to be made again.
type StalePlan struct {
	ID          int64
	From        planner.Date // the first day of the newer boundaries
	Itineraries int          // from that day on
}

// Publish makes the boundaries of a draft hold from the midnight that begins a
// day to come. Nothing of before is changed: areas get new dated versions, and
// those that are retired end. Residents, tasks, buildings' people and facilities
// are in their new grids from that day on, and the scopes of visitors follow the
// lineage. Whatever others have published meanwhile is kept; where they changed
// the same areas it is a conflict. The plan in force is left as it is.
func (s *Service) Publish(ctx context.Context, district string, id, version int64, day planner.Date) (out Published, err error) {
	_, err = s.editDraft(ctx, district, id, version, func(tx *data.Tx, code string, d data.Draft) (data.Draft, error) {
		p := publishing{ctx: ctx, tx: tx, district: code, day: day}
		if err := s.admit(&p); err != nil {
			return d, err
		}
		if _, err := checkBase(ctx, tx.Reads(), code, d, day); err != nil {
			return d, err
		}
		ground, err := readDraftGround(ctx, tx.Reads(), code, d, day)
		if err != nil {
			return d, err
		}
		changes, err := tx.Reads().DraftChanges(ctx, code, id)
		if err != nil {
			return d, err
		}
		out, err = p.publish(data.Publication{Draft: id, Effective: day, At: s.now()}, ground.before, ground.after, changes[:d.Position])
		if err != nil {
			return d, err
		}
		d.State = data.DraftPublished
		return tx.PutDraft(code, d, "publish", nil, s.now())
	})
	return out, err
}

// RollBack makes the boundaries of an earlier day hold again from the midnight
// that begins a day to come: another publication, by the same rules.
func (s *Service) RollBack(ctx context.Context, district string, to, day planner.Date) (out Published, err error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return out, err
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		p := publishing{ctx: ctx, tx: tx, district: d.Code, day: day}
		if err := s.admit(&p); err != nil {
			return err
		}
		before, err := areasOn(ctx, tx.Reads(), d.Code, day)
		if err != nil {
			return err
		}
		after, err := areasOn(ctx, tx.Reads(), d.Code, to)
		if err != nil {
			return err
		}
		if to >= day || len(after) == 0 {
			return badDraft(DraftBadChange, nil, "there were no boundaries on %s to go back to", to)
		}
		out, err = p.publish(data.Publication{BackTo: to, Effective: day, At: s.now()}, before, after, nil)
		return err
	})
	return out, err
}

// Publications lists what was published, the latest first.
func (s *Service) Publications(ctx context.Context, district string) ([]data.Publication, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	return s.store.Publications(ctx, d.Code)
}

// publishing is one publication within its transaction.
type publishing struct {
	ctx        context.Context //nolint:containedctx // lives within one call
	tx         *data.Tx
	district   string
	today, day planner.Date
}

// admit keeps other publications waiting and refuses a day that cannot be: one
// that has begun, or one on or after which there are boundaries already.
func (s *Service) admit(p *publishing) error {
	if err := p.tx.LockDistrict(p.district); err != nil {
		return err
	}
	d, err := p.tx.Reads().District(p.ctx, p.district)
	if err != nil {
		return err
	}
	if p.today, err = s.Today(d.TimeZone); err != nil {
		return err
	}
	last, err := p.tx.Reads().LastBoundaryDay(p.ctx, p.district)
	if err != nil {
		return err
	}
	return freeDay(p.district, p.today, last, p.day)
}

// freeDay refuses a day from which no boundaries can be published: one that has
// begun, and one on or before the last on which there are newer ones.
func freeDay(district string, today, last, day planner.Date) error {
	switch {
	case last == 0:
		return invalid("district %s has no areas: import areas first", Own(district))
	case day <= today:
		return badDraft(DraftDayPast, nil, "%s is not a day to come: what has been is not changed; the first day there can be is %s", day, max(today, last)+1)
	case day <= last:
		return badDraft(DraftDayTaken, nil, "boundaries have been set for %s already: a published version is not changed; the first free day is %s", last, last+1)
	}
	return nil
}

// publish writes what differs between the areas of the day and those that are
// to be.
func (p *publishing) publish(rec data.Publication, before, after map[string]geo.Area, changes []data.DraftChange) (out Published, err error) {
	out.Publication = rec
	var put []data.Area
	for _, a := range areaList(after) {
		was, ok := before[a.Code]
		same := false
		if ok {
			if same, err = sameGround(was.Boundary, a.Boundary); err != nil {
				return out, fmt.Errorf("compare area %s: %w", a.Code, err)
			}
		}
		switch {
		case !ok:
			out.Created = append(out.Created, a.Code)
		case was.Name != a.Name || was.Special != a.Special || was.Parts != a.Parts || !slices.Equal(was.Units, a.Units), !same:
			out.Changed = append(out.Changed, a.Code)
		case slices.EqualFunc(was.Boundary, a.Boundary, samePolygon):
			continue
		} // else a vertex more is stored, for a neighbour's sake, and not told of
		put = append(put, data.Area{Area: a, ValidFrom: p.day})
	}
	for _, code := range slices.Sorted(maps.Keys(before)) {
		if _, ok := after[code]; !ok {
			out.Retired = append(out.Retired, code)
		}
	}
	if len(put) == 0 && len(out.Retired) == 0 {
		return out, badDraft(DraftEmpty, nil, "these are the boundaries of %s already", p.day)
	}
	if err := mustTile(before, after); err != nil {
		return out, err
	}
	tree, problems := treeOfDraft(after)
	if tree == nil {
		return out, notTiling(problems, nil)
	}
	addresses, err := addressFaults(p.ctx, p.tx.Reads(), p.district, before, tree)
	if err != nil {
		return out, err
	}
	if addresses = slices.DeleteFunc(addresses, func(f DraftFinding) bool { return !f.Blocks() }); len(addresses) > 0 {
		return out, notTiling(nil, addresses)
	}
	if out.Lineage, err = lineageOf(before, after, changes); err != nil {
		return out, err
	}
	if err := imports.CoverGrids(put); err != nil {
		return out, err
	}
	if err := p.tx.PutAreas(p.district, put); err != nil {
		return out, err
	}
	if err := p.tx.EndAreas(p.district, out.Retired, p.day); err != nil {
		return out, err
	}
	if out.ID, err = p.tx.AddPublication(p.district, rec, out.Lineage); err != nil {
		return out, err
	}
	if err := p.tx.Record(p.district, wrote(data.ActPublish, "publication", out.ID)); err != nil {
		return out, err
	}
	moves, err := rehome(p.ctx, p.tx, p.district, p.today, p.day)
	if CodeOf(err) == CodeInvalid {
		return out, badDraft(DraftHomeless, nil, "%s", Own(MessageOf(err)))
	}
	if err != nil {
		return out, err
	}
	out.Moved = len(moves.Residents)
	out.Plan, err = p.stale()
	return out, err
}

// mustTile refuses areas that make no tree or do not tile, and did before.
func mustTile(before, after map[string]geo.Area) error {
	problems, findings, err := checkGround(before, after)
	if err != nil {
		return err
	}
	findings = slices.DeleteFunc(findings, func(f DraftFinding) bool { return !f.Blocks() })
	if len(problems)+len(findings) > 0 {
		return notTiling(problems, findings)
	}
	return nil
}

func notTiling(problems []string, findings []DraftFinding) error {
	first, codes := "", []string(nil)
	if len(problems) > 0 {
		first = problems[0]
	} else {
		first = findings[0].Message
	}
	for i := range findings {
		codes = append(codes, findings[i].Codes...)
	}
	slices.Sort(codes)
	return draftError(CodeNo, DraftError{Reason: DraftNotTiling, Areas: slices.Compact(codes), Findings: findings},
		"the areas cannot stand as they are in %d places, the first: %s", len(problems)+len(findings), first)
}

// stale looks whether the plan in force reaches the day.
func (p *publishing) stale() (*StalePlan, error) {
	r := p.tx.Reads()
	rec, err := r.CurrentPlan(p.ctx, p.district)
	if errors.Is(err, data.ErrNotFound) {
		return nil, nil //nolint:nilnil // documented: nil is none
	}
	if err != nil {
		return nil, err
	}
	if rec.Start+planner.Date(rec.Days) <= p.day {
		return nil, nil //nolint:nilnil // documented: nil is none
	}
	walks, err := r.PlanItineraries(p.ctx, p.district, rec.ID, data.ItineraryFilter{From: p.day, NoRoutes: true})
	if err != nil {
		return nil, fmt.Errorf("the plan in force: %w", err)
	}
	return &StalePlan{ID: rec.ID, From: p.day, Itineraries: len(walks)}, nil
}
