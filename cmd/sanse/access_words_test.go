package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// whoAsks are the people of the table of access, in the order of its columns.
var whoAsks = []string{
	"public", "nobody", "worker", "leader", "planner", "official_district", "official_town", "official_community",
	"department", "task_force", "provider", "auditor", "administrator", "key",
}

// The house rules, in words: what each of whoAsks gets of each sort of answer. A
// cell has three letters: of their own area (their own day, their people), of
// another area, and of the district as a whole.
//
//	O  the same as everybody     T  true numbers      R  what has been released
//	M  more than the release, of what is theirs
//	n  with names and exact places   r  single records without   h  those alone who were handed to them
//	x  done                      -  refused           .  cannot be asked so
//
// They are written from what the roles are for, not from the code.
const houseRules = `
open           OOO OOO OOO OOO OOO OOO OOO OOO OOO OOO OOO OOO OOO OOO
released       RRR RRR TRM TRM TTT TTT TRM TRM RRR TRM RRR RRR RRR TRM
files          RRR RRR RRR TRM TTT TTT TRM TRM RRR RRR RRR RRR RRR TRM
mixed          ..R ..R ..M ..M ..M ..M ..M ..M ..R ..M ..R ..R ..R ..M
numbers        --- --- T-- T-- TTT TTT T-- T-- --- T-- --- --- --- T--
sum_files      --- --- --- T-- TTT TTT T-- T-- --- --- --- --- --- T--
records        --- --- r-- r-- rrr rrr r-- r-- --- r-- --- --- --- r--
record_files   --- --- --- r-- rrr rrr r-- r-- --- --- --- --- --- r--
needs          --- --- rhh rhh rrr rrr r-- r-- hhh r-- hhh --- --- r--
day            --. --. n-. n-. rr. rr. r-. n-. --. r-. --. --. --. --.
colleague      -.. -.. -.. n.. r.. r.. r.. n.. -.. r.. -.. -.. -.. -..
sheet          --. --. n-. n-. rr. rr. r-. n-. --. r-. --. --. --. --.
way            --. --. x-. x-. --. --. --. x-. --. --. --. --. --. --.
slips          --. --. x-. x-. xx. xx. x-. x-. --. x-. --. --. --. --.
my_day         --. --. x-. x-. xx. --. --. --. --. --. --. --. --. --.
visit          --. --. r-. r-. rr. rr. r-. r-. --. r-. --. --. --. --.
record         --. --. r-. r-. rr. rr. r-. r-. --. r-. --. --. --. --.
at_door        --. --. xx. xx. --. xx. xx. xx. xx. xx. xx. --. --. --.
codes          --- --- --- r-- rrr rrr r-- r-- --- --- --- --- --- ---
make_code      --. --. --. x-. xx. xx. x-. x-. --. --. --. --. --. --.
recorded       --- --- --- r-- rrr rrr r-- r-- --- r-- --- --- --- ---
sample         --. --. --. x-. xx. xx. x-. x-. --. x-. --. --. --. --.
looked         --. --. --. --. xx. xx. --. --. --. --. --. --. --. --.
retire_code    --. --. --. --. xx. xx. --. --. --. --. --. --. --. --.
match_one      --. --. --. --. xx. --. --. --. --. --. --. --. --. --.
match_area     --- --- --- --- xxx --- --- --- --- --- --- --- --- ---
sites          --- --- --- --- xxx --- --- --- --- --- --- --- --- ---
replan         --. --. --. x-. xx. --. --. --. --. --. --. --. --. --.
plan           ..- ..- ..- ..- ..x ..- ..- ..- ..- ..- ..- ..- ..- ..-
cases          --- --- x-- x-- xxx xxx x-- x-- xxx x-- --- --- --- ---
open_case      --. --. x-. x-. xx. xx. x-. x-. -x. x-. --. --. --. --.
connect        --. --. --. --. --. --. --. --. --. --. --. --. --. --.
grades         --- --- --- x-- xxx xxx x-- x-- --- --- --- --- --- ---
grade          --. --. --. x-. xx. xx. x-. x-. --. --. --. --. --. --.
regrade        --. --. --. x-. xx. xx. x-. x-. --. --. --. --. --. --.
facts          --. --. x-. x-. xx. xx. x-. x-. --. x-. --. --. --. --.
close          --. --. --. --. xx. xx. --. --. --. --. --. --. --. --.
report         ..- ..- ..- ..- ..x ..x ..- ..- ..- ..- ..- ..- ..- ..-
ask            --. --. --. x-. xx. xx. x-. x-. --. --. --. --. --. --.
privacy        -.. -.. -.. -.. -.. x.. x.. x.. -.. -.. -.. -.. -.. -..
decide         --. --. --. --. --. xx. --. --. --. --. --. --. --. --.
retention      ..- ..- ..- ..- ..- ..x ..- ..- ..- ..- ..- ..- ..- ..-
history        ..- ..- ..- ..- ..r ..r ..- ..- ..- ..- ..- ..- ..- ..-
person         --. --. n-. n-. --. --. --. n-. -n. --. ... --. --. --.
glass          --. --. --. --. xx. xx. x-. x-. --. x-. --. --. --. --.
hand           --. --. --. x-. xx. xx. x-. x-. --. --. --. --. --. --.
handed         ..- ..- ..h ..h ..h ..h ..h ..h ..h ..h ..h ..- ..- ..-
audit          ..- ..- ..- ..- ..- ..- ..- ..- ..- ..- ..- ..x ..- ..-
accounts       ..- ..- ..- ..- ..- ..- ..- ..- ..- ..- ..- ..- ..x ..-
mine           ..- ..x ..x ..x ..x ..x ..x ..x ..x ..x ..x ..x ..x ..-
door           ... ... ... ... ... ... ... ... ... ... ... ... ... ...
`

