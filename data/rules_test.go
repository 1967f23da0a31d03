package data_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sanse/data/datatest"
)

// tableRule says what a table is to the three roles that serve: r reads rows (or
// some of their columns), a adds, w changes (some columns), d takes away.
type tableRule struct {
	rows               bool // row-level security says which rows
	engine, desk, gate string
}

// tableRules has a line for every table. Whoever adds a table says here who may
// do what with it, and its migration grants just that. A table that holds rows
// of single people has row-level security.
var tableRules = map[string]tableRule{
	// Wrapped keys: of no use without the key that wraps them.
	"key_check": {engine: "r", desk: "r", gate: "r"},
	"data_key":  {engine: "r", desk: "r", gate: "r"},

	// The ground, and what is counted on it.
	"district":       {engine: "rw", desk: "r", gate: "r"},
	"area":           {engine: "raw"},
	"area_version":   {engine: "rawd"},
	"building":       {engine: "r"},
	"population":     {engine: "rw"},
	"facility":       {engine: "rw"},
	"street_version": {engine: "r"},
	"street_overlay": {engine: "r"},
	"street":         {engine: "r"},
	"provider":       {engine: "r"},
	"provider_scope": {engine: "r"},
	"policy":         {engine: "r"},
	"import_log":     {engine: "r"},

	// Drafts, and what is computed.
	"draft":         {engine: "rawd"},
	"draft_base":    {engine: "rawd"},
	"draft_change":  {engine: "rawd"},
	"draft_area":    {engine: "rawd"},
	"draft_lineage": {engine: "rawd"},
	"draft_edit":    {engine: "rawd"},
	"draft_lock":    {engine: "rawd"},
	"publication":   {engine: "ra"},
	"area_lineage":  {engine: "ra"},
	"plan":          {engine: "raw"},
	"coverage_run":  {engine: "ra"},
	"coverage_area": {engine: "ra"},
	"standard_set":  {engine: "ra"},
	"report_run":    {engine: "ra"},
	"report_value":  {engine: "ra"},
	"release":       {engine: "ra"},

	// People, by opaque id.
	"resident":         {rows: true, engine: "rw", desk: "r"},
	"resident_kind":    {rows: true, engine: "r", desk: "r"},
	"resident_absence": {rows: true, engine: "r", desk: "r"},
	"resident_prefer":  {rows: true, engine: "r", desk: "r"},
	"team":             {rows: true, engine: "r", desk: "r"},
	"visit":            {rows: true, engine: "rad", desk: "r"},
	"need":             {rows: true, engine: "r", desk: "r"},
	"need_match":       {rows: true, engine: "ra", desk: "r"},
	"task":             {rows: true, engine: "raw", desk: "r"},
	"task_prefer":      {rows: true, engine: "rawd", desk: "r"},
	"task_visit":       {rows: true, engine: "ra", desk: "r"},
	"visitor":          {rows: true, engine: "r", desk: "r"},
	"visitor_scope":    {rows: true, engine: "r", desk: "r", gate: "r"},
	"visitor_shift":    {rows: true, engine: "r", desk: "r"},
	"visitor_day_off":  {rows: true, engine: "ra", desk: "r"},
	"plan_itinerary":   {rows: true, engine: "ra", desk: "r"},
	"plan_stop":        {rows: true, engine: "ra", desk: "r"},
	"plan_unplanned":   {rows: true, engine: "ra", desk: "r"},
	"plan_problem":     {rows: true, engine: "ra"},
	"provider_worker":  {rows: true, engine: "r"},

	// Who covers whom.
	"ladder_rule":   {engine: "raw"},
	"indicator_set": {engine: "raw"},
	"ladder_day":    {engine: "raw"},
	"ladder":        {rows: true, engine: "raw", desk: "rw"},
	"incident":      {rows: true, engine: "raw", desk: "raw"},
	"incident_step": {rows: true, engine: "ra", desk: "ra"},
	"incident_text": {rows: true, desk: "ra"},
	"ladder_step":   {rows: true, engine: "ra", desk: "r"},
	"visit_move":    {rows: true, engine: "raw"},
	"day_order":     {rows: true, engine: "rawd"},

	// Which grade, and why.
	"grade_rule":       {engine: "raw"},
	"resident_fact":    {rows: true, engine: "r", desk: "rawd"},
	"grade_suggestion": {rows: true, engine: "raw", desk: "rw"},
	"grade_change":     {rows: true, engine: "rw", desk: "ra"},
	"grade_appeal":     {rows: true, desk: "raw"},

	// What happens at doors.
	"door_code":         {rows: true, engine: "raw"},
	"visit_record":      {rows: true, engine: "raw", desk: "r"},
	"visit_record_text": {rows: true, engine: "a", desk: "r"},
	"visit_flag":        {rows: true, engine: "ra", desk: "rw"},
	"visit_flag_look":   {rows: true, desk: "ra"},
	"visit_form":        {engine: "ra"},
	"quality_sample":    {engine: "ra", desk: "r"},
	"quality_item":      {rows: true, engine: "a", desk: "r"},
	"quality_call":      {rows: true, engine: "r", desk: "ra"},
	"rating_code":       {rows: true, engine: "a"},
	"visit_rating":      {rows: true, engine: "r", desk: "r"},
	"visit_rating_text": {rows: true, desk: "r"},

	// Behind the platform that is there, and devices.
	"connector":        {rows: true, engine: "rw"},
	"connect_delivery": {rows: true, engine: "raw"},
	"connect_pull":     {rows: true, engine: "rw"},
	"connect_feed":     {engine: "raw"},
	"connect_task":     {rows: true, engine: "raw"},
	"connect_mapping":  {engine: "r"},
	"external_id":      {rows: true, engine: "r"},
	"connect_row":      {rows: true, engine: "raw", desk: "raw"},
	"device":           {rows: true, engine: "r", desk: "r"},
	"device_rule":      {engine: "r"},
	"device_event":     {rows: true, engine: "r", desk: "ra"},
	"device_refused":   {engine: "raw"},

	// Who they are.
	"resident_person": {rows: true, desk: "r"},
	"visitor_person":  {rows: true, desk: "r"},
	"task_person":     {rows: true, engine: "rd", desk: "r"},

	// Who asks.
	"account":       {rows: true, gate: "raw"},
	"account_grant": {rows: true, gate: "raw"},
	"session":       {rows: true, gate: "raw"},
	"factor_role":   {gate: "rawd"},
	"calendar_feed": {rows: true, gate: "raw"},
	"handover":      {rows: true, gate: "raw"},

	// What people are told: the gate alone knows who.
	"outbox":            {rows: true, engine: "ra", desk: "a", gate: "raw"},
	"message":           {rows: true, gate: "raw"},
	"message_part":      {rows: true, gate: "ra"},
	"message_way":       {gate: "raw"},
	"push_subscription": {rows: true, gate: "rawd"},
	"message_choice":    {rows: true, gate: "raw"},
	"message_rule":      {rows: true, gate: "raw"},

	// How long data live, and what residents ask of theirs.
	"retention":    {engine: "raw"},
	"export_cap":   {engine: "rawd"},
	"life_run":     {engine: "r"},
	"data_request": {rows: true, desk: "raw"},
	"consent":      {rows: true, desk: "ra"},
	"restriction":  {rows: true},
	"erased":       {rows: true, engine: "r"},

	// The trace: everybody adds to it, at the desk auditors read it.
	"audit":        {rows: true, engine: "a", desk: "ra", gate: "a"},
	"audit_reason": {rows: true, engine: "a", desk: "ra", gate: "a"},
	"audit_link":   {rows: true, desk: "r"},
	"audit_sent":   {},
	"export":       {rows: true, desk: "ra"},
}

