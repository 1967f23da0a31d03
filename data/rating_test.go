package data_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"sanse/data"
)

// TestRatingsEndWithTheirTimeAndTheirResident rates two visits: the words of one go when
// their time is over, of the other with its resident; how good it was stays for the counts.
func TestRatingsEndWithTheirTimeAndTheirResident(t *testing.T) {
	s, f := life(t)
	ctx := t.Context()
	at := day(today).Time()
	var records []data.VisitRecord
	tokens := map[string]data.Token{}
	for i, r := range f.residents[:2] {
		tokens[r.ID] = data.Token(strings.Repeat("b", 26) + string("cd"[i]))
		records = append(records, data.VisitRecord{
			ID: fmt.Sprintf("00000000-0000-4000-8000-00000000000%d", i+1), Resident: r.ID, Grid: r.Grid, Account: "a1", Day: day(today), Arrived: at, Received: at, Seen: true,
			How: "hand", NoCode: "no_code", Form: "reference-1", Evidence: "hand", Content: []byte{1}, Rating: tokens[r.ID].Hash(),
		})
	}
	write(t, s, func(tx *data.Tx) error {
		_, err := tx.PutVisitRecords(code, records)
		return err
	})
	for id, token := range tokens {
		if taken, err := s.Gate().Rate(ctx, code, token, data.Rating{Rating: 4, By: "family", Words: data.Sealed("谢谢" + id)}); err != nil || !taken {
			t.Fatalf("%s: %v, %v", id, taken, err)
		}
	}
	told := func() (words string, ratings int) {
		t.Helper()
		atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
			list, err := d.VisitRecords(ctx, code, data.RecordFilter{IDs: []string{records[0].ID, records[1].ID}})
			for _, r := range list {
				for _, g := range r.Ratings {
					words, ratings = words+g.Words.Reveal(), ratings+1
				}
			}
			return err
		})
		return words, ratings
	}
	if words, n := told(); n != 2 || !strings.Contains(words, "谢谢r1") || !strings.Contains(words, "谢谢r2") {
		t.Errorf("at first %d ratings say %q", n, words)
	}
	atDesk(t, s, func(ctx context.Context, d *data.Desk) error {
		r := data.RightsRequest{ID: "q0000000000000009", Resident: "r1", Kind: data.RequestAccess, Reason: "想看看"}
		if err := d.Ask(ctx, code, r); err != nil {
			return err
		}
		if err := d.Decide(ctx, code, r.ID, true, "属实", "a2"); err != nil {
			return err
		}
		c, err := d.PersonCopy(ctx, code, r.ID)
		if err != nil {
			return err
		}
		var v struct{ Ratings []map[string]any }
		if err := json.Unmarshal(c.Record, &v); err != nil || len(v.Ratings) != 1 || v.Ratings[0]["rating"] != 4.0 || v.Ratings[0]["by"] != "family" {
			t.Errorf("the copy has %v (%v)", v.Ratings, err)
		}
		return nil
	})

	asked(t, s, data.RightsRequest{ID: "q0000000000000001", Resident: "r1", Kind: data.RequestErasure})
	runLife(t, s, day(today))
	if words, n := told(); n != 2 || words != "谢谢r2" {
		t.Errorf("after the erasure of r1 %d ratings say %q", n, words)
	}
	if n := count(t, s, `SELECT count(*) FROM rating_code WHERE resident = 'r1'`); n != 0 {
		t.Errorf("%d codes of r1 are left", n)
	}
	if taken, err := s.Gate().Rate(ctx, code, tokens["r1"], data.Rating{Rating: 1, By: "family"}); err != nil || taken {
		t.Errorf("the code of r1 is good still: %v, %v", taken, err)
	}

	rules, err := s.Retention(ctx, code, day(today)+401, true)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Kind == data.KindRecordTexts && r.Due != 1 {
			t.Errorf("%d texts are due, want that of r2", r.Due)
		}
	}
	if _, err := s.Pool().Exec(ctx, `UPDATE rating_code SET made_at = now() - interval '40 days', until = now() - interval '1 day'`); err != nil {
		t.Fatal(err)
	}
	runLife(t, s, day(today)+401)
	if words, n := told(); n != 2 || words != "" {
		t.Errorf("after their time %d ratings say %q", n, words)
	}
	if n := count(t, s, `SELECT count(*) FROM rating_code`); n != 0 {
		t.Errorf("%d codes that are over are left", n)
	}
}
