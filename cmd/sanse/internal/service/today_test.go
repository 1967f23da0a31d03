package service_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// planDay stores a plan of today: v1 goes to these residents, one after the other.
func (b *recordBed) planDay(residents ...string) {
	b.t.Helper()
	exec := func(sql string, args ...any) {
		b.t.Helper()
		if _, err := b.owner.Pool().Exec(b.t.Context(), sql, args...); err != nil {
			b.t.Fatal(err)
		}
	}
	exec(`INSERT INTO plan (district, id, start_day, days, seed, made_at, is_current, summary) VALUES ($1, 7, $2, 3, 1, now(), true, '{}')`, lattice, b.today.Time())
	exec(`INSERT INTO plan_itinerary (district, plan, visitor, day, depart, block, return_seconds) VALUES ($1, 7, 'v1', $2, 480, $3, 0)`, lattice, b.today.Time(), west)
	for i, r := range residents {
		exec(`INSERT INTO plan_stop (district, plan, visitor, day, depart, n, resident, arrive, leave, walk_seconds, due_by, owed) VALUES ($1, 7, 'v1', $2, 480, $3, $4, $5, $6, 120, $7, $8)`,
			lattice, b.today.Time(), i+1, r, 490+30*i, 510+30*i, (b.today + 1).Time(), i == 0)
	}
}

func TestTheDayHoldsWhatADoorTakesAndNoGrade(t *testing.T) {
	b := newRecordBed(t)
	err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return errors.Join(tx.PutPolicies(lattice, []data.Policy{{Grade: "yellow", PerWeek: 1}}),
			tx.PutVisits(lattice, []data.Visit{{Resident: "r0001", Date: b.today - 3, Done: false}, {Resident: "r0001", Date: b.today - 9, Done: true}}))
	})
	if err != nil {
		t.Fatal(err)
	}
	b.person("r0001", "张三")
	b.planDay("r0000", "r0001")
	worker, colleague, leader := b.seat(1, data.RoleWorker, "", "", "v1"), b.seat(2, data.RoleWorker, "", "", "v3"), b.seat(3, data.RoleLeader, west, "", "")
	home := must(b.MakeCode(leader, lattice, data.CodeHome, "r0001", "", "https://example.cn"))(t)
	card := must(b.MakeCode(leader, lattice, data.CodeCard, "r0001", "", "https://example.cn"))(t)
	if err := b.RetireCode(leader, lattice, card.ID, "lost"); err != nil {
		t.Fatal(err)
	}
	done := b.record("r0000")
	if got := b.put(worker, done); got[0] != "stored" {
		t.Fatal(got)
	}
	v := must(b.VisitDay(worker, lattice, "", 0))(t)
	if len(v.Stops) != 2 || v.Plan != 7 || v.Visitor != "v1" || v.Form.ID != "reference-1" || !v.ClosesAt.After(b.now) {
		t.Fatalf("the day is %+v", v)
	}
	first, second := v.Stops[0], v.Stops[1]
	if first.Done != done.ID || first.Why != "owed" || first.Last != nil || len(first.Codes) != 0 {
		t.Errorf("the first stop is %+v", first)
	}
	sum := sha256.Sum256([]byte(home.Token.Reveal()))
	if second.Name != "张三" || second.Note != "耳背" || second.Why != "planned" || second.Last == nil || second.Last.Day != b.today-3 || second.Last.Done ||
		!slices.Equal(second.Codes, []string{base64.RawURLEncoding.EncodeToString(sum[:])}) || second.Location != squareAt(0, 1).Bound().Center() || second.Arrive.String() != "08:40" {
		t.Errorf("the second stop is %+v", second)
	}
	// A door that nobody opened is not done: somebody is to go again, whoever has it by then.
	missed := b.record("r0001")
	missed.Result, missed.NotSeen, missed.Answers = "not_seen", "no_answer", nil
	if got := b.put(worker, missed); got[0] != "stored" {
		t.Fatal(got)
	}
	if v := must(b.VisitDay(worker, lattice, "", 0))(t); v.Stops[1].Done != "" || v.Stops[0].Done != done.ID {
		t.Errorf("after nobody opened the stops are %+v", v.Stops)
	}
	r := b.record("r0001")
	r.Stop = second.Key
	if got := b.put(worker, r); got[0] != "stored" || one[int](t, b.owner, `SELECT plan::int FROM visit_record WHERE id = $1`, r.ID) != 7 {
		t.Errorf("the record of a stop: %v", got)
	}
	if _, err := b.VisitDay(colleague, lattice, "v1", 0); service.CodeOf(err) != service.CodeForbidden {
		t.Errorf("a colleague from elsewhere sees the day: %v", err)
	}
	if n := one[int](t, b.owner, `SELECT count(*)::int FROM audit WHERE object = 'visitor_day' AND action = 'name' AND ids @> '{r0000,r0001}'`); n != 2 {
		t.Errorf("two looks are in the audit %d times", n)
	}
	b.doors(home, card, worker, colleague)
	b.overHTTP(worker, home)
}

