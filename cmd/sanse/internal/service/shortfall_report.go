package service

import (
	"context"
	"fmt"
	"slices"

	"sanse/data"
	"sanse/geo"
	"sanse/reports/shortfall"
)

// lookBack tells what the rows were at a report before. A standard that asks for
// something else since has no past; so what was of people in need then is not told
// as if it had been of what is open now.
func (s *Service) lookBack(ctx context.Context, k *districtShortfall, report int, out *ShortfallView) error {
	runs, err := s.store.Reports(ctx, k.snap.District.Code)
	if err != nil {
		return err
	}
	for i := range runs {
		if report == 0 && runs[i].Day < k.today || report != 0 && runs[i].ID == report {
			out.Previous = &runs[i]
			break
		}
	}
	if out.Previous == nil {
		if report != 0 {
			return notFound("there is no report %d", report)
		}
		return nil
	}
	values, err := s.store.ReportValues(ctx, k.snap.District.Code, out.Previous.ID, []string{out.Area.Code})
	if err != nil {
		return err
	}
	comparable, err := s.sinceReport(ctx, k, out.Previous)
	if err != nil {
		return err
	}
	then := make(map[string]*data.ReportValue, len(values))
	for i := range values {
		then[values[i].Standard] = &values[i]
	}
	for i := range out.Rows {
		row := &out.Rows[i]
		if v := then[row.Standard]; v != nil && row.Reason != Hidden && comparable(row.Standard) {
			row.Trend = &Trend{Day: out.Previous.Day, Have: v.Have, Short: v.Short, Share: v.Share, Status: v.Status}
		}
	}
	return nil
}

// sinceReport tells of which standards a report's values may be held beside those
// of now.
func (s *Service) sinceReport(ctx context.Context, k *districtShortfall, run *data.ReportRun) (func(standard string) bool, error) {
	set := k.standards.Set
	if run.Standards != k.standards.Version {
		stored, err := s.store.StandardSet(ctx, k.snap.District.Code, run.Standards)
		if err != nil {
			return nil, err
		}
		then, err := standardsOf(stored)
		if err != nil {
			return nil, err
		}
		set = then.Set
	}
	return func(standard string) bool {
		is, ok := k.standards.Set.Standard(standard)
		was, had := set.Standard(standard)
		return ok && had && is.Comparable(k.in.Year, was, run.Day.Time().Year())
	}, nil
}

// asReported puts what a report has of a standard in place of what areas have
// now. Of what it has not kept there are no data, nor of a standard that asks for
// something else since.
func (s *Service) asReported(ctx context.Context, k *districtShortfall, report int, standard string, list []shortfall.AreaFigures) error {
	runs, err := s.store.Reports(ctx, k.snap.District.Code)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(runs, func(r data.ReportRun) bool { return r.ID == report })
	if at < 0 {
		return notFound("there is no report %d", report)
	}
	comparable, err := s.sinceReport(ctx, k, &runs[at])
	if err != nil {
		return err
	}
	codes := make([]string, len(list))
	for i := range list {
		codes[i] = list[i].Area.Code
	}
	values, err := s.store.ReportValues(ctx, k.snap.District.Code, report, codes)
	if err != nil {
		return err
	}
	then := make(map[string]*data.ReportValue, len(list))
	for i := range values {
		if values[i].Standard == standard {
			then[values[i].Area] = &values[i]
		}
	}
	for i := range list {
		list[i].Figures = shortfall.Figures{Status: shortfall.NoData}
		if v := then[list[i].Area.Code]; v != nil && comparable(standard) {
			list[i].Figures = shortfall.Figures{
				Status: shortfall.Status(v.Status), Have: whole(v.Have), Need: whole(v.Need), Short: whole(v.Short), Share: v.Share,
			}
		}
	}
	return nil
}

// Reports lists the reports that were taken, latest first.
func (s *Service) Reports(ctx context.Context, district string) ([]data.ReportRun, error) {
	d, err := s.District(ctx, district)
	if err != nil {
		return nil, err
	}
	return s.store.Reports(ctx, d.Code)
}

// TakeReport keeps what all standards come to now, in all areas, so that later
// ones can say what has become of it.
func (s *Service) TakeReport(ctx context.Context, district string) (data.ReportRun, error) {
	k, err := s.shortfall(ctx, district)
	if err != nil {
		return data.ReportRun{}, err
	}
	code := k.snap.District.Code
	if err := mustMay(ctx, CapReport, code); err != nil {
		return data.ReportRun{}, err
	}
	run := data.ReportRun{Day: k.today, MadeAt: s.now(), Standards: k.standards.Version}
	var values []data.ReportValue
	for level := geo.LevelDistrict; level <= k.snap.Tree.Deepest(); level++ {
		for _, area := range k.snap.Tree.Codes(level) {
			for _, r := range k.table.Rows(area) {
				if r.Status == shortfall.NotApplicable {
					continue
				}
				values = append(values, data.ReportValue{
					Area: area, Standard: r.Standard, Have: number(r.Have), Need: number(r.Need), Short: number(r.Short), Share: r.Share, Status: string(r.Status),
				})
			}
		}
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		var err error
		if run.ID, err = tx.PutReport(code, run, values); err != nil {
			return err
		}
		return tx.Record(code, wrote(data.ActCreate, "report", run.ID))
	})
	if err != nil {
		return data.ReportRun{}, fmt.Errorf("keep the report: %w", err)
	}
	return run, nil
}

func number(n *int) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}

// whole is a number that was kept by number.
func whole(f *float64) *int {
	if f == nil {
		return nil
	}
	n := int(*f)
	return &n
}
