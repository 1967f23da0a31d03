package main

import (
	"flag"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/paulmach/orb"

	"sanse/cmd/sanse/internal/api"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
	"sanse/geo"
)

var updateDocs = flag.Bool("update", false, "write docs/access.md anew")

// probe is a question to an operation. In its path and body stand {area},
// {visitor}, {date}, {resident}, {need}, {draft}, {facility}, {set} …
type probe struct {
	path string
	body string // none: nothing is sent
	etag bool
}

// probes are what each operation is asked; of those that write, what changes
// nothing even for who may: what is refused for another reason was let in.
var probes = map[string]probe{
	"search-areas": {path: "/v1/areas/search?q=5"}, "release": {path: "/v1/release"}, "coverage": {path: "/v1/coverage?service=meals&res=9"},
	"standards": {path: "/v1/standards"}, "reports": {path: "/v1/reports"}, "providers": {path: "/v1/providers"},
	"ogc": {path: "/v1/ogc"}, "ogc-conformance": {path: "/v1/ogc/conformance"}, "ogc-api": {path: "/v1/ogc/api"}, "ogc-collections": {path: "/v1/ogc/collections"},
	"ogc-collection": {path: "/v1/ogc/collections/facilities"}, "ogc-queryables": {path: "/v1/ogc/collections/facilities/queryables"}, "ogc-schema": {path: "/v1/ogc/collections/facilities/schema"},
	"ogc-items": {path: "/v1/ogc/collections/facilities/items?limit=100"}, "ogc-item": {path: "/v1/ogc/collections/facilities/items/F0001"},
	"tile-sets": {path: "/v1/tiles.json"}, "tile-json": {path: "/v1/tiles/cells.json"}, "tile": {path: "/v1/tiles/cells/1/0/0/0.mvt"}, "ground-tile": {path: "/v1/tiles/0/0/0.mvt"},
	"district": {path: "/v1/district"}, "areas": {path: "/v1/areas?level=micro-grid&parent={area}"}, "board": {path: "/v1/board?area={area}"},
	"heatmap": {path: "/v1/heatmap?area={area}"}, "facilities": {path: "/v1/facilities"}, "notices": {path: "/v1/notices"},
	"shortfall": {path: "/v1/shortfall?area={area}"}, "shortfall-charts": {path: "/v1/shortfall/charts?area={area}"},
	"shortfall-page": {path: "/v1/shortfall.pdf?purpose=report&area={area}"}, "shortfall-workbook": {path: "/v1/shortfall.xlsx?purpose=report&area={area}"},
	"shortfall-map": {path: "/v1/shortfall/map?standard=beds&level=grid"}, "shortfall-behind": {path: "/v1/shortfall/behind?standard=beds&area={area}"},
	"circle": {path: "/v1/facilities/F0001/circle"}, "reach": {path: "/v1/reach?service=meals"}, "unplaced": {path: "/v1/reach/unplaced?area={area}"},
	"try-coverage": {path: "/v1/coverage/try", body: `{"services":["meals"],"changes":[]}`},
	"supply":       {path: "/v1/supply?service=meals"}, "supply-cells": {path: "/v1/supply/cells?service=meals"},
	"shortages": {path: "/v1/shortages?area={area}"}, "unplanned": {path: "/v1/unplanned?area={area}"}, "routes": {path: "/v1/routes?area={area}&date={date}"},
	"work-report": {path: "/v1/work-report?area={area}"}, "work-report-page": {path: "/v1/work-report.pdf?purpose=report&area={area}"}, "work-report-workbook": {path: "/v1/work-report.xlsx?purpose=report&area={area}"},
	"indicators": {path: "/v1/indicators?area={area}"}, "put-indicators": {path: "/v1/indicators", body: `{"from":"2020-01-02","indicators":[]}`}, "own-rate": {path: "/v1/rate"},
	"ledger": {path: "/v1/ledger?area={area}"}, "ledger-workbook": {path: "/v1/ledger.xlsx?purpose=report&area={area}"}, "ledger-table": {path: "/v1/ledger.csv?purpose=report&area={area}"},
	"ladders": {path: "/v1/ladders?area={area}"}, "ladder-rule": {path: "/v1/ladder-rule"},
	"put-ladder-rule": {path: "/v1/ladder-rule", body: `{"from":"2020-01-01","remind":"08:00","steps":[{"tier":"grid","at":"14:00","deadline":"16:00"}]}`},
	"cases":           {path: "/v1/cases?area={area}"}, "case": {path: "/v1/cases/k0000000000000999"},
	"open-case":      {path: "/v1/cases", body: `{"kind":"none of this name","source":"found","resident":"{resident}","text":"a test"}`},
	"step-case":      {path: "/v1/cases/k0000000000000999/steps", body: `{"stage":"arrival"}`},
	"pass-case":      {path: "/v1/cases/k0000000000000999/pass", body: `{"to":"task_force"}`},
	"connect-visits": {path: "/v1/connect/visits", body: `{"rows":[{"id":"a test"}]}`}, "connect-cases": {path: "/v1/connect/cases", body: `{"rows":[{"id":"a test"}]}`},
	"connect-tasks": {path: "/v1/connect/tasks?area={area}"}, "connect-reconciliation": {path: "/v1/connect/reconciliation?area={area}"},
	"connect-platforms": {path: "/v1/connect/platforms?area={area}"}, "connect-reconciliation-workbook": {path: "/v1/connect/reconciliation.xlsx?purpose=report&area={area}"},
	"put-device-events": {path: "/v1/devices/events", body: `{"events":[{"id":"a test"}]}`},
	"close-ladder":      {path: "/v1/ladders/{id}/close", body: `{"how":"hospital","reason":"a test"}`},
	"grade-rules":       {path: "/v1/grades/rules"}, "grade-suggestions": {path: "/v1/grades/suggestions?area={area}"}, "grade-changes": {path: "/v1/grades?area={area}"},
	"put-grade-rules": {path: "/v1/grades/rules", body: `{"from":"2020-01-01","grades":["red","blue"],"notes":[],"rules":[{"code":"a","zh":"a","en":"a","grade":"red","if":[{"kind":"a"}]}]}`},
	"grade-history":   {path: "/v1/residents/{resident}/grades"}, "regrade": {path: "/v1/grades", body: `{"resident":"{resident}","grade":"none of this name","reason":"a test"}`},
	"note-fact": {path: "/v1/residents/{resident}/facts/none_of_this_name", body: `{"day":"2020-01-01"}`}, "drop-fact": {path: "/v1/residents/{resident}/facts/none_of_this_name"},
	"appeal":        {path: "/v1/residents/{resident}/appeals", body: `{"who":"family","said":" "}`},
	"answer-appeal": {path: "/v1/residents/{resident}/appeals/999", body: `{"outcome":"stays","answer":"a test"}`},
	"visitors":      {path: "/v1/visitors?area={area}&date={date}"}, "needs": {path: "/v1/needs?area={area}&limit=1000"},
	"day": {path: "/v1/visitors/{visitor}/day?date={date}"}, "directions": {path: "/v1/visitors/{visitor}/directions?date={date}"},
	"why": {path: "/v1/visitors/{visitor}/why?date={date}&resident={resident}"}, "resident-reach": {path: "/v1/residents/{resident}/reach"},
	"today":     {path: "/v1/today?visitor={visitor}&date={date}"},
	"day-sheet": {path: "/v1/today/sheet.pdf?visitor={visitor}&date={date}&purpose=daily_work"}, "day-slips": {path: "/v1/today/slips.pdf?visitor={visitor}&date={date}&purpose=daily_work"}, "day-walk": {path: "/v1/today/walk.gpx?visitor={visitor}&date={date}&purpose=daily_work"},
	"tick-tasks":  {path: "/v1/ticks", body: `{"ticks":[{"task":"a test","date":"{date}"}]}`},
	"my-calendar": {path: "/v1/today/calendar"}, "make-calendar": {path: "/v1/today/calendar"}, "end-calendar": {path: "/v1/today/calendar"},
	"move-options": {path: "/v1/today/options?visitor={visitor}&date={date}&resident={resident}"}, "moves": {path: "/v1/moves?area={area}"},
	"move-visit":  {path: "/v1/today/moves", body: `{"id":"a test","kind":"postpone","visitor":"{visitor}","date":"{date}","resident":"{resident}","why":"weather"}`},
	"order-day":   {path: "/v1/today/order", body: `{"visitor":"{visitor}","date":"{date}","doors":[],"why":"none_of_this_name","try":true}`},
	"put-records": {path: "/v1/records", body: `{"sent":"2026-01-01T00:00:00Z","records":[{"id":"a test"}]}`},
	"open-door":   {path: "/v1/door", body: `{"token":"a test"}`}, "codes": {path: "/v1/codes?area={area}"},
	"make-code":   {path: "/v1/codes", body: `{"kind":"plate","building":"none of this name","resident":"{resident}"}`},
	"retire-code": {path: "/v1/codes/c0123456789abcdef/retire", body: `{"why":"lost"}`},
	"form":        {path: "/v1/form"}, "put-form": {path: "/v1/form", body: `{"from":"2020-01-01","items":[{"id":"a","group":"ask","zh":"试","en":"x","answers":[]}],"reasons":{"no_code":[],"not_seen":[],"postpone":[]}}`},
	"records": {path: "/v1/records?area={area}"}, "flags": {path: "/v1/flags?area={area}"}, "sample": {path: "/v1/samples?area={area}&week=2020-01-01"},
	"judge-flag":   {path: "/v1/flags/00000000-0000-4000-8000-000000000999.far", body: `{"verdict":"fine","reason":"a test"}`},
	"draw-sample":  {path: "/v1/samples", body: `{"area":"{area}","week":"2020-01-01"}`},
	"put-call":     {path: "/v1/records/00000000-0000-4000-8000-000000000999/calls", body: `{"result":"confirmed"}`},
	"need-history": {path: "/v1/needs/{need}/history"}, "need-options": {path: "/v1/needs/{need}/options"},
	"set-need-match": {path: "/v1/needs/{need}/match", body: `{"provider":"nobody","reason":"a test"}`},
	"match-needs":    {path: "/v1/needs/match", body: `{"area":"{area}","services":["none of this name"]}`},
	"begin-siting":   {path: "/v1/siting", body: `{"service":"meals","goal":"mclp","p":100000,"area":"{area}"}`}, "siting": {path: "/v1/siting/77"}, "stop-siting": {path: "/v1/siting/77"},
	"replan":        {path: "/v1/plans/replan", body: `{"off":[{"visitor":"{visitor}","from":"2020-01-01","to":"2020-01-02"}],"now":"{date}T00:01"}`},
	"put-standards": {path: "/v1/standards", body: `{"standards":[],"rates":[]}`}, "reset-standards": {path: "/v1/standards", etag: true}, "take-report": {path: "/v1/reports"},
	"case-helpers": {path: "/v1/cases/k0000000000000999/helpers"}, "live": {path: "/v1/live?area={area}"},
	"history": {path: "/v1/history?resident={resident}"}, "drafts": {path: "/v1/drafts"}, "publications": {path: "/v1/publications"}, "area-history": {path: "/v1/areas/{area}/history"},
	"begin-draft": {path: "/v1/drafts", body: `{"name":"{area}"}`},
	"person":      {path: "/v1/residents/{resident}/person"}, "break-glass": {path: "/v1/break-glass", body: `{"resident":"{resident}","reason":"nobody opens the door"}`},
	"hand-over": {path: "/v1/residents/{resident}/handovers", body: `{"kind":"help","account":"nobody","to":"2000-01-01T00:00:00Z","reason":"a test"}`},
	"handovers": {path: "/v1/residents/{resident}/handovers"}, "end-handover": {path: "/v1/residents/{resident}/handovers/99"}, "handed": {path: "/v1/handed"},
	"audit": {path: "/v1/audit"}, "unusual-looks": {path: "/v1/audit/unusual"}, "verify-audit": {path: "/v1/audit/verify"}, "export-audit": {path: "/v1/audit/export?format=ocsf&purpose=inspection"},
	"exports":     {path: "/v1/audit/exports"},
	"ask-privacy": {path: "/v1/residents/{resident}/requests", body: `{"kind":"access","reason":"a test","fields":{"name":"x"}}`},
	"consent":     {path: "/v1/residents/{resident}/consent"}, "put-consent": {path: "/v1/residents/{resident}/consent", body: `{"purpose":"shoes","given":true,"how":"spoken"}`},
	"privacy": {path: "/v1/privacy"}, "privacy-record": {path: "/v1/privacy/record"}, "privacy-record-page": {path: "/v1/privacy/record.pdf?purpose=inspection"},
	"decide-privacy": {path: "/v1/privacy/requests/{id}", body: `{"decision":"refuse","reason":"a test"}`}, "privacy-copy": {path: "/v1/privacy/requests/{id}/copy?purpose=other"},
	"second-factors": {path: "/v1/second-factors"}, "ask-second-factor": {path: "/v1/second-factors/provider", body: `{"basis":"a test"}`}, "drop-second-factor": {path: "/v1/second-factors/provider"},
	"export-caps": {path: "/v1/exports/caps"}, "put-export-cap": {path: "/v1/exports/caps/leader", body: `{"files":20,"records":500,"records_a_day":1000,"basis":"a test"}`}, "drop-export-cap": {path: "/v1/exports/caps/leader"},
	"put-retention": {path: "/v1/privacy/retention", body: `{"kind":"none of this name","keep_days":400,"basis":"a test"}`},
}

