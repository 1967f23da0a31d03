package data_test

import (
	"slices"
	"testing"
)

// What the rules of the database say they say of the session that asks: no
// function that the desk may call answers who has none, whatever it names.
func TestWithoutASessionTheRulesAnswerNothing(t *testing.T) {
	w := newDeskWorld(t)
	calls := map[string][]string{
		"seat":        {`SELECT district FROM trust.seat()`},
		"grants":      {`SELECT district FROM trust.grants()`},
		"district":    {`SELECT d FROM trust.district() d WHERE d IS NOT NULL`},
		"areas":       {`SELECT trust.areas('records')`, `SELECT trust.areas('names')`},
		"everywhere":  {`SELECT 'everywhere' WHERE trust.everywhere('records')`},
		"grids":       {`SELECT unnest(trust.grids('records'))`},
		"micro_grids": {`SELECT unnest(trust.micro_grids('records'))`},
		"handed":      {`SELECT unnest(trust.handed())`},
		"colleagues":  {`SELECT unnest(trust.colleagues())`},
		"restricted":  {`SELECT unnest(trust.restricted())`},
		"copied":      {`SELECT resident FROM trust.copied('q00000000000000aa')`},
		"served":      {`SELECT resident FROM trust.served()`},
		"merely":      {`SELECT unnest(trust.merely('served'))`, `SELECT unnest(trust.merely('contact'))`},
		"contact":     {`SELECT resident FROM trust.contact(ARRAY['r-` + deskGrid + `', 'r-` + deskGrid2 + `'])`},
		"sight":       {`SELECT s::text FROM trust.sight('records') s WHERE s IS NOT NULL`, `SELECT s::text FROM trust.sight('names') s WHERE s IS NOT NULL`},
		"knows":       {`SELECT k::text FROM trust.knows() k WHERE k IS NOT NULL`},
		"case_area":   {`SELECT a FROM trust.case_area('` + deskDistrict + `', '` + deskGrid + `', now(), (SELECT trust.sight('records'))) a WHERE a IS NOT NULL`},
		"audits":      {`SELECT a FROM trust.audits() a WHERE a IS NOT NULL`},
		"traces":      {`SELECT t::text FROM trust.traces('r-` + deskGrid + `') t WHERE t IS NOT NULL`},
	}
	rows, err := w.owner.Pool().Query(t.Context(), `SELECT p.proname FROM pg_proc p
		WHERE p.pronamespace = 'trust'::regnamespace AND p.prosecdef AND has_function_privilege('sanse_desk', p.oid, 'EXECUTE')`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	there := 0
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		there++
		if calls[name] == nil {
			t.Errorf("the desk may call trust.%s, and nobody asks here what it says to who has no session", name)
		}
	}
	if err := rows.Err(); err != nil || there != len(calls) {
		t.Errorf("%d functions, %d are asked: %v", there, len(calls), err)
	}
	for name, list := range calls {
		for _, sql := range list {
			if got, err := keysAt(t.Context(), w.serving, "", sql); err != nil || len(got) > 0 {
				t.Errorf("trust.%s says %v, %v", name, slices.Compact(got), err)
			}
		}
	}
}