// sortsInWords says what the sorts of answers are, for docs/access.md.
var sortsInWords = [][2]string{
	{"open", "ground, streets, facilities, standards: nothing about people in need of care"},
	{"released", "numbers of an area"},
	{"files", "the same in files that leave the house"},
	{"mixed", "numbers of many areas at once"},
	{"numbers", "figures that exist as true ones only"},
	{"sum_files", "the same in files that leave the house, which others do not get at all"},
	{"records", "lists of single residents, visitors and ways"},
	{"record_files", "single records, by id, in files that leave the house"},
	{"needs", "the ledger of needs"},
	{"day", "a visitor's day (own: of the visitor whose account it is, or of one in the area) and the ways from door to door"},
	{"colleague", "the same, of another visitor in the same area"},
	{"sheet", "a visitor's day to be printed"},
	{"way", "the way of a visitor's day as GPX, to who is told where all its doors are"},
	{"slips", "slips to leave at the doors of a visitor's day, each with a code by which the visit is rated"},
	{"my_day", "a visitor's day changed: in another order, a visit put off, handed over or passed on (own: of the visitor whose account it is)"},
	{"visit", "why a visit is on its day"},
	{"record", "one resident or one need"},
	{"at_door", "visits recorded, and what a door code opens: what is not theirs is refused in the answer"},
	{"codes", "the door codes of an area, without what they say"},
	{"make_code", "a door code made"},
	{"retire_code", "a door code taken out of force (here one that is not there: only who has all of them is told so)"},
	{"recorded", "what was recorded at the doors of an area and what in it is doubtful (with the names that one is told)"},
	{"sample", "a sample for quality review drawn"},
	{"looked", "what was found of a flag, or said on a call, written down (here one that is not there: only who may so in all of the district is told so)"},
	{"match_one", "who meets one need"},
	{"match_area", "who meets the needs of an area"},
	{"sites", "where to build next"},
	{"replan", "the plan made again because somebody is off"},
	{"plan", "drafts of boundaries, standards"},
	{"cases", "cases, with their clocks (of a department: of those who were handed to it)"},
	{"open_case", "a case opened (of a department: of another's, who was handed to it)"},
	{"close", "a ladder ended for a reason, a case read, taken further or passed on (here one that is not there: only who may so in all of the district is told so)"},
	{"connect", "visits, cases and alarms of another platform, and tasks told to it: for a key that was made for just that (docs/connect.md)"},
	{"grades", "what grades are suggested, and which were changed"},
	{"grade", "what became of the grade of one resident, with the words"},
	{"regrade", "a grade decided, and what was said against one answered"},
	{"facts", "what is known of a resident, and what they say against a grade, written down"},
	{"report", "a report taken, to be kept"},
	{"ask", "what a resident asks of their data, and agrees to, written down"},
	{"privacy", "what was asked, how long data are kept, the processing record: each of their own"},
	{"decide", "a request decided (here one that is not there: only who decides for all is told so)"},
	{"retention", "how long data are kept, changed"},
	{"history", "the grids of a resident through the years"},
	{"person", "a resident's name, telephone and address (of a department: another's, who was handed to it; a provider: those matched to it)"},
	{"glass", "the same for half an hour, in an emergency and for a reason"},
	{"hand", "a resident handed to somebody for a time, and to whom they were (whose account it is to may end it too)"},
	{"handed", "those who were handed to oneself or one's department"},
	{"audit", "who looked at whom"},
	{"accounts", "accounts, roles and keys; the number under which maps were reviewed; how much roles take out of the house; by which channels messages go"},
	{"mine", "what one has of one's own: sessions, messages"},
	{"door", "what is asked before anybody is known: tried in the tests of the door"},
}