// letIn tells whether an answer was not refused for want of a right.
func letIn(a answer) bool {
	return a.status != http.StatusForbidden && a.status != http.StatusUnauthorized
}

func (h *house) send(method, path, body string, etag bool, who string) answer {
	return h.ask(path, h.as(who), func(r *http.Request) {
		r.Method = method
		if body != "" {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			r.Header.Set("Content-Type", "application/json")
		}
		if etag {
			r.Header.Set("If-Match", `"999999"`)
		}
	})
}

// fill puts the ids of a place into a question.
func (h *house) fill(text, area string, at abode) string {
	return strings.NewReplacer("{area}", area, "{visitor}", at.visitor, "{date}", at.date, "{resident}", at.resident, "{need}", at.need,
		"{id}", "999", "{job}", "999", "{facility}", "F0001").Replace(text)
}

// TestEverybodyGetsWhatTheHouseRulesSay walks every operation as everybody in
// three places, and holds each answer against the rules: who is let in, whether
// the numbers are true, and whom it tells of.
func TestEverybodyGetsWhatTheHouseRulesSay(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	markers := h.plantMarkers(t)
	told := h.watch(t)
	// Who has broken the glass is told names afterwards.
	last := func(op operation) int { return strings.Count(operationSorts[op.id], "glass") }
	for _, op := range slices.SortedStableFunc(slices.Values(h.operations()), func(a, b operation) int { return last(a) - last(b) }) {
		sort, known := operationSorts[op.id]
		if !known { // which another test says
			continue
		}
		rule := houseRule(t, sort)
		p, asked := probes[op.id]
		if !asked { // of drafts: one that is not there
			p = probe{path: op.path, body: map[string]string{http.MethodPost: "{}", http.MethodPut: "{}", http.MethodPatch: "{}"}[op.method], etag: true}
		}
		for _, who := range whoAsks {
			for k, where := range []string{"their own", "another", "the district"} {
				want := rule[who][k : k+1]
				if want == "." {
					continue
				}
				area, at := h.own[who], h.mine
				switch k {
				case 1:
					area, at = h.other.community(), h.other
				case 2:
					area = h.code
				}
				if sort == "colleague" {
					at.visitor = at.colleague
				}
				if k > 0 && !strings.Contains(p.path+p.body, "{") && rule[who][0] == want[0] {
					continue // the question is the same
				}
				path, body := h.fill(p.path, area, at), h.fill(p.body, area, at)
				a := h.send(op.method, path, body, p.etag, who)
				markers.check(who, op, a)
				if sort != "audit" { // which tells the auditor of records, by opaque id
					told.check(who, op.method+" "+op.path, a)
				}
				if got := h.letter(op, sort, a, want, path, body, who); got != want {
					t.Errorf("%s %s for %s in %s: %q, want %q (%d %s)", op.method, path, who, where, got, want, a.status, briefly(a.body))
				}
			}
		}
	}
	markers.whoIsLedBackTo(h)
	markers.atTheDoor(h)
	markers.whatIsRefused(h)
	markers.whole(h.log.String())
	if told.ids < 100 || told.named == 0 || told.homes == 0 {
		t.Errorf("the answers hold %d ids, %d names and %d homes: the test would not see a leak", told.ids, told.named, told.homes)
	}
}