// Whoever asks for another's day needs to see the days of all that one's areas, and
// who is no visitor has none of their own.
func TestAnothersDayIsForWhoSeesTheDaysThere(t *testing.T) {
	b := newRecordBed(t)
	b.rules()
	b.person("r0001", "张三")
	b.planDay("r0000", "r0001")
	for i, test := range []struct {
		name          string
		role          data.Role
		area, body    string
		visitor       string // who asks
		of            string
		want          service.Code
		stops         int
		named, noSelf bool
	}{
		{"a colleague of the same grid", data.RoleWorker, "", "", "v2", "v1", service.CodeForbidden, 0, false, false},
		{"the leader of the grid", data.RoleLeader, west + "001", "", "", "v1", "", 2, true, false},
		{"the leader of the community, who is a visitor too", data.RoleLeader, west, "", "v3", "v1", "", 2, true, false},
		{"the leader of one of two grids that a visitor has", data.RoleLeader, west + "002", "", "", "v2", service.CodeForbidden, 0, false, false},
		{"a leader elsewhere", data.RoleLeader, east, "", "", "v1", service.CodeForbidden, 0, false, false},
		{"a planner", data.RolePlanner, lattice, "", "", "v1", "", 2, false, true},
		{"an official of the district", data.RoleOfficial, lattice, "", "", "v1", "", 2, false, false},
		{"a department", data.RoleDepartment, "", "civil_affairs", "", "v1", service.CodeForbidden, 0, false, false},
		{"of nobody there is, for who may not know", data.RoleLeader, east, "", "", "v9", service.CodeForbidden, 0, false, false},
		{"of nobody there is, for who may", data.RolePlanner, lattice, "", "", "v9", service.CodeNotFound, 0, false, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			who := b.seat(100+i, test.role, test.area, test.body, test.visitor)
			v, err := b.VisitDay(who, lattice, test.of, 0)
			if service.CodeOf(err) != test.want || len(v.Stops) != test.stops {
				t.Fatalf("%d stops, %v; want %d, %q", len(v.Stops), err, test.stops, test.want)
			}
			if err == nil && (v.Stops[1].Name == "张三") != test.named {
				t.Errorf("told the name %q", v.Stops[1].Name)
			}
			if test.visitor != "" {
				return
			}
			own, err := b.VisitDay(who, lattice, "", 0)
			switch {
			case test.noSelf && service.CodeOf(err) != service.CodeInvalid:
				t.Errorf("who records no visits has a day of their own: %v", err)
			case !test.noSelf && (err != nil || len(own.Stops) != 0 || own.Form == nil || own.Date != b.today || !own.ClosesAt.After(b.now)):
				t.Errorf("who records visits has no form: %+v, %v", own, err)
			}
		})
	}
}

