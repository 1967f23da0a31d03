package main

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/uuid"

	"sanse/data"
	"sanse/planner"
)

// marker is what every planted text begins with. None of its bytes is escaped in a
// PDF.
const marker = "标记甲"

var planted = regexp.MustCompile(marker + `\d{4}`)

// plant is a text that was planted in a personal field, and who may be told it.
type plant struct {
	field string
	told  func(who string, op operation) bool
}

// garden are the texts that were planted in a house.
type garden struct {
	t      *testing.T
	plants map[string]plant
	seen   map[string]bool // by field, where it was told rightly
}

// staff are those who work with the people who visit.
var staff = []string{"worker", "leader", "planner", "official_district", "official_town", "official_community", "task_force"}

// plantMarkers plants a text of its own in every personal field of some of those in
// the house.
func (h *house) plantMarkers(t *testing.T) *garden {
	t.Helper()
	g := &garden{t: t, plants: map[string]plant{}, seen: map[string]bool{}}
	put := func(field string, told func(who string, op operation) bool) data.Sealed {
		text := fmt.Sprintf("%s%04d", marker, len(g.plants)+1)
		g.plants[text] = plant{field, told}
		return data.Sealed(text)
	}
	nobody := func(string, operation) bool { return false }
	ctx := t.Context()
	areas := map[string]string{"worker": h.mine.grid, "leader": h.mine.community(), "official_community": h.mine.community()}
	handed := map[string][]string{"department": {h.other.resident}, "provider": h.matched}
	residents, err := h.owner.Residents(ctx, h.code)
	if err != nil {
		t.Fatal(err)
	}
	residents = slices.DeleteFunc(residents, func(r data.Resident) bool {
		return !slices.Contains([]string{h.mine.resident, h.other.resident, h.matched[0]}, r.ID)
	})
	for i := range residents {
		r := &residents[i]
		named := func(who string, _ operation) bool {
			area, some := areas[who]
			return some && strings.HasPrefix(r.Grid, area) || slices.Contains(handed[who], r.ID)
		}
		r.Person = data.Person{
			Name: put("name of a resident", named), Phone: put("telephone of a resident", named), Address: put("address of a resident", named),
			Note: put("note on a resident", named), IDNumber: put("ID number of a resident", nobody),
		}
		h.persons[r.ID] = r.Person
	}
	byStaff := func(who string, _ operation) bool { return slices.Contains(staff, who) }
	visitors, err := h.owner.Visitors(ctx, h.code)
	if err != nil {
		t.Fatal(err)
	}
	visitors = slices.DeleteFunc(visitors, func(v data.Visitor) bool { return v.ID != h.mine.visitor && v.ID != h.other.visitor })
	for i := range visitors {
		visitors[i].Name, visitors[i].Phone = put("name of a visitor", byStaff), put("telephone of a visitor", byStaff)
	}
	tasks, err := h.owner.Tasks(ctx, h.code)
	if err != nil {
		t.Fatal(err)
	}
	tasks = tasks[:min(len(tasks), 5)]
	for i := range tasks {
		at := tasks[i].Grid
		tasks[i].Address = put("address of a task", func(who string, _ operation) bool {
			area, some := areas[who]
			return some && strings.HasPrefix(at, area)
		})
	}
	if err := h.owner.Write(ctx, func(tx *data.Tx) error {
		if err := tx.PutVisitors(h.code, visitors); err != nil {
			return err
		}
		if err := tx.PutResidents(h.code, residents); err != nil {
			return err
		}
		return tx.PutTasks(h.code, tasks)
	}); err != nil {
		t.Fatal(err)
	}
	handsOver := func(who string, op operation) bool {
		return op.id == "handovers" && slices.Contains([]string{"leader", "planner", "official_district", "official_town", "official_community"}, who)
	}
	// To administrators, and to those to whom it is said who was handed to whom.
	gives := func(who string, op operation) bool { return who == "administrator" && op.id == "accounts" }
	account := data.Account{ID: "a" + random(t), Login: "m" + random(t), Name: put("name of an account", func(who string, op operation) bool { return handsOver(who, op) || gives(who, op) })}
	if err := h.owner.Gate().PutAccount(ctx, h.code, account); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.Gate().HandOver(ctx, h.code, data.Handover{
		Resident: h.mine.resident, Account: account.ID, Kind: data.HandoverHelp, From: time.Now().Add(-time.Minute), To: time.Now().Add(time.Hour), GivenBy: "os:test", Reason: put("reason of a handover", func(who string, op operation) bool { return who == "auditor" && op.id == "audit" || handsOver(who, op) }),
	}); err != nil {
		t.Fatal(err)
	}
	why := put("reason of a look", func(who string, op operation) bool { return who == "auditor" && op.id == "audit" })
	if err := h.owner.Record(ctx, h.code, data.Event{Action: data.ActBreak, Object: "resident", IDs: []string{h.mine.resident}, Account: account.ID, Reason: why}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.Gate().Give(ctx, h.code, data.Grant{
		Account: account.ID, Role: data.RoleTaskForce, Area: h.mine.town(), From: time.Now().Add(-time.Minute), GivenBy: "os:test", Reason: put("reason of a grant", gives),
	}); err != nil {
		t.Fatal(err)
	}
	leader, err := h.owner.Gate().Seat(ctx, h.tokens["leader"].Hash())
	if err != nil {
		t.Fatal(err)
	}
	own := func(who string, op operation) bool { return who == "leader" && op.id == "sessions" }
	if err := h.owner.Gate().OpenSession(ctx, h.code, newSessionToken(t).Hash(), data.Session{
		ID: "s" + random(t), Account: leader.Account.ID, Kind: data.SessionPage, Stage: data.StageFull, ExpiresAt: time.Now().Add(time.Hour), Agent: put("browser of a session", own),
	}); err != nil {
		t.Fatal(err)
	}
	at, record := time.Now().Add(-time.Hour), uuid.NewString()
	if err := h.owner.Write(ctx, func(tx *data.Tx) error {
		_, err := tx.PutVisitRecords(h.code, []data.VisitRecord{{
			ID: record, Resident: h.other.resident, Grid: h.other.grid, Account: account.ID, Day: planner.DateOf(at), Arrived: at, Received: at, Seen: true,
			How: "hand", Form: "reference", Evidence: "hand", Text: put("words of a visit", nobody), Content: make([]byte, 32),
		}})
		if err != nil {
			return err
		}
		_, err = tx.PutSample(h.code, data.QualitySample{Week: planner.DateOf(at) - planner.Date((int(at.Weekday())+6)%7), Area: h.code, Size: 1, Records: 1, Drawn: at, By: account.ID, IDs: []string{record}})
		return errors.Join(err, tx.PutJudged(h.code, []data.VisitFlag{{Record: record, Flag: "brief"}}, []string{record}))
	}); err != nil {
		t.Fatal(err)
	}
	answers := []string{"leader", "planner", "official_district", "official_town", "official_community"}
	reviews := func(who string, op operation) bool {
		return slices.Contains([]string{"records", "flags", "sample"}, op.id) && (who == "task_force" || slices.Contains(answers, who))
	}
	grades := func(who string, op operation) bool { return op.id == "grade-history" && slices.Contains(answers, who) }
	// Of a rating those alone who are told the name read the words.
	if err := h.owner.Write(ctx, func(tx *data.Tx) error {
		return tx.PutMadeUpRatings(h.code, map[string]data.Rating{record: {At: at, By: "family", Rating: 4, Words: put("words of a rating", nobody)}})
	}); err != nil {
		t.Fatal(err)
	}
	if err := h.owner.AtDesk(ctx, "", func(d *data.Desk) error {
		of, by := h.mine.resident, account.ID
		err := d.LookAtFlag(ctx, h.code, record, h.other.resident, "brief", data.FlagLook{At: at, By: by, Verdict: "fine", Reason: put("reason of a verdict", reviews)})
		err = errors.Join(err, d.PutCall(ctx, h.code, record, h.other.resident, data.QualityCall{At: at, By: by, Result: "confirmed", Words: put("words of a call", reviews)}))
		grade, e := d.ResidentGrade(ctx, h.code, of)
		_, e2 := d.Regrade(ctx, h.code, data.GradeChange{Resident: of, Day: planner.DateOf(at), Was: grade, Grade: grade, At: at, By: by, Reason: put("reason of a grade", grades)})
		n, e3 := d.Appeal(ctx, h.code, data.GradeAppeal{Resident: of, Who: "family", At: at, By: by, Said: put("words of an appeal", grades)})
		answered := data.GradeAppeal{Resident: of, N: n, Outcome: "stays", Decided: at, DecidedBy: by, Answer: put("answer to an appeal", grades)}
		return errors.Join(err, e, e2, e3, d.DecideAppeal(ctx, h.code, answered))
	}); err != nil {
		t.Fatal(err)
	}
	decides := func(who string, op operation) bool { return strings.HasPrefix(who, "official") && op.id == "privacy" }
	if err := h.owner.AtDesk(ctx, "", func(d *data.Desk) error {
		return d.Ask(ctx, h.code, data.RightsRequest{
			ID: "q" + random(t), Resident: h.mine.resident, Kind: data.RequestCorrection, AskedBy: account.ID, Reason: put("reason of a request", decides),
			Fields: map[string]data.Sealed{"phone": put("what a request corrects", nobody)},
		})
	}); err != nil {
		t.Fatal(err)
	}
	return g
}

// opened are the parts of an answer that can hold text: of a workbook its files, of
// a PDF its streams.
func opened(t *testing.T, body string) []string {
	t.Helper()
	out := []string{body}
	switch {
	case strings.HasPrefix(body, "PK\x03\x04"):
		r, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			in, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			b, err := io.ReadAll(in)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, string(b))
		}
	case strings.HasPrefix(body, "%PDF"):
		for rest := body; ; {
			_, after, there := strings.Cut(rest, "stream\n")
			if !there {
				break
			}
			rest = after
			in, err := zlib.NewReader(strings.NewReader(after))
			if err != nil {
				continue // a font, or the end of a stream
			}
			var b bytes.Buffer
			if _, err := io.Copy(&b, in); err == nil {
				out = append(out, b.String())
			}
		}
	}
	return out
}