// letter says which letter of the house rules an answer is.
func (h *house) letter(op operation, sort string, a answer, want, path, body, who string) string {
	if !letIn(a) {
		return "-"
	}
	same := func() bool { // as everybody is answered: before, or now
		mine, question := steady(h.t, path, a), op.method+" "+path+" "+body
		if h.public[question] != mine {
			h.public[question] = steady(h.t, path, h.send(op.method, path, body, false, "public"))
		}
		return h.public[question] == mine
	}
	switch sort {
	case "open":
		if a.status < 400 && same() {
			return "O"
		}
	case "released", "mixed", "files":
		if a.status >= 400 && a.status != http.StatusNotFound {
			return "error"
		}
		switch {
		case want == "M" && (sort != "files" || !same() || strings.HasSuffix(op.path, ".pdf")):
			return want // on the page stands nothing of the areas below
		case same():
			return "R"
		default:
			return "T"
		}
	case "numbers", "sum_files":
		return "T"
	case "needs", "handed":
		if want == "h" {
			return "h" // whose they are is watched over all answers
		}
		return "r"
	case "day", "colleague":
		if op.id == "directions" && strings.Contains(a.body, `"text":`) || (op.id == "day" || op.id == "today") && slices.ContainsFunc(slices.Collect(maps.Values(h.persons)), func(p data.Person) bool { return strings.Contains(a.body, `"`+p.Address.Reveal()+`"`) }) {
			return "n"
		}
		return "r"
	case "sheet":
		if a.status < 400 && strings.HasPrefix(a.body, "%PDF") {
			return want // the markers read what stands on it
		}
	case "person":
		if a.status < 400 {
			return "n"
		}
	case "records", "record_files", "codes", "visit", "record", "history", "recorded":
		if a.status < 400 || (sort == "records" || sort == "record_files") && a.status == http.StatusNotFound {
			return "r"
		}
	default:
		return "x"
	}
	return fmt.Sprint(a.status)
}

