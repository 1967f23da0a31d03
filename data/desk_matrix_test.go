package data_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sanse/data"
)

// looker is who looks.
type looker struct {
	name    string
	visitor string
	grants  []data.Grant
	session data.Session // kind and scopes
	// handed are residents handed to the account itself, in force.
	handed []string
	// before takes the right to look away again, or is nil.
	before func(t *testing.T, w *deskWorld, account, session string)
	// token is shown instead of the session's own; empty: its own.
	token data.Token
	gone  bool // sees nothing, for before or token says so
}

// sees is who sees what of the district, in the words of the contract and from
// nothing else: role by role, true for the record of a resident, for the names;
// but for what some roles alone would show.
func (l *looker) sees(w *deskWorld, resident string, but ...data.Role) (record, names bool) {
	h := w.residents[resident]
	for _, g := range l.inForce() {
		role := g.Role
		if slices.Contains(but, role) {
			role = ""
		}
		switch role {
		case data.RoleWorker: // areas of the linked visitor: all
			for _, area := range w.visitors[l.visitor] {
				if h.in(area) {
					record, names = true, true
				}
			}
		case data.RoleLeader: // areas granted: all
			if h.in(g.Area) {
				record, names = true, true
			}
		case data.RolePlanner: // areas granted: records
			record = record || h.in(g.Area)
		case data.RoleTaskForce: // area granted: records; names of those handed over
			record = record || h.in(g.Area)
		case data.RoleOfficial: // names only where the granted area is a community or below
			if h.in(g.Area) {
				record = true
				names = names || len(g.Area) >= len(deskCommunity)
			}
		case data.RoleDepartment: // those handed over
			if slices.Contains(w.handed[g.Body], resident) {
				record, names = true, true
			}
		case data.RoleProvider: // those matched to it
			if slices.Contains(w.matched[g.Body], resident) {
				record, names = true, true
			}
		case data.RoleService: // never names unless the scope says so
			if h.in(g.Area) {
				record = true
				names = names || slices.Contains(l.session.Scopes, "names")
			}
		}
		if l.seesPeople() && slices.Contains(l.handed, resident) {
			record, names = true, true
		}
	}
	return record, names
}

// seesPlace is sees for a task with a place of its own: areas alone count.
func (l *looker) seesPlace(w *deskWorld, h home) (record, names bool) {
	with := *l
	with.handed = nil
	with.grants = slices.DeleteFunc(slices.Clone(l.grants), func(g data.Grant) bool { return g.Role.NeedsBody() })
	one := &deskWorld{residents: map[string]home{"x": h}, visitors: w.visitors}
	return with.sees(one, "x")
}

// seesVisitor tells whether the looker shares ground with a visitor, is the
// visitor, or has the visitor working for them.
func (l *looker) seesVisitor(w *deskWorld, visitor string) bool {
	shares := func(area string) bool {
		return slices.ContainsFunc(w.visitors[visitor], func(own string) bool {
			return strings.HasPrefix(own, area) || strings.HasPrefix(area, own)
		})
	}
	for _, g := range l.inForce() {
		switch {
		case g.Role == data.RoleWorker && (visitor == l.visitor || slices.ContainsFunc(w.visitors[l.visitor], shares)),
			g.Role == data.RoleProvider && slices.Contains(w.workers[g.Body], visitor),
			g.Role.NeedsArea() && shares(g.Area):
			return true
		}
	}
	return false
}

// maySayNames tells whether the looker is no key, or one made for names.
func (l *looker) maySayNames() bool {
	return l.session.Kind != data.SessionKey || slices.Contains(l.session.Scopes, "names")
}

func (l *looker) inForce() []data.Grant {
	now := time.Now()
	return slices.DeleteFunc(slices.Clone(l.grants), func(g data.Grant) bool {
		return l.gone || g.From.After(now) || g.To != nil && !g.To.After(now) || g.EndedAt != nil ||
			(g.Role == data.RoleService) != (l.session.Kind == data.SessionKey)
	})
}

func (l *looker) seesPeople() bool {
	return slices.ContainsFunc(l.inForce(), func(g data.Grant) bool {
		return g.Role != data.RoleAuditor && g.Role != data.RoleAdministrator && g.Role != data.RoleService
	})
}

// role is a looker with one grant.
func role(r data.Role, where string) looker {
	g := data.Grant{Role: r}
	if r.NeedsBody() {
		g.Body = where
	} else {
		g.Area = where
	}
	return looker{name: strings.TrimSpace(string(r) + " " + where), grants: []data.Grant{g}}
}