// operationSorts says of every operation of the API what sort of answer it is. A
// new one that is not here fails the test.
var operationSorts = map[string]string{
	"search-areas": "open", "release": "open", "coverage": "open", "standards": "open", "reports": "open", "providers": "open",
	"ogc": "open", "ogc-conformance": "open", "ogc-api": "mixed", "ogc-collections": "open", "ogc-collection": "open", "ogc-queryables": "mixed", "ogc-schema": "mixed",
	"tile-sets": "open", "ground-tile": "open",
	"board": "released", "areas": "released", "heatmap": "released", "shortfall": "released", "shortfall-charts": "released",
	"shortfall-workbook": "files", "shortfall-page": "files",
	"district": "mixed", "facilities": "mixed", "notices": "mixed", "ogc-items": "mixed", "ogc-item": "mixed", "tile-json": "mixed", "tile": "mixed",
	"circle": "mixed", "reach": "mixed", "unplaced": "mixed", "try-coverage": "mixed", "shortfall-map": "mixed",
	"supply": "mixed", "supply-cells": "mixed",
	"shortages": "numbers", "ledger": "numbers", "work-report": "numbers", "work-report-page": "sum_files", "work-report-workbook": "sum_files", "indicators": "numbers", "put-indicators": "plan", "own-rate": "mine", "ledger-workbook": "sum_files", "ledger-table": "sum_files",
	"unplanned": "records", "routes": "records", "visitors": "records", "shortfall-behind": "records",
	"ladders": "records", "ladder-rule": "open", "put-ladder-rule": "plan", "close-ladder": "close",
	"messages": "mine", "unread-messages": "mine", "read-messages": "mine", "message-choice": "mine", "put-message-choice": "mine",
	"push": "mine", "put-push": "mine", "drop-push": "mine",
	"message-rules": "accounts", "put-message-rules": "accounts", "test-message": "accounts", "undelivered": "accounts",
	"cases": "cases", "open-case": "open_case", "case": "close", "step-case": "close", "pass-case": "close",
	"connect-visits": "connect", "connect-cases": "connect", "put-device-events": "connect", "connect-tasks": "connect", "connect-reconciliation": "records",
	"connect-platforms": "records", "connect-reconciliation-workbook": "record_files",
	"case-helpers": "close", "live": "numbers",
	"grade-rules": "open", "put-grade-rules": "plan", "grade-suggestions": "grades", "grade-changes": "grades", "grade-history": "grade",
	"regrade": "regrade", "answer-appeal": "regrade", "note-fact": "facts", "drop-fact": "facts", "appeal": "facts",
	"needs": "needs",
	"day":   "day", "directions": "day", "why": "visit",
	"day-sheet": "sheet", "day-walk": "way", "day-slips": "slips", "rate-visit": "door", "tick-tasks": "at_door",
	"calendar": "door", "my-calendar": "mine", "make-calendar": "mine", "end-calendar": "mine",
	"move-options": "my_day", "move-visit": "my_day", "order-day": "my_day", "moves": "records",
	"today": "day", "put-records": "at_door", "open-door": "at_door", "codes": "codes", "make-code": "make_code", "retire-code": "retire_code",
	"form": "open", "put-form": "plan", "records": "recorded", "flags": "recorded", "sample": "recorded",
	"judge-flag": "looked", "draw-sample": "sample", "put-call": "looked",
	"resident-reach": "record", "need-history": "record", "need-options": "record",
	"person": "person", "break-glass": "glass", "audit": "audit", "unusual-looks": "audit", "verify-audit": "audit", "export-audit": "audit",
	"exports": "audit", "export-terms": "mine", "put-review-number": "accounts", "second-factors": "accounts", "ask-second-factor": "accounts", "drop-second-factor": "accounts", "export-caps": "accounts", "put-export-cap": "accounts", "drop-export-cap": "accounts",
	"set-need-match": "match_one", "match-needs": "match_area",
	"ask-privacy": "ask", "consent": "ask", "put-consent": "ask", "privacy": "privacy", "privacy-record": "privacy", "privacy-record-page": "privacy",
	"hand-over": "hand", "handovers": "hand", "end-handover": "hand", "handed": "handed",
	"decide-privacy": "decide", "privacy-copy": "decide", "put-retention": "retention",
	"begin-siting": "sites", "siting": "plan", "stop-siting": "plan",
	"replan":        "replan",
	"put-standards": "plan", "reset-standards": "plan", "take-report": "report", "history": "history",
	"drafts": "plan", "draft": "plan", "draft-areas": "plan", "draft-check": "plan", "publications": "plan", "area-history": "plan",
	"begin-draft": "plan", "describe-draft": "plan", "drop-draft": "plan", "change-draft": "plan", "undo-draft": "plan", "redo-draft": "plan",
	"rebase-draft": "plan", "publish-draft": "plan", "roll-back": "plan", "draft-effect": "plan", "draft-effect-page": "plan", "draft-effect-workbook": "plan",
	"draft-ground": "plan", "draft-balance": "plan", "edit-draft": "plan", "lock-draft": "plan",
	"accounts": "accounts", "add-account": "accounts", "change-account": "accounts", "new-secret": "accounts", "give-grant": "accounts",
	"end-grant": "accounts", "end-sessions": "accounts", "add-key": "accounts", "sessions": "mine", "end-session": "mine",
	"sign-in-ways": "door", "sign-in": "door", "sign-in-made-up": "door", "sign-out": "door", "me": "door", "change-password": "door",
	"check-code": "door", "enrol-code": "door", "confirm-code": "door", "set-pin": "door", "check-pin": "door", "oidc-start": "door", "oidc-callback": "door",
	"draw-draft": "plan", "drawing": "plan", "stop-drawing": "plan", "apply-drawing": "plan",
}