// briefly is the beginning of an answer, if it is text.
func briefly(body string) string {
	if strings.HasPrefix(body, "PK") || strings.HasPrefix(body, "%PDF") {
		return "a file"
	}
	return body[:min(len(body), 300)]
}

// steady is an answer without what is another one each time.
func steady(t *testing.T, path string, a answer) string {
	t.Helper()
	if strings.Contains(path, ".xlsx") && a.status == http.StatusOK {
		return withoutVersions(bookText(t, a.body))
	}
	if strings.HasPrefix(a.body, "%PDF") { // what everybody gets is the same file all day
		return a.body
	}
	return fmt.Sprint(a.status, withoutVersions(a.body))
}

// watcher looks into every answer for people whom it may not tell of.
type watcher struct {
	h                 *house
	t                 *testing.T
	areas, names      map[string]string // by who: codes that all their records, and all whom they know by name, begin with
	handed            map[string][]string
	marks             map[string]string // what names one resident alone → who it is
	points            map[string]string // "lon,lat" of a home → who lives there
	ids, named, homes int
	seen              map[string]bool
}

func (h *house) watch(t *testing.T) *watcher {
	w := &watcher{h: h, t: t, marks: map[string]string{}, points: map[string]string{}, seen: map[string]bool{}}
	town, community := h.mine.town(), h.mine.community()
	w.areas = map[string]string{
		"worker": h.mine.grid, "leader": community, "planner": h.code, "official_district": h.code, "official_town": town, "official_community": community,
		"task_force": town, "key": town,
	}
	w.names = map[string]string{"worker": h.mine.grid, "leader": community, "official_community": community}
	w.handed = map[string][]string{"department": {h.other.resident}, "provider": h.matched}
	count := map[string]int{}
	for id, r := range h.homes {
		p := h.persons[id]
		for _, mark := range []string{p.Name.Reveal(), p.Address.Reveal(), p.Phone.Reveal(), p.IDNumber.Reveal(), p.Note.Reveal()} {
			w.marks[mark] = id
			count[mark]++
		}
		at := list(r["location"])
		w.points[fmt.Sprintf("%v,%v", at[0], at[1])] = id
	}
	// Those who visit may have the name of a resident, and are named to whom they work with.
	var visitors []string
	stored, err := h.owner.Visitors(t.Context(), h.code)
	for i := range stored {
		visitors = append(visitors, stored[i].ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	names, err := h.owner.VisitorPersons(t.Context(), h.code, visitors)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range names {
		delete(w.marks, p.Name.Reveal())
	}
	for mark, n := range count {
		if n > 1 || mark == "" {
			delete(w.marks, mark)
		}
	}
	return w
}

var pair = regexp.MustCompile(`(\d+\.\d{4,}),\s*(\d+\.\d{4,})`)

// The watchers read some thousand answers, many of them long: what they look for is
// found by a byte that it has, ten times as fast as by a pattern.

// residentIDs are the ids of residents that stand in an answer, between quotes.
func residentIDs(s string) iter.Seq[string] {
	const id = len("R00000")
	return func(yield func(string) bool) {
		for {
			k := strings.Index(s, `"R`)
			if k < 0 || len(s) < k+id+2 {
				return
			}
			s = s[k+1:]
			if s[id] == '"' && digits(s[1:id]) == id-1 && !yield(s[:id]) {
				return
			}
		}
	}
}

// quoted is what stands between quotes and has no backslash.
func quoted(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			k := strings.IndexByte(s, '"')
			if k < 0 {
				return
			}
			s = s[k+1:]
			end := strings.IndexByte(s, '"')
			if end < 0 {
				return
			}
			if end == 0 || strings.IndexByte(s[:end], '\\') >= 0 {
				continue
			}
			if !yield(s[:end]) {
				return
			}
			s = s[end+1:]
		}
	}
}

