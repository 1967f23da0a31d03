package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sanse/data"
)

// TestACopyThatIsFoundLeadsBackToWhoTookIt takes each file over HTTP and reads its
// mark with the verb.
func TestACopyThatIsFoundLeadsBackToWhoTookIt(t *testing.T) {
	d := done(t, andorra)
	w := serveWatched(t, d)
	official, account := w.seat(1, data.Grant{Role: data.RoleOfficial, Area: w.district})
	auditor, other := w.seat(2, data.Grant{Role: data.RoleAuditor})
	planner, drawn := w.seat(3, data.Grant{Role: data.RolePlanner, Area: w.district})
	draft := w.send("/v1/drafts", object{"name": "试"}, planner)
	path := fmt.Sprintf("/v1/drafts/%v", parseJSON(t, draft.body)["id"])
	defer w.ask(path, planner, func(r *http.Request) {
		r.Method = http.MethodDelete
		r.Header.Set("If-Match", draft.header.Get("ETag"))
	})
	leader, leads := w.seat(4, data.Grant{Role: data.RoleLeader, Area: w.district})
	visitor := text(list(parseJSON(t, w.ask("/v1/visitors", leader).body)["items"])[0].(object)["id"])
	whose := fmt.Sprintf("purpose=meeting&visitor=%s&date=%v", visitor, parseJSON(t, w.ask("/v1/visitors/"+visitor+"/day", leader).body)["date"])
	marked := map[string]bool{"privacy-copy": true} // written as the others are; it wants a resident's request that was accepted
	sanse := func(args ...string) result {
		return d.bed.sanse(t, append([]string{"--key-file", filepath.Join(home, "key.json"), "--district", w.district, "audit", "mark"}, args...)...)
	}
	d.bed.sanse(t, "--key-file", filepath.Join(home, "key.json"), "--district", w.district, "connect", "set", "gridapp").want(t, exitDone)
	for name, c := range map[string]struct {
		path, account, kind string
		who                 func(*http.Request)
	}{
		"page.pdf":    {"/v1/shortfall.pdf?purpose=meeting", account, "shortfall-page", official},
		"book.xlsx":   {"/v1/shortfall.xlsx?purpose=meeting", account, "shortfall-workbook", official},
		"record.pdf":  {"/v1/privacy/record.pdf?purpose=meeting", account, "privacy-record-page", official},
		"audit.jsonl": {"/v1/audit/export?purpose=meeting&format=ocsf", other, "export-audit", auditor},
		"effect.html": {path + "/effect.html?purpose=meeting", drawn, "draft-effect-page", planner},
		"effect.xlsx": {path + "/effect.xlsx?purpose=meeting", drawn, "draft-effect-workbook", planner},
		"day.pdf":     {"/v1/today/sheet.pdf?" + whose, leads, "day-sheet", leader},
		"slips.pdf":   {"/v1/today/slips.pdf?" + whose, leads, "day-slips", leader},
		"walk.gpx":    {"/v1/today/walk.gpx?" + whose, leads, "day-walk", leader},
		"ledger.xlsx": {"/v1/ledger.xlsx?purpose=meeting", leads, "ledger-workbook", leader},
		"work.pdf":    {"/v1/work-report.pdf?purpose=meeting", leads, "work-report-page", leader},
		"told.xlsx":   {"/v1/connect/reconciliation.xlsx?purpose=meeting", leads, "connect-reconciliation-workbook", leader},
		"work.xlsx":   {"/v1/work-report.xlsx?purpose=meeting", leads, "work-report-workbook", leader},
		"audit.cef":   {"/v1/audit/export?purpose=meeting&format=cef", other, "export-audit", auditor},
	} {
		marked[c.kind] = true
		a := w.ask(c.path, c.who)
		if a.status != http.StatusOK {
			t.Errorf("%s: %d %s", name, a.status, clip(a.body))
			continue
		}
		file := writeText(t, filepath.Join(t.TempDir(), name), a.body)
		sanse(file).want(t, exitDone).says(t, c.account, "for meeting", c.kind, "as it was taken", "still good")
		found := list(parseJSON(t, sanse("--json", file).want(t, exitDone).out)["items"])[0].(object)
		if found["mark"] != "sealed" || found["same"] != true || found["recorded"] != true {
			t.Errorf("%s: %v", name, found)
		}
		sanse(text(found["number"])).want(t, exitDone).says(t, c.account, "anybody can write")
		if !strings.HasSuffix(name, ".xlsx") {
			writeText(t, file, a.body+"\n")
			sanse(file).want(t, exitDone).says(t, c.account, "changed since")
			writeText(t, file, strings.Replace(a.body, ":"+c.account+":", ":a00000000000000ff:", 1))
			sanse(file).want(t, exitNo).says(t, "key of this store")
		}
	}
	// A table has no room for a mark: it leads back by its digest, as long as nobody touches it.
	marked["ledger-table"] = true
	table := writeText(t, filepath.Join(t.TempDir(), "ledger.csv"), w.ask("/v1/ledger.csv?purpose=meeting", leader).body)
	sanse(table).want(t, exitDone).says(t, leads, "for meeting", "ledger-table", "byte for byte")
	writeText(t, table, readText(t, table)+"\n")
	sanse(table).want(t, exitNo).says(t, "no mark")
	marked["connect-tasks"] = true // a key's, not a person's: TestNamesGoToAPlatformAsAFileLeavesTheHouse
	for _, op := range w.operations() {
		for _, p := range op.parameters {
			if text(p.(object)["name"]) == "purpose" && !marked[op.id] {
				t.Errorf("whether the file of %s is marked is not tried", op.id)
			}
		}
	}
	public := writeText(t, filepath.Join(t.TempDir(), "public.pdf"), w.ask("/v1/shortfall.pdf", func(*http.Request) {}).body)
	sanse(public).want(t, exitNo).says(t, "no mark")
	sanse("x00000000000000ff").want(t, exitNo).says(t, "no export of that number")
	sanse("/nowhere").want(t, exitInvalid)
	listed := slices.DeleteFunc(list(parseJSON(t, w.ask("/v1/audit/exports", auditor).body)["items"]), func(v any) bool {
		return strings.HasPrefix(text(v.(object)["account"]), "os:") // what the command line took in other tests
	})
	if len(listed) != 15 || text(listed[0].(object)["login"]) == "" {
		t.Errorf("%v", listed)
	}
	if a := w.ask("/v1/audit/exports", official); a.status != http.StatusForbidden {
		t.Errorf("an official lists what others took: %d", a.status)
	}
	terms := parseJSON(t, w.ask("/v1/exports/terms", official).body)
	if terms["files_used"] != 3.0 || terms["bounded"] != true {
		t.Errorf("%v", terms)
	}
}
