package data_test

import (
	"regexp"
	"testing"

	"sanse/data"
	"sanse/data/datatest"
)

// keptFor says of every table with rows of single people from which neither a time
// nor an erasure takes rows away, why they stay.
var keptFor = map[string]string{
	"resident": "grade and grid, for the counts: who it was goes with resident_person", "resident_kind": "the same",
	"consent": "proof that it was given (PIPL art. 14, 69)", "data_request": "proof of what was asked and done (PIPL art. 56); its texts go",
	"restriction": "that nobody may be told, which holds until it is lifted", "erased": "who is erased again whatever brings them back",
	"audit": "the chain takes it away, link by link (takeAway)", "audit_link": "the chain that is left",
	"task":            "what is to be done, until an import says otherwise",
	"door_code":       "says nothing by itself; records name it for longer",
	"visitor":         "who visits, and who did, by id, for records and plans: who it was goes with visitor_person",
	"visitor_day_off": "as long as they visit", "visitor_scope": "the same", "visitor_shift": "the same",
	"provider_worker": "the same, of a provider",
	"account":         "whose the rows of the audit are, by id: who it was goes (accounts)", "account_grant": "who could see what when: the reasons go with the account",
	"message_rule": "the district's",
	"connector":    "a platform, and the secret between us",
	"connect_pull": "where it is asked, and the secret between us",
}

// stays says of every table with rows of single people that an erasure leaves as it
// is, why nothing in it leads to the resident any more.
var stays = map[string]string{
	"resident_kind": "the kinds count on, of nobody any more", "visit": "the visits count on, of nobody any more", "task_visit": "the same", "visit_move": "a day and a reason by code",
	"ladder_step": "times, levels and holders", "incident": "its texts are gone", "incident_step": "stages and times", "quality_item": "that a record was drawn", "visit_rating": "how a visit was rated, of nobody any more",
	"plan_itinerary": "the walks of the plan in force still stop at the door, until it is made anew", "plan_stop": "the same, by id", "plan_unplanned": "the same", "day_order": "the same",
	"connect_task": "by id; no platform is told of them any more",
	"consent":      "proof that it was given or taken back", "restriction": "that nobody may be told", "erased": "that they were erased: a row is added by hand",
	"audit": "ids, and whose looks they were; the reasons are gone", "audit_link": "nobody stands in it", "export": "how many a file told of, not whom",
	"visitor": "visitors are no residents", "visitor_person": "the same", "visitor_scope": "the same", "visitor_shift": "the same", "visitor_day_off": "the same", "provider_worker": "the same",
	"account": "nor are accounts", "account_grant": "the same", "session": "the same", "calendar_feed": "the same: hours and numbers of doors", "push_subscription": "the same",
	"outbox": "says no resident (docs/messages.md)", "message": "the same", "message_part": "the same", "message_choice": "the same", "message_rule": "the same",
	"connector": "no resident stands in it", "connect_pull": "the same",
}

// touched are the tables that statements take rows from, and those in which they
// write at all.
func touched(statements []string) (taken, named map[string]bool) {
	taken, named = map[string]bool{}, map[string]bool{}
	for _, sql := range statements {
		for _, m := range regexp.MustCompile(`(DELETE FROM|UPDATE|INSERT INTO) (\w+)`).FindAllStringSubmatch(sql, -1) {
			named[m[2]] = true
			if m[1] == "DELETE FROM" {
				taken[m[2]] = true
			}
		}
	}
	return taken, named
}

// TestEveryTableOfPeopleHasATimeAndIsReachedByAnErasure holds the tables that there
// are against what takes people out of them: whoever adds a table with rows of single
// people has them taken away when their time is over and when their resident is
// erased, or says in a line why not.
func TestEveryTableOfPeopleHasATimeAndIsReachedByAnErasure(t *testing.T) {
	s := datatest.New(t)
	goes := map[string][]string{} // what goes with the rows of a table
	rows, err := s.Pool().Query(t.Context(), `SELECT confrelid::regclass::text, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confdeltype = 'c'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var of, table string
		if err := rows.Scan(&of, &table); err != nil {
			t.Fatal(err)
		}
		goes[of] = append(goes[of], table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	var with func(set map[string]bool, table string)
	with = func(set map[string]bool, table string) {
		for _, t := range goes[table] {
			if !set[t] {
				set[t] = true
				with(set, t)
			}
		}
	}
	over, _ := touched(data.RetentionSQL())
	erased, reached := touched(data.ErasureSQL())
	for table := range erased {
		over[table] = true // whoever has left care for a year is erased
	}
	for _, set := range []map[string]bool{over, reached} {
		from := erased
		if set["plan"] {
			from = over
		}
		for table := range from {
			with(set, table)
		}
	}
	for table, rule := range tableRules {
		if !rule.rows {
			if keptFor[table]+stays[table] != "" {
				t.Errorf("table %s holds no rows of single people: its line can go", table)
			}
			continue
		}
		switch {
		case !over[table] && keptFor[table] == "":
			t.Errorf("rows of table %s are never taken away: give them a time in lifeKinds, or say in keptFor why they stay", table)
		case over[table] && keptFor[table] != "":
			t.Errorf("rows of table %s are taken away: its line in keptFor can go", table)
		}
		switch {
		case !reached[table] && stays[table] == "":
			t.Errorf("an erasure leaves table %s as it is: name it in erasures, or say in stays why", table)
		case reached[table] && stays[table] != "":
			t.Errorf("an erasure reaches table %s: its line in stays can go", table)
		}
	}
	for _, lines := range []map[string]string{keptFor, stays} {
		for table := range lines {
			if _, there := tableRules[table]; !there {
				t.Errorf("there is a line for table %s, which is not there", table)
			}
		}
	}
}
