package data_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sanse/data"
)

func TestASeatIsWhatIsInForce(t *testing.T) {
	s, g := openGate(t)
	ctx := t.Context()
	now := time.Now()
	soon, ago := now.Add(time.Hour), now.Add(-time.Hour)
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(1), Login: "li.na", Visitor: "v1"}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []data.Grant{
		{Role: data.RoleWorker},
		{Role: data.RolePlanner, Area: code, From: soon},
		{Role: data.RoleLeader, Area: code, From: ago.Add(-time.Hour), To: &ago},
		{Role: data.RoleOfficial, Area: code},
		{Role: data.RoleAuditor},
		{Role: data.RoleService, Area: code},
	} {
		v.Account, v.GivenBy = accountID(1), "ops"
		if _, err := g.Give(ctx, code, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.EndGrant(ctx, code, accountID(1), 5, "ops"); err != nil {
		t.Fatal(err)
	}
	visitors, err := s.Visitors(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	var scope []string
	for _, v := range visitors {
		if v.ID == "v1" {
			scope = v.Scope
		}
	}
	if len(scope) == 0 {
		t.Fatal("the visitor of the test has no areas")
	}
	sit(t, g, 1, "page-token", nil)
	sit(t, g, 2, "key-token", func(v *data.Session) { v.Kind, v.Scopes = data.SessionKey, []string{"names"} })

	page, err := g.Seat(ctx, data.Token("page-token").Hash())
	if err != nil {
		t.Fatal(err)
	}
	if page.District != code || page.Session.ID != sessionID(1) || page.Account.Login != "li.na" || page.Session.Ended(now) {
		t.Errorf("got %+v", page)
	}
	var got []string
	for _, v := range page.Grants {
		got = append(got, string(v.Role)+" "+v.Area)
	}
	var want []string
	for _, area := range scope {
		want = append(want, "worker "+area)
	}
	if diff := cmp.Diff(append(want, "official "+code), got); diff != "" {
		t.Error(diff)
	}
	t.Run("the same to the database", func(t *testing.T) {
		seat := func(token string) (session string, grants []string) {
			tx, err := s.Pool().Begin(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
			if _, err := tx.Exec(ctx, `SELECT set_config('sanse.session', $1, true)`, token); err != nil {
				t.Fatal(err)
			}
			err = tx.QueryRow(ctx, `SELECT COALESCE((SELECT session FROM trust.seat()), ''), array_agg(role || ' ' || area) FROM trust.grants()`).Scan(&session, &grants)
			if err != nil {
				t.Fatal(err)
			}
			return session, grants
		}
		session, grants := seat("page-token")
		if diff := cmp.Diff(got, grants, cmpopts.SortSlices(strings.Compare)); session != sessionID(1) || diff != "" {
			t.Errorf("%s: %s", session, diff)
		}
		if session, grants := seat("key-token"); session != sessionID(2) || len(grants) != 1 || grants[0] != "service "+code {
			t.Errorf("key: %s, %v", session, grants)
		}
		for _, token := range []string{"", "page-tokem", sessionID(1)} {
			if session, grants := seat(token); session != "" || grants != nil {
				t.Errorf("%q: %s, %v", token, session, grants)
			}
		}
		for _, test := range []struct {
			name string
			sql  string
			undo string
		}{
			{"revoked", `UPDATE session SET revoked_at = now()`, `UPDATE session SET revoked_at = NULL`},
			{"expired", `UPDATE session SET expires_at = now()`, `UPDATE session SET expires_at = now() + interval '1 hour'`},
			{"idle for too long", `UPDATE session SET idle_seconds = 60, seen_at = now() - interval '61 s'`, `UPDATE session SET seen_at = now()`},
			{"not yet past the password", `UPDATE session SET stage = 'password'`, ``},
			{"not yet past the second factor", `UPDATE session SET stage = 'totp'`, ``},
			{"enrolling", `UPDATE session SET stage = 'enrol'`, ``},
			{"asked for the PIN", `UPDATE session SET stage = 'pin'`, `UPDATE session SET stage = 'full'`},
			{"of a disabled account", `UPDATE account SET disabled_at = now()`, `UPDATE account SET disabled_at = NULL`},
		} {
			if _, err := s.Pool().Exec(ctx, test.sql); err != nil {
				t.Fatal(err)
			}
			if session, grants := seat("page-token"); session != "" || grants != nil {
				t.Errorf("%s: %s, %v", test.name, session, grants)
			}
			if _, err := s.Pool().Exec(ctx, test.undo); err != nil {
				t.Fatal(err)
			}
		}
		if session, _ := seat("page-token"); session != sessionID(1) {
			t.Error("the session is not back: the cases before may have failed for another reason")
		}
	})
	t.Run("a key has what is given to services", func(t *testing.T) {
		key, err := g.Seat(ctx, data.Token("key-token").Hash())
		if err != nil || len(key.Grants) != 1 || key.Grants[0].Role != data.RoleService || len(key.Session.Scopes) != 1 {
			t.Errorf("got %+v, %v", key, err)
		}
	})
	t.Run("an unknown token is not found", func(t *testing.T) {
		if _, err := g.Seat(ctx, data.Token("other").Hash()); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	})
}

func TestASessionGoesThroughItsStages(t *testing.T) {
	_, g := openGate(t)
	ctx := t.Context()
	sit(t, g, 1, "first", func(v *data.Session) { v.Stage, v.Idle = data.StageTOTP, 15*time.Minute })
	if n, err := g.SessionFailed(ctx, code, sessionID(1)); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
	if err := g.SetStage(ctx, code, sessionID(1), data.StageFull, data.Token("second").Hash()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Seat(ctx, data.Token("first").Hash()); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("the token from before is still good: %v", err)
	}
	got, err := g.Seat(ctx, data.Token("second").Hash())
	if err != nil || got.Session.Stage != data.StageFull || got.Session.Failures != 0 || got.Session.Idle != 15*time.Minute {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := g.Touch(ctx, code, sessionID(1)); err != nil {
		t.Error(err)
	}
	sit(t, g, 2, "two", nil)
	sit(t, g, 3, "three", nil)
	if n, err := g.RevokeAll(ctx, code, accountID(1), sessionID(2)); err != nil || n != 2 {
		t.Errorf("%d, %v", n, err)
	}
	if list, err := g.Sessions(ctx, code, accountID(1)); err != nil || len(list) != 1 || list[0].ID != sessionID(2) {
		t.Errorf("got %v, %v", list, err)
	}
	for name, err := range map[string]error{
		"touched":       g.Touch(ctx, code, sessionID(1)),
		"moved":         g.SetStage(ctx, code, sessionID(1), data.StageFull, nil),
		"revoked again": g.Revoke(ctx, code, sessionID(1)),
	} {
		if !errors.Is(err, data.ErrNotFound) {
			t.Errorf("a revoked session is %s: %v", name, err)
		}
	}
}

func TestResidentsAreHandedOverForATime(t *testing.T) {
	s, g := openGate(t)
	ctx, now := t.Context(), time.Now().UTC().Truncate(time.Second)
	give := data.Handover{Resident: "r1", Body: "health", Kind: data.HandoverCase, From: now.Add(-time.Hour), To: now.Add(24 * time.Hour), GivenBy: accountID(1), Reason: "跌倒"}
	for want := 1; want <= 2; want++ {
		if n, err := g.HandOver(ctx, code, give); err != nil || n != want {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if err := g.EndHandover(ctx, code, "r1", 2); err != nil {
		t.Fatal(err)
	}
	if err := g.EndHandover(ctx, code, "r1", 2); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	got, err := g.Handovers(ctx, code, "r1")
	if err != nil || len(got) != 2 || !got[1].To.Before(time.Now().Add(time.Minute)) {
		t.Fatalf("got %v, %v", got, err)
	}
	give.N = 1
	if diff := cmp.Diff(give, got[0]); diff != "" {
		t.Error(diff)
	}
	if got, err = g.HandedTo(ctx, code, accountID(1), []string{"police", "health"}); err != nil || len(got) != 1 || got[0].N != 1 || got[0].Reason != "跌倒" {
		t.Errorf("handed to the department: %v, %v", got, err)
	}
	if got, err = g.HandedTo(ctx, code, accountID(1), nil); err != nil || len(got) != 0 {
		t.Errorf("handed to an account to which nobody was: %v, %v", got, err)
	}
	var missing *data.MissingError
	var invalid *data.InvalidError
	give.Resident = "nobody"
	if _, err := g.HandOver(ctx, code, give); !errors.As(err, &missing) {
		t.Errorf("nobody: %v", err)
	}
	give.Resident, give.Account = "r1", accountID(1)
	if _, err := g.HandOver(ctx, code, give); !errors.As(err, &invalid) {
		t.Errorf("to two at once: %v", err)
	}
	t.Run("and all goes with the district", func(t *testing.T) {
		sit(t, g, 1, "token", nil)
		if _, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RoleAuditor, GivenBy: "ops"}); err != nil {
			t.Fatal(err)
		}
		write(t, s, func(tx *data.Tx) error { return tx.DropDistrict(code) })
		if all, err := g.Accounts(ctx, code); err != nil || len(all) != 0 {
			t.Errorf("%d accounts left, %v", len(all), err)
		}
	})
}

func TestAHandoverHasBoundsWhoeverWritesIt(t *testing.T) {
	s, g := openGate(t)
	ctx := t.Context()
	put := func(n int, columns string, values ...any) error {
		_, err := s.Pool().Exec(ctx, `INSERT INTO handover (district, resident, n, account, body, kind, from_at, to_at, given_by) VALUES ($1, 'r1', $2, `+columns+`)`,
			append([]any{code, n}, values...)...)
		return err
	}
	me := accountID(1)
	for i, test := range []struct {
		name, columns string
		good          bool
	}{
		{"a case for a year", `NULL, 'health', 'case', now(), now() + interval '366 days', $3`, true},
		{"a case for more", `NULL, 'health', 'case', now(), now() + interval '367 days', $3`, false},
		{"help for a day", `$3, NULL, 'help', now(), now() + interval '1 day', 'ops'`, true},
		{"help without an end", `$3, NULL, 'help', now(), 'infinity', 'ops'`, false},
		{"glass for an hour", `$3, NULL, 'break_glass', now(), now() + interval '1 hour', $3`, true},
		{"glass for a day", `$3, NULL, 'break_glass', now(), now() + interval '1 day', $3`, false},
		{"glass broken for somebody else", `$3, NULL, 'break_glass', now(), now() + interval '1 hour', 'ops'`, false},
		{"glass broken for a department", `NULL, 'health', 'break_glass', now(), now() + interval '1 hour', $3`, false},
	} {
		if err := put(i+1, test.columns, me); (err == nil) != test.good {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	for name, test := range map[string]struct {
		to   string
		good bool
	}{
		"longer": {"to_at + interval '1 second'", false}, "without an end": {"'infinity'", false}, "the same": {"to_at", true}, "shorter": {"now()", true},
	} {
		_, err := s.Pool().Exec(ctx, `UPDATE handover SET to_at = `+test.to+` WHERE district = $1 AND resident = 'r1' AND n = 3`, code)
		if (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
	}
	var invalid *data.InvalidError
	_, err := g.HandOver(ctx, code, data.Handover{Resident: "r1", Body: "health", Kind: data.HandoverCase, To: time.Now().Add(data.MaxHandover + time.Hour), GivenBy: me})
	if !errors.As(err, &invalid) || invalid.Rule != "length" {
		t.Errorf("got %v", err)
	}
}

func TestWhoKeepsSeatsHearsOfChanges(t *testing.T) {
	_, g := openGate(t)
	sit(t, g, 1, "token", nil)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ready, heard, ended := make(chan struct{}), make(chan string, 64), make(chan error, 1)
	go func() {
		ended <- g.Watch(ctx, func() { close(ready) }, func(district string) { heard <- district })
	}()
	select {
	case <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		do   func() error
	}{
		{"an account", func() error { return g.PutAccount(ctx, code, data.Account{ID: accountID(1), Login: "li.na2"}) }},
		{"a grant", func() error {
			_, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: data.RoleAuditor, GivenBy: "ops"})
			return err
		}},
		{"a stage", func() error { return g.SetStage(ctx, code, sessionID(1), data.StagePIN, nil) }},
		{"a session revoked", func() error { return g.Revoke(ctx, code, sessionID(1)) }},
	} {
		if err := test.do(); err != nil {
			t.Fatal(err)
		}
		select {
		case got := <-heard:
			if got != code {
				t.Errorf("%s: heard of %s", test.name, got)
			}
		case err := <-ended:
			t.Fatalf("%s: %v", test.name, err)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestATokenIsNeverShown(t *testing.T) {
	const secret = data.Token("geheim")
	b, err := json.Marshal(map[string]any{"token": secret})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "token", secret)
	for _, text := range []string{
		fmt.Sprint(secret), fmt.Sprintf("%v %+v %#v %s %q %x %d", secret, secret, secret, secret, secret, secret, secret),
		fmt.Sprintf("%v", struct{ T data.Token }{secret}), string(b), log.String(),
	} {
		if strings.Contains(text, "geheim") || strings.Contains(text, "67656865696d") || !strings.Contains(text, "•••") {
			t.Errorf("shown: %s", text)
		}
	}
	if secret.Reveal() != "geheim" {
		t.Error("the token is lost")
	}
}
