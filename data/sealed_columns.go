package data

import "strings"

// sealedTable is a table with sealed columns: what Reseal goes through. A column
// of the domain sealed that is in none of these fails a test.
type sealedTable struct {
	table string
	// as is the table that the associated data name: where the columns were when
	// they were sealed first. Columns that move to another table keep it.
	as string
	// id is the SQL expression of the text that stands for the record in the
	// associated data; unique in a district.
	id      string
	columns []string
}

// sealedTables are all of them.
var sealedTables = []sealedTable{
	{table: "resident_person", as: "resident", id: "resident", columns: []string{"name", "id_number", "phone", "address", "note"}},
	{table: "visitor_person", as: "visitor", id: "visitor", columns: []string{"name", "phone"}},
	{table: "account", as: "account", id: "id", columns: []string{"name", "totp"}},
	{table: "account_grant", as: "account_grant", id: "account || '/' || n", columns: []string{"reason"}},
	{table: "session", as: "session", id: "id", columns: []string{"agent"}},
	{table: "handover", as: "handover", id: "resident || '/' || n", columns: []string{"reason"}},
	{table: "data_request", as: "data_request", id: "id", columns: []string{"reason", "fields", "replaced", "decision_reason"}},
	{table: "audit_reason", as: "audit_reason", id: "id", columns: []string{"reason"}},
	{table: "connector", as: "connector", id: "id", columns: []string{"secret"}},
	{table: "connect_pull", as: "connect_pull", id: "connector || '/' || kind", columns: []string{"secret", "token"}},
	{table: "incident_text", as: "incident_text", id: "incident || '/' || n", columns: []string{"text"}},
	{table: "grade_change", as: "grade_change", id: "resident || '/' || n", columns: []string{"reason"}},
	{table: "grade_appeal", as: "grade_appeal", id: "resident || '/' || n", columns: []string{"said", "answer"}},
	{table: "ladder", as: "ladder", id: "id::text", columns: []string{"reason"}},
	{table: "visit_record_text", as: "visit_record_text", id: "record::text", columns: []string{"text"}},
	{table: "push_subscription", as: "push_subscription", id: "id", columns: []string{"endpoint", "p256dh", "auth"}},
	{table: "message_rule", as: "message_rule", id: "district", columns: []string{"url", "secret", "push_key"}},
	{table: "visit_flag_look", as: "visit_flag_look", id: "record || '/' || flag || '/' || n", columns: []string{"reason"}},
	{table: "quality_call", as: "quality_call", id: "record || '/' || n", columns: []string{"words"}},
	{table: "visit_rating_text", as: "visit_rating_text", id: "rating", columns: []string{"words"}},
	{table: "task_person", as: "task", id: "task", columns: []string{"address"}},
}

// hashedTable is where the keyed hash of ID numbers is, and the sealed column it
// is made from.
var hashedTable = struct{ table, column, as, id, source string }{
	table: "resident_person", column: "id_hash", as: "resident", id: "resident", source: "id_number",
}

// otherKey is the condition under which a row holds a value that begins with
// anything but parameter n.
func (t *sealedTable) otherKey(n string) string {
	var or []string
	for _, c := range t.columns {
		or = append(or, "substring("+c+"::bytea FROM 1 FOR 5) <> "+n)
	}
	return "(" + strings.Join(or, " OR ") + ")" // null for an empty column: it does not count
}
