package reports

import (
	"strconv"

	"sanse/geo"
)

// effectTable is the areas of one level before and after.
type effectTable struct {
	Title Label
	Rows  []effectRow
}

// effectRow is an area as the page shows it.
type effectRow struct {
	Code, Name string
	Change     Label
	Gone       bool
	Cells      []effectCell
}

// effectCell is a figure before and after; empty where the area is not there.
type effectCell struct {
	Before, After string
	Same          bool
}

// effectRows lists the areas of a level: residents of each grade, households,
// people, care-minutes a week, km², compactness, visitors, those of its own.
func effectRows(e *Effect, grades []string, level geo.Level) []effectRow {
	var out []effectRow
	for i := range e.Areas {
		a := &e.Areas[i]
		if a.Level != level {
			continue
		}
		row := effectRow{Code: a.Code, Name: a.Name, Change: effectChange(e, a), Gone: a.After == nil}
		add := func(of func(*EffectFigures) string) {
			show := func(f *EffectFigures) string {
				if f == nil {
					return ""
				}
				return of(f)
			}
			c := effectCell{Before: show(a.Before), After: show(a.After)}
			c.Same = c.Before == c.After
			row.Cells = append(row.Cells, c)
		}
		num := func(digits int, of func(*EffectFigures) float64) {
			add(func(f *EffectFigures) string { return strconv.FormatFloat(of(f), 'f', digits, 64) })
		}
		for _, g := range grades {
			add(func(f *EffectFigures) string { return showCount(f.ByGrade[g]) })
		}
		add(func(f *EffectFigures) string { return showCount(f.Households) })
		add(func(f *EffectFigures) string { return showCount(f.People) })
		num(1, func(f *EffectFigures) float64 { return f.CareMinutes })
		num(3, func(f *EffectFigures) float64 { return f.AreaKM2 })
		num(2, func(f *EffectFigures) float64 { return f.PolsbyPopper })
		add(func(f *EffectFigures) string { return showCount(f.Visitors) })
		add(func(f *EffectFigures) string { return showCount(f.OwnVisitors) })
		out = append(out, row)
	}
	return out
}

// effectByGrade lists how many move of each grade, those of which nobody does
// among them: that no red resident moves is worth to be read.
func effectByGrade(e *Effect) []EffectGradeMove {
	var out []EffectGradeMove
	for _, g := range effectGrades(e) {
		row := EffectGradeMove{Grade: g}
		for _, m := range e.Moved.ByGrade {
			if m.Grade == g {
				row = m
			}
		}
		out = append(out, row)
	}
	return out
}
