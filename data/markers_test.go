package data_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"sanse/data"
	"sanse/data/cluster"
)

// shapes lists how a text may lie in a file: as it is, in UTF-16, in hex, and in
// base64 wherever it begins in a group of three bytes.
func shapes(s string) map[string][]byte {
	out := map[string][]byte{
		"UTF-8": []byte(s), "hex": []byte(hex.EncodeToString([]byte(s))), "HEX": []byte(strings.ToUpper(hex.EncodeToString([]byte(s)))),
	}
	var le, be []byte
	for _, u := range utf16.Encode([]rune(s)) {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	out["UTF-16LE"], out["UTF-16BE"] = le, be
	for shift := range 3 {
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + s + "xxx"))
		from := (8*shift + 5) / 6 // the first character that is of the text alone
		to := from + (8*len(s)-5)/6
		out[fmt.Sprintf("base64 from byte %d", shift)] = []byte(whole[from:min(to, len(whole))])
	}
	return out
}

// A text that lies about in clear must be found in every shape, or the search
// proves nothing.
func TestAMarkerIsFoundInEveryShape(t *testing.T) {
	const marker = "王小明标记0042"
	for shape, want := range shapes(marker) {
		if len(want) < 12 {
			t.Errorf("%s: %q is too short to mean anything", shape, want)
		}
	}
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("a", shift+3) + marker + "bcd"))
		found := false
		for _, want := range shapes(marker) {
			found = found || bytes.Contains([]byte(text), want)
		}
		if !found {
			t.Errorf("base64 from byte %d is not found", shift)
		}
	}
}

