package service

import (
	"context"
	"slices"

	"sanse/data"
	"sanse/reports"
	"sanse/reports/shortfall"
)

// ShortfallCharts draws the charts of how an area (empty: the district) stands
// against the standards, and stood at a report (0: the last one of a day before
// today), in Chinese or English. They show what Shortfall tells the same viewer,
// and nothing else.
func (s *Service) ShortfallCharts(ctx context.Context, district, area string, report int, inEnglish bool) ([]reports.Chart, error) {
	v, err := s.Shortfall(ctx, district, area, report)
	if err != nil {
		return nil, err
	}
	in := reports.ShortfallPicture{Before: map[string]float64{}, Uncovered: v.Uncovered, Places: v.Places, Labels: Labels()}
	for i := range v.Rows {
		r := &v.Rows[i]
		in.Rows = append(in.Rows, r.Row)
		if r.Trend != nil && r.Trend.Share != nil {
			in.Before[r.Standard] = *r.Trend.Share
		}
	}
	for i := range v.Children {
		c := &v.Children[i]
		in.Children = append(in.Children, reports.ShortfallPart{Name: c.Area.Name, Rows: told(c.Rows)})
	}
	for _, w := range data.Services {
		in.Services = append(in.Services, w.Key)
	}
	in.Grades = gradesOf(v.Uncovered)
	return reports.ShortfallCharts(&in, inEnglish), nil
}

// gradesOf lists the grades that are counted: those of the reference first, a
// district's own after them by name.
func gradesOf(uncovered map[string]shortfall.Uncovered) []string {
	counted := map[string]bool{}
	for _, u := range uncovered {
		for g := range u.ByGrade {
			counted[g] = true
		}
	}
	var out, own []string
	for _, w := range data.Grades {
		if counted[w.Key] {
			out = append(out, w.Key)
			delete(counted, w.Key)
		}
	}
	for g := range counted {
		own = append(own, g)
	}
	slices.Sort(own)
	return append(out, own...)
}

// told are the rows that a viewer is told of: what is kept from them is no lack
// of data.
func told(rows []shortfall.Row) []shortfall.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r shortfall.Row) bool { return r.Reason == Hidden })
}
