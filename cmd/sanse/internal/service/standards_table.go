package service

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sanse/data"
	"sanse/data/imports"
	"sanse/planner"
	"sanse/reports"
	"sanse/reports/shortfall"
)

// judgeStandards returns the judge of an import of standards. A table has no
// rates: those of the set in use stay.
func (s *Service) judgeStandards(ctx context.Context, district string, today planner.Date) func([]imports.StandardRow, []byte) (json.RawMessage, int, []imports.StandardFault) {
	return func(rows []imports.StandardRow, text []byte) (json.RawMessage, int, []imports.StandardFault) {
		fail := func(err error) (json.RawMessage, int, []imports.StandardFault) {
			return nil, 0, []imports.StandardFault{{Reason: err.Error()}}
		}
		set := new(shortfall.Set)
		if rows == nil {
			var err error
			if set, err = shortfall.Read(text); err != nil {
				return fail(err)
			}
		} else {
			now, err := s.Standards(ctx, district)
			if err != nil {
				return fail(err)
			}
			set.Rates = now.Set.Rates
			for i := range rows {
				set.Standards = append(set.Standards, standardFrom(&rows[i]))
			}
		}
		if len(set.Standards) == 0 {
			return fail(errors.New("there is no standard in it"))
		}
		known := knownWords()
		known.Year = today.Time().Year()
		if err := set.Validate(known); err != nil {
			return nil, len(set.Standards), standardFaults(err, rows)
		}
		content, err := set.Write()
		if err != nil {
			return fail(err)
		}
		return content, len(set.Standards), nil
	}
}

func standardFrom(r *imports.StandardRow) shortfall.Standard {
	st := shortfall.Standard{
		ID: r.ID, Name: shortfall.Text{Chinese: typedText(r.Chinese), English: typedText(r.English)}, Resource: r.Resource, Measure: shortfall.Measure(r.Measure),
		Whom: shortfall.Whom{Key: r.Whom, Text: whomText(r.Whom)}, Minutes: r.Minutes, Speed: r.Speed, Level: r.Level, Per: r.Per, Days: r.Days,
		Target: shortfall.Target{Value: r.Target, Year: r.Year}, Places: r.Places,
		Source: shortfall.Source{Title: typedText(r.Source), Year: r.SourceYear, Note: typedText(r.Note)},
	}
	if len(r.Services) > 0 {
		st.Service, st.Or = r.Services[0], r.Services[1:]
	}
	for _, p := range r.Steps {
		st.Steps = append(st.Steps, shortfall.Step{Year: p.Year, Value: p.Value})
	}
	return st
}

// whomText are the words of those whom a standard is for.
func whomText(key string) shortfall.Text {
	terms := []data.Term{
		{Key: shortfall.People, Chinese: "常住人口", English: "all people"},
		{Key: shortfall.Over60, Chinese: "60岁及以上老年人", English: "people over 60"},
		{Key: shortfall.Over80, Chinese: "80岁及以上老年人", English: "people over 80"},
		{Key: shortfall.Under18, Chinese: "未成年人", English: "people under 18"},
		{Key: shortfall.Disabled, Chinese: "残疾人", English: "disabled people"},
		{Key: shortfall.Residents, Chinese: "关爱对象", English: "enrolled residents"},
	}
	for _, t := range data.Grades {
		terms = append(terms, data.Term{Key: "grade:" + t.Key, Chinese: t.Chinese + "色等级对象", English: "residents graded " + t.English})
	}
	for _, t := range data.ResidentKinds {
		terms = append(terms, data.Term{Key: "kind:" + t.Key, Chinese: t.Chinese, English: "residents: " + t.English})
	}
	for _, t := range terms {
		if t.Key == key {
			return shortfall.Text{Chinese: t.Chinese, English: t.English}
		}
	}
	_, word, _ := strings.Cut(key, ":")
	return shortfall.Text{Chinese: word, English: word}
}

var faultAt = regexp.MustCompile(`^(items|rates)\[(\d+)\]\.([a-z_]+)(?:\[\d+\])?(?:\.([a-z]+))?$`)

// standardFaults puts the faults of a set where they stand in the file: the line
// and column of a table, the field of a JSON file.
func standardFaults(err error, rows []imports.StandardRow) []imports.StandardFault {
	var invalid *shortfall.InvalidError
	if !errors.As(err, &invalid) {
		return []imports.StandardFault{{Reason: err.Error()}}
	}
	columns := map[string]string{"target.value": "target", "target.year": "year", "whom.key": "whom", "source.title": "source", "source.year": "source_year", "or": "service"}
	var out []imports.StandardFault
	for _, f := range invalid.Faults {
		fault := imports.StandardFault{Column: f.Where, Reason: f.Reason, Value: fmt.Sprint(f.Value)}
		if m := faultAt.FindStringSubmatch(f.Where); m != nil && m[1] == "items" && rows != nil {
			i, err := strconv.Atoi(m[2])
			if err == nil && i < len(rows) {
				fault.Line, fault.Column = rows[i].Line, m[3]
				if c, ok := columns[strings.TrimSuffix(m[3]+"."+m[4], ".")]; ok {
					fault.Column = c
				}
			}
		}
		out = append(out, fault)
	}
	return out
}

// exportStandards writes the set in use as JSON or as a table.
func (s *Service) exportStandards(ctx context.Context, d data.District, table bool, w io.Writer) error {
	v, err := s.Standards(ctx, d.Code)
	if err != nil {
		return err
	}
	if !table {
		b, err := v.Set.Write()
		if err != nil {
			return err
		}
		_, err = w.Write(b)
		return err
	}
	var header []string
	for _, c := range imports.Columns(imports.Standards) {
		header = append(header, c.Aliases[0])
	}
	// The mark makes spreadsheets read UTF-8.
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	rows := [][]string{header}
	for i := range v.Set.Standards {
		rows = append(rows, standardCells(&v.Set.Standards[i]))
	}
	return out.WriteAll(rows)
}

// standardCells is a standard in the order of the columns of its table.
func standardCells(st *shortfall.Standard) []string {
	steps := make([]string, len(st.Steps))
	for i, p := range st.Steps {
		steps[i] = fmt.Sprintf("%d:%g", p.Year, p.Value)
	}
	known := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return []string{
		st.ID, reports.SpreadsheetText(st.Name.Chinese), reports.SpreadsheetText(st.Name.English), string(st.Measure), strings.Join(st.Services(), "|"), st.Resource, st.Whom.Key, known(st.Minutes), st.Speed,
		st.Level, known(st.Per), known(st.Days), strconv.FormatFloat(st.Target.Value, 'g', -1, 64), strconv.Itoa(st.Target.Year), strings.Join(steps, ";"),
		st.Places, reports.SpreadsheetText(st.Source.Title), strconv.Itoa(st.Source.Year), reports.SpreadsheetText(st.Source.Note),
	}
}