func TestNoFileOfTheServerHoldsPersonalText(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a server of its own")
	}
	dir, err := os.MkdirTemp("", "sanse") // short, and passable for the user postgres
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	c, err := cluster.Open(t.Context(), dir, cluster.Options{Ephemeral: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.CreateDatabase(t.Context(), "markers"); err != nil {
		t.Fatal(err)
	}
	keys, err := data.OpenKeys(filepath.Join(t.TempDir(), "key.json"))
	if err != nil {
		t.Fatal(err)
	}
	admin := openStore(t, c.DSN("postgres"), keys)
	for _, set := range []string{"log_statement = 'all'", "log_min_duration_statement = 0", "log_parameter_max_length = -1", "log_error_verbosity = verbose"} {
		run(t, admin, `ALTER SYSTEM SET `+set)
	}
	run(t, admin, `SELECT pg_reload_conf()`)
	s := openStore(t, c.DSN("markers"), keys)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}

	// A marker in every personal field there is.
	n := 0
	var markers []string
	mark := func() data.Sealed {
		n++
		markers = append(markers, fmt.Sprintf("王小明标记%04d", n))
		return data.Sealed(markers[n-1])
	}
	f := newFixture()
	for i := range f.residents {
		f.residents[i].Person = data.Person{Name: mark(), IDNumber: mark(), Phone: mark(), Address: mark(), Note: mark()}
	}
	for i := range f.visitors {
		f.visitors[i].Name, f.visitors[i].Phone = mark(), mark()
	}
	for i := range f.tasks {
		f.tasks[i].Address = mark()
	}
	write(t, s, f.put)
	account := data.Account{ID: "a0123456789abcdef", Login: "li", Name: mark(), TOTP: mark()}
	g := s.Gate()
	if err := g.PutAccount(t.Context(), code, account); err != nil {
		t.Fatal(err)
	}
	if err := g.Describe(t.Context(), code, account.ID, mark(), "v1"); err != nil {
		t.Fatal(err)
	}
	hand := data.Handover{Resident: "r1", Account: account.ID, Kind: data.HandoverHelp, GivenBy: account.ID, To: time.Now().Add(time.Hour), Reason: mark()}
	if _, err := g.HandOver(t.Context(), code, hand); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Give(t.Context(), code, data.Grant{Account: account.ID, Role: data.RolePlanner, Area: code, GivenBy: account.ID, Reason: mark()}); err != nil {
		t.Fatal(err)
	}
	session := data.Session{ID: "s0123456789abcdef", Account: account.ID, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour), Agent: mark()}
	if err := g.OpenSession(t.Context(), code, data.Token("t").Hash(), session); err != nil {
		t.Fatal(err)
	}
	request := data.RightsRequest{
		ID: "q0123456789abcdef", Resident: "r1", Kind: data.RequestCorrection, Reason: mark(), AskedBy: "a",
		Fields: map[string]data.Sealed{"phone": mark(), "address": mark()},
	}
	if err := s.AtDesk(t.Context(), "", func(d *data.Desk) error {
		if err := d.Ask(t.Context(), code, request); err != nil {
			return err
		}
		return d.Decide(t.Context(), code, request.ID, true, mark(), "b")
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RunLife(t.Context(), code, day(time.Now().Format(time.DateOnly)), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), code, data.Event{Action: data.ActBreak, Object: "resident", IDs: []string{"r1"}, Reason: mark()}); err != nil {
		t.Fatal(err)
	}
	// What is refused must not tell what it was, and what is sealed anew stays so.
	same := f.residents[0]
	same.ID = "r9"
	if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{same}) }); err == nil {
		t.Fatal("two residents have one ID number")
	}
	if _, err := s.RotateKey(t.Context(), code, ""); err != nil {
		t.Fatal(err)
	}
	if done, err := s.Reseal(t.Context(), code, nil); err != nil || done.Values < n-3 {
		t.Fatalf("%+v of %d: %v", done, n, err)
	}
	if _, err := s.RotateHashKey(t.Context(), code, ""); err != nil {
		t.Fatal(err)
	}
	want := f.residents[0].Person
	want.Phone, want.Address = request.Fields["phone"], request.Fields["address"]
	if got, err := s.ResidentPersons(t.Context(), code, []string{"r1", "r2"}); err != nil || got["r1"] != want {
		t.Fatalf("the markers are not there: %v", err)
	}
	if got, err := g.Grants(t.Context(), code, account.ID); err != nil || len(got) != 1 || !strings.HasPrefix(got[0].Reason.Reveal(), "王小明标记") {
		t.Fatalf("the reason of a grant is not there: %v", err)
	}
	if got, err := g.Sessions(t.Context(), code, account.ID); err != nil || len(got) != 1 || got[0].Agent != session.Agent {
		t.Fatalf("what the browser calls itself is not there: %v", err)
	}
	run(t, s, `CHECKPOINT`)

	bin := filepath.Dir(pgDump(t))
	call := func(name string, args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), filepath.Join(bin, name), args...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", name, err, out)
		}
	}
	out := t.TempDir()
	in := func(name string) string { return filepath.Join(out, name) }
	db := "--dbname=" + c.DSN("markers")
	call("pg_dump", db, "--format=plain", "--file="+in("plain.sql"))
	call("pg_dump", db, "--format=plain", "--inserts", "--file="+in("inserts.sql"))
	call("pg_dump", db, "--format=custom", "--compress=0", "--file="+in("custom"))
	call("pg_dump", db, "--format=custom", "--file="+in("packed")) // packed: read again below
	call("pg_restore", "--file="+in("packed.sql"), in("packed"))
	call("pg_dump", db, "--format=tar", "--file="+in("tar"))
	call("pg_dump", db, "--format=directory", "--compress=0", "--file="+in("directory"))
	call("pg_basebackup", "--pgdata="+in("base"), "--dbname="+c.DSN("postgres"), "--wal-method=stream", "--checkpoint=fast")

	for _, place := range []struct {
		name, path string
		has        string // what must be found, or the search looked in the wrong place
	}{
		{"dumps", out, "一号楼"},
		{"a copy of the cluster", in("base"), "一号楼"},
		{"data folder", filepath.Join(dir, "pg", "base"), "一号楼"},
		{"write-ahead log", filepath.Join(dir, "pg", "pg_wal"), "一号楼"},
		{"the server's log, parameters and all", filepath.Join(dir, "postgres.log"), "parameters: $1"},
	} {
		t.Run(place.name, func(t *testing.T) {
			found, files := false, 0
			err := filepath.WalkDir(place.path, func(path string, e fs.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() {
					return err
				}
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				files++
				found = found || bytes.Contains(b, []byte(place.has))
				// Most bytes are of no text at all: one look for what all markers share.
				for shape, common := range shapes("王小明标记") {
					if !bytes.Contains(b, common) {
						continue
					}
					for _, m := range markers {
						if bytes.Contains(b, shapes(m)[shape]) {
							t.Errorf("%s holds marker %s in %s", filepath.Base(path), m, shape)
						}
					}
					t.Errorf("%s holds the beginning of a marker in %s", filepath.Base(path), shape)
				}
				return nil
			})
			if err != nil || !found {
				t.Errorf("%d files, what must be there is not (%v)", files, err)
			}
		})
	}
}
