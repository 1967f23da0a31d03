package data_test

import (
	"slices"
	"testing"

	"sanse/data"
	"sanse/data/datatest"
)

// keptWhenDropped are the tables of a district that stay when it is dropped: its trace
// and the keys with which that is sealed.
var keptWhenDropped = []string{"audit", "audit_reason", "audit_link", "audit_sent", "data_key"}

// A district that is dropped, as that of a demo is before the next, leaves nothing
// but its trace behind; a new table belongs into wipeOrder.
func TestADroppedDistrictLeavesEveryTable(t *testing.T) {
	s := datatest.New(t)
	rows, err := s.Pool().Query(t.Context(), `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'district' AND NOT a.attisdropped
		WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		n++
		if !slices.Contains(data.WipeOrder, table) && !slices.Contains(keptWhenDropped, table) {
			t.Errorf("rows of %s stay when their district is dropped", table)
		}
	}
	if err := rows.Err(); err != nil || n < len(data.WipeOrder) {
		t.Fatalf("%d tables of districts (%v)", n, err)
	}
}