// A provider comes for one need: a code opens the door, and tells nothing of visits.
func TestAProviderIsToldOfNoVisitsAtTheDoor(t *testing.T) {
	b := newRecordBed(t)
	b.rules()
	leader, provider := b.seat(1, data.RoleLeader, west, "", ""), b.seat(2, data.RoleProvider, "", "kitchen", "")
	if err := b.owner.Write(t.Context(), func(tx *data.Tx) error {
		return tx.PutVisits(lattice, []data.Visit{{Resident: "r0000", Date: b.today - 3, Done: true}})
	}); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO provider (district, id, name, services) VALUES ($1, 'kitchen', 'x', '{meal}')`,
		`INSERT INTO need (district, id, resident, service, rules, place, from_day) VALUES ($1, 'n1', 'r0000', 'meal', '[]', 'home', '2020-01-01')`,
		`INSERT INTO need_match (district, need, n, provider, by_hand, from_day, made_at) VALUES ($1, 'n1', 1, 'kitchen', false, '2020-01-01', now())`,
	} {
		if _, err := b.owner.Pool().Exec(t.Context(), sql, lattice); err != nil {
			t.Fatal(err)
		}
	}
	code := must(b.MakeCode(leader, lattice, data.CodeHome, "r0000", "", "https://example.cn"))(t)
	if got := b.put(leader, b.record("r0000")); got[0] != "stored" {
		t.Fatal(got)
	}
	for who, visits := range map[context.Context]bool{leader: true, provider: false} {
		door := must(b.OpenDoor(who, lattice, code.Token))(t)
		if len(door.Stops) != 1 {
			t.Fatalf("it opens %+v", door)
		}
		if st := door.Stops[0]; (st.Last != nil) != visits || (st.Done != "") != visits {
			t.Errorf("told of visits: last %v, done %q, want %v", st.Last, st.Done, visits)
		}
	}
}

// person names a resident.
func (b *recordBed) person(resident, name string) {
	b.t.Helper()
	all, err := b.owner.Residents(b.t.Context(), lattice)
	if err != nil {
		b.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(r data.Resident) bool { return r.ID == resident })
	all[i].Person = data.Person{Name: data.Sealed(name), Phone: "13800000000", Address: "某路1号", Note: "耳背"}
	if err := b.owner.Write(b.t.Context(), func(tx *data.Tx) error { return tx.PutResidents(lattice, all[i:i+1]) }); err != nil {
		b.t.Fatal(err)
	}
}

// doors opens doors with codes: what is not theirs, out of force or nobody's is
// refused in the same words.
func (b *recordBed) doors(home, card service.NewCode, worker, colleague context.Context) {
	b.t.Helper()
	open := must(b.OpenDoor(worker, lattice, home.Token))(b.t)
	if open.Resident != "r0001" || len(open.Stops) != 1 || open.Stops[0].Name != "张三" || open.Stops[0].Key == "" {
		b.t.Errorf("the code at the door opens %+v", open)
	}
	said := map[string]bool{}
	for name, try := range map[string]struct {
		who   context.Context
		token data.Token
	}{
		"somebody else's": {colleague, home.Token}, "out of force": {worker, card.Token}, "nobody's": {worker, "bcdfghjkmnpqrstvwxz23456789"}, "none": {worker, ""},
	} {
		_, err := b.OpenDoor(try.who, lattice, try.token)
		if service.CodeOf(err) != service.CodeNotFound {
			b.t.Errorf("%s: %v", name, err)
			continue
		}
		said[err.Error()] = true
	}
	if len(said) != 1 {
		b.t.Errorf("a refusal tells which it is: %v", said)
	}
	// A plate opens those who live in the building.
	for _, sql := range []string{
		`INSERT INTO building (district, id, name, kind, address, units, floors, boundary) SELECT $1, 'b1', '', 'apartments', '', 1, 1, ST_Multi(ST_Buffer(location, 0.0001)) FROM resident WHERE district = $1 AND id = 'r0002'`,
		`UPDATE resident SET building = 'b1' WHERE district = $1 AND id IN ('r0002', 'r0102')`,
		`UPDATE district SET data_version = nextval('data_version') WHERE code = $1`,
	} {
		if _, err := b.owner.Pool().Exec(b.t.Context(), sql, lattice); err != nil {
			b.t.Fatal(err)
		}
	}
	leader := b.seat(4, data.RoleLeader, west, "", "")
	plate := must(b.MakeCode(leader, lattice, data.CodePlate, "", "b1", "https://example.cn"))(b.t)
	behind := must(b.OpenDoor(worker, lattice, plate.Token))(b.t)
	if behind.Resident != "" || len(behind.Stops) != 2 || behind.Stops[0].Resident != "r0002" || behind.Stops[1].Why != "unplanned" {
		b.t.Errorf("a plate opens %+v", behind)
	}
	r := b.record("r0102")
	r.Token, r.NoCode = plate.Token, ""
	if got := b.put(worker, r); got[0] != "stored" || one[string](b.t, b.owner, `SELECT how || ' ' || evidence FROM visit_record WHERE id = $1`, r.ID) != "plate code" {
		b.t.Errorf("a record by the plate: %v", got)
	}
	if list := must(b.Codes(leader, lattice, west))(b.t); len(list) != 3 {
		b.t.Errorf("%d codes of the community, want 3", len(list))
	}
	for _, c := range []struct{ kind, resident, building string }{{data.CodeHome, "r0600", ""}, {data.CodeHome, "r9999", ""}, {data.CodePlate, "", "b9"}} {
		if _, err := b.MakeCode(leader, lattice, c.kind, c.resident, c.building, ""); service.CodeOf(err) != service.CodeForbidden {
			b.t.Errorf("a code for %+v: %v", c, err)
		}
	}
}

// overHTTP asks the same as a phone does.
func (b *recordBed) overHTTP(worker context.Context, home service.NewCode) {
	b.t.Helper()
	var log strings.Builder
	h := api.New(b.Service, lattice, api.Fixed(service.ViewerFrom(worker)), http.NotFoundHandler(), slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	ask := func(method, path, body string) (int, string) {
		req := httptest.NewRequestWithContext(b.t.Context(), method, "http://localhost"+path, io.NopCloser(strings.NewReader(body)))
		req.ContentLength = int64(len(body))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code, w.Body.String()
	}
	status, day := ask(http.MethodGet, "/v1/today", "")
	if status != http.StatusOK || strings.Contains(day, "yellow") || strings.Contains(day, "grade") || !strings.Contains(day, "张三") {
		b.t.Errorf("the day: %d %.200s", status, day)
	}
	if status, door := ask(http.MethodPost, "/v1/door", `{"token":"`+home.Token.Reveal()+`"}`); status != http.StatusOK || !strings.Contains(door, `"resident":"r0001"`) {
		b.t.Errorf("the door: %d %.200s", status, door)
	}
	if status, door := ask(http.MethodPost, "/v1/door", `{"token":"x"}`); status != http.StatusNotFound {
		b.t.Errorf("a token of nobody's: %d %s", status, door)
	}
	at := b.now.Add(-5 * time.Minute).Format(time.RFC3339)
	good := `{"id":"11111111-1111-4111-8111-111111111111","resident":"r0000","arrived":"` + at + `","token":"` + home.Token.Reveal() + `","result":"seen","form":"reference-1","answers":{"gas":"smell"},"text":"闻\u0000到","more":1}`
	for _, c := range []struct {
		name, body string
		status     int
		want       []string
	}{
		{"among others that cannot be read", `{"sent":"` + b.now.Format(time.RFC3339) + `","records":[{"id":"22222222-2222-4222-8222-222222222222","arrived":"yesterday"},7,` + good + `]}`, 200, []string{"refused", "refused", "stored"}},
		{"without a clock", `{"sent":"soon","records":[` + good + `]}`, 200, []string{"same"}},
		{"none", `{"records":[]}`, 422, nil},
		{"too many", `{"records":[` + strings.Repeat(`{},`, 50) + `{}]}`, 422, nil},
		{"no JSON", `{`, 422, nil},
		{"a photo of 50 MB", `{"records":["` + strings.Repeat("A", 50<<20) + `"]}`, 413, nil},
	} {
		status, body := ask(http.MethodPost, "/v1/records", c.body)
		var got struct {
			Records []struct{ ID, Status string }
		}
		if err := json.Unmarshal([]byte(body), &got); status != c.status || err != nil && c.want != nil || len(got.Records) != len(c.want) {
			b.t.Errorf("%s: %d %.300s", c.name, status, body)
			continue
		}
		for i, w := range c.want {
			if got.Records[i].Status != w {
				b.t.Errorf("%s: record %d is %s, want %s", c.name, i, got.Records[i].Status, w)
			}
		}
	}
	if regexp.MustCompile(regexp.QuoteMeta(home.Token.Reveal()) + "|张三|闻到").MatchString(log.String()) {
		b.t.Errorf("the log has it: %s", log.String())
	}
}
