package data_test

import (
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

// accountID and sessionID return ids in their form.
func accountID(n int) string { return fmt.Sprintf("a%016x", n) }
func sessionID(n int) string { return fmt.Sprintf("s%016x", n) }

// at is a time that the database keeps as it is.
func at(s string) *time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic("test: " + err.Error())
	}
	return &t
}

// openGate returns a gate to a district with people and one account, number 1.
func openGate(t *testing.T) (*data.Store, *data.Gate) {
	t.Helper()
	s := datatest.New(t)
	write(t, s, newFixture().put)
	g := s.Gate()
	if err := g.PutAccount(t.Context(), code, data.Account{ID: accountID(1), Login: "li.na"}); err != nil {
		t.Fatal(err)
	}
	return s, g
}

// sit opens a full session of account 1 for an hour.
func sit(t *testing.T, g *data.Gate, n int, token data.Token, change func(*data.Session)) {
	t.Helper()
	v := data.Session{ID: sessionID(n), Account: accountID(1), Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour)}
	if change != nil {
		change(&v)
	}
	if err := g.OpenSession(t.Context(), code, token.Hash(), v); err != nil {
		t.Fatal(err)
	}
}

var byDatabase = cmpopts.IgnoreFields(data.Account{}, "CreatedAt")

func TestAnAccountComesBackAsItWasStored(t *testing.T) {
	s, g := openGate(t)
	ctx := t.Context()
	a := data.Account{
		ID: accountID(2), Login: "wang.fang@example.org", Name: "王芳", Visitor: "v1", Issuer: "https://sso", Subject: "u-17",
		Password: "$argon2id$v=19$x", SecretUntil: at("2026-12-01T08:00:00Z"), MustChange: true, TOTP: "JBSWY3DP", TOTPOn: true,
		Recovery: []string{"aa", "bb"}, PIN: "$argon2id$v=19$y", DisabledAt: at("2027-01-01T00:00:00Z"),
	}
	if err := g.PutAccount(ctx, code, a); err != nil {
		t.Fatal(err)
	}
	for name, read := range map[string]func() (data.Account, error){
		"by id":      func() (data.Account, error) { return g.Account(ctx, code, a.ID) },
		"by login":   func() (data.Account, error) { return g.AccountByLogin(ctx, code, a.Login) },
		"by subject": func() (data.Account, error) { return g.AccountBySubject(ctx, code, a.Issuer, a.Subject) },
	} {
		got, err := read()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(a, got, byDatabase); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	t.Run("and its name and second factor lie sealed", func(t *testing.T) {
		var clear bool
		err := s.Pool().QueryRow(ctx, `SELECT bool_or(position(convert_to('王芳', 'UTF8') IN name::bytea) > 0 OR position('JBSWY3DP'::bytea IN totp::bytea) > 0)
			FROM account WHERE name IS NOT NULL`).Scan(&clear)
		if err != nil || clear {
			t.Errorf("clear %v, %v", clear, err)
		}
	})
	t.Run("put again it is replaced, but for what the database counts", func(t *testing.T) {
		if _, err := g.Failed(ctx, code, a.ID); err != nil {
			t.Fatal(err)
		}
		b := a
		b.Name, b.Visitor, b.Issuer, b.Subject, b.Password, b.SecretUntil, b.TOTP, b.TOTPOn, b.Recovery, b.PIN, b.DisabledAt = "", "", "", "", "", nil, "", false, nil, "", nil
		if err := g.PutAccount(ctx, code, b); err != nil {
			t.Fatal(err)
		}
		b.Failures = 1
		got, err := g.Account(ctx, code, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b, got, byDatabase); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("and all come by login", func(t *testing.T) {
		all, err := g.Accounts(ctx, code)
		if err != nil || len(all) != 2 || all[0].Login != "li.na" {
			t.Errorf("got %v, %v", all, err)
		}
	})
	t.Run("one that is not there is not found", func(t *testing.T) {
		if _, err := g.AccountByLogin(ctx, code, "nobody"); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		if _, err := g.AccountByLogin(ctx, "510198", "li.na"); !errors.Is(err, data.ErrNotFound) {
			t.Errorf("in another district: %v", err)
		}
	})
}

func TestAnAccountThatCannotBeIsRefused(t *testing.T) {
	_, g := openGate(t)
	var twice *data.TwiceError
	var invalid *data.InvalidError
	var missing *data.MissingError
	for _, test := range []struct {
		name string
		give data.Account
		want any
	}{
		{"a login that another one has", data.Account{ID: accountID(2), Login: "li.na"}, &twice},
		{"a login in capitals", data.Account{ID: accountID(2), Login: "Li.Na"}, &invalid},
		{"a login with a space", data.Account{ID: accountID(2), Login: "li na"}, &invalid},
		{"no login", data.Account{ID: accountID(2)}, &invalid},
		{"an id that is none", data.Account{ID: "admin", Login: "admin"}, &invalid},
		{"a second factor without its secret", data.Account{ID: accountID(2), Login: "x", TOTPOn: true}, &invalid},
		{"a subject without an issuer", data.Account{ID: accountID(2), Login: "x", Subject: "u"}, &invalid},
		{"a visitor who does not exist", data.Account{ID: accountID(2), Login: "x", Visitor: "nobody"}, &missing},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := g.PutAccount(t.Context(), code, test.give)
			if !errors.As(err, test.want) {
				t.Fatalf("got %v", err)
			}
			if test.give.Login != "" && len(test.give.Login) > 1 && strings.Contains(err.Error(), test.give.Login) {
				t.Errorf("a login, which may be a name, is in the error: %v", err)
			}
		})
	}
}

func TestGuessesAtOnceAreCountedOneByOne(t *testing.T) {
	_, g := openGate(t)
	ctx := t.Context()
	const guesses = 20
	var all sync.WaitGroup
	seen := make(chan int, guesses)
	for range guesses {
		all.Go(func() {
			n, err := g.Failed(ctx, code, accountID(1))
			if err != nil {
				t.Error(err)
			}
			seen <- n
		})
	}
	all.Wait()
	close(seen)
	counts := map[int]bool{}
	for n := range seen {
		counts[n] = true
	}
	if len(counts) != guesses {
		t.Errorf("%d guesses were told %d different counts", guesses, len(counts))
	}
	until := time.Now().Add(time.Hour).Round(time.Second)
	for _, lock := range []time.Time{until, until.Add(-time.Minute)} {
		if err := g.Lock(ctx, code, accountID(1), lock); err != nil {
			t.Fatal(err)
		}
	}
	a, err := g.Account(ctx, code, accountID(1))
	if err != nil || a.Failures != guesses || a.LockedUntil == nil || !a.LockedUntil.Equal(until) {
		t.Errorf("got %+v, %v", a, err)
	}
	if err := g.Succeeded(ctx, code, accountID(1)); err != nil {
		t.Fatal(err)
	}
	if a, err = g.Account(ctx, code, accountID(1)); err != nil || a.Failures != 0 || a.LockedUntil != nil || a.SeenAt == nil {
		t.Errorf("after success: %+v, %v", a, err)
	}
	if _, err := g.Failed(ctx, code, accountID(9)); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("nobody's failure: %v", err)
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	_, g := openGate(t)
	ctx := t.Context()
	if err := g.PutAccount(ctx, code, data.Account{ID: accountID(1), Login: "li.na", Recovery: []string{"aa", "bb"}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		take func() (bool, error)
		want bool
	}{
		{"a step", func() (bool, error) { return g.TakeStep(ctx, code, accountID(1), 100) }, true},
		{"the same step", func() (bool, error) { return g.TakeStep(ctx, code, accountID(1), 100) }, false},
		{"a step before it", func() (bool, error) { return g.TakeStep(ctx, code, accountID(1), 99) }, false},
		{"the next step", func() (bool, error) { return g.TakeStep(ctx, code, accountID(1), 101) }, true},
		{"a step of nobody", func() (bool, error) { return g.TakeStep(ctx, code, accountID(9), 101) }, false},
		{"a recovery code", func() (bool, error) { return g.TakeRecovery(ctx, code, accountID(1), "aa") }, true},
		{"the same recovery code", func() (bool, error) { return g.TakeRecovery(ctx, code, accountID(1), "aa") }, false},
		{"another recovery code", func() (bool, error) { return g.TakeRecovery(ctx, code, accountID(1), "bb") }, true},
	} {
		if got, err := test.take(); err != nil || got != test.want {
			t.Errorf("%s: %v, %v", test.name, got, err)
		}
	}
}

func TestARoleIsGivenForWhatItNeedsAndNothingElse(t *testing.T) {
	_, g := openGate(t)
	ctx := t.Context()
	for _, role := range append(data.Roles(), "king") {
		for _, area := range []string{"", code} {
			for _, body := range []string{"", "health"} {
				want := role.Valid() && role.NeedsArea() == (area != "") && role.NeedsBody() == (body != "")
				_, err := g.Give(ctx, code, data.Grant{Account: accountID(1), Role: role, Area: area, Body: body, GivenBy: accountID(1)})
				var invalid *data.InvalidError
				if (err == nil) != want || err != nil && !errors.As(err, &invalid) {
					t.Errorf("%s for area %q, body %q: %v", role, area, body, err)
				}
			}
		}
	}
	t.Run("the same holds in the database", func(t *testing.T) {
		s, g := openGate(t)
		for i, role := range append(data.Roles(), "king") {
			for j, what := range [][2]any{{nil, nil}, {code, nil}, {nil, "health"}, {code, "health"}} {
				want := role.Valid() && role.NeedsArea() == (what[0] != nil) && role.NeedsBody() == (what[1] != nil)
				_, err := s.Pool().Exec(ctx, `INSERT INTO account_grant (district, account, n, role, area, body, from_at, given_by)
					VALUES ($1, $2, $3, $4, $5, $6, now(), 'x')`, code, accountID(1), 1+i*4+j, string(role), what[0], what[1])
				if (err == nil) != want {
					t.Errorf("%s with %v: %v", role, what, err)
				}
			}
		}
		if all, err := g.GrantsOfAll(ctx, code); err != nil || len(all) != len(data.Roles()) {
			t.Errorf("%d grants, %v", len(all), err)
		}
	})
}

func TestGrantsAreNumberedAndStayWhenTheyEnd(t *testing.T) {
	_, g := openGate(t)
	ctx := t.Context()
	give := data.Grant{Account: accountID(1), Role: data.RolePlanner, Area: code, From: *at("2026-01-01T00:00:00Z"), To: at("2030-01-01T00:00:00Z"), GivenBy: "ops", Reason: "轮岗"}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := g.Give(ctx, code, give); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := g.EndGrant(ctx, code, accountID(1), 3, "ops"); err != nil {
		t.Fatal(err)
	}
	if err := g.EndGrant(ctx, code, accountID(1), 3, "ops"); !errors.Is(err, data.ErrNotFound) {
		t.Errorf("ended twice: %v", err)
	}
	grants, err := g.Grants(ctx, code, accountID(1))
	if err != nil || len(grants) != 8 {
		t.Fatalf("%d grants, %v", len(grants), err)
	}
	for i, got := range grants {
		want := give
		want.N = i + 1
		if (got.EndedAt != nil) != (want.N == 3) || (got.EndedBy == "ops") != (want.N == 3) {
			t.Errorf("grant %d: ended %v by %q", got.N, got.EndedAt, got.EndedBy)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(data.Grant{}, "EndedAt", "EndedBy")); diff != "" {
			t.Error(diff)
		}
	}
	var missing *data.MissingError
	if _, err := g.Give(ctx, code, data.Grant{Account: accountID(9), Role: data.RoleAuditor, GivenBy: "ops"}); !errors.As(err, &missing) {
		t.Errorf("to nobody: %v", err)
	}
}