// verbsTell says of every verb of the command line what of people it can tell, or
// write into files. Who works there holds the machine, the key and the database.
var verbsTell = map[string]string{
	"demo": "all there is: it serves the pages; its files carry ids", "serve": "all there is, to each what their roles allow",
	"connect": "records by id, and by the numbers of a platform", "worker": "nothing: it works on records by id",
	"import": "refused rows, by line and column", "export": "records by id, never a name", "plan": "records by id",
	"solve": "the file that it was given", "check": "the files that it was given", "explain": "the files that it was given", "replan": "the files that it was given",
	"grids": "the files that it was given; an effect tells records by id", "reach": "the files that it was given", "coverage": "the files that it was given",
	"sites": "the files that it was given", "needs": "records by id", "supply": "the files that it was given",
	"audit":    "who looked at which records, by id, and the reasons that were given; who took a file, by its mark",
	"keys":     "how many values are sealed with which key",
	"accounts": "who can sign in", "life": "what is kept for how long; who asked for what, by id",
	"report": "true numbers; as the public: what has been released", "release": "what has been released", "db": "true numbers",
	"doctor":  "logins of accounts; nothing of residents",
	"streets": "nothing of people", "version": "nothing of people", "ladder-rule": "nothing of people",
}

// exportsTell says it of every kind of file that `sanse export` writes.
var exportsTell = map[string]string{
	"problem": "records by id, with where they live: to plan from", "plan": "records by id", "itineraries": "records by id", "unplanned": "records by id",
	"areas": "nothing of people", "facilities": "nothing of people but how many come", "standards": "nothing of people", "standards-table": "nothing of people",
}