func (l looker) as(name string, change func(*looker)) looker {
	l.name += ", " + name
	l.grants = slices.Clone(l.grants)
	change(&l)
	return l
}

// lookers are everybody who may look, and everybody who may no more.
func lookers() []looker {
	worker := func(visitor string) looker {
		return looker{name: "worker " + visitor, visitor: visitor, grants: []data.Grant{{Role: data.RoleWorker}}}
	}
	elsewhere := "r-" + deskCommunity3 + "001"
	all := []looker{
		worker("v-" + deskGrid), worker("v-micro"), worker("v-town"), worker("v-none"), worker(""),
		role(data.RoleLeader, deskGrid), role(data.RoleLeader, deskMicro), role(data.RoleLeader, deskCommunity), role(data.RoleLeader, deskDistrict),
		role(data.RolePlanner, deskDistrict), role(data.RolePlanner, deskTown),
		role(data.RolePlanner, deskTown).as("with the glass broken", func(l *looker) { l.handed = []string{elsewhere, "r-" + deskGrid} }),
		role(data.RoleOfficial, deskDistrict), role(data.RoleOfficial, deskTown), role(data.RoleOfficial, deskCommunity), role(data.RoleOfficial, deskGrid),
		role(data.RoleDepartment, "health"), role(data.RoleDepartment, "police"), role(data.RoleDepartment, "fire"),
		role(data.RoleTaskForce, deskTown2),
		role(data.RoleTaskForce, deskTown2).as("with two handed over", func(l *looker) { l.handed = []string{elsewhere, "r-" + deskGrid} }),
		role(data.RoleProvider, "pro1"), role(data.RoleProvider, "pro2"), role(data.RoleProvider, "health"),
		role(data.RoleAuditor, ""), role(data.RoleAdministrator, ""),
		role(data.RoleAuditor, "").as("handed somebody all the same", func(l *looker) { l.handed = []string{elsewhere} }),
		role(data.RoleAdministrator, "").as("handed somebody all the same", func(l *looker) { l.handed = []string{elsewhere} }),
		role(data.RoleService, deskTown).as("by key", func(l *looker) { l.session.Kind = data.SessionKey }),
		role(data.RoleService, deskTown).as("by key for names", func(l *looker) { l.session.Kind, l.session.Scopes = data.SessionKey, []string{"names"} }),
		role(data.RoleService, deskTown).as("by key, handed somebody", func(l *looker) { l.session.Kind, l.handed = data.SessionKey, []string{elsewhere} }),
		role(data.RoleService, deskTown).as("on a page", func(*looker) {}),
		role(data.RoleLeader, deskTown).as("by key", func(l *looker) { l.session.Kind, l.session.Scopes = data.SessionKey, []string{"names"} }),
		role(data.RoleOfficial, deskCommunity).as("and two providers", func(l *looker) {
			l.grants = append(l.grants, data.Grant{Role: data.RoleProvider, Body: "pro1"}, data.Grant{Role: data.RoleProvider, Body: "pro2"})
		}),
		{name: "nobody in particular"},
	}
	soon, ago := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	leader := role(data.RoleLeader, deskDistrict)
	for name, sql := range map[string]string{
		"revoked":                         `UPDATE session SET revoked_at = now() WHERE id = $1`,
		"expired":                         `UPDATE session SET expires_at = now() WHERE id = $1`,
		"idle":                            `UPDATE session SET idle_seconds = 60, seen_at = now() - interval '2 min' WHERE id = $1`,
		"asked for another password":      `UPDATE session SET stage = 'password' WHERE id = $1`,
		"asked for a code":                `UPDATE session SET stage = 'totp' WHERE id = $1`,
		"asked to enrol":                  `UPDATE session SET stage = 'enrol' WHERE id = $1`,
		"asked for the PIN":               `UPDATE session SET stage = 'pin' WHERE id = $1`,
		"disabled":                        `UPDATE account SET disabled_at = now() WHERE id = (SELECT account FROM session WHERE id = $1)`,
		"with a grant of another account": `UPDATE session SET account = (SELECT min(id) FROM account) WHERE id = $1`,
	} {
		all = append(all, leader.as(name, func(l *looker) {
			l.gone = true
			l.before = func(t *testing.T, w *deskWorld, _, session string) { w.exec(t, sql, session) }
		}))
	}
	return append(all,
		leader.as("not begun", func(l *looker) { l.grants[0].From = soon }),
		leader.as("over", func(l *looker) { l.grants[0].From, l.grants[0].To = ago.Add(-time.Hour), &ago }),
		leader.as("ended", func(l *looker) {
			l.gone = true
			l.before = func(t *testing.T, w *deskWorld, account, _ string) {
				if err := w.gate.EndGrant(t.Context(), deskDistrict, account, 1, "ops"); err != nil {
					t.Fatal(err)
				}
			}
		}),
		leader.as("one grant over and one in force", func(l *looker) {
			l.grants[0].From, l.grants[0].To = ago.Add(-time.Hour), &ago
			l.grants = append(l.grants, data.Grant{Role: data.RolePlanner, Area: deskCommunity2})
		}),
		leader.as("the glass broken an hour ago", func(l *looker) {
			l.grants[0] = data.Grant{Role: data.RolePlanner, Area: deskTown}
			l.before = func(t *testing.T, w *deskWorld, account, _ string) {
				w.give(t, data.Handover{Resident: elsewhere, Account: account, From: ago.Add(-time.Hour), To: ago})
				w.give(t, data.Handover{Resident: elsewhere, Account: account, From: soon, To: soon.Add(time.Hour)})
			}
		}),
		leader.as("without a token", func(l *looker) { l.gone, l.token = true, "-" }),
		leader.as("with a guess", func(l *looker) { l.gone, l.token = true, "token-1" }),
		leader.as("with the id of the session", func(l *looker) { l.gone, l.token = true, data.Token(sessionID(1)) }),
	)
}

