package service_test

import (
	"io"
	"slices"
	"strconv"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/reports"
)

// What stands in the audit stays there. Of what people type where an id is asked
// for, ids of records that there are do, and nothing that only looks like one.
func TestARefusalNamesNothingButRecordsThatThereAre(t *testing.T) {
	b := newDraftBed(t)
	seat := service.Seat{Role: data.RoleLeader, Area: west + "001"}
	ctx := service.WithViewer(t.Context(), service.Viewer{Account: "a0123456789abcdef", Session: "s0123456789abcdef", Seats: []service.Seat{seat}})
	for typed, kept := range map[string]bool{
		"r0000":              true,  // a resident
		"v1":                 true,  // a visitor
		west + "001":         true,  // a grid
		"a0123456789abcdef":  true,  // an account
		"q0123456789abcdef":  true,  // a request
		"17":                 true,  // a draft
		"":                   false, // nothing at all
		"r9999":              false, // nobody
		"510108194001011234": false, // an ID number
		"51010819400101123X": false,
		"510108400101123":    false, // one of 15 digits
		"13800000000":        false, // a telephone
		"028-88888888":       false,
		"88888888":           false,
		"wangxiaoming":       false,
		"王小明":                false,
	} {
		before := len(must(b.store.Events(t.Context(), lattice, data.EventFilter{}))(t))
		b.Refused(ctx, lattice, "person", typed)
		all := must(b.store.Events(t.Context(), lattice, data.EventFilter{}))(t)
		if len(all) != before+1 {
			t.Fatalf("%q: %d rows more, want 1", typed, len(all)-before)
		}
		for _, e := range all {
			if got := slices.Contains(e.IDs, typed); got && !kept {
				t.Errorf("%q stands in the audit", typed)
			}
		}
		if kept && !slices.ContainsFunc(all, func(e data.Event) bool { return slices.Equal(e.IDs, []string{typed}) }) {
			t.Errorf("%q is a record, and the audit does not name it", typed)
		}
	}
	for _, area := range []string{west + "001", "510108194001011234", "wang", ""} {
		v := service.Everyone(lattice)
		v.Account, v.Purpose = "os:test", "report"
		file, err := b.BeginExport(service.WithViewer(t.Context(), v), lattice, "shortfall-workbook", area)
		if err == nil {
			err = b.Leave(file, 0, io.Discard, func(w io.Writer, m reports.Marked) error {
				_, err := io.WriteString(w, "<meta content="+strconv.Quote(m.Hidden)+">")
				return err
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var areas []string
	for _, e := range must(b.store.Events(t.Context(), lattice, data.EventFilter{Action: data.ActExport}))(t) {
		areas = append(areas, e.Area)
	}
	slices.Sort(areas)
	if want := []string{lattice, lattice, lattice, west + "001"}; !slices.Equal(areas, want) {
		t.Errorf("files are recorded as of %v, want %v", areas, want)
	}
}
