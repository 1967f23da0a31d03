package data_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/planner"
)

func TestMatchesAreAHistoryThatOnlyGrows(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	at := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	next := data.NeedMatch{Need: "n1", Facility: "f1", From: day("2026-11-09"), At: at}
	write(t, s, func(tx *data.Tx) error { return tx.PutNeedMatches(code, []data.NeedMatch{next}) })
	left := data.NeedMatch{Need: "n1", From: day("2026-11-10"), At: at.Add(24 * time.Hour), Reason: "full"}
	write(t, s, func(tx *data.Tx) error { return tx.PutNeedMatches(code, []data.NeedMatch{left}) })

	next.N, left.N = 2, 3
	got, err := s.NeedHistory(t.Context(), code, "n1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]data.NeedMatch{f.matches[0], next, left}, got, compare...); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	current, err := s.NeedMatches(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]data.NeedMatch{left, f.matches[1]}, current, compare...); diff != "" {
		t.Errorf("want (-), got (+):\n%s", diff)
	}
	write(t, s, func(tx *data.Tx) error { return tx.PutNeeds(code, f.needs) })
	if again, err := s.NeedHistory(t.Context(), code, "n1"); err != nil || len(again) != 3 {
		t.Errorf("imported again, the need has %d matches (%v), want 3", len(again), err)
	}
}

func TestNeedsAndProvidersThatCannotBeAreRefused(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	need, provider := f.needs[1], f.providers[1]
	match := data.NeedMatch{Need: "n2", From: day("2026-11-09"), At: time.Now()}
	for _, test := range []struct {
		name string
		put  func(tx *data.Tx) error
		want error
	}{
		{"a need of nobody", func(tx *data.Tx) error {
			n := need
			n.Resident = "r9"
			return tx.PutNeeds(code, []data.Need{n})
		}, &data.MissingError{Table: "need", ID: "n2", Column: "resident", Value: "r9", RefTable: "resident"}},
		{"a need at some other place", func(tx *data.Tx) error {
			n := need
			n.Place = "moon"
			return tx.PutNeeds(code, []data.Need{n})
		}, &data.InvalidError{Table: "need", Rule: "place"}},
		{"a need that ends before it begins", func(tx *data.Tx) error {
			n, to := need, day("2026-01-01")
			n.To = &to
			return tx.PutNeeds(code, []data.Need{n})
		}, &data.InvalidError{Table: "need", Rule: "dates"}},
		{"a provider of nothing", func(tx *data.Tx) error {
			p := provider
			p.Services = nil
			return tx.PutProviders(code, []data.Provider{p})
		}, &data.InvalidError{Table: "provider", Rule: "services"}},
		{"a provider who works nowhere that is known", func(tx *data.Tx) error {
			p := provider
			p.Scope = []string{"77"}
			return tx.PutProviders(code, []data.Provider{p})
		}, &data.MissingError{Table: "provider_scope", ID: "p2", Column: "area", Value: "77", RefTable: "area"}},
		{"a worker who does not exist", func(tx *data.Tx) error {
			p := provider
			p.Workers = []string{"v9"}
			return tx.PutProviders(code, []data.Provider{p})
		}, &data.MissingError{Table: "provider_worker", ID: "p2", Column: "visitor", Value: "v9", RefTable: "visitor"}},
		{"two matches of one need at once", func(tx *data.Tx) error {
			return tx.PutNeedMatches(code, []data.NeedMatch{match, match})
		}, &data.TwiceError{Table: "need_match", ID: "n2", Reason: "is given twice"}},
		{"by hand without a reason", func(tx *data.Tx) error {
			m := match
			m.ByHand = true
			return tx.PutNeedMatches(code, []data.NeedMatch{m})
		}, &data.InvalidError{Table: "need_match", Rule: "hand"}},
	} {
		err := s.Write(t.Context(), test.put)
		if err == nil {
			t.Errorf("%s is stored", test.name)
			continue
		}
		for e := err; e != nil; e = errors.Unwrap(e) { // the typed one at the bottom
			err = e
		}
		if diff := cmp.Diff(test.want, err); diff != "" {
			t.Errorf("%s: want (-), got (+):\n%s", test.name, diff)
		}
	}
}

func TestANeedHoldsFromItsFirstDayToItsLast(t *testing.T) {
	to := planner.Date(20)
	n := data.Need{From: 10, To: &to}
	for d, want := range map[planner.Date]bool{9: false, 10: true, 20: true, 21: false} {
		if n.HoldsOn(d) != want {
			t.Errorf("on day %d it holds: %t", d, !want)
		}
	}
	if n.To = nil; !n.HoldsOn(1e6) {
		t.Error("without an end it does not hold for good")
	}
}