// deskTables are the tables that the desk reads: a query for keys, and whose row
// a key is.
var deskTables = []struct {
	table, sql string
	of         string // resident, names, task, address, visitor, need, stop
}{
	{"resident", `SELECT id FROM resident`, "resident"},
	{"resident_kind", `SELECT resident FROM resident_kind`, "part"},
	{"resident_absence", `SELECT resident FROM resident_absence`, "part"},
	{"resident_prefer", `SELECT resident FROM resident_prefer`, "part"},
	{"team", `SELECT resident FROM team`, "part"},
	{"visit", `SELECT resident FROM visit`, "part"},
	{"visit_record", `SELECT resident FROM visit_record`, "part"},
	{"visit_record_text", `SELECT resident FROM (SELECT v.resident, t.district FROM visit_record_text t JOIN visit_record v ON v.district = t.district AND v.id = t.record) x`, "person"},
	{"visit_flag", `SELECT resident FROM (SELECT v.resident, f.district FROM visit_flag f JOIN visit_record v ON v.district = f.district AND v.id = f.record) x`, "part"},
	{"visit_flag_look", `SELECT resident FROM (SELECT v.resident, l.district FROM visit_flag_look l JOIN visit_record v ON v.district = l.district AND v.id = l.record) x`, "part"},
	{"quality_item", `SELECT resident FROM (SELECT v.resident, q.district FROM quality_item q JOIN visit_record v ON v.district = q.district AND v.id = q.record) x`, "part"},
	{"quality_call", `SELECT resident FROM (SELECT v.resident, q.district FROM quality_call q JOIN visit_record v ON v.district = q.district AND v.id = q.record) x`, "part"},
	{"visit_rating", `SELECT resident FROM (SELECT v.resident, g.district FROM visit_rating g JOIN visit_record v ON v.district = g.district AND v.id = g.record) x`, "part"},
	{"visit_rating_text", `SELECT resident FROM (SELECT v.resident, t.district FROM visit_rating_text t JOIN visit_rating g ON g.district = t.district AND g.id = t.rating
		JOIN visit_record v ON v.district = g.district AND v.id = g.record) x`, "person"},
	{"need", `SELECT resident FROM (SELECT * FROM need WHERE starts_with(id, 'n-')) n`, "resident"}, // the one that may be matched
	{"need", `SELECT resident FROM (SELECT * FROM need WHERE starts_with(id, 'o-')) n`, "part"},
	{"need_match", `SELECT substr(need, 3) FROM need_match`, "resident"},
	{"resident_person", `SELECT resident FROM resident_person`, "person"},
	{"task", `SELECT id FROM task`, "task"},
	{"task_prefer", `SELECT task FROM task_prefer`, "task"},
	{"task_visit", `SELECT task FROM task_visit`, "task"},
	{"task_person", `SELECT task FROM task_person`, "address"},
	{"visitor", `SELECT id FROM visitor`, "visitor"},
	{"visitor_scope", `SELECT visitor FROM visitor_scope`, "scope"},
	{"visitor_shift", `SELECT visitor FROM visitor_shift`, "visitor"},
	{"visitor_day_off", `SELECT visitor FROM visitor_day_off`, "visitor"},
	{"visitor_person", `SELECT visitor FROM visitor_person`, "visitor names"},
	{"plan_itinerary", `SELECT visitor FROM plan_itinerary`, "visitor"},
	{"plan_stop", `SELECT COALESCE(task, resident) FROM plan_stop`, "stop"},
	{"plan_unplanned", `SELECT COALESCE(task, resident) FROM plan_unplanned`, "stop"},
	{"incident", `SELECT resident FROM (SELECT * FROM incident WHERE resident IS NOT NULL) i`, "part"},
	{"incident", `SELECT place FROM (SELECT district, 'p-' || area AS place FROM incident WHERE resident IS NULL) i`, "place"},
	{"incident_step", `SELECT resident FROM (SELECT s.district, i.resident FROM incident_step s JOIN incident i ON i.district = s.district AND i.id = s.incident WHERE i.resident IS NOT NULL) s`, "part"},
	{"incident_text", `SELECT resident FROM (SELECT s.district, i.resident FROM incident_text s JOIN incident i ON i.district = s.district AND i.id = s.incident WHERE i.resident IS NOT NULL) s`, "part"},
	{"connect_row", `SELECT resident FROM (SELECT * FROM connect_row WHERE resident IS NOT NULL) c`, "part"},
	{"connect_row", `SELECT place FROM (SELECT district, 'p-' || area AS place FROM connect_row WHERE resident IS NULL) c`, "place"},
	{"device", `SELECT resident FROM (SELECT * FROM device WHERE resident IS NOT NULL) c`, "part"},
	{"device", `SELECT place FROM (SELECT district, 'p-' || area AS place FROM device WHERE resident IS NULL) c`, "place"},
	{"device_event", `SELECT resident FROM (SELECT e.district, d.resident FROM device_event e JOIN device d ON d.district = e.district AND d.id = e.device WHERE d.resident IS NOT NULL) e`, "part"},
	{"ladder", `SELECT resident FROM ladder`, "part"},
	{"resident_fact", `SELECT resident FROM resident_fact`, "part"},
	{"grade_suggestion", `SELECT resident FROM grade_suggestion`, "part"},
	{"grade_change", `SELECT resident FROM grade_change`, "part"},
	{"grade_appeal", `SELECT resident FROM grade_appeal`, "part"},
	{"ladder_step", `SELECT resident FROM (SELECT s.district, l.resident FROM ladder_step s JOIN ladder l ON l.district = s.district AND l.id = s.ladder) s`, "part"},
}