// pairs are two numbers with a comma between them that have four decimals or more, as
// coordinates are written: every second one too, whatever stands before it.
func pairs(s string) iter.Seq2[string, string] {
	const decimals = 4
	return func(yield func(string, string) bool) {
		for from := 0; ; {
			k := strings.IndexByte(s[from:], ',')
			if k < 0 {
				return
			}
			end := from + k
			from = end + 1
			dot := end
			for dot > 0 && isDigit(s[dot-1]) {
				dot--
			}
			if end-dot < decimals || dot < 2 || s[dot-1] != '.' || !isDigit(s[dot-2]) {
				continue
			}
			first := dot - 1
			for first > 0 && isDigit(s[first-1]) {
				first--
			}
			rest := strings.TrimLeft(s[from:], " \t\n\f\r")
			whole := digits(rest)
			if whole == 0 || whole == len(rest) || rest[whole] != '.' {
				continue
			}
			n := digits(rest[whole+1:])
			if n >= decimals && !yield(s[first:end], rest[:whole+1+n]) {
				return
			}
		}
	}
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// digits is how many of them a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func TestTheWatchersFindWhatPatternsFind(t *testing.T) {
	const alphabet = `"R012.,\ ` + "\n-a"
	rng := rand.New(rand.NewPCG(7, 7))
	text := func(pieces ...string) string {
		var b strings.Builder
		for range 60 {
			if n := rng.IntN(len(alphabet) + len(pieces)); n < len(alphabet) {
				b.WriteByte(alphabet[n])
			} else {
				b.WriteString(pieces[n-len(alphabet)])
			}
		}
		return b.String()
	}
	ids, between, coordinates := regexp.MustCompile(`"(R\d{5})"`), regexp.MustCompile(`"([^"\\]+)"`), pair
	found := 0
	for range 5000 {
		s := text(`"R00012"`, `"R0001`, `104.31234`, `30.8123,`, `30.81234567`, `", "`, "王")
		var all []string
		for id := range residentIDs(s) {
			all = append(all, id)
		}
		var want []string
		for _, m := range ids.FindAllStringSubmatch(s, -1) {
			want = append(want, m[1])
		}
		for _, id := range want { // and those that share a quote
			if !slices.Contains(all, id) {
				t.Fatalf("%q: %q, want %q", s, all, want)
			}
		}
		found += len(want)
		if all, want = slices.Collect(quoted(s)), nil; true {
			for _, m := range between.FindAllStringSubmatch(s, -1) {
				want = append(want, m[1])
			}
			if !slices.Equal(all, want) {
				t.Fatalf("%q: %q, want %q", s, all, want)
			}
		}
		found += len(want)
		both := map[string]bool{}
		for a, b := range pairs(s) {
			both[a+" "+b] = true
			if m := coordinates.FindStringSubmatch(a + "," + b); m == nil || m[1] != a || m[2] != b {
				t.Fatalf("%q: %s and %s are no pair", s, a, b)
			}
		}
		for _, m := range coordinates.FindAllStringSubmatch(s, -1) {
			if found++; !both[m[1]+" "+m[2]] {
				t.Fatalf("%q: %v, not %v", s, both, m[1:])
			}
		}
	}
	if found < 5000 {
		t.Errorf("the texts hold %d of what is looked for", found)
	}
}

