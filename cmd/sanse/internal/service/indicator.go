package service

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"sanse/data"
	"sanse/planner"
	"sanse/planner/indicators"
	visitledger "sanse/reports/ledger"
)

// IndicatorSets returns what a district measures itself by, dated, and the day that it
// is there.
func (s *Service) IndicatorSets(ctx context.Context, district string) ([]indicators.Set, planner.Date, error) {
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return nil, 0, err
	}
	sets, err := s.store.IndicatorSets(ctx, d.Code)
	return sets, today, err
}

// PutIndicators sets what a district measures itself by from a month on, this one at the
// earliest: months that are over stay what they were.
func (s *Service) PutIndicators(ctx context.Context, district string, set indicators.Set) error {
	if err := mustMay(ctx, CapPlan, district); err != nil {
		return err
	}
	if err := set.Validate(); err != nil {
		return invalidCause(tellingly(err), "these are no indicators")
	}
	for i := range set.Indicators {
		x := &set.Indicators[i]
		if x.Service != "" && !slices.ContainsFunc(data.Services, func(t data.Term) bool { return t.Key == x.Service }) {
			return invalid("indicator %d: service: there is no such one", i+1)
		}
		x.ZH, x.EN = cleanText(strings.TrimSpace(x.ZH)), cleanText(strings.TrimSpace(x.EN))
	}
	d, today, err := s.districtToday(ctx, district)
	if err != nil {
		return err
	}
	if set.From < today.MonthStart() {
		return invalid("from: indicators begin with the month of %s at the earliest", today)
	}
	return s.store.Write(ctx, func(tx *data.Tx) error { return tx.PutIndicatorSet(d.Code, viewerOf(ctx).Account, set) })
}

// IndicatorBoard is what the indicators of an area and of those right below it came to,
// month by month.
type IndicatorBoard struct {
	Area   planner.Area
	Path   []planner.Area
	Months []planner.Date // their first days, ascending
	Today  planner.Date
	Set    indicators.Set // that of the last month
	Own    bool           // it is the district's own, not the reference
	Areas  []planner.Area // first the area itself, then those in it, by code
	// Tallies are by area, indicator and month, in the order of these.
	Tallies [][][]indicators.Tally
}

// maxIndicatorMonths is how many months a board holds at most.
const maxIndicatorMonths = 13

// Indicators makes the monthly board of an area, up to the month of a day (0: today), for
// who answers for the area. There is no order but that of codes.
func (s *Service) Indicators(ctx context.Context, district, area string, to planner.Date, months int) (IndicatorBoard, error) {
	v, a, err := s.viewArea(ctx, district, area)
	if err != nil {
		return IndicatorBoard{}, err
	}
	if err := mustMay(ctx, CapNumbers, a.Code); err != nil {
		return IndicatorBoard{}, err
	}
	out := IndicatorBoard{Area: a, Path: v.path(a), Today: v.today}
	last := cmp.Or(to, v.today).MonthStart()
	switch {
	case last > v.today:
		return out, invalid("to: that month has not begun")
	case months < 1 || months > maxIndicatorMonths:
		return out, invalid("months: want 1 to %d", maxIndicatorMonths)
	}
	for m := last; len(out.Months) < months; m = (m - 1).MonthStart() {
		out.Months = append(out.Months, m)
	}
	slices.Reverse(out.Months)
	first, end := out.Months[0], min(last.NextMonth()-1, v.today)

	sets, err := s.store.IndicatorSets(ctx, v.snap.District.Code)
	if err != nil {
		return out, err
	}
	if out.Set, out.Own = indicators.On(sets, last); !out.Own {
		out.Set = indicators.Reference(last)
	}
	l, err := s.visitLedger(ctx, v, a, LedgerQuery{From: first, To: end, By: visitledger.Months})
	if err != nil {
		return out, err
	}
	measured, err := s.store.Measured(ctx, v.snap.District.Code, a.Code, first, end, v.snap.District.TimeZone, s.now())
	if err != nil {
		return out, err
	}
	out.Areas = l.Areas
	out.Tallies = make([][][]indicators.Tally, len(l.Areas))
	for i := range l.Areas {
		out.Tallies[i] = make([][]indicators.Tally, len(out.Set.Indicators))
		for k := range out.Set.Indicators {
			out.Tallies[i][k] = v.indicator(&out.Set.Indicators[k], l.Areas[i].Code, out.Months, &l.Accounts[i], measured)
		}
	}
	return out, nil
}

// indicator counts one indicator of an area for each month.
func (v *view) indicator(x *indicators.Indicator, area string, months []planner.Date, account *visitledger.Account, measured []data.MeasuredIn) []indicators.Tally {
	out := make([]indicators.Tally, len(months))
	for n, month := range months {
		p, t := &account.Periods[n], &out[n]
		switch x.Measure {
		case indicators.OnTime:
			*t = indicators.Tally{Part: p.InTime, Of: p.InTime + p.Missed}
		case indicators.Missed:
			*t = indicators.Tally{Part: p.Missed, Of: p.InTime + p.Missed}
		case indicators.Owed:
			*t = indicators.Tally{Part: p.Owed, Of: p.Residents}
		case indicators.Coverage:
			if month != v.today.MonthStart() {
				continue // it is measured as things are now
			}
			for _, c := range v.coverage[area] {
				if c.Service == x.Service {
					*t = indicators.Tally{Part: c.ResidentsCovered, Of: c.Residents}
				}
			}
		default:
			for i := range measured {
				if m := &measured[i]; m.Measure == x.Measure && m.Month == month && strings.HasPrefix(m.Area, area) {
					t.Part, t.Of = t.Part+m.Part, t.Of+m.Of
				}
			}
		}
	}
	return out
}

// OwnRate is what became of the visits of a month that those in whose team somebody is
// were to have, and how many of them they made themselves.
type OwnRate struct {
	First, Last planner.Date
	visitledger.Tally
	Mine int // visits in which they saw somebody of these, a day once each
}

// OwnRates tells whoever visits how the visits of their own residents went, this month
// and last. It is told to nobody else.
func (s *Service) OwnRates(ctx context.Context, district string) ([]OwnRate, error) {
	viewer := viewerOf(ctx)
	if viewer.Visitor == "" {
		return nil, nil
	}
	v, err := s.view(ctx, district)
	if err != nil {
		return nil, err
	}
	from := (v.today.MonthStart() - 1).MonthStart()
	var records planner.Date
	in, err := s.ledgerInput(ctx, v, v.snap.District.Code, from, v.today, &records)
	if err != nil {
		return nil, err
	}
	in.Areas = []string{v.snap.District.Code}
	teams := make(map[string]bool)
	for i := range v.snap.Residents {
		if r := &v.snap.Residents[i]; slices.Contains(r.Team, viewer.Visitor) {
			teams[r.ID] = true
		}
	}
	in.Residents = slices.DeleteFunc(in.Residents, func(r visitledger.Resident) bool { return !teams[r.ID] })
	accounts, err := visitledger.Make(ctx, in)
	if err != nil {
		return nil, err
	}
	visits, err := s.store.Visits(ctx, v.snap.District.Code, from, v.today)
	if err != nil {
		return nil, err
	}
	out := make([]OwnRate, len(accounts[0].Periods))
	for k := range out {
		p := &accounts[0].Periods[k]
		out[k] = OwnRate{First: p.First, Last: p.Last, Tally: p.Tally}
		for i := range visits {
			if x := &visits[i]; x.Done && x.Visitor == viewer.Visitor && teams[x.Resident] && x.Date >= p.First && x.Date <= p.Last {
				out[k].Mine++
			}
		}
	}
	return out, nil
}
