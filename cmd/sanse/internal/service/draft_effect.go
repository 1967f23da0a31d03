package service

import (
	"context"

	"sanse/data"
	"sanse/planner"
	"sanse/reports"
)

// DraftEffectOptions say from when on a draft is taken to hold, and how the
// visit plans are compared.
type DraftEffectOptions struct {
	From  planner.Date // 0: the first day for which it could be published
	Days  int          // of the plans that are compared; 0: 28
	Whole bool         // plans every community, not only those that the draft touches
}

// draftSeed is the seed of both plans: that of `sanse plan` and `sanse grids
// effect` where none is named, so that all three make the same plans.
const draftSeed = 1

// DraftEffect tells what publishing a draft for a day would do: the effect of
// its areas, with the scopes of visitors following its lineage as they would
// then. It refuses what Publish would refuse: a day that is past or taken, a
// draft that is closed, areas that others have changed, areas that do not tile,
// somebody who would lie in no grid. Nothing is stored.
//
// The answer is shared: it is kept for a while under the versions of the draft
// and of the data, so that a page, a workbook and a report to sign of one state
// cost one computation, and callers must not change it. A computation that
// nobody waits for any more is stopped.
func (s *Service) DraftEffect(ctx context.Context, district string, id int64, opt DraftEffectOptions) (*reports.Effect, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return nil, err
	}
	key := effectKey{district: d.Code, draft: id, today: today, opt: opt}
	var last planner.Date
	err = s.store.View(ctx, func(r *data.Reads) error {
		draft, err := readDraft(ctx, r, d.Code, id)
		if err != nil {
			return err
		}
		key.version = draft.Version
		if key.data, err = r.DataVersion(ctx, d.Code); err != nil {
			return err
		}
		last, err = r.LastBoundaryDay(ctx, d.Code)
		return err
	})
	if err != nil {
		return nil, err
	}
	if key.opt.From == 0 {
		key.opt.From = max(today, last) + 1
	}
	if key.opt.Days == 0 {
		key.opt.Days = effectDays
	}
	if err := freeDay(d.Code, today, last, key.opt.From); err != nil {
		return nil, err
	}
	e, err := s.effects.get(ctx, key, func(ctx context.Context) (*reports.Effect, error) {
		return s.draftEffect(ctx, d, id, today, key.opt)
	})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(e.Moves))
	for i := range e.Moves {
		ids[i] = e.Moves[i].Resident
	}
	v, err := s.view(ctx, d.Code)
	if err != nil {
		return nil, err
	}
	if err := s.shown(ctx, v.snap, ids, read("draft_effect", d.Code)); err != nil || viewerOf(ctx).May(CapNames, d.Code) {
		return e, err
	}
	return coarsePlaces(e), nil
}

// coarsePlaces is an effect for who is not told where residents live: those of a
// cell who go the same way are told together.
func coarsePlaces(e *reports.Effect) *reports.Effect {
	out := *e
	out.Places = nil
	at := make(map[reports.EffectPlace]int)
	for _, p := range e.Places {
		n := p.Count
		p.At, p.Count = coarse(p.At), 0
		i, seen := at[p]
		if !seen {
			i = len(out.Places)
			at[p] = i
			out.Places = append(out.Places, p)
		}
		out.Places[i].Count += n
	}
	return &out
}

func (s *Service) draftEffect(ctx context.Context, d data.District, id int64, today planner.Date, opt DraftEffectOptions) (*reports.Effect, error) {
	var draft data.Draft
	out, err := s.effect(ctx, d, EffectOptions{From: opt.From, Days: opt.Days, Whole: opt.Whole, Seed: draftSeed},
		func(ctx context.Context, r *data.Reads, e *effecting) (err error) {
			if draft, err = readDraft(ctx, r, d.Code, id); err != nil {
				return err
			}
			last, err := r.LastBoundaryDay(ctx, d.Code)
			if err != nil {
				return err
			}
			if err := publishable(d.Code, draft, today, last, opt.From); err != nil {
				return err
			}
			return e.propose(ctx, r, d.Code, draft)
		})
	switch {
	case err == nil:
		out.Draft = &reports.EffectDraft{ID: draft.ID, Name: draft.Name, Version: draft.Version}
		return out, nil
	case CodeOf(err) == CodeNo && out != nil && len(out.Moved.Nowhere) > 0:
		return nil, badDraft(DraftHomeless, nil, "%s", Own(MessageOf(err)))
	default:
		return nil, err
	}
}

// publishable refuses a draft that is closed and a day from which no boundaries
// can be published.
func publishable(district string, d data.Draft, today, last, day planner.Date) error {
	if d.State != data.DraftOpen {
		return draftError(CodeNo, DraftError{Reason: DraftClosed}, "draft %d is %s", d.ID, Own(d.State))
	}
	return freeDay(district, today, last, day)
}

// propose takes what a draft changes for the proposal, laid over the areas of
// the first day as its publication would.
func (e *effecting) propose(ctx context.Context, r *data.Reads, district string, d data.Draft) error {
	if _, err := checkBase(ctx, r, district, d, e.opt.From); err != nil {
		return err
	}
	ground, err := readDraftGround(ctx, r, district, d, e.opt.From)
	if err != nil {
		return err
	}
	if err := mustTile(ground.before, ground.after); err != nil {
		return err
	}
	e.tiled = true
	changes, err := r.DraftChanges(ctx, district, d.ID)
	if err != nil {
		return err
	}
	for i := range ground.touched {
		a := &ground.touched[i]
		switch _, known := ground.before[a.Code]; {
		case !a.Retired:
			e.opt.Areas = append(e.opt.Areas, a.Area)
		case known: // else the draft has created it as well
			e.opt.Retire = append(e.opt.Retire, a.Code)
		}
	}
	lineage, err := lineageOf(ground.before, ground.after, changes[:d.Position])
	if err != nil {
		return err
	}
	e.opt.Follow = heirs(lineage)
	return nil
}
