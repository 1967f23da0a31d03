package main

import (
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/planner"
)

// TestTheDoctorTellsWhatIsUnsafe makes one thing unsafe after the other and asks
// after each.
func TestTheDoctorTellsWhatIsUnsafe(t *testing.T) {
	a, b := makeHouse(t, "doctor", false)
	ctx, gate := t.Context(), a.Store.Gate()
	conn, err := pgx.Connect(ctx, b.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	do := func(sql ...string) func() {
		return func() {
			for _, s := range sql {
				if _, err := conn.Exec(ctx, s); err != nil {
					t.Fatalf("%s: %v", s, err)
				}
			}
		}
	}
	accounts := 0
	account := func(login string, role data.Role, change func(*data.Account)) func() {
		return func() {
			accounts++
			v := data.Account{ID: "a000000000000000" + string(rune('0'+accounts)), Login: login, Name: "王伟", Password: "$argon2id$x"}
			if change(&v); v.Login == "" {
				t.Fatal("an account without a login")
			}
			if err := gate.PutAccount(ctx, houseCode, v); err != nil {
				t.Fatal(err)
			}
			end := time.Now().Add(time.Hour)
			g := data.Grant{Account: v.ID, Role: role, From: time.Now().Add(-time.Hour), To: &end, GivenBy: "os:test"}
			if role == data.RolePlanner || role == data.RoleOfficial {
				g.Area = houseCode
			}
			if _, err := gate.Give(ctx, houseCode, g); err != nil {
				t.Fatal(err)
			}
		}
	}
	asIs := func(*data.Account) {}
	key := filepath.Join(home, "key.json")
	secret := filepath.Join(home, "first-secret-"+houseCode+".txt")
	t.Cleanup(func() {
		if err := os.Remove(secret); err != nil {
			t.Error(err)
		}
	})
	examined := func() map[string][]object {
		t.Helper()
		r := b.sanse(t, "--key-file", key, "--district", houseCode, "doctor", "--json").want(t, exitNo) // the database of the tests is not durable
		r.hides(t, "王伟", "$argon2id$x", "once-only")
		out := map[string][]object{}
		doc := parseJSON(t, r.out)
		for _, f := range list(doc["findings"]) {
			f := f.(object)
			out[text(f["id"])] = append(out[text(f["id"])], f)
			if (f["state"] == "ok") != (f["mend"] == nil) || text(f["what"]) == "" {
				t.Errorf("%v: what is not well is mended somehow, and nothing else", f)
			}
		}
		return out
	}
	states := map[string]string{
		"key-file": "ok", "database-roles": "ok", "database-log": "ok", "database-tls": "ok", "private-hooks": "ok", "database-durable": "unsafe", "first-secret": "ok", "second-factor": "ok", "second-factor-roles": "ok", "left-accounts": "ok", "audit-sent": "warn",
		"unused-accounts": "ok", "stand-in-accounts": "ok", "endless-grants": "ok", "data-key": "ok", "audit-chain": "ok", "retention": "warn", "review-number": "warn",
	}
	same := func(after string) map[string][]object {
		t.Helper()
		found := examined()
		for id, want := range states {
			if fs := found[id]; len(fs) == 0 || fs[0]["state"] != want {
				t.Errorf("after %s: %s is %v, want %s", after, id, fs, want)
			}
		}
		if len(found) != len(states) {
			t.Errorf("%d things are looked at, want %d", len(found), len(states))
		}
		return found
	}
	same("nothing")
	for _, c := range []struct {
		what, id, state, says string
		make                  func()
	}{
		{"a table that the desk owns", "database-roles", "unsafe", "sanse_desk owns 1 tables", do(`CREATE TABLE taken ()`, `ALTER TABLE taken OWNER TO sanse_desk`)},
		{"parameters in the log", "database-log", "unsafe", "log_statement", do(`ALTER ROLE sanse_desk IN DATABASE doctor SET log_statement = 'all'`)},
		{"a secret that nobody used", "first-secret", "warn", filepath.Base(secret), func() { writeText(t, secret, "once-only") }},
		{"a planner with a password alone", "second-factor", "unsafe", "li.na", account("li.na", data.RolePlanner, asIs)},
		{"an official with a password alone", "second-factor-roles", "warn", "official", account("zhang.min", data.RoleOfficial, asIs)},
		{"officials who must have more", "second-factor-roles", "ok", "every role", do(`INSERT INTO factor_role (district, role, basis) VALUES ('` + houseCode + `', 'official', 'a test')`)},
		{"an official without it", "second-factor", "unsafe", "zhang.min", func() {}},
		{"an account that lies idle", "unused-accounts", "warn", "zhang.min", do(`UPDATE account SET created_at = now() - interval '91 days' WHERE login = 'zhang.min'`)},
		{"whoever sits at the machine", "stand-in-accounts", "unsafe", "local-990201", account("local-"+houseCode, data.RoleAuditor, func(v *data.Account) { v.Password = "" })},
		{"an account of who has left", "left-accounts", "warn", "zhang.min", func() {
			v := data.Visitor{Left: planner.NewDate(2026, 1, 5)}
			v.ID, v.Kind, v.Tier, v.Start = "V9", "volunteer", planner.TierGrid, orb.Point{104, 30}
			if err := a.Store.Write(ctx, func(tx *data.Tx) error { return tx.PutVisitors(houseCode, []data.Visitor{v}) }); err != nil {
				t.Fatal(err)
			}
			do(`UPDATE account SET visitor = 'V9' WHERE login = 'zhang.min'`)()
		}},
		{"a collector that takes the audit", "audit-sent", "ok", "each day", func() {
			lines := 0
			siem := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil || strings.Contains(string(body), "王伟") {
					t.Errorf("a collector was told a name: %v", err)
				}
				lines += strings.Count(string(body), "\n")
			}))
			defer siem.Close()
			folder := t.TempDir()
			writeText(t, filepath.Join(folder, "ca.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: siem.Certificate().Raw})))
			writeText(t, filepath.Join(folder, "to.json"), `{"to": "`+siem.URL+`/in", "name": "siem", "ca_file": "ca.pem"}`)
			send := func() result {
				return b.sanse(t, "--key-file", key, "--district", houseCode, "audit", "send", "--to", filepath.Join(folder, "to.json"))
			}
			// Rows are sent once they are chained, for which other transactions of the server
			// have to end.
			again := func(is func(result) bool) {
				r := send()
				for range 200 {
					if is(r) {
						return
					}
					b.sanse(t, "--key-file", key, "--district", houseCode, "audit", "list").want(t, exitDone) // a row more
					r = send()
				}
				t.Errorf("it went on like this: %d %s%s", r.code, r.out, r.err)
			}
			again(func(r result) bool { return r.code == exitDone && strings.Contains(r.out, "sent to siem") })
			if lines == 0 {
				t.Error("nothing arrived")
			}
			siem.Close()
			again(func(r result) bool { return r.code == exitOutside && strings.Contains(r.err, "cannot be reached") })
		}},
		{"a collector that takes nothing", "audit-sent", "warn", "siem", do(`UPDATE audit_sent SET sent_at = now() - interval '25 hours'`)},
		{"a role without an end", "endless-grants", "warn", "li.na", do(`UPDATE account_grant SET to_at = NULL WHERE account = 'a0000000000000001'`)},
		{"an old key", "data-key", "warn", "keys rotate", do(`UPDATE data_key SET made_at = now() - interval '400 days'`)},
		{"a link that was written over", "audit-chain", "unsafe", "digest", do(`SET session_replication_role = replica`,
			`UPDATE audit_link SET rows = rows + 1 WHERE district = '`+houseCode+`' AND n = (SELECT max(n) FROM audit_link WHERE district = '`+houseCode+`')`, `SET session_replication_role = origin`)},
	} {
		c.make()
		states[c.id] = c.state
		found := same(c.what)
		if f := found[c.id][0]; !strings.Contains(text(f["what"])+text(f["mend"]), c.says) {
			t.Errorf("after %s: %v", c.what, f)
		}
	}
	b.sanse(t, "--key-file", key, "--private-hooks", "doctor").want(t, exitNo).says(t, "warn   private-hooks: ",
		"unsafe second-factor ("+houseCode+"): accounts that must have a second factor and have none: li.na")
}