// check looks into one answer.
func (w *watcher) check(who, what string, a answer) {
	w.t.Helper()
	in := func(areas map[string]string, id string) bool {
		area, some := areas[who]
		return some && strings.HasPrefix(text(w.h.homes[id]["micro_grid"])+text(w.h.homes[id]["grid"]), area) || slices.Contains(w.handed[who], id)
	}
	wrong := func(kind, id string) {
		if key := who + what + kind; !w.seen[key] {
			w.seen[key] = true
			w.t.Errorf("%s tells %s %s of resident %s", what, who, kind, id)
		}
	}
	for id := range residentIDs(a.body) {
		if w.ids++; !in(w.areas, id) && w.h.homes[id] != nil && a.status < 400 {
			wrong("that there is a record", id)
		}
	}
	for mark := range quoted(a.body) {
		if id := w.marks[mark]; id != "" {
			if w.named++; !in(w.names, id) {
				wrong("the name", id)
			}
		}
	}
	for lon, lat := range pairs(a.body) {
		if id := w.points[lon+","+lat]; id != "" {
			if w.homes++; !in(w.names, id) {
				wrong("the home", id)
			}
		}
	}
}

func TestThePageOfAccessIsWhatTheHouseRulesSay(t *testing.T) {
	const begin, end = "<!-- written by the test -->\n", "<!-- until here -->"
	server := httptest.NewServer(api.New(service.New(nil, service.Config{}), "990101", api.Fixed(service.Viewer{}), http.NotFoundHandler(), slog.New(slog.DiscardHandler)))
	defer server.Close()
	operations := (&client{t: t, base: server.URL}).operations()
	for _, op := range operations {
		if _, known := operationSorts[op.id]; !known {
			t.Errorf("%s %s (%s): the house rules do not say what sort of answer it is", op.method, op.path, op.id)
		}
	}
	file := filepath.Join("..", "..", "docs", "access.md")
	was := readText(t, file)
	before, rest, ok := strings.Cut(was, begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/access.md has no place for the table")
	}
	is := before + begin + accessTable(t, operations) + end + after
	if *updateDocs {
		writeText(t, file, is)
	} else if is != was {
		t.Error("docs/access.md is not what the rules say: run this test with -update")
	}
}