// tileSetsTell says it of every set of tiles.
var tileSetsTell = map[string]string{
	"ground": "nothing of people: areas, streets, buildings, water",
	"cells":  "counts of people by cell: true numbers to who answers for the district, ordinary population to all others",
}

// streamsTell says it of every operation that is answered with a stream of events.
var streamsTell = map[string]string{
	"GET /v1/live": "true numbers of an area, to who answers for it, as long as their session and role hold",
}

// houseRule are the cells of a sort, by who asks.
func houseRule(t *testing.T, sort string) map[string]string {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(houseRules), "\n") {
		cells := strings.Fields(line)
		if cells[0] != sort {
			continue
		}
		if len(cells) != len(whoAsks)+1 {
			t.Fatalf("%s: %d cells for %d people", sort, len(cells)-1, len(whoAsks))
		}
		out := make(map[string]string)
		for i, who := range whoAsks {
			out[who] = cells[i+1]
		}
		return out
	}
	t.Fatalf("the house rules do not say who is told of %q", sort)
	return nil
}

// accessTable is what docs/access.md shows of it all.
func accessTable(t *testing.T, operations []operation) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "| what | %s |\n|---|%s\n", strings.ReplaceAll(strings.Join(whoAsks, " | "), "_", " "), strings.Repeat("---|", len(whoAsks)))
	for _, s := range sortsInWords {
		rule := houseRule(t, s[0])
		fmt.Fprintf(&b, "| %s |", s[1])
		for _, who := range whoAsks {
			fmt.Fprintf(&b, " `%s` |", rule[who])
		}
		b.WriteString("\n")
	}
	b.WriteString("\n| what | operations |\n|---|---|\n")
	for _, s := range sortsInWords {
		var list []string
		for _, op := range operations {
			if operationSorts[op.id] == s[0] {
				list = append(list, "`"+op.method+" "+op.path+"`")
			}
		}
		if len(list) > 0 {
			slices.Sort(list)
			fmt.Fprintf(&b, "| %s | %s |\n", s[1], strings.Join(list, ", "))
		}
	}
	for _, table := range []struct {
		title string
		tells map[string]string
	}{{"verb of the command line", verbsTell}, {"kind of `sanse export`", exportsTell}, {"set of tiles", tileSetsTell}, {"stream of events", streamsTell}} {
		fmt.Fprintf(&b, "\n| %s | tells |\n|---|---|\n", table.title)
		for _, k := range sortedKeys(table.tells) {
			fmt.Fprintf(&b, "| `%s` | %s |\n", k, table.tells[k])
		}
	}
	return b.String()
}

func sortedKeys(m map[string]string) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