// written lists how a text may be written where it is not told as it is.
func written(s string) []string {
	var wide, escaped []byte
	for _, u := range utf16.Encode([]rune(s)) {
		wide = append(wide, byte(u>>8), byte(u))
		escaped = fmt.Appendf(escaped, `\u%04x`, u)
	}
	return []string{string(wide), string(escaped), strings.ToUpper(string(escaped)), url.QueryEscape(s)}
}

// check looks for planted texts in an answer: in what it tells, in its headers, and
// in what it says of an error, where there is none.
func (g *garden) check(who string, op operation, a answer) {
	g.t.Helper()
	for name, values := range a.header {
		for _, v := range values {
			for _, form := range append(written(marker), marker) {
				if strings.Contains(v, form) {
					g.t.Errorf("%s for %s: header %s holds %s", op.id, who, name, v)
				}
			}
		}
	}
	for _, text := range opened(g.t, a.body) {
		if op.id == "day-sheet" { // names are told on it, as a PDF writes them
			for p := range g.plants {
				if wide := written(p)[0]; strings.Contains(text, wide) {
					text = strings.ReplaceAll(text, wide, "") + " " + p
				}
			}
		}
		for _, form := range written(marker) {
			if strings.Contains(text, form) {
				g.t.Errorf("%s for %s holds a marker in another form, such as %q", op.id, who, form)
			}
		}
		for _, found := range planted.FindAllString(text, -1) {
			p := g.plants[found]
			switch {
			case a.status >= http.StatusBadRequest:
				g.t.Errorf("%s for %s: the error %d tells the %s", op.id, who, a.status, p.field)
			case p.told == nil || !p.told(who, op):
				g.t.Errorf("%s tells %s the %s", op.id, who, p.field)
			default:
				g.seen[p.field] = true
			}
		}
	}
}