func TestTheWordsOfAccessNameAllThatTellsOfPeople(t *testing.T) {
	var c cli
	parser, err := kong.New(&c, kong.Vars{"kinds": "x", "exports": "x"}, kong.ExplicitGroups([]kong.Group{{Key: databaseGroup}}))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range parser.Model.Children {
		if verbsTell[verb.Name] == "" {
			t.Errorf("nobody says what of people sanse %s tells", verb.Name)
		}
	}
	for _, kind := range service.Exports {
		if exportsTell[kind] == "" {
			t.Errorf("nobody says what of people sanse export %s tells", kind)
		}
	}
	cl := serveDistrict(t, done(t, andorra))
	for _, set := range list(cl.get("/v1/tiles.json")["sets"]) {
		if name := text(set.(object)["name"]); tileSetsTell[name] == "" {
			t.Errorf("nobody says what of people the tiles %s tell", name)
		}
	}
	for path, methods := range parseJSON(t, cl.ask("/v1/openapi.json").body)["paths"].(object) {
		for method, op := range methods.(object) {
			stream := strings.Contains(fmt.Sprint(op.(object)["responses"]), "text/event-stream")
			if name := strings.ToUpper(method) + " " + path; stream != (streamsTell[name] != "") {
				t.Errorf("%s: a stream of events is %v; what it tells is %q", name, stream, streamsTell[name])
			}
		}
	}
}

func TestWhoIsToldNoNamesSeesCornersOfTheGround(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	corners := func(who, path string, want bool) {
		t.Helper()
		a := h.send(http.MethodGet, path, "", false, who)
		all, n := true, 0
		for _, m := range pair.FindAllStringSubmatch(a.body, -1) {
			var p orb.Point
			if _, err := fmt.Sscan(m[1], &p[0]); err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Sscan(m[2], &p[1]); err != nil {
				t.Fatal(err)
			}
			cell, err := geo.CellAt(p, 10)
			if err != nil {
				t.Fatal(err)
			}
			centre, err := geo.CellCentre(cell)
			if err != nil {
				t.Fatal(err)
			}
			n++
			all = all && geo.Distance(p, centre) < 0.1
		}
		if a.status != http.StatusOK || n == 0 || all != want {
			t.Errorf("%s %s: %d, %d points, centres of cells: %v", who, path, a.status, n, all)
		}
	}
	day, routes := h.fill("/v1/visitors/{visitor}/day?date={date}", "", h.mine), h.fill("/v1/routes?area={area}&date={date}", h.mine.grid, h.mine)
	for _, who := range []string{"planner", "official_district", "official_town", "task_force"} {
		corners(who, day, true)
		corners(who, routes, true)
	}
	for _, who := range []string{"worker", "leader", "official_community"} {
		corners(who, day, false)
		corners(who, routes, false)
	}
}

