package service_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/planner/ladder"
)

// What a phone may send and should not, over HTTP: each is answered by itself, what is
// good beside it is stored, and nothing of what is too large is kept.
func TestBadRecordsOverHTTPLoseNothing(t *testing.T) {
	b := newRecordBed(t)
	b.seat(1, data.RoleWorker, "", "", "v1")
	leader := b.seat(2, data.RoleLeader, west, "", "")
	token := data.Token("token-1-a0000000000000001") // as sitAs makes it
	seated, err := b.store.Gate().Seat(t.Context(), token.Hash())
	if err != nil {
		t.Fatal(err)
	}
	code := must(b.MakeCode(leader, lattice, data.CodeCard, "r0001", "", "https://example.cn"))(t)
	if err := b.RetireCode(leader, lattice, code.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error { // from today on r0200 is of the second grid
		return errors.Join(tx.PutAreas(lattice, []data.Area{
			{Area: geo.Area{Code: west + "001", Level: geo.LevelGrid, Parent: west, Name: "网格", Boundary: ground(0, 0, 2, 3)}, ValidFrom: b.today},
			{Area: geo.Area{Code: west + "002", Level: geo.LevelGrid, Parent: west, Name: "网格", Boundary: ground(2, 0, 6, 3)}, ValidFrom: b.today},
		}), tx.PutMembership(lattice, data.Membership{Residents: []data.Home{{ID: "r0200", Grid: west + "002"}}}))
	}); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(time.Hour)
	server := httptest.NewServer(api.New(b.Service, lattice, api.Fixed(service.ViewerOf(seated, token)), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	post := func(body io.Reader) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/records", body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		a, err := server.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = a.Body.Close() }()
		text, err := io.ReadAll(a.Body)
		if err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, string(text)
	}
	good := func() map[string]any {
		return map[string]any{
			"id": uuid.NewString(), "resident": "r0000", "arrived": b.now.Add(-time.Minute).Format(time.RFC3339), "left": b.now.Format(time.RFC3339),
			"no_code": "no_camera", "result": "seen", "form": "reference-1", "answers": map[string]string{"health": "good"},
		}
	}
	for _, c := range []struct {
		name   string
		change func(r map[string]any)
		ahead  time.Duration // of the phone's clock
		want   string
		flag   string
	}{
		{"a code that nobody made", func(r map[string]any) { r["token"] = "bcdfghjkmnpqrstvwxz23456789"; delete(r, "no_code") }, 0, "stored", "code_forged"},
		{"a code that is out of force", func(r map[string]any) { r["resident"], r["token"] = "r0001", code.Token.Reveal(); delete(r, "no_code") }, 0, "stored", "code_retired"},
		{"a clock that is a day ahead", func(r map[string]any) {
			r["arrived"], r["left"] = b.now.Add(24*time.Hour-time.Minute).Format(time.RFC3339), b.now.Add(24*time.Hour).Format(time.RFC3339)
		}, 24 * time.Hour, "stored", "clock"},
		{"a clock that is a day behind", func(r map[string]any) {
			r["arrived"], r["left"] = b.now.Add(-24*time.Hour-time.Minute).Format(time.RFC3339), b.now.Add(-24*time.Hour).Format(time.RFC3339)
		}, -24 * time.Hour, "stored", "clock"},
		{"somebody else's resident", func(r map[string]any) { r["resident"] = "r0600" }, 0, "not_yours", ""},
		{"from before the border was redrawn", func(r map[string]any) {
			r["resident"], r["arrived"] = "r0200", b.now.AddDate(0, 0, -2).Format(time.RFC3339)
			delete(r, "left")
		}, 0, "stored", ""},
		{"from after it", func(r map[string]any) { r["resident"] = "r0200" }, 0, "not_yours", ""},
		{"a text of control characters", func(r map[string]any) { r["text"] = strings.Repeat("\x00\x1b\u202e\u0007", 20) + "门\r锁" }, 0, "stored", ""},
		{"a photo, for which there is no field", func(r map[string]any) { r["photo"] = "data:image/jpeg;base64,AAAA" }, 0, "stored", ""},
		{"a time that is none", func(r map[string]any) { r["arrived"] = "yesterday" }, 0, "invalid", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad, beside := good(), good()
			c.change(bad)
			body, err := json.Marshal(map[string]any{"sent": b.now.Add(c.ahead).Format(time.RFC3339), "records": []any{bad, beside}})
			if err != nil {
				t.Fatal(err)
			}
			status, text := post(bytes.NewReader(body))
			var out struct {
				Records []struct{ ID, Status, Code string }
			}
			if err := json.Unmarshal([]byte(text), &out); err != nil || status != http.StatusOK || len(out.Records) != 2 {
				t.Fatalf("%d %s", status, text)
			}
			if got := out.Records[0]; got.ID != bad["id"] || got.Status != c.want && got.Code != c.want {
				t.Errorf("it is answered %+v, want %s", got, c.want)
			}
			if got := out.Records[1]; got.ID != beside["id"] || got.Status != "stored" {
				t.Errorf("the good one beside it is answered %+v", got)
			}
			if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_flag WHERE record::text = $1 AND flag = $2`, bad["id"], c.flag); c.flag != "" && n != 1 {
				t.Errorf("%d flags say %s", n, c.flag)
			}
		})
	}
	// Whoever holds the visit by a ladder may record it, wherever the border is by now.
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutPolicies(lattice, []data.Policy{{Grade: "yellow", PerWeek: 1}}), tx.PutLadderRule(lattice, "", ladder.Reference(b.today-1)))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.owner.Pool().Exec(t.Context(), `INSERT INTO ladder (district, resident, first_day, due_by, rule_from, opened_at, taken, next_at, tier, holder, deadline)
		VALUES ($1, 'r0200', $2, $2, $3, $4, 2, $5, 2, 'v1', $5)`, lattice, planner.DateOf(b.now.In(time.FixedZone("", 8*3600))).Time(), (b.today - 1).Time(), b.now, b.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	held := good()
	held["resident"], held["arrived"] = "r0200", b.now.Format(time.RFC3339)
	if body, err := json.Marshal(map[string]any{"sent": b.now.Format(time.RFC3339), "records": []any{held}}); err != nil {
		t.Fatal(err)
	} else if status, text := post(bytes.NewReader(body)); status != http.StatusOK || !strings.Contains(text, `"stored"`) {
		t.Errorf("who holds the visit of somebody who was redrawn into another grid: %d %s", status, text)
	}
	stored := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record`)
	body := io.MultiReader(strings.NewReader(`{"sent":"2026-01-01T00:00:00Z","records":[{"photo":"`), io.LimitReader(endless{}, 50<<20), strings.NewReader(`"}]}`))
	if status, text := post(body); status != http.StatusRequestEntityTooLarge || strings.Contains(text, "AAAA") {
		t.Errorf("a photo of 50 MB: %d %.200s", status, text)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM visit_record`); n != stored {
		t.Errorf("%d records are stored of it", n-stored)
	}
}

// endless is as many letters A as anybody reads.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'A'
	}
	return len(p), nil
}
