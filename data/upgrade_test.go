package data_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/data/migrations"
	"sanse/data/seal"
)

// migrateTo has a database at a version: from nothing, or back from a later one.
func migrateTo(t *testing.T, s *data.Store, version int64, down bool) {
	t.Helper()
	db := stdlib.OpenDBFromPool(s.Pool())
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	p, err := migrations.New(db)
	if err != nil {
		t.Fatal(err)
	}
	if down {
		_, err = p.DownTo(t.Context(), version)
	} else {
		_, err = p.UpTo(t.Context(), version)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A database of before there were roles, tables of persons and data keys is brought
// up with all that was in it: whoever has the key file reads every name.
func TestADatabaseOfVersion12IsBroughtUpWithAllThatWasInIt(t *testing.T) {
	_, dsn := datatest.NewDSN(t)
	keys, path := keyFile(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	own, err := seal.New(seal.AES, content)
	if err != nil {
		t.Fatal(err)
	}
	bare := openStore(t, dsn, datatest.Keys(t))
	for _, sql := range []string{`DROP SCHEMA trust CASCADE`, `DROP SCHEMA public CASCADE`, `CREATE SCHEMA public`} {
		run(t, bare, sql)
	}
	bare.Pool().Reset()
	migrateTo(t, bare, 12, false)
	bare.Pool().Reset()

	// As version 12 sealed and hashed: with the key file's own key.
	sealed := func(text, table, column, id string) []byte {
		b, err := own.Seal([]byte(text), seal.Place(table, column, code, id))
		if err != nil || b[0] != 1 {
			t.Fatalf("%x: %v", b[:1], err)
		}
		return b
	}
	proof, err := own.Seal([]byte("sanse"), seal.Place("key_check", "proof", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	person := data.Person{Name: "王小明", IDNumber: "51010119400101123X", Phone: "19900000001", Address: "某路1号", Note: "听力不好"}
	hash, err := own.MAC(append(seal.Place("resident", "id_hash", code, ""), strings.ToUpper(person.IDNumber.Reveal())...))
	if err != nil {
		t.Fatal(err)
	}
	const grid, neighbour, fresh, ended = code + "001001001", code + "001001002", code + "001001003", code + "001001004"
	run(t, bare, `INSERT INTO key_check (proof) VALUES ($1)`, proof)
	run(t, bare, `INSERT INTO district (code, name, time_zone, made_up) VALUES ($1, '甲区', 'Asia/Shanghai', false)`, code)
	for level, a := range []string{code, code + "001", code + "001001", grid, neighbour, fresh, ended} {
		level = min(level+1, 4)
		var parent any
		if level > 1 {
			parent = a[:len(a)-3]
		}
		run(t, bare, `INSERT INTO area (district, code, level, parent) VALUES ($1, $2, $3, $4)`, code, a, level, parent)
	}
	// From day 10 on the grid goes on, with a tenth to the neighbour and a quarter to
	// a new one; one that ends went to the neighbour, but for a tenth.
	for _, v := range []struct {
		area     string
		from, to any
		x0, x1   float64
	}{
		{grid, "2026-01-01", "2026-01-10", 0, 1},
		{neighbour, "2026-01-01", "2026-01-10", 1, 2},
		{ended, "2026-01-01", "2026-01-10", 2, 3},
		{fresh, "2026-01-10", nil, 0, 0.25},
		{grid, "2026-01-10", nil, 0.25, 0.9},
		{neighbour, "2026-01-10", nil, 0.9, 2.9},
	} {
		run(t, bare, `INSERT INTO area_version (district, area, valid_from, valid_to, name, boundary)
			VALUES ($1, $2, $3::text::date, $4::text::date, 'x', ST_Multi(ST_MakeEnvelope($5, 0, $6, 1, 4326)))`, code, v.area, v.from, v.to, v.x0, v.x1)
	}
	run(t, bare, `INSERT INTO draft (district, id, name, base_day, base_version, created_at, changed_at) VALUES ($1, 1, 'x', '2026-01-01', 1, now(), now())`, code)
	run(t, bare, `INSERT INTO publication (district, id, draft, effective, published_at) VALUES ($1, 1, 1, '2026-01-10', now())`, code)
	for _, l := range [][2]string{{grid, grid}, {grid, neighbour}, {grid, fresh}, {ended, neighbour}} {
		run(t, bare, `INSERT INTO area_lineage (district, publication, from_area, to_area) VALUES ($1, 1, $2, $3)`, code, l[0], l[1])
	}
	const point = `ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326)`
	run(t, bare, `INSERT INTO resident (district, id, grade, location, grid, id_hash, name, id_number, phone, address, note)
		VALUES ($1, 'r1', 'red', `+point+`, $2, $3, $4, $5, $6, $7, $8)`, code, grid, hash,
		sealed(person.Name.Reveal(), "resident", "name", "r1"), sealed(person.IDNumber.Reveal(), "resident", "id_number", "r1"),
		sealed(person.Phone.Reveal(), "resident", "phone", "r1"), sealed(person.Address.Reveal(), "resident", "address", "r1"),
		sealed(person.Note.Reveal(), "resident", "note", "r1"))
	run(t, bare, `INSERT INTO resident (district, id, grade, location, grid) VALUES ($1, 'r2', 'blue', `+point+`, $2)`, code, grid)
	run(t, bare, `INSERT INTO visitor (district, id, kind, tier, mode, start_at, name, phone) VALUES ($1, 'v1', 'grid_worker', 1, 'foot', `+point+`, $2, $3)`,
		code, sealed("李四", "visitor", "name", "v1"), sealed("19900000002", "visitor", "phone", "v1"))
	run(t, bare, `INSERT INTO visitor_scope (district, visitor, area, n) VALUES ($1, 'v1', $2, 0)`, code, grid)
	run(t, bare, `INSERT INTO team (district, resident, visitor, n) VALUES ($1, 'r1', 'v1', 0)`, code)
	run(t, bare, `INSERT INTO visit (district, resident, day, done, visitor, grid) VALUES ($1, 'r1', '2026-02-01', true, 'v1', $2)`, code, grid)
	run(t, bare, `INSERT INTO task (district, id, kind, resident, minutes, rules, address) VALUES ($1, 't1', 'service', 'r1', 10, '[]', $2)`,
		code, sealed("后门", "task", "address", "t1"))
	bare.Close()

	s := openStore(t, dsn, keys)
	for range 2 { // the second time nothing is left to do
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	reads := func() {
		t.Helper()
		persons, err := s.ResidentPersons(t.Context(), code, []string{"r1", "r2"})
		if err != nil || persons["r1"] != person || persons["r2"] != (data.Person{}) {
			t.Errorf("residents come back otherwise: %v", err)
		}
		visitors, err := s.VisitorPersons(t.Context(), code, []string{"v1"})
		if v := visitors["v1"]; err != nil || v.Name != "李四" || v.Phone != "19900000002" {
			t.Errorf("visitors come back otherwise: %v", err)
		}
		tasks, err := s.TaskAddresses(t.Context(), code, []string{"t1"})
		if err != nil || tasks["t1"] != "后门" {
			t.Errorf("tasks come back otherwise: %v", err)
		}
	}
	reads()
	if visits, err := s.Visits(t.Context(), code, day("2026-01-01"), day("2026-12-31")); err != nil || len(visits) != 1 || visits[0].Visitor != "v1" {
		t.Errorf("%d visits: %v", len(visits), err)
	}
	same := data.Resident{ID: "r9", Grade: "red", Location: [2]float64{0.5, 0.5}, Grid: grid, Person: data.Person{IDNumber: person.IDNumber}}
	var twice *data.TwiceError
	if err := s.Write(t.Context(), func(tx *data.Tx) error { return tx.PutResidents(code, []data.Resident{same}) }); !errors.As(err, &twice) {
		t.Errorf("a person who was stored before is not known again: %v", err)
	}
	lineage, err := s.AreaLineage(t.Context(), code, day("2026-12-31"))
	if err != nil {
		t.Fatal(err)
	}
	var heirs []string
	for _, l := range lineage {
		if l.Heir {
			heirs = append(heirs, l.From[len(code):]+" "+l.To[len(code):])
		}
	}
	if want := []string{"001001001 001001001", "001001001 001001003", "001001004 001001002"}; !slices.Equal(heirs, want) {
		t.Errorf("heirs %v, want %v", heirs, want)
	}
	done, err := s.Reseal(t.Context(), code, nil)
	if err != nil || done.Values != 8 || len(done.Retired) != 1 {
		t.Errorf("%+v: %v", done, err)
	}
	reads()
	migrateTo(t, s, 12, true)
	var name, phone, address []byte
	err = s.Pool().QueryRow(t.Context(), `SELECT r.name::bytea, v.phone::bytea, t.address::bytea FROM resident r, visitor v, task t WHERE r.id = 'r1'`).Scan(&name, &phone, &address)
	if err != nil || len(name) == 0 || len(phone) == 0 || len(address) == 0 {
		t.Errorf("the way back loses what is sealed: %v", err)
	}
}

// Why roles were given stood in the clear before version 28: it is sealed when the
// schema is brought up to date, and nothing is left of it.
func TestReasonsOfGrantsFromBeforeTheyWereSealedAreSealed(t *testing.T) {
	s := datatest.New(t)
	write(t, s, newFixture().put)
	g := s.Gate()
	if err := g.PutAccount(t.Context(), code, data.Account{ID: accountID(1), Login: "one"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := g.Give(t.Context(), code, data.Grant{Account: accountID(1), Role: data.RolePlanner, Area: code, GivenBy: "ops", Reason: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	migrateTo(t, s, 27, true)
	run(t, s, `UPDATE account_grant SET reason = '代王某休假' WHERE n = 2`)
	s.Pool().Reset()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := g.Grants(t.Context(), code, accountID(1))
	if err != nil || len(got) != 2 || got[0].Reason != "" || got[1].Reason != "代王某休假" {
		t.Errorf("%d grants: %v", len(got), err)
	}
	rows, err := s.Pool().Query(t.Context(), `SELECT row_to_json(g)::text FROM account_grant g`)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || strings.Contains(strings.Join(texts, ""), "王某") || strings.Contains(strings.Join(texts, ""), "reason_clear") {
		t.Errorf("it still stands there: %v", err)
	}
}