// TestWhoIsToldNoNamesIsToldNoExactWalks asks for the ways from door to door of
// a day, in whichever answers they are.
func TestWhoIsToldNoNamesIsToldNoExactWalks(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	walks := regexp.MustCompile(`"(?:walk_seconds|return_seconds|near_seconds|seconds)":(-?\d+)`)
	metres := regexp.MustCompile(`"metres":(\d+)`)
	ask := func(who, path string) (seconds, long []int) {
		t.Helper()
		a := h.send(http.MethodGet, h.fill(path, "", h.mine), "", false, who)
		if a.status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", who, path, a.status, briefly(a.body))
		}
		for _, m := range walks.FindAllStringSubmatch(a.body, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			seconds = append(seconds, n)
		}
		for _, m := range metres.FindAllStringSubmatch(a.body, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			long = append(long, n)
		}
		return seconds, long
	}
	exact := func(of int) func(int) bool { return func(n int) bool { return n%of != 0 } }
	for path, toldExactly := range map[string][]string{
		"/v1/visitors/{visitor}/day?date={date}":                     {"worker", "leader", "official_community"},
		"/v1/visitors/{visitor}/directions?date={date}":              {"worker", "leader", "official_community"},
		"/v1/visitors/{visitor}/why?date={date}&resident={resident}": nil,
	} {
		for _, who := range []string{"planner", "official_district", "official_town", "task_force"} {
			seconds, long := ask(who, path)
			if len(seconds) == 0 || !slices.ContainsFunc(seconds, func(n int) bool { return n > 0 }) {
				t.Errorf("%s for %s tells of no walk: the test would not see one", path, who)
			}
			if slices.ContainsFunc(seconds, exact(60)) || slices.ContainsFunc(long, exact(100)) {
				t.Errorf("%s tells %s walks of %d s and %d m", path, who, seconds, long)
			}
		}
		for _, who := range toldExactly {
			if seconds, _ := ask(who, path); !slices.ContainsFunc(seconds, exact(60)) {
				t.Errorf("%s tells %s walks of %d s only", path, who, seconds)
			}
		}
	}
}

// TestAskingForSomebodyElsesIdTellsNothing asks for what there is elsewhere and
// for what there is nowhere: the answers are the same.
func TestAskingForSomebodyElsesIdTellsNothing(t *testing.T) {
	isLong(t)
	h := newHouse(t)
	nobody := h.other // but for its ids
	nobody.visitor, nobody.resident, nobody.need = "V99999", "R99999", "N99999"
	for op, p := range probes {
		if !strings.Contains(p.path+p.body, "{visitor}") && !strings.Contains(p.path+p.body, "{resident}") && !strings.Contains(p.path+p.body, "{need}") {
			continue
		}
		method := http.MethodGet
		for _, o := range h.operations() {
			if o.id == op {
				method = o.method
			}
		}
		for _, who := range []string{"public", "nobody", "worker", "leader", "official_town", "official_community", "department", "task_force", "provider", "auditor", "administrator", "key"} {
			theirs := h.other
			if who == "department" { // to which that one was handed
				theirs = h.mine
			}
			there := h.send(method, h.fill(p.path, theirs.grid, theirs), h.fill(p.body, theirs.grid, theirs), p.etag, who)
			nobody.date = theirs.date
			not := h.send(method, h.fill(p.path, theirs.grid, nobody), h.fill(p.body, theirs.grid, nobody), p.etag, who)
			if letIn(there) || there.status != not.status || there.body != not.body {
				t.Errorf("%s for %s: of somebody else %d %s, of nobody %d %s", op, who, there.status, clip(there.body), not.status, clip(not.body))
			}
		}
	}
	// The same where an id is given beside the way.
	for _, who := range []string{"worker", "leader", "task_force"} {
		there := h.send(http.MethodGet, "/v1/notices?visitor="+h.other.visitor, "", false, who)
		not := h.send(http.MethodGet, "/v1/notices?visitor=V99999", "", false, who)
		if letIn(there) || there.body != not.body {
			t.Errorf("notices for %s: %d %s, %d %s", who, there.status, clip(there.body), not.status, clip(not.body))
		}
	}
}