// want lists the keys of a kind that a looker sees.
func (l *looker) want(w *deskWorld, of string) (out []string) {
	for id := range w.residents {
		record, names := l.sees(w, id)
		part, _ := l.sees(w, id, data.RoleProvider)                        // a provider comes for the one need
		_, person := l.sees(w, id, data.RoleProvider, data.RoleDepartment) // these are told whom to ask for where
		switch {
		case record && of == "resident", part && (of == "part" || of == "stop"), names && of == "names", person && of == "person":
			out = append(out, id)
		}
		if part && (of == "task" || of == "stop") || part && names && of == "address" {
			out = append(out, "t-"+id)
		}
	}
	for id, h := range w.places {
		record, names := l.seesPlace(w, h)
		if record && (of == "task" || of == "stop" || of == "place") || names && of == "address" {
			out = append(out, id)
		}
	}
	for id, scope := range w.visitors {
		told := of == "visitor" || of == "scope" && len(scope) > 0 || of == "visitor names" && l.maySayNames()
		if told && l.seesVisitor(w, id) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

func TestTheDatabaseShowsASessionWhatItMaySee(t *testing.T) {
	w := newDeskWorld(t)
	ctx := t.Context()
	for table, rule := range tableRules {
		if rule.rows && rule.desk != "" && !slices.ContainsFunc(deskTables, func(d struct{ table, sql, of string }) bool { return d.table == table }) &&
			!deskRowsElsewhere[table] {
			t.Errorf("table %s is read at the desk and not looked at here", table)
		}
	}
	something := map[string]int{}
	for i, l := range lookers() {
		t.Run(l.name, func(t *testing.T) {
			token := data.Token(fmt.Sprintf("secret-of-%d", i))
			account := w.account(t, "looker", l.visitor)
			for _, g := range l.grants {
				g.Account, g.GivenBy = account, "ops"
				if _, err := w.gate.Give(ctx, deskDistrict, g); err != nil {
					t.Fatal(err)
				}
			}
			now := time.Now()
			for _, id := range l.handed {
				w.give(t, data.Handover{Resident: id, Account: account, Kind: data.HandoverBreakGlass, From: now.Add(-time.Minute), To: now.Add(data.MaxGlass - time.Minute)})
			}
			session := l.session
			session.ID, session.Account, session.Stage, session.ExpiresAt = sessionID(i+1), account, data.StageFull, now.Add(time.Hour)
			if session.Kind == "" {
				session.Kind = data.SessionPage
			}
			if err := w.gate.OpenSession(ctx, deskDistrict, token.Hash(), session); err != nil {
				t.Fatal(err)
			}
			if l.before != nil {
				l.before(t, w, account, session.ID)
			}
			switch l.token {
			case "":
			case "-":
				token = ""
			default:
				token = l.token
			}
			for _, d := range deskTables {
				got, err := keysAt(ctx, w.serving, token, d.sql+` WHERE district = '`+deskDistrict+`'`)
				if err != nil {
					t.Fatalf("%s: %v", d.table, err)
				}
				if diff := cmp.Diff(l.want(w, d.of), got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("%s: %s", d.table, diff)
				}
				something[d.table] += len(got)
				if other, err := keysAt(ctx, w.serving, token, d.sql+` WHERE district <> '`+deskDistrict+`'`); err != nil || len(other) > 0 {
					t.Errorf("%s: of the other district %v, %v", d.table, other, err)
				}
			}
			w.checkDesk(t, &l, token)
		})
	}
	for _, d := range deskTables {
		if something[d.table] == 0 {
			t.Errorf("nobody ever saw a row of %s: the test proves nothing", d.table)
		}
	}
}

// deskRowsElsewhere are tables with row-level security whose rows at the desk are
// tested beside what they are for.
var deskRowsElsewhere = map[string]bool{
	"audit": true, "audit_reason": true, "audit_link": true,
	"data_request": true, "consent": true, "export": true,
	"outbox": true, // it is added to, of cases in sight, and not read: TestTheDeskTellsOfCasesInSightAlone
}

// checkDesk asks the same of the methods of Desk.
func (w *deskWorld) checkDesk(t *testing.T, l *looker, token data.Token) {
	t.Helper()
	ctx := t.Context()
	residents, tasks := sortedKeys(w.residents), append(sortedKeys(w.tasks), sortedKeys(w.places)...)
	var handed []string
	for _, id := range residents {
		with := *l
		with.grants = slices.DeleteFunc(slices.Clone(l.grants), func(g data.Grant) bool { return g.Role == data.RoleService })
		for i := range with.grants { // nothing by area
			with.grants[i].Area = "none"
		}
		with.visitor = ""
		if record, _ := with.sees(w, id); record {
			handed = append(handed, id)
		}
	}
	err := w.serving.AtDesk(ctx, token, func(d *data.Desk) error {
		visible, err := d.Visible(ctx, deskDistrict, append(residents, "nobody"))
		persons, err2 := d.ResidentPersons(ctx, deskDistrict, residents)
		visitors, err3 := d.VisitorPersons(ctx, deskDistrict, sortedKeys(w.visitors))
		addresses, err4 := d.TaskAddresses(ctx, deskDistrict, tasks)
		mine, err5 := d.Handed(ctx, deskDistrict)
		for name, pair := range map[string][2][]string{
			"visible":   {l.want(w, "resident"), sortedKeys(visible)},
			"persons":   {l.want(w, "names"), sortedKeys(persons)},
			"visitors":  {l.want(w, "visitor names"), sortedKeys(visitors)},
			"addresses": {l.want(w, "address"), sortedKeys(addresses)},
			"handed":    {handed, mine},
		} {
			if diff := cmp.Diff(pair[0], pair[1], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		for id, p := range persons {
			if p.Name.Reveal() != "name of "+id || p.Phone.Reveal() != "phone of "+id || p.Address.Reveal() != "address of "+id {
				t.Errorf("%s is named wrongly", id)
			}
			if _, all := l.sees(w, id, data.RoleProvider, data.RoleDepartment); (p.Note != "") != all || (p.IDNumber != "") != all {
				t.Errorf("%s: told the ID number (%t) and the note (%t), want %t", id, p.IDNumber != "", p.Note != "", all)
			}
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
	if err != nil {
		t.Error(err)
	}
}
