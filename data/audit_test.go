package data_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sanse/data"
	"sanse/data/datatest"
)

// recorded is a store with so many rows in the audit of the fixture's district.
func recorded(t *testing.T, n int) *data.Store {
	t.Helper()
	s := datatest.New(t)
	ctx := data.WithActor(t.Context(), data.Actor{Account: "a0123456789abcdef", Session: "s0123456789abcdef", Role: "official", Address: "10.1.2.0/24", Request: "q1"})
	for i := range n {
		e := data.Event{Action: data.ActRead, Object: "resident", IDs: []string{fmt.Sprintf("r%d", i)}, Area: code + "001001"}
		if err := s.Record(ctx, code, e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// chain chains everything that is there.
func chain(t *testing.T, s *data.Store) {
	t.Helper()
	l := s.Linker(code)
	for {
		_, waiting, err := l.Link(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !waiting {
			return
		}
	}
}

// do runs SQL as somebody who has the database and nothing else.
func do(t *testing.T, s *data.Store, sql string, args ...any) {
	t.Helper()
	if _, err := s.Pool().Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// verified is what verifying the audit finds.
func verified(t *testing.T, s *data.Store, anchors ...data.Anchor) data.AuditCheck {
	t.Helper()
	check, err := s.VerifyAudit(t.Context(), code, anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return check
}

func TestTheAuditKeepsWhoDidWhat(t *testing.T) {
	s := datatest.New(t)
	ctx := data.WithActor(t.Context(), data.Actor{Account: "a0123456789abcdef", Session: "s0123456789abcdef", Role: "worker", Address: "10.1.2.0/24", Request: "q1", Purpose: "daily_work"})
	at := time.Date(2026, 11, 22, 3, 4, 5, 678000, time.UTC)
	many := make([]string, data.MaxEventIDs+7)
	for i := range many {
		many[i] = fmt.Sprintf("r%d", i)
	}
	events := []data.Event{
		{At: at, Action: data.ActName, Object: "visitor_day", IDs: []string{"r1", "r2"}, Area: code + "001001"},
		{At: at, Action: data.ActSignIn, Object: "session", Outcome: data.OutcomeFailed, Account: "somebody else", Detail: map[string]string{"why": "password", "字": "“"}},
		{At: at, Action: data.ActBreak, Object: "resident", IDs: []string{"r9"}, Reason: "门口有人喊救命，无人应门", Outcome: data.OutcomeRefusedByDatabase},
		{At: at, Action: data.ActExport, Object: "workbook", IDs: many},
	}
	if err := s.Record(ctx, code, events...); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(ctx, code); err != nil {
		t.Errorf("recording nothing: %v", err)
	}
	got, err := s.Events(ctx, code, data.EventFilter{})
	if err != nil {
		t.Fatal(err)
	}
	a := data.Event{Account: "a0123456789abcdef", Session: "s0123456789abcdef", Role: "worker", Address: "10.1.2.0/24", Request: "q1", Purpose: "daily_work", Outcome: data.OutcomeOK, At: at}
	want := []data.Event{a, a, a, a}
	want[3].Action, want[3].Object, want[3].IDs, want[3].N, want[3].Area = data.ActName, "visitor_day", []string{"r1", "r2"}, 2, code+"001001"
	want[2].Action, want[2].Object, want[2].Outcome, want[2].Account, want[2].Detail = data.ActSignIn, "session", data.OutcomeFailed, "somebody else", map[string]string{"why": "password", "字": "“"}
	want[1].Action, want[1].Object, want[1].IDs, want[1].N, want[1].Outcome = data.ActBreak, "resident", []string{"r9"}, 1, data.OutcomeRefusedByDatabase
	want[0].Action, want[0].Object, want[0].IDs, want[0].N = data.ActExport, "workbook", many[:data.MaxEventIDs], len(many)
	for i := range got {
		if i == 1 && got[i].Reason.Reveal() != "门口有人喊救命，无人应门" {
			t.Errorf("the reason is not what was given")
		}
		got[i].Reason = ""
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(data.Event{}, "ID"), cmpopts.EquateApproxTime(0)); d != "" {
		t.Error(d)
	}
	for _, c := range []struct {
		name string
		f    data.EventFilter
		want int
	}{
		{"all", data.EventFilter{}, 4},
		{"two", data.EventFilter{Limit: 2}, 2},
		{"those before", data.EventFilter{Before: got[1].ID}, 2},
		{"of an account", data.EventFilter{Account: "somebody else"}, 1},
		{"of an action", data.EventFilter{Action: data.ActName}, 1},
		{"about a thing", data.EventFilter{Object: "workbook"}, 1},
		{"with an outcome", data.EventFilter{Outcome: data.OutcomeRefusedByDatabase}, 1},
		{"that name a record", data.EventFilter{Record: "r1"}, 2},
		{"from a moment on", data.EventFilter{From: at}, 4},
		{"until a moment", data.EventFilter{To: at}, 0},
	} {
		if got, err := s.Events(ctx, code, c.f); err != nil || len(got) != c.want {
			t.Errorf("%s: %d rows, want %d (%v)", c.name, len(got), c.want, err)
		}
	}
	if other, err := s.Events(ctx, "510198", data.EventFilter{}); err != nil || len(other) != 0 {
		t.Errorf("another district's audit holds %d rows (%v)", len(other), err)
	}
	chain(t, s)
	if c := verified(t, s); c.Broken != nil || c.Rows != 4 || c.Unlinked != 0 || c.Links != 1 {
		t.Errorf("verifying finds %+v", c)
	}
}

func TestAWriteThatCannotBeRecordedIsNotMade(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	err := s.Write(t.Context(), func(tx *data.Tx) error {
		if err := tx.PutDistrict(f.district); err != nil {
			return err
		}
		return tx.Record(code, data.Event{Action: data.ActCreate, Object: "district", Outcome: "perhaps"})
	})
	var invalid *data.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("an event that cannot be stored gives %v", err)
	}
	if all, err := s.Districts(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d districts are there (%v)", len(all), err)
	}
	if got, err := s.Events(t.Context(), code, data.EventFilter{}); err != nil || len(got) != 0 {
		t.Errorf("%d rows are there (%v)", len(got), err)
	}
}

func TestNobodyChangesTheAudit(t *testing.T) {
	s := recorded(t, 3)
	chain(t, s)
	// The tests' role owns the tables.
	for _, sql := range []string{
		`UPDATE audit SET account = 'a'`, `UPDATE audit SET at = at - interval '1 year'`, `DELETE FROM audit`, `TRUNCATE audit`,
		`UPDATE audit_link SET rows = rows + 1`, `DELETE FROM audit_link`, `TRUNCATE audit_link`, `TRUNCATE audit, audit_link`,
		`INSERT INTO audit (district, id, action, object, outcome) VALUES ('510199', 1, 'read', 'resident', 'ok')`,
	} {
		if _, err := s.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s is done", sql)
		}
	}
	if c := verified(t, s); c.Broken != nil || c.Rows != 3 {
		t.Errorf("verifying finds %+v", c)
	}
}

func TestEveryTamperingIsFound(t *testing.T) {
	off := func(t *testing.T, s *data.Store) { // what only the owner of the database can do
		do(t, s, `ALTER TABLE audit DISABLE TRIGGER USER`)
		do(t, s, `ALTER TABLE audit_link DISABLE TRIGGER USER`)
	}
	for _, c := range []struct {
		name string
		sql  []string
		want data.BreakKind
	}{
		{"a row is changed", []string{`UPDATE audit SET account = 'a' WHERE ids = '{r4}'`}, data.BreakRowChanged},
		{"a moment is changed", []string{`UPDATE audit SET at = at + interval '1 microsecond' WHERE ids = '{r4}'`}, data.BreakRowChanged},
		{"an id of a record is changed", []string{`UPDATE audit SET ids = '{r4x}' WHERE ids = '{r4}'`}, data.BreakRowChanged},
		{"a detail is added", []string{`UPDATE audit SET detail = '{"a": "b"}' WHERE ids = '{r4}'`}, data.BreakRowChanged},
		{"text moves from one column to the next", []string{`UPDATE audit SET role = 'o', action = 'fficialread' WHERE ids = '{r4}'`}, data.BreakRowChanged},
		{"two rows change places", []string{
			`UPDATE audit a SET ids = b.ids FROM audit b WHERE a.ids IN ('{r4}', '{r5}') AND b.ids IN ('{r4}', '{r5}') AND a.id <> b.id`,
		}, data.BreakRowChanged},
		{"a row is taken away", []string{`DELETE FROM audit WHERE ids = '{r4}'`}, data.BreakRowGone},
		{"a row of another link is taken away", []string{`DELETE FROM audit WHERE ids = '{r7}'`}, data.BreakRowGone},
		{"a row is slipped in", []string{`INSERT INTO audit (district, id, action, object, outcome) OVERRIDING SYSTEM VALUE VALUES ('510199', 0, 'read', 'resident', 'ok')`}, data.BreakRowAdded},
		{"one is taken away and one slipped in", []string{
			`CREATE TABLE other AS SELECT id FROM audit WHERE ids = '{r4}'`, `DELETE FROM audit WHERE ids = '{r4}'`,
			`INSERT INTO audit (district, id, action, object, outcome) OVERRIDING SYSTEM VALUE SELECT '510199', id, 'read', 'resident', 'ok' FROM other`,
		}, data.BreakRowChanged},
		{"a link is taken away", []string{`DELETE FROM audit_link WHERE n = 2`}, data.BreakLinkGone},
		{"the first link is taken away", []string{`DELETE FROM audit_link WHERE n = 1`}, data.BreakLinkGone},
		{"a link is taken away and those after it numbered anew", []string{`DELETE FROM audit_link WHERE n = 2`, `UPDATE audit_link SET n = 2 WHERE n = 3`}, data.BreakLinkChanged},
		{"a link counts fewer rows", []string{`UPDATE audit_link SET rows = 1 WHERE n = 2`}, data.BreakLinkChanged},
		{"two links change places", []string{`UPDATE audit_link SET n = n + 10`, `UPDATE audit_link SET n = CASE n WHEN 11 THEN 2 WHEN 12 THEN 1 ELSE 3 END`}, data.BreakLinkChanged},
		{"a link is made by somebody without the key", []string{`UPDATE audit_link SET seal = sha256(seal) WHERE n = 3`}, data.BreakLinkForged},
		{"a link says that rows have gone and they have", []string{
			`INSERT INTO audit_link SELECT district, 4, 'removed', upto, rows, digest, digest, digest, seal, at FROM audit_link WHERE n = 3`,
			`DELETE FROM audit`,
		}, data.BreakLinkChanged},
		{"the tail is cut", []string{`DELETE FROM audit WHERE id > (SELECT upto FROM audit_link WHERE n = 2)`, `DELETE FROM audit_link WHERE n = 3`}, data.BreakTailCut},
		{"all of it is taken away", []string{`DELETE FROM audit`, `DELETE FROM audit_link`}, data.BreakTailCut},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := recorded(t, 0)
			for i := range 9 {
				if err := s.Record(data.WithActor(t.Context(), data.Actor{Role: "official"}), code, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{fmt.Sprintf("r%d", i)}}); err != nil {
					t.Fatal(err)
				}
				if i%3 == 2 {
					chain(t, s)
				}
			}
			before := verified(t, s)
			if before.Broken != nil || before.Rows != 9 || before.Links != 3 {
				t.Fatalf("before anything is done to it: %+v", before)
			}
			anchor := data.Anchor{District: code, N: before.Last.N, Digest: before.Last.Digest}
			kept, err := data.ParseAnchor(anchor.String() + "\n")
			if err != nil {
				t.Fatal(err)
			}
			off(t, s)
			for _, sql := range c.sql {
				do(t, s, sql)
			}
			got := verified(t, s, kept)
			if got.Broken == nil || got.Broken.Kind != c.want {
				t.Errorf("verifying finds %+v, want %s", got.Broken, c.want)
			}
			if without := verified(t, s); c.want == data.BreakTailCut && without.Broken != nil {
				t.Errorf("without the anchor: %+v", without.Broken)
			}
		})
	}
}

func TestAChainThatIsMadeAnewAfterACutIsFoundByAnAnchor(t *testing.T) {
	s := recorded(t, 2)
	l := s.Linker(code)
	if n, _, err := l.Link(t.Context()); err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
	last := verified(t, s).Last
	do(t, s, `ALTER TABLE audit DISABLE TRIGGER USER`)
	do(t, s, `ALTER TABLE audit_link DISABLE TRIGGER USER`)
	do(t, s, `DELETE FROM audit WHERE ids = '{r1}'`)
	do(t, s, `DELETE FROM audit_link`)
	if _, _, err := l.Link(t.Context()); !errors.Is(err, data.ErrChainCut) {
		t.Errorf("the linker that made the link says %v", err)
	}
	chain(t, s) // another process, with the key
	if c := verified(t, s); c.Broken != nil {
		t.Errorf("%+v", c.Broken)
	}
	if c := verified(t, s, data.Anchor{District: code, N: last.N, Digest: last.Digest}); c.Broken == nil || c.Broken.Kind != data.BreakTailCut {
		t.Errorf("with the anchor: %+v", c.Broken)
	}
}

func TestALinkWaitsForTransactionsThatBeganBefore(t *testing.T) {
	s := recorded(t, 1)
	l := s.Linker(code)
	entered, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.Write(context.Background(), func(tx *data.Tx) error {
			err := tx.Record(code, data.Event{Action: data.ActUpdate, Object: "slow"})
			close(entered)
			<-leave
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-entered
	if err := s.Record(t.Context(), code, data.Event{Action: data.ActRead, Object: "quick"}); err != nil {
		t.Error(err)
	}
	// The id of the slow one lies between those of the others.
	n, waiting, err := l.Link(t.Context())
	if err != nil || !waiting || n != 0 {
		t.Errorf("%d rows are chained, waiting %v (%v)", n, waiting, err)
	}
	close(leave)
	wg.Wait()
	for waiting {
		var more int
		if more, waiting, err = l.Link(t.Context()); err != nil {
			t.Fatal(err)
		}
		n += more
	}
	if c := verified(t, s); n != 3 || c.Broken != nil || c.Rows != 3 || c.Unlinked != 0 {
		t.Errorf("%d rows are chained; verifying finds %+v", n, c)
	}
}

func TestManyWritersAndLinkersMakeOneWholeChain(t *testing.T) {
	s := recorded(t, 0)
	const writers, rows = 6, 40
	var writing, linking sync.WaitGroup
	done := make(chan struct{})
	for w := range writers {
		writing.Go(func() {
			for i := range rows {
				e := data.Event{Action: data.ActRead, Object: "resident", IDs: []string{fmt.Sprint(w, "-", i)}}
				var err error
				switch i % 4 {
				case 0: // a transaction that comes to nothing leaves a gap
					err = s.Write(context.Background(), func(tx *data.Tx) error { return errors.Join(tx.Record(code, e), errors.ErrUnsupported) })
					if errors.Is(err, errors.ErrUnsupported) {
						err = s.Record(context.Background(), code, e)
					}
				case 1:
					err = s.Write(context.Background(), func(tx *data.Tx) error { return tx.Record(code, e) })
				default:
					err = s.Record(context.Background(), code, e)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		linking.Go(func() {
			l := s.Linker(code)
			for {
				if _, _, err := l.Link(context.Background()); err != nil {
					t.Error(err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	linking.Wait()
	chain(t, s)
	if c := verified(t, s); c.Broken != nil || c.Rows != writers*rows || c.Unlinked != 0 {
		t.Errorf("verifying finds %+v (%+v)", c, c.Broken)
	}
}

func TestRowsWhoseTimeIsOverGoAndTheChainSaysSo(t *testing.T) {
	s := recorded(t, 0)
	old := time.Now().Add(-data.KeepAudit - 48*time.Hour)
	for i := range 3 {
		if err := s.Record(t.Context(), code, data.Event{At: old, Action: data.ActBreak, Object: "resident", IDs: []string{fmt.Sprint("r", i)}, Reason: "as it was"}); err != nil {
			t.Fatal(err)
		}
	}
	chain(t, s)
	if n, err := s.RemoveAudit(t.Context(), code, time.Now().Add(-data.KeepAudit-time.Hour)); err != nil || n != 0 {
		t.Errorf("rows of a link that was made just now: %d, %v", n, err)
	}
	if _, err := s.RemoveAudit(t.Context(), code, time.Now()); err == nil {
		t.Error("rows that have to stay are removed")
	}
	// The link was made in its time as well.
	s = recorded(t, 0)
	if err := s.Record(t.Context(), code, data.Event{At: old, Action: data.ActBreak, Object: "resident", IDs: []string{"r1"}, Reason: "as it was"},
		data.Event{At: old, Action: data.ActRead, Object: "resident", IDs: []string{"r2"}}); err != nil {
		t.Fatal(err)
	}
	data.LinkAt(t, s, code, old)
	if err := s.Record(t.Context(), code, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r3"}}); err != nil {
		t.Fatal(err)
	}
	chain(t, s)
	n, err := s.RemoveAudit(t.Context(), code, time.Now().Add(-data.KeepAudit-time.Hour))
	if err != nil || n != 2 {
		t.Fatalf("%d rows are removed, %v", n, err)
	}
	c := verified(t, s)
	if c.Broken != nil || c.Rows != 1 || c.Removed != 2 || c.Links != 3 || c.Last.Kind != data.LinkRemoved {
		t.Errorf("verifying finds %+v", c)
	}
	var reasons int
	if err := s.Pool().QueryRow(t.Context(), `SELECT count(*) FROM audit_reason`).Scan(&reasons); err != nil || reasons != 0 {
		t.Errorf("%d reasons are left (%v)", reasons, err)
	}
	if n, err := s.RemoveAudit(t.Context(), code, time.Now().Add(-data.KeepAudit-time.Hour)); err != nil || n != 0 {
		t.Errorf("a second time: %d, %v", n, err)
	}
	// Writing goes on, and a row that has gone cannot come back.
	if err := s.Record(t.Context(), code, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{"r4"}}); err != nil {
		t.Fatal(err)
	}
	chain(t, s)
	if c := verified(t, s); c.Broken != nil || c.Rows != 2 || c.Links != 4 {
		t.Errorf("verifying finds %+v", c)
	}
	do(t, s, `INSERT INTO audit (district, id, action, object, outcome) OVERRIDING SYSTEM VALUE VALUES ('510199', 1, 'read', 'resident', 'ok')`)
	if c := verified(t, s); c.Broken == nil || c.Broken.Kind != data.BreakRowAdded {
		t.Errorf("verifying finds %+v", c.Broken)
	}
}

func TestALongChainIsVerifiedPageByPage(t *testing.T) {
	s := recorded(t, 0)
	const links = 1003 // three pages
	l := s.Linker(code)
	for i := range links {
		if err := s.Record(t.Context(), code, data.Event{Action: data.ActRead, Object: "resident", IDs: []string{fmt.Sprint("r", i)}}); err != nil {
			t.Fatal(err)
		}
		for waiting := true; waiting; {
			var err error
			if _, waiting, err = l.Link(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := verified(t, s)
	if c.Broken != nil || c.Rows != links || c.Links != links || c.Unlinked != 0 || c.Last.N != links {
		t.Fatalf("verifying finds %+v (%+v)", c, c.Broken)
	}
	do(t, s, `ALTER TABLE audit DISABLE TRIGGER USER`)
	do(t, s, `UPDATE audit SET account = 'a' WHERE ids = '{r1001}'`)
	if c := verified(t, s); c.Broken == nil || c.Broken.Kind != data.BreakRowChanged || c.Broken.Link != 1002 {
		t.Errorf("verifying finds %+v", c.Broken)
	}
}

func TestAnAnchorIsReadBack(t *testing.T) {
	for _, text := range []string{"", "sanse-audit", "sanse-audit:510199:1:00", "sanse-audit:510199:0:" + strings.Repeat("0", 64), "other:510199:1:" + strings.Repeat("0", 64)} {
		if a, err := data.ParseAnchor(text); err == nil {
			t.Errorf("%q is read as %v", text, a)
		}
	}
}

func TestWhatIsSentOfTheAuditArrivesInOrderAndIsLeftOutNowhere(t *testing.T) {
	s := recorded(t, 1203)
	chain(t, s)
	ctx := t.Context()
	var got []int64
	send := func(collector string, take func(batch int) error) (int, error) {
		batch := 0
		return s.SendAudit(ctx, code, collector, func(_ context.Context, rows []data.Event) error {
			batch++
			if err := take(batch); err != nil {
				return err
			}
			for _, e := range rows {
				got = append(got, e.ID)
			}
			return nil
		})
	}
	all := func(int) error { return nil }
	broken := errors.New("nobody is there")
	if n, err := send("siem", func(batch int) error {
		if batch == 2 {
			return broken
		}
		return nil
	}); !errors.Is(err, broken) || n != 500 {
		t.Errorf("%d were taken before the line broke: %v", n, err)
	}
	// A batch that was not taken is sent again, those before it are not.
	n, err := send("siem", all)
	if err != nil || n != 703 {
		t.Errorf("%d were taken afterwards: %v", n, err)
	}
	rows, err := s.Events(ctx, code, data.EventFilter{Object: "resident"})
	if err != nil || len(rows) != 1203 || len(got) != len(rows) {
		t.Fatalf("%d arrived of %d: %v", len(got), len(rows), err)
	}
	for i := range rows {
		if rows[i].ID != got[len(got)-1-i] {
			t.Fatalf("row %d arrived in the place of %d", got[len(got)-1-i], rows[i].ID)
		}
	}
	// What is not chained yet waits: an earlier row may still come.
	if n, err := send("siem", all); err != nil || n != 0 {
		t.Errorf("%d that are not chained were sent: %v", n, err)
	}
	chain(t, s)
	if n, err := send("siem", all); err != nil || n != 3 { // that three batches were sent
		t.Errorf("%d were sent of that it was sent: %v", n, err)
	}
	chain(t, s)
	if n, err := send("siem", all); err != nil || n != 0 {
		t.Errorf("sending has no end: %d, %v", n, err)
	}
	if n, err := send("another", all); err != nil || n != 1206 {
		t.Errorf("%d to another collector: %v", n, err)
	}
	if at, err := s.AuditSent(ctx, code); err != nil || len(at) != 2 {
		t.Errorf("%v, %v", at, err)
	}
}
