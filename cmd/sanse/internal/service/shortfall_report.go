package service

import (
	"context"
	"fmt"

	"sanse/data"
	"sanse/geo"
	"sanse/reports/shortfall"
)

// lookBack tells what the rows were at a report before.
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
	then := make(map[string]*data.ReportValue, len(values))
	for i := range values {
		then[values[i].Standard] = &values[i]
	}
	for i := range out.Rows {
		row := &out.Rows[i]
		if v := then[row.Standard]; v != nil && row.Reason != Hidden {
			row.Trend = &Trend{Day: out.Previous.Day, Have: v.Have, Short: v.Short, Share: v.Share, Status: v.Status}
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
	if err := mustAnswerFor(ctx, code); err != nil {
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
		run.ID, err = tx.PutReport(code, run, values)
		return err
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
