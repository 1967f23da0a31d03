package service_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// ratingCode is a code as a phone makes it, and its digest as a record carries it.
func ratingCode(n int) (code, digest string) {
	const signs = "bcdfghjkmnpqrstvwxz23456789"
	code = strings.Repeat("b", 25) + string(signs[n/27]) + string(signs[n%27])
	sum := sha256.Sum256([]byte(code))
	return code, base64.RawURLEncoding.EncodeToString(sum[:])
}

// TestVisitsAreRatedByWhoeverHasACode rates visits as whoever opened the door, under the
// rules of the database, and attacks it.
func TestVisitsAreRatedByWhoeverHasACode(t *testing.T) {
	b := newRecordBed(t)
	b.person("r0000", "张三")
	worker := b.seat(1, data.RoleWorker, "", "", "v1")
	leader, plans := b.seat(2, data.RoleLeader, west, "", ""), b.seat(3, data.RolePlanner, lattice, "", "")
	nobody := t.Context()
	rate := func(code string, n int, by, words string) service.Code {
		t.Helper()
		return service.CodeOf(b.RateVisit(nobody, lattice, code, n, by, words))
	}
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := b.owner.Pool().Exec(nobody, sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	seen := func(who context.Context, id string) service.RecordRow {
		t.Helper()
		for _, r := range must(b.Records(who, lattice, service.RecordQuery{Area: west}))(t).Rows {
			if r.ID == id {
				return r
			}
		}
		t.Fatalf("record %s is not listed", id)
		return service.RecordRow{}
	}
	code, digest := ratingCode(1)
	visited := b.record("r0000")
	visited.Rating = digest
	if got := rate(code, 5, "family", ""); got != service.CodeNotFound {
		t.Errorf("of a visit that has not come in yet: %q", got)
	}
	if got := b.put(worker, visited); got[0] != "stored" {
		t.Fatal(got)
	}

	t.Run("and changed their mind", func(t *testing.T) {
		if got := rate(code, 2, "resident", "late"); got != "" {
			t.Fatalf("the first time: %q", got)
		}
		grouped := strings.ToUpper(code[:4] + " " + code[4:9] + "-" + code[9:])
		if got := rate(grouped, 4, "family", "<script>alert(1)</script>\x00\u202e很好"); got != "" {
			t.Fatalf("as it was typed from the slip: %q", got)
		}
		told := seen(leader, visited.ID).Ratings
		if len(told) != 1 || told[0].Rating != 4 || told[0].By != "family" || told[0].Words.Reveal() != "<script>alert(1)</script>很好" {
			t.Errorf("the leader is told %+v", told)
		}
		if told := seen(plans, visited.ID).Ratings; len(told) != 1 || told[0].Rating != 4 || told[0].Words != "" {
			t.Errorf("who is told no names is told %+v", told)
		}
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_rating_text WHERE position(convert_to('很好', 'UTF8') in words::bytea) > 0 OR position('script'::bytea in words::bytea) > 0`); n != 0 {
			t.Error("the words are not sealed")
		}
		if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visit_rating' AND account = '' AND session = '' AND address = '' AND ids = '{}' AND area = ''`); n != 2 {
			t.Errorf("the audit has %d ratings of nobody, want 2", n)
		}
	})

	t.Run("and it says which field is wrong, whatever the code", func(t *testing.T) {
		for name, bad := range map[string]struct {
			rating    int
			by, words string
		}{
			"none": {0, "family", ""}, "six": {6, "family", ""}, "a neighbour": {5, "visitor", ""}, "too long": {5, "family", strings.Repeat("好", 501)},
		} {
			for _, c := range []string{code, "forged"} {
				if got := rate(c, bad.rating, bad.by, bad.words); got != service.CodeInvalid {
					t.Errorf("%s with %s: %q", name, c, got)
				}
			}
		}
		if got := rate(code, 4, "family", strings.Repeat("好", 500)); got != "" {
			t.Errorf("500 characters: %q", got)
		}
	})

	t.Run("and nobody learns why not", func(t *testing.T) {
		ended, dig := ratingCode(2)
		old := b.record("r0001")
		old.Rating = dig
		b.put(worker, old)
		exec(`UPDATE rating_code SET made_at = now() - interval '40 days', until = now() - interval '1 second' WHERE record = $1`, old.ID)
		gone, dig := ratingCode(3)
		erased := b.record("r0002")
		erased.Rating = dig
		b.put(worker, erased)
		exec(`INSERT INTO erased (district, resident, at) VALUES ($1, 'r0002', now())`, lattice)
		after, dig := ratingCode(4)
		late := b.record("r0002")
		late.Rating = dig
		b.put(worker, late)
		unvisited, _ := ratingCode(5)
		err := b.store.Write(nobody, func(tx *data.Tx) error {
			return tx.PutRatingCodes(lattice, []data.RatingCode{{Hash: data.Token(unvisited).Hash(), Resident: "r0102", Day: b.today, Until: b.now.Add(data.RatingLife)}})
		})
		if err != nil {
			t.Fatal(err)
		}
		guess, _ := ratingCode(99)
		want := b.RateVisit(nobody, lattice, guess, 5, "family", "").Error()
		for name, c := range map[string]string{
			"ended": ended, "erased after the visit": gone, "erased before it": after, "a slip of no visit": unvisited,
			"empty": "", "short": "bcd", "a door code's digest": dig, "another alphabet": strings.Repeat("a", 27), "huge": strings.Repeat("b", 10<<20), "not UTF-8": strings.Repeat("\xff", 27),
		} {
			err := b.RateVisit(nobody, lattice, c, 5, "family", "")
			if service.CodeOf(err) != service.CodeNotFound || err.Error() != want {
				t.Errorf("%s: %v, want %s", name, err, want)
			}
		}
		exec(`UPDATE visit_rating SET first_at = now() - interval '25 hours', at = now() - interval '25 hours'`)
		if err := b.RateVisit(nobody, lattice, code, 1, "family", ""); err == nil || err.Error() != want {
			t.Errorf("closed: %v", err)
		}
		if told := seen(leader, visited.ID).Ratings; len(told) != 1 || told[0].Rating != 4 {
			t.Errorf("after it was closed: %+v", told)
		}
		// The slip's visit comes in in the evening.
		visit := b.record("r0102")
		b.put(worker, visit)
		if got := rate(unvisited, 3, "resident", ""); got != "" {
			t.Errorf("the slip of a visit that came in: %q", got)
		}
		if told := seen(leader, visit.ID).Ratings; len(told) != 1 || told[0].Rating != 3 {
			t.Errorf("of the slip the leader is told %+v", told)
		}
	})

	t.Run("and a code is one visit's", func(t *testing.T) {
		other := b.record("r0100")
		other.Rating = digest // as if somebody had seen the first one's
		if got := b.put(worker, other); got[0] != "stored" {
			t.Fatal(got)
		}
		if n := one[string](t, b.owner, `SELECT record::text FROM rating_code WHERE token_hash = $1`, data.Token(code).Hash()); n != visited.ID {
			t.Errorf("the code is of record %s now", n)
		}
		again := visited
		if got := b.put(worker, again); got[0] != "same" {
			t.Errorf("sent again: %v", got)
		}
		again.Rating = ""
		if got := b.put(worker, again); got[0] != "refused conflict" {
			t.Errorf("sent again with another code: %v", got)
		}
		unread, unseen := b.record("r0101"), b.record("r0101")
		unread.Rating = "AAAA"
		_, unseen.Rating = ratingCode(6)
		unseen.Result, unseen.NotSeen, unseen.Answers = "not_seen", "no_answer", nil
		if got := b.put(worker, unread, unseen); got[0] != "refused invalid" || got[1] != "refused invalid" {
			t.Errorf("what is no digest, and of a door that nobody opened: %v", got)
		}
	})

	t.Run("but nobody sees how their own visits were", func(t *testing.T) {
		mine, dig := ratingCode(7)
		own := b.record("r0300")
		own.Rating = dig
		if got := b.put(leader, own); got[0] != "stored" {
			t.Fatal(got)
		}
		if got := rate(mine, 1, "resident", "hurried"); got != "" {
			t.Fatal(got)
		}
		if told := seen(leader, own.ID).Ratings; len(told) != 0 {
			t.Errorf("the leader who was there is told %+v", told)
		}
		if told := seen(plans, own.ID).Ratings; len(told) != 1 {
			t.Errorf("somebody else is told %+v", told)
		}
	})

	// What was heard on a call goes before a code, which whoever visited has had in their
	// hand: of 1 on a call and 4 by code a day later 1 is left.
	exec(`INSERT INTO quality_call (district, record, n, at, by, result, rating) VALUES ($1, $2, 1, now() - interval '2 days', 'a1', 'confirmed', 1)`, lattice, visited.ID)
	w, err := b.store.WorkDone(nobody, lattice, west, b.today, b.today, "Asia/Shanghai", b.now)
	if err != nil || w.Rated != 3 || w.Ratings != 1+3+1 {
		t.Errorf("%d ratings make %d, want 3 and 5 (%v)", w.Rated, w.Ratings, err)
	}
}