// whoIsLedBackTo asks for what stands far behind by now.
func (g *garden) whoIsLedBackTo(h *house) {
	g.t.Helper()
	for _, q := range []struct{ who, op, path string }{
		{"auditor", "audit", "/v1/audit?action=break_glass"}, {"auditor", "audit", "/v1/audit?action=grant&object=handover"},
	} {
		g.check(q.who, operation{id: q.op}, h.send(http.MethodGet, q.path, "", false, q.who))
	}
}

// atTheDoor asks, as everybody, what a server with a door alone tells: of accounts,
// and of one's own sessions.
func (g *garden) atTheDoor(h *house) {
	g.t.Helper()
	for _, who := range whoAsks {
		for op, path := range map[string]string{"accounts": "/v1/accounts", "sessions": "/v1/sessions", "session": "/v1/session", "sign-in": "/v1/sign-in"} {
			g.check(who, operation{id: op}, h.door.ask(path, func(r *http.Request) {
				if token := h.tokens[who]; token != "" {
					r.AddCookie(&http.Cookie{Name: "sanse", Value: token.Reveal()})
				}
			}))
		}
	}
}

// whatIsRefused sends a planted text to every operation that takes one, so that it
// is refused: it must not be said again.
func (g *garden) whatIsRefused(h *house) {
	g.t.Helper()
	text := marker + "9999"
	body := fmt.Sprintf(`{"nothing_of_this_name": %[1]q, "name": %[1]q, "reason": [%[1]q], "resident": {"id": %[1]q}}`, text)
	for _, op := range h.operations() {
		for _, who := range []string{"planner", "official_district", "administrator"} {
			path := strings.NewReplacer("{id}", url.PathEscape(text), "{code}", url.PathEscape(text), "{job}", "1", "{n}", "1").Replace(op.path) + "?q=" + url.QueryEscape(text) + "&area=" + url.QueryEscape(text)
			if op.method == http.MethodGet {
				g.check(who, op, h.send(op.method, path, "", false, who))
			} else if op.audience != "entry" {
				g.check(who, op, h.send(op.method, path, body, true, who))
			}
		}
	}
}