func TestEveryTableHasARule(t *testing.T) {
	s := datatest.New(t)
	ctx := t.Context()
	got := map[string]tableRule{}
	rows, err := s.Pool().Query(ctx, `SELECT c.relname, c.relrowsecurity,
			(SELECT array_agg((CASE WHEN has_any_column_privilege(r, c.oid, 'SELECT') THEN 'r' ELSE '' END) ||
				(CASE WHEN has_any_column_privilege(r, c.oid, 'INSERT') THEN 'a' ELSE '' END) ||
				(CASE WHEN has_any_column_privilege(r, c.oid, 'UPDATE') THEN 'w' ELSE '' END) ||
				(CASE WHEN has_table_privilege(r, c.oid, 'DELETE') THEN 'd' ELSE '' END) ||
				(CASE WHEN has_table_privilege(r, c.oid, 'TRUNCATE') OR has_table_privilege(r, c.oid, 'TRIGGER') THEN '!' ELSE '' END) ORDER BY n)
			FROM unnest(ARRAY['sanse_engine', 'sanse_desk', 'sanse_gate']) WITH ORDINALITY AS u (r, n))
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') AND c.relname <> 'goose_db_version'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var may []string
		var r tableRule
		if err := rows.Scan(&name, &r.rows, &may); err != nil {
			t.Fatal(err)
		}
		r.engine, r.desk, r.gate = may[0], may[1], may[2]
		got[name] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name, r := range got {
		want, there := tableRules[name]
		if !there {
			t.Errorf("table %s has no rule: say in tableRules who may do what with it, and grant it in its migration (now: %+v)", name, r)
			continue
		}
		if diff := cmp.Diff(want, r, cmp.AllowUnexported(tableRule{})); diff != "" {
			t.Errorf("table %s: %s", name, diff)
		}
	}
	for name := range tableRules {
		if _, there := got[name]; !there {
			t.Errorf("there is a rule for table %s, which is not there", name)
		}
	}
	t.Run("and what the policies are made of", func(t *testing.T) {
		for _, test := range []struct{ name, sql string }{
			{"whoever may touch a table with row-level security has a policy there", `SELECT c.relname || ' ' || r FROM pg_class c, unnest(ARRAY['sanse_engine', 'sanse_desk', 'sanse_gate']) r
				WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND has_any_column_privilege(r, c.oid, 'SELECT, INSERT')
					AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname AND r = ANY (p.roles))`},
			{"no policy is for everybody", `SELECT tablename || ' ' || policyname FROM pg_policies WHERE 'public' = ANY (roles)`},
			{"what refers to a person has row-level security", `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relrowsecurity
				AND EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
					AND k.confrelid IN ('resident'::regclass, 'visitor'::regclass, 'task'::regclass, 'need'::regclass, 'account'::regclass))`},
			{"what is sealed has row-level security", `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
				WHERE c.relkind = 'r' AND NOT c.relrowsecurity AND a.atttypid = 'sealed'::regtype AND c.relname <> 'key_check'`},
			{"nobody but the desk runs the functions of trust; the gate chains the trace and takes ratings, the engine has rows counted", `SELECT p.proname || ' ' || r FROM pg_proc p, unnest(ARRAY['public', 'sanse_engine', 'sanse_gate']) r
				WHERE p.pronamespace = 'trust'::regnamespace AND has_function_privilege(r, p.oid, 'EXECUTE')
					AND NOT (r = 'sanse_gate' AND p.proname IN ('followed', 'audit_backlog', 'audit_mark', 'audit_pending', 'audit_append', 'rate'))
					AND NOT (r = 'sanse_engine' AND p.proname IN ('counted', 'written'))`},
			{"functions that run as the owner say where they look, what is temporary last", `SELECT p.proname FROM pg_proc p
				WHERE p.pronamespace IN ('trust'::regnamespace, 'public'::regnamespace) AND p.prosecdef
					AND NOT COALESCE('search_path=pg_catalog, public, pg_temp' = ANY (p.proconfig), false)
					AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')`},
			{"none of the roles owns anything", `SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'sanse\_%'`},
			{"none of the roles has rights that are not asked for", `SELECT rolname FROM pg_roles WHERE rolname IN ('sanse_engine', 'sanse_desk', 'sanse_gate')
				AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit)`},
			{"none of the roles is in another", `SELECT m.member::regrole || ' ' || m.roleid::regrole FROM pg_auth_members m WHERE m.member::regrole::text LIKE 'sanse\_%'`},
			{"none of the roles can make anything that stays", `SELECT n || ' ' || r FROM unnest(ARRAY['public', 'trust']) n, unnest(ARRAY['sanse_engine', 'sanse_desk', 'sanse_gate']) r
				WHERE has_schema_privilege(r, n, 'CREATE')`},
		} {
			t.Run(test.name, func(t *testing.T) {
				rows, err := s.Pool().Query(ctx, test.sql)
				if err != nil {
					t.Fatal(err)
				}
				defer rows.Close()
				var bad []string
				for rows.Next() {
					var v string
					if err := rows.Scan(&v); err != nil {
						t.Fatal(err)
					}
					bad = append(bad, v)
				}
				if rows.Err() != nil || len(bad) > 0 {
					slices.Sort(bad)
					t.Errorf("not so: %v %v", bad, rows.Err())
				}
			})
		}
	})
	if t.Failed() {
		t.Logf("%d tables", len(got))
	}
}
