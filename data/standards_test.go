package data_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/datatest"
)

func TestStandardsAreReplacedAsAWholeAndKept(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	ctx := t.Context()
	before, err := s.DataVersion(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC)
	for i, want := range []data.StandardSet{
		{Version: 1},
		{Version: 2, SetAt: at, Content: []byte(`{"items": []}`)},
		{Version: 3, SetAt: at}, // the reference set again
	} {
		if i > 0 {
			write(t, s, func(tx *data.Tx) error {
				v, err := tx.PutStandards(code, i, want.Content, at)
				if err == nil && v != want.Version {
					t.Errorf("version %d, want %d", v, want.Version)
				}
				return err
			})
		}
		got, err := s.Standards(ctx, code)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, compare...); diff != "" {
			t.Errorf("want (-), got (+):\n%s", diff)
		}
	}
	err = s.Write(ctx, func(tx *data.Tx) error {
		v, err := tx.PutStandards(code, 2, []byte(`{}`), at)
		if v != 3 {
			t.Errorf("somebody was quicker: version %d", v)
		}
		return err
	})
	if !errors.Is(err, data.ErrStandards) {
		t.Errorf("a set in place of one that has gone: %v", err)
	}
	for version, want := range map[int]string{1: "", 2: `{"items": []}`, 3: ""} {
		if got, err := s.StandardSet(ctx, code, version); err != nil || got.Version != version || string(got.Content) != want {
			t.Errorf("version %d: %+v, %v", version, got, err)
		}
	}
	if _, err := s.StandardSet(ctx, code, 4); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("a version that there never was: %v", err)
	}
	if after, err := s.DataVersion(ctx, code); err != nil || after != before {
		t.Errorf("the data version went from %d to %d: %v", before, after, err)
	}
}

func TestReportsKeepTheValuesOfTheirDay(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	ctx := t.Context()
	f := func(v float64) *float64 { return &v }
	values := []data.ReportValue{
		{Area: code, Standard: "beds", Have: f(10), Need: f(28), Short: f(18), Share: f(10. / 28), Status: "short"},
		{Area: code, Standard: "calls", Status: "no_data"},
		{Area: "999", Standard: "beds", Have: f(1), Need: f(1), Short: f(0), Status: "met"}, // an area that has gone
	}
	run := data.ReportRun{Day: day("2026-11-22"), MadeAt: time.Date(2026, 11, 22, 3, 4, 5, 0, time.UTC), Standards: 1}
	for want := 1; want <= 2; want++ {
		write(t, s, func(tx *data.Tx) error {
			id, err := tx.PutReport(code, run, values)
			if id != want {
				t.Errorf("report %d, want %d", id, want)
			}
			return err
		})
	}
	runs, err := s.Reports(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	first, second := run, run
	first.ID, second.ID = 1, 2
	if diff := cmp.Diff([]data.ReportRun{second, first}, runs, compare...); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	got, err := s.ReportValues(ctx, code, 2, []string{code})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values[:2], got); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	write(t, s, func(tx *data.Tx) error { return tx.DropDistrict(code) })
	if runs, err := s.Reports(ctx, code); err != nil || len(runs) != 0 {
		t.Errorf("reports outlive their district: %v, %v", runs, err)
	}
	bad := values[:1:1]
	bad[0].Status = "so-so"
	var invalid *data.InvalidError
	write(t, s, newFixture().put)
	if err := s.Write(ctx, func(tx *data.Tx) error { _, err := tx.PutReport(code, run, bad); return err }); !errors.As(err, &invalid) {
		t.Errorf("a state that is none: %v", err)
	}
}
