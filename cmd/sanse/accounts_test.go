package main

import (
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
)

// TestWhoeverHoldsTheMachineKeepsTheAccounts walks the verbs of sanse accounts on
// one district, as an operator would.
func TestWhoeverHoldsTheMachineKeepsTheAccounts(t *testing.T) {
	a, b := makeHouse(t, "accounts_verbs", false)
	ctx, gate := t.Context(), a.Store.Gate()
	accounts := func(args ...string) result { return b.sanse(t, append([]string{"accounts"}, args...)...) }
	after := func(r result, word string) string {
		t.Helper()
		_, rest, ok := strings.Cut(r.out, word)
		if !ok {
			t.Fatalf("nothing says %q: %s", word, clip(r.out))
		}
		line, _, _ := strings.Cut(rest, "\n")
		return strings.TrimSpace(line)
	}
	d, err := a.Service.District(ctx, houseCode)
	if err != nil {
		t.Fatal(err)
	}
	entry, _, err := entryOf(a, d, serveSettings{secure: true})
	if err != nil {
		t.Fatal(err)
	}
	stage := func(login, secret string) string {
		o, err := entry.SignIn(ctx, auth.Attempt{Login: login, Password: secret})
		if err != nil {
			return err.Error()
		}
		return string(o.Seated.Session.Stage)
	}

	secret := after(accounts("add", "Wang.Wei", "--name", "王伟", "--role", "leader", "--area", townCode, "--until", "2099-12-31", "--reason", "带队").want(t, exitDone).hides(t, "王伟", "带队"), "secret:")
	if got := stage("wang.wei", secret); got != string(data.StagePassword) {
		t.Errorf("the secret leads to %s", got)
	}
	accounts("list").want(t, exitDone).says(t, "wang.wei", "new", "leader", townCode).hides(t, secret, "王伟", "带队", "argon2id")

	t.Run("what makes no sense is said in words", func(t *testing.T) {
		for says, args := range map[string][]string{
			"there is such an account already": {"add", "wang.wei"},
			"--role \"king\"":                  {"add", "li.na", "--role", "king"},
			"want one of":                      {"add", "li.na", "--role", "service"},
			"for an area":                      {"grant", "wang.wei", "--role", "planner"},
			"there is no area":                 {"grant", "wang.wei", "--role", "planner", "--area", "1"},
			"no spaces":                        {"add", "li na"},
			"of programs":                      {"add", "key-1"},
			"--subject":                        {"add", "li.na", "--issuer", "https://id.example"},
			"no scope":                         {"key", "Bericht", "--scopes", "everything"},
			"for a year at most":               {"key", "Bericht", "--scopes", "board", "--days", "4000"},
		} {
			accounts(args...).want(t, exitInvalid).says(t, says)
		}
		for _, args := range [][]string{{"reset", "nobody"}, {"disable", "nobody"}, {"grant", "nobody", "--role", "auditor"}, {"end", "wang.wei", "9"}} {
			accounts(args...).want(t, exitInvalid).says(t, "accounts list")
		}
		if all, err := gate.Accounts(ctx, houseCode); err != nil || len(all) != 1 {
			t.Errorf("%d accounts, %v", len(all), err)
		}
	})
	t.Run("a role is given and ended", func(t *testing.T) {
		accounts("grant", "wang.wei", "--role", "auditor").want(t, exitDone).says(t, "wang.wei: grant 2")
		accounts("list").want(t, exitDone).says(t, "auditor")
		accounts("end", "wang.wei", "2").want(t, exitDone)
		if r := accounts("list").want(t, exitDone); strings.Contains(r.out, "auditor") {
			t.Errorf("a role that has ended: %s", r.out)
		}
		accounts("list", "--all").want(t, exitDone).says(t, "auditor", "ended")
	})
	t.Run("who lost the password starts anew", func(t *testing.T) {
		again := after(accounts("reset", "wang.wei").want(t, exitDone), "secret:")
		if got := stage("wang.wei", secret); got != auth.ErrRefused.Error() {
			t.Errorf("the secret before leads to %s", got)
		}
		if got := stage("wang.wei", again); got != string(data.StagePassword) {
			t.Errorf("the new one leads to %s", got)
		}
		secret = again
	})
	t.Run("who is turned off does not come in until they are turned on", func(t *testing.T) {
		accounts("disable", "wang.wei").want(t, exitDone)
		accounts("list").want(t, exitDone).says(t, "disabled")
		if got := stage("wang.wei", secret); got != auth.ErrRefused.Error() {
			t.Errorf("turned off: %s", got)
		}
		accounts("disable", "--undo", "wang.wei").want(t, exitDone)
		if got := stage("wang.wei", secret); got != string(data.StagePassword) {
			t.Errorf("turned on: %s", got)
		}
	})
	t.Run("whom another house signs in has no secret here", func(t *testing.T) {
		r := accounts("add", "li.na", "--issuer", "https://id.example", "--subject", "u-1", "--role", "auditor").want(t, exitDone)
		if strings.Contains(r.out, "secret") {
			t.Error(r.out)
		}
		accounts("list").want(t, exitDone).says(t, "by another house")
		accounts("reset", "li.na").want(t, exitInvalid).says(t, "another house")
	})
	t.Run("a program gets a key", func(t *testing.T) {
		r := accounts("key", "日报", "--scopes", "board", "--area", townCode, "--days", "30").want(t, exitDone).hides(t, "日报")
		key := after(r, "key:")
		seated, err := gate.Seat(ctx, data.Token(key).Hash())
		if err != nil || seated.Session.Kind != data.SessionKey || len(seated.Grants) != 1 || seated.Grants[0].Area != townCode || seated.Account.Login != after(r, "login:") {
			t.Errorf("%v", err)
		}
		accounts("list").want(t, exitDone).says(t, "key", "service").hides(t, key)
	})
	var rows int
	if err := a.Store.Pool().QueryRow(ctx, `SELECT count(*) FROM audit WHERE object IN ('account', 'grant', 'session') AND account LIKE 'os:%'`).Scan(&rows); err != nil || rows < 8 {
		t.Errorf("%d rows tell what was done at the command line, %v", rows, err)
	}
}
