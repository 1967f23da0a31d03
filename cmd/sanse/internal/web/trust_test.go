package web_test

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/cmd/sanse/internal/web"
	"sanse/data"
)

// demoCode is the district that a demo makes.
const demoCode = "510199"

// trustResult is what browser/trust.test.mjs did through the pages.
type trustResult struct {
	Size  string `json:"size"`
	Login string `json:"login"` // of the account that was made and turned off again
	Glass string `json:"glass"` // the resident for whom the glass was broken
}

// signedIn makes a demo district and serves its pages as they are served to people
// who sign in: with the three roles of the database, made-up people at the door,
// and everything recorded.
func signedIn(t *testing.T, opt service.DemoOptions) (owner *data.Store, url string) {
	t.Helper()
	owner, serving := districtFor(t, opt)
	svc := service.New(serving, service.Config{})
	if err := svc.MakeAccounts(t.Context(), demoCode); err != nil {
		t.Fatal(err)
	}
	hasher, err := auth.NewHasher(auth.Params{Time: 1, MemoryKiB: 64, Lanes: 1}, 0)
	if err != nil {
		t.Fatal(err)
	}
	entry := auth.New(auth.Config{
		District: demoCode, Name: "三色", Store: serving.Gate(), Hasher: hasher, Record: serving.Record, OneClick: true,
	})
	pages, err := web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(api.New(svc, demoCode, api.NewDoor(api.DoorConfig{Entry: entry}), pages, slog.New(slog.DiscardHandler)))
	t.Cleanup(server.Close)
	return owner, server.URL
}

func TestWhoeverComesInSeesWhatIsTheirs(t *testing.T) {
	owner, url := signedIn(t, plain)
	result := filepath.Join(t.TempDir(), "result.json")
	walk(t, "trust.test.mjs", url, result)
	b, err := os.ReadFile(result)
	if err != nil {
		t.Fatal(err)
	}
	var done []trustResult
	if err := json.Unmarshal(b, &done); err != nil {
		t.Fatal(err)
	}
	if len(done) != 2 {
		t.Fatalf("%d walks, want one a width", len(done))
	}
	scan := func(want int, sql string, args ...any) {
		t.Helper()
		var got int
		if err := owner.Pool().QueryRow(t.Context(), sql, args...).Scan(&got); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got != want {
			t.Errorf("%s %v: %d, want %d", sql, args, got, want)
		}
	}
	for _, d := range done {
		scan(1, `SELECT count(*) FROM account WHERE login = $1 AND disabled_at IS NOT NULL AND totp_on`, d.Login)
		scan(0, `SELECT count(*) FROM session JOIN account ON account.id = session.account WHERE login = $1 AND revoked_at IS NULL`, d.Login)
		scan(1, `SELECT count(*) FROM audit JOIN account ON account.id = audit.account
			WHERE login = $1 AND action = 'break_glass' AND outcome = 'ok' AND $2 = ANY (ids)`, d.Login, d.Glass)
		scan(1, `SELECT count(*) FROM audit JOIN account ON account.id = audit.account
			WHERE login = $1 AND action = 'name' AND outcome = 'ok' AND $2 = ANY (ids)`, d.Login, d.Glass)
		for _, action := range []string{"grant", "end"} { // handed over, and the glass closed
			scan(1, `SELECT count(*) FROM audit JOIN account ON account.id = audit.account
				WHERE login = $1 AND action = $3 AND object = 'handover' AND outcome = 'ok' AND $2 = ANY (ids)`, d.Login, d.Glass, action)
		}
	}
}
