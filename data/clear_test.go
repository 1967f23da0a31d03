package data_test

import (
	"slices"
	"testing"

	"sanse/data/datatest"
)

// clearTexts are the columns that hold words of people in the clear, and why they
// may: a name of a place, a word of the program's, or what whoever types it is told
// is no place for people (docs/sealing.md). Whatever else people type is of the
// domain sealed.
var clearTexts = map[string]string{
	"account.login":         "it is looked up by what is typed, and stands in no trace of a try that was in vain",
	"area_version.name":     "of an area",
	"audit.address":         "a network, not an address",
	"audit.detail":          "words and numbers of the program's own",
	"audit.reason":          "the id of a sealed text",
	"building.address":      "of a house, as it stands on it",
	"building.name":         "of a house",
	"connect_task.why":      "a word of the program's own",
	"district.name":         "of an area",
	"district.note":         "of the files that the district was made from",
	"draft.name":            "of a redraw of boundaries",
	"draft.note":            "of a redraw of boundaries",
	"draft_area.name":       "of an area",
	"facility.address":      "of a place that is open to all",
	"facility.name":         "of a place that is open to all",
	"import_log.source":     "the name of a file that the operator chose",
	"factor_role.basis":     "why a role must have a second factor",
	"export_cap.basis":      "why a role takes so many files",
	"incident.source":       "a word of the program's own",
	"need.source":           "which assessment a need comes from; an erasure takes it",
	"need_match.reason":     "a word of the program's own",
	"plan_unplanned.detail": "words and numbers of the program's own",
	"plan_unplanned.reason": "a word of the program's own",
	"provider.name":         "of a firm",
	"retention.basis":       "why a kind of data is kept for so long",
	"session.address":       "a network, not an address",
	"street.name":           "of a street",
	"street_overlay.source": "the name of a file",
	"street_version.source": "the name of a file",
	"day_order.why":         "a code of the form's",
	"visit_move.why":        "a code of the form's",
	"visit_flag.detail":     "words and numbers of the program's own",
	"task.what":             "what is done there; where, if it is at somebody's home, is sealed",
}

// textNames are names that columns with words of people have.
var textNames = []string{
	"name", "login", "note", "notes", "reason", "why", "basis", "what", "text", "words", "source", "agent", "address", "comment", "detail", "description",
	"title", "remark", "message", "phone", "email", "contact",
}

func TestWhatPeopleTypeIsSealedOrSaidToStandInTheClear(t *testing.T) {
	s := datatest.New(t)
	rows, err := s.Pool().Query(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND domain_name IS DISTINCT FROM 'sealed' AND udt_name IN ('text', '_text', 'varchar', 'jsonb', 'json')
			AND (column_name = ANY ($1) OR column_name ~ '_(name|note|reason|text|address|source)$')
			AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public') AND table_name <> 'spatial_ref_sys'`, textNames)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var there []string
	for rows.Next() {
		var c string
		if err := rows.Scan(&c); err != nil {
			t.Fatal(err)
		}
		there = append(there, c)
		if clearTexts[c] == "" {
			t.Errorf("%s stands in the clear: seal it, or say here and in docs/sealing.md why it may", c)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for c := range clearTexts {
		if !slices.Contains(there, c) {
			t.Errorf("%s is not there, or is sealed", c)
		}
	}
}
