package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/ladder"
)

// Ladder is who covers a visit on the last day of its window.
type Ladder struct {
	data.Ladder
	Grid  string // where the resident lives
	Steps []LadderStep
}

// LadderStep is an event of a ladder, with what became of the message about it.
type LadderStep struct {
	data.LadderStep
	Told data.Told
}

// LadderQuery says which ladders are wanted.
type LadderQuery struct {
	Area string // code; empty: the district
	Open bool   // those alone that have not ended
	Day  planner.Date
}

// maxLadders is how many ladders a list holds at most.
const maxLadders = 1000

// Ladders lists the ladders of residents of an area, the latest day first, with
// what happened on each; who holds each is told to all who see the record. More tells that there are others.
func (s *Service) Ladders(ctx context.Context, district string, q LadderQuery) (out []Ladder, more bool, err error) {
	v, a, err := s.viewArea(ctx, district, q.Area)
	if err != nil {
		return nil, false, err
	}
	if err := mustMay(ctx, CapRecords, a.Code); err != nil {
		return nil, false, err
	}
	list, err := s.store.Ladders(ctx, v.snap.District.Code, data.LadderFilter{Area: a.Code, Open: q.Open, Day: q.Day, Limit: maxLadders + 1})
	if err != nil {
		return nil, false, err
	}
	if more = len(list) > maxLadders; more {
		list = list[:maxLadders]
	}
	residents, ids := make([]string, len(list)), make([]int64, len(list))
	at := make(map[int64]int, len(list))
	out = make([]Ladder, len(list))
	for i := range list {
		residents[i], ids[i] = list[i].Resident, list[i].ID
		at[list[i].ID] = i
		out[i].Ladder = list[i]
		if r := v.residents[list[i].Resident]; r != nil {
			out[i].Grid = r.Grid
		}
	}
	steps, err := s.store.LadderSteps(ctx, v.snap.District.Code, ids)
	if err != nil {
		return nil, false, err
	}
	told, err := s.store.ToldOfLadders(ctx, v.snap.District.Code, ids)
	if err != nil {
		return nil, false, err
	}
	for _, st := range steps {
		l := &out[at[st.Ladder]]
		l.Steps = append(l.Steps, LadderStep{st, told[fmt.Sprintf("%d/%d", st.Ladder, st.N)]})
	}
	return out, more, s.shown(ctx, v.snap, residents, read("ladder", a.Code))
}

// CloseLadder ends an open ladder because of what somebody knows of the resident,
// with the reason in words, which is sealed. Of ladders of residents elsewhere nobody
// is told whether there are any.
func (s *Service) CloseLadder(ctx context.Context, district string, id int64, how data.LadderEnd, reason string) error {
	if !slices.Contains(data.LadderReasons, how) {
		return invalid("a ladder is closed because the resident is away, in hospital, moved, deceased or refused, not %q; a visit closes it by itself", how)
	}
	if err := checkReason(reason); err != nil {
		return err
	}
	return s.atDesk(ctx, func(d *data.Desk) error {
		l, err := d.Ladder(ctx, district, id)
		if errors.Is(err, data.ErrNotFound) {
			return missing(ctx, CapLadder, district, "there is no ladder %d", id)
		}
		if err != nil {
			return err
		}
		if err := s.mayOf(ctx, d, district, l.Resident, CapLadder); err != nil {
			return err
		}
		err = d.CloseLadder(ctx, district, id, how, viewerOf(ctx).Account, data.Sealed(cleanText(reason)))
		if errors.Is(err, data.ErrNotFound) {
			return &Error{Code: CodeNo, Message: "it has ended meanwhile: somebody came, closed it, or the day was over"}
		}
		return err
	})
}

// LadderRules returns the ladders of a district, dated, the first first: the one
// that began last holds. None: the district has no ladder.
func (s *Service) LadderRules(ctx context.Context, district string) ([]ladder.Rule, error) {
	return s.store.LadderRules(ctx, district)
}

// PutLadderRule sets the ladder that holds from a day on. Ladders that are open keep
// the rule they began with, so it begins tomorrow at the earliest; the first of a
// district may begin today.
func (s *Service) PutLadderRule(ctx context.Context, district string, rule ladder.Rule) error {
	if err := mustMay(ctx, CapPlan, district); err != nil {
		return err
	}
	if err := rule.Validate(); err != nil {
		return invalidCause(tellingly(err), "this is no ladder")
	}
	d, err := s.District(ctx, district)
	if err != nil {
		return err
	}
	today, err := s.Today(d.TimeZone)
	if err != nil {
		return err
	}
	rules, err := s.store.LadderRules(ctx, d.Code)
	if err != nil {
		return err
	}
	first := today
	if _, holds := ladder.On(rules, today); holds {
		first++
	}
	if rule.From < first {
		return invalid("the ladder can begin on %s at the earliest: on days before ladders are open that go by the one that holds now", first)
	}
	return s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutLadderRule(d.Code, viewerOf(ctx).Account, rule) })
}