// whole tells what must have been seen, or the search looked past it, and that the
// log of the server holds nothing.
func (g *garden) whole(log string) {
	g.t.Helper()
	for _, field := range []string{
		"name of a resident", "telephone of a resident", "address of a resident", "name of a visitor", "reason of a look", "reason of a request",
		"name of an account", "reason of a grant", "browser of a session", "reason of a grade", "words of an appeal", "answer to an appeal",
	} {
		if !g.seen[field] {
			g.t.Errorf("the %s is told to nobody: the test would not see it told", field)
		}
	}
	for _, form := range append(written(marker), marker) {
		if strings.Contains(log, form) {
			g.t.Error("the log of the server holds a marker")
		}
	}
}

func TestAMarkerIsFoundWhereverItStands(t *testing.T) {
	var book bytes.Buffer
	z := zip.NewWriter(&book)
	in, err := z.Create("sheet.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(in, marker+"0001"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	p := zlib.NewWriter(&packed)
	if _, err := io.WriteString(p, written(marker)[0]); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{
		"a workbook": book.String(), "a page": "%PDF-1.3\n<<>>\nstream\n" + packed.String() + "\nendstream", "an escaped text": `{"a":"\u6807\u8bb0\u7532"}`, "an address": "?q=" + url.QueryEscape(marker),
	} {
		found := false
		for _, text := range opened(t, body) {
			for _, form := range append(written(marker), marker) {
				found = found || strings.Contains(text, form)
			}
		}
		if !found {
			t.Errorf("in %s it is not found", name)
		}
	}
}
