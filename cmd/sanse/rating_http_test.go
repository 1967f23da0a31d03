package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"sanse/data"
)

// TestARatingIsTakenFromWhoeverHasACodeAndNothingIsTold rates a visit through the door,
// as whoever was visited and as who would rather do harm.
func TestARatingIsTakenFromWhoeverHasACodeAndNothingIsTold(t *testing.T) {
	h := openHouse(t, "rating", nil)
	const record, good, slip = "00000000-0000-4000-8000-000000000001", "bcdfghjkmnpqrstvwxz23456789", "bcdfghjkmnpqrstvwxz23456788"
	h.add("li", grant(data.RoleLeader, townCode))
	for _, sql := range []string{
		`INSERT INTO resident (district, id, grade, location, cell8, grid) VALUES ($1, 'r1', 'red', ST_SetSRID(ST_MakePoint(104.05, 30.05), 4326), x'8840e02ee1fffff'::bigint, '` + townCode + `')`,
		`INSERT INTO visit_record (district, id, resident, grid, account, day, arrived, received, clock_skew, result, how, form, evidence, content)
			VALUES ($1, '` + record + `', 'r1', '` + townCode + `', 'a0', current_date, now(), now(), 0, 'seen', 'hand', 'reference-1', 'hand', '')`,
		`INSERT INTO rating_code (district, token_hash, resident, day, record, until) VALUES ($1, sha256('` + good + `'), 'r1', current_date, '` + record + `', now() + interval '30 days')`,
		`INSERT INTO rating_code (district, token_hash, resident, day, until) VALUES ($1, sha256('` + slip + `'), 'r1', current_date - 1, now() + interval '30 days')`,
	} {
		if _, err := h.app.Store.Pool().Exec(t.Context(), sql, houseCode); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	rated := func() string {
		t.Helper()
		var s string
		if err := h.app.Store.Pool().QueryRow(t.Context(), `SELECT COALESCE(string_agg(concat_ws(' ', rating, said_by), ','), '') FROM visit_rating`).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	stranger := h.browser()
	rating := func(code string, n int) object {
		return object{"code": code, "rating": n, "by": "family", "words": "</script><script>alert(1)</script>"}
	}

	// What is wrong with a code nobody learns.
	first := stranger.refused(http.StatusNotFound, http.MethodPost, "/v1/ratings", rating("bcdfghjkmnpqrstvwxz23456787", 5))
	for _, code := range []string{slip, "", "x", "<script>", strings.Repeat("9", 100)} {
		if got := stranger.refused(http.StatusNotFound, http.MethodPost, "/v1/ratings", rating(code, 5)); fmt.Sprint(got) != fmt.Sprint(first) {
			t.Errorf("%q: %v, want %v", code, got, first)
		}
	}
	// What is wrong with what is said is told by its name, and before the code is looked at.
	stranger.refused(http.StatusUnprocessableEntity, http.MethodPost, "/v1/ratings", rating(good, 6))
	stranger.refused(http.StatusUnprocessableEntity, http.MethodPost, "/v1/ratings", object{"code": good, "rating": 5, "by": "visitor"})
	stranger.refused(http.StatusUnprocessableEntity, http.MethodPost, "/v1/ratings", object{"code": good, "rating": 5, "by": "family", "words": strings.Repeat("好", 501)})
	stranger.refused(http.StatusRequestEntityTooLarge, http.MethodPost, "/v1/ratings", object{"code": good, "rating": 5, "by": "family", "words": strings.Repeat("x", 10<<20)})
	if a := stranger.send(http.MethodPost, "/v1/ratings", rating(good, 5), with("Sec-Fetch-Site", "cross-site")); a.status != http.StatusForbidden {
		t.Errorf("from a page elsewhere: %d", a.status)
	}
	if got := rated(); got != "" {
		t.Fatalf("so far there is %q", got)
	}

	// A telephone on which somebody works here is anybody's: nothing says whose it is.
	worker := h.browser()
	worker.signIn("li", password)
	for n, b := range map[int]*browser{2: stranger, 4: worker} {
		a := b.send(http.MethodPost, "/v1/ratings", rating(good, n))
		if a.status != http.StatusNoContent || a.body != "" || len(a.header["Set-Cookie"]) != 0 {
			t.Errorf("rated %d: %d %q %v", n, a.status, a.body, a.header)
		}
		if got := rated(); got != fmt.Sprintf("%d family", n) {
			t.Errorf("rated %d, and there is %q", n, got)
		}
	}
	var traced string
	if err := h.app.Store.Pool().QueryRow(t.Context(), `SELECT string_agg(DISTINCT concat(account, session, address, request, array_to_string(ids, '')), ',') FROM audit WHERE object = 'visit_rating'`).Scan(&traced); err != nil || traced != "" {
		t.Errorf("the audit has %q of who rated what (%v)", traced, err)
	}

	// A thousand more from there are too many; a while later one is not.
	taken := 0
	for i := range 1000 {
		a := stranger.send(http.MethodPost, "/v1/ratings", rating(fmt.Sprintf("bcdfghjkmnpqrstvwxz234%05d", i), 1))
		switch {
		case a.status == http.StatusNotFound:
			taken++
		case a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") == "":
			t.Fatalf("request %d: %d %v", i, a.status, a.header)
		}
	}
	if taken > 100 {
		t.Errorf("%d guesses were looked at", taken)
	}
	h.off += 10 * time.Minute
	if a := stranger.send(http.MethodPost, "/v1/ratings", rating(good, 3)); a.status != http.StatusNoContent {
		t.Errorf("ten minutes later: %d %s", a.status, a.body)
	}
	for _, secret := range []string{good, slip, "alert(1)"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}
