package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
)

func TestAServerIsNotStartedSoThatPasswordsTravelInTheClear(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"other machines, no certificate": {[]string{"--addr", "0.0.0.0:0"}, "--tls-cert"},
		"a certificate without its key":  {[]string{"--tls-cert", "door_test.go"}, "tls-key"},
		"everybody is a proxy":           {[]string{"--behind-proxy", "0.0.0.0/0"}, "trusts everybody"},
		"a proxy that is no network":     {[]string{"--behind-proxy", "proxy"}, "want a network"},
		"nobody signs in, for others":    {[]string{"--as", "1", "--behind-proxy", "10.0.0.1/32"}, "this machine alone"},
		"nobody signs in, and publicly":  {[]string{"--as", "1", "--public"}, "this machine alone"},
		"a file that is no house":        {[]string{"--oidc", "door_test.go"}, "--oidc"},
	} {
		t.Run(name, func(t *testing.T) {
			sanse(t.Context(), append([]string{"serve"}, c.args...)...).want(t, exitInvalid).says(t, c.says)
		})
	}
}

func TestTheFirstSecretIsForItsOwnerAlone(t *testing.T) {
	a, _ := makeHouse(t, "door_first", false)
	d, err := a.Service.District(t.Context(), houseCode)
	if err != nil {
		t.Fatal(err)
	}
	entry, _, err := entryOf(a, d, serveSettings{})
	if err != nil {
		t.Fatal(err)
	}
	if entry.OneClick {
		t.Error("real people are looked as with one click")
	}
	dir := t.TempDir()
	// What somebody else has put there first is not written through.
	theirs := filepath.Join(dir, "theirs.txt")
	writeText(t, theirs, "theirs")
	if err := os.Symlink(theirs, filepath.Join(dir, "first-secret-"+houseCode+".txt")); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if err := firstStart(t.Context(), entry, d, dir, streams{nil, &out, &errOut}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "first-secret-"+houseCode+".txt")
	if readText(t, theirs) != "theirs" {
		t.Error("the secret went where a link led")
	}
	info, err := os.Lstat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	_, secret, ok := strings.Cut(strings.TrimSpace(readText(t, file)), "secret: ")
	if !ok || strings.Contains(out.String()+errOut.String(), secret) {
		t.Error("the secret is in what a service keeps of its output")
	}
	o, err := entry.SignIn(t.Context(), auth.Attempt{Login: "admin", Password: secret})
	if err != nil || o.Seated.Session.Stage != data.StagePassword {
		t.Errorf("%v %v", o.Seated.Session.Stage, err)
	}
	again := func(there bool) {
		t.Helper()
		if err := firstStart(t.Context(), entry, d, dir, streams{nil, &out, &errOut}); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(file); (err == nil) != there {
			t.Errorf("the file of the secret: %v", err)
		}
	}
	again(true)
	if _, err := entry.ChangePassword(t.Context(), o.Token, secret, password); err != nil {
		t.Fatal(err)
	}
	again(false) // the secret is used
}

func TestASeatThatWasLeftHalfMadeIsMadeWhole(t *testing.T) {
	a, _ := makeHouse(t, "door_half_made", true)
	ctx := t.Context()
	d, err := a.Service.District(ctx, houseCode)
	if err != nil {
		t.Fatal(err)
	}
	entry, _, err := entryOf(a, d, serveSettings{})
	if err != nil {
		t.Fatal(err)
	}
	gate := a.Store.Gate()
	for _, half := range []data.Account{{ID: "a0000000000000001", Login: "auditor"}, {ID: "a0000000000000002", Login: "as-" + townCode}} {
		if err := gate.PutAccount(ctx, houseCode, half); err != nil {
			t.Fatal(err)
		}
	}
	if err := gate.Disable(ctx, houseCode, "a0000000000000002", true); err != nil {
		t.Fatal(err)
	}
	if err := a.Service.MakeAccounts(ctx, houseCode); err != nil {
		t.Fatal(err)
	}
	if _, err := fixedSeat(ctx, a, d, entry, townCode); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"a0000000000000001", "a0000000000000002"} {
		account, err := gate.Account(ctx, houseCode, id)
		if err != nil {
			t.Fatal(err)
		}
		if grants, err := gate.Grants(ctx, houseCode, id); err != nil || len(grants) != 1 || account.DisabledAt != nil {
			t.Errorf("%s: %d roles, disabled %v, %v", account.Login, len(grants), account.DisabledAt, err)
		}
	}
	// Whoever is whole and was disabled by somebody stays so, and it is said.
	if err := gate.Disable(ctx, houseCode, "a0000000000000002", true); err != nil {
		t.Fatal(err)
	}
	if _, err := fixedSeat(ctx, a, d, entry, townCode); err == nil || !strings.Contains(err.Error(), "disabled") {
		t.Errorf("got %v", err)
	}
}
