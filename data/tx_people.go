package data

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sanse/planner"
)

var (
	visitorTable = target{
		table: "visitor", id: "id",
		key:     []string{"district", "id"},
		columns: []string{"district", "id", "kind", "tier", "mode", "capacity", "start_at", "end_at", "skills", "left_on"},
	}
	visitorPersonTable = target{
		table: "visitor_person", id: "visitor",
		key:     []string{"district", "visitor"},
		columns: []string{"district", "visitor", "name", "phone"},
	}
	visitorScopeTable = target{
		table: "visitor_scope", id: "visitor",
		key:     []string{"district", "visitor", "area"},
		columns: []string{"district", "visitor", "area", "n"},
		refs:    []reference{{"area", "area", "code"}},
	}
	visitorShiftTable = target{
		table: "visitor_shift", id: "visitor",
		key:     []string{"district", "visitor", "weekday", "from_minute"},
		columns: []string{"district", "visitor", "weekday", "from_minute", "to_minute"},
	}
	visitorDayOffTable = target{
		table: "visitor_day_off", id: "visitor",
		key:     []string{"district", "visitor", "day"},
		columns: []string{"district", "visitor", "day"},
	}
)

// leftAt is how exactly it stays known where the days of somebody began who has
// left, which may be their home: to a hundredth of a degree, about a kilometre.
const leftAt = 100

// gone is a visitor who has left: what is needed of somebody who visits is not kept.
func (v *Visitor) gone() Visitor {
	out := *v
	out.Scope, out.Shifts, out.DaysOff, out.Skills, out.End = nil, nil, nil, nil, nil
	out.Start = orb.Point{math.Round(v.Start[0]*leftAt) / leftAt, math.Round(v.Start[1]*leftAt) / leftAt}
	return out
}

// PutVisitors adds or replaces visitors with their scopes, shifts and days off. Of
// one who has left nothing of that is stored, and who it is stays as it was: neither
// is a name that has gone brought back nor one stored that nobody asks for.
func (tx *Tx) PutVisitors(district string, visitors []Visitor) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if len(visitors) == 0 {
		return nil
	}
	visitors = slices.Clone(visitors)
	var here []*Visitor
	for i := range visitors {
		if v := &visitors[i]; v.Left == 0 {
			here = append(here, v)
		} else {
			*v = v.gone()
		}
	}
	var scopes, shifts, offs [][]any
	for i := range visitors {
		v := &visitors[i]
		for n, area := range v.Scope {
			scopes = append(scopes, []any{district, v.ID, area, int16(n)})
		}
		for _, s := range v.Shifts {
			shifts = append(shifts, []any{district, v.ID, int16(s.Weekday), int16(s.From), int16(s.To)})
		}
		for _, d := range v.DaysOff {
			offs = append(offs, []any{district, v.ID, d.Time()})
		}
	}
	err := tx.upsert(&visitorTable, len(visitors), func(i int) ([]any, error) {
		v := &visitors[i]
		start, err := geometry(v.Start)
		if err != nil {
			return nil, err
		}
		var end []byte
		if v.End != nil {
			if end, err = geometry(*v.End); err != nil {
				return nil, err
			}
		}
		var left any
		if v.Left != 0 {
			left = v.Left.Time()
		}
		mode := v.Mode
		if mode == "" {
			mode = "foot"
		}
		return []any{district, v.ID, v.Kind, int16(v.Tier), mode, v.Capacity, start, end, orEmpty(v.Skills), left}, nil
	})
	if err != nil {
		return err
	}
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	err = tx.upsert(&visitorPersonTable, len(here), func(i int) ([]any, error) {
		v := here[i]
		// Bound to table visitor, where they once were.
		name, err := k.seal(v.Name, "visitor", "name", v.ID)
		if err != nil {
			return nil, err
		}
		phone, err := k.seal(v.Phone, "visitor", "phone", v.ID)
		if err != nil {
			return nil, err
		}
		return []any{district, v.ID, name, phone}, nil
	})
	if err != nil {
		return err
	}
	if err := tx.replaceParts(&visitorTable, &visitorScopeTable, "visitor", scopes); err != nil {
		return err
	}
	if err := tx.replaceParts(&visitorTable, &visitorShiftTable, "visitor", shifts); err != nil {
		return err
	}
	return tx.replaceParts(&visitorTable, &visitorDayOffTable, "visitor", offs)
}

// PutDaysOff gives a visitor days off, from one to another, both included; those
// that are off already stay so.
func (tx *Tx) PutDaysOff(district, visitor string, from, to planner.Date) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO visitor_day_off (district, visitor, day)
		SELECT $1, $2, generate_series($3::date, $4::date, '1 day')::date ON CONFLICT DO NOTHING`, district, visitor, from.Time(), to.Time())
	if err != nil {
		return fmt.Errorf("store days off: %w", tidy(err))
	}
	return nil
}

var (
	residentTable = target{
		table: "resident", id: "id",
		key: []string{"district", "id"},
		columns: []string{
			"district", "id", "grade", "location", "cell8", "building", "unit", "grid", "micro_grid", "declared", "minutes", "enrolled",
			"needs",
		},
		refs: []reference{{"building", "building", "id"}, {"grid", "area", "code"}, {"micro_grid", "area", "code"}},
	}
	residentPersonTable = target{
		table: "resident_person", id: "resident",
		key:     []string{"district", "resident"},
		columns: []string{"district", "resident", "id_hash", "name", "id_number", "phone", "address", "note"},
	}
	residentKindTable = target{
		table: "resident_kind", id: "resident",
		key:     []string{"district", "resident", "kind"},
		columns: []string{"district", "resident", "kind", "n"},
	}
	residentAbsenceTable = target{
		table: "resident_absence", id: "resident",
		key:     []string{"district", "resident", "from_day"},
		columns: []string{"district", "resident", "from_day", "to_day"},
	}
	teamTable = target{
		table: "team", id: "resident",
		key:     []string{"district", "resident", "visitor"},
		columns: []string{"district", "resident", "visitor", "n"},
		refs:    []reference{{"visitor", "visitor", "id"}},
	}
	residentPreferTable = target{
		table: "resident_prefer", id: "resident",
		key:     []string{"district", "resident", "visitor"},
		columns: []string{"district", "resident", "visitor", "n"},
		refs:    []reference{{"visitor", "visitor", "id"}},
	}
)

// PutResidents adds or replaces residents with their kinds, absences and teams,
// whose visitors must be stored before. Two residents with one ID number are a
// *TwiceError. What was decided of a grade holds against the grade from before it.
func (tx *Tx) PutResidents(district string, residents []Resident) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if len(residents) == 0 {
		return nil
	}
	residents, err := tx.holdGrades(district, residents)
	if err != nil {
		return err
	}
	var kinds, absences, teams, wishes [][]any
	for i := range residents {
		r := &residents[i]
		for n, k := range r.Kinds {
			kinds = append(kinds, []any{district, r.ID, k, int16(n)})
		}
		for _, a := range r.Absent {
			absences = append(absences, []any{district, r.ID, a.From.Time(), a.To.Time()})
		}
		for n, v := range r.Team {
			teams = append(teams, []any{district, r.ID, v, int16(n)})
		}
		for n, v := range r.Needs.Prefer {
			wishes = append(wishes, []any{district, r.ID, v, int16(n)})
		}
	}
	err = tx.upsert(&residentTable, len(residents), func(i int) ([]any, error) {
		return tx.residentRow(district, &residents[i])
	})
	if err != nil {
		return err
	}
	k, err := tx.sealer(district)
	if err != nil {
		return err
	}
	err = tx.upsert(&residentPersonTable, len(residents), func(i int) ([]any, error) {
		return personRow(k, &residents[i])
	})
	if err != nil {
		return err
	}
	if err := tx.replaceParts(&residentTable, &residentKindTable, "resident", kinds); err != nil {
		return err
	}
	if err := tx.replaceParts(&residentTable, &residentAbsenceTable, "resident", absences); err != nil {
		return err
	}
	if err := tx.replaceParts(&residentTable, &teamTable, "resident", teams); err != nil {
		return err
	}
	if err := tx.replaceParts(&residentTable, &residentPreferTable, "resident", wishes); err != nil {
		return err
	}
	ids := make([]string, len(residents))
	for i := range residents {
		ids[i] = residents[i].ID
	}
	if err := tx.holdCorrections(district, residents, ids); err != nil {
		return err
	}
	return tx.eraseAmong(district, ids)
}

// residentRow returns the columns of residentTable.
func (tx *Tx) residentRow(district string, r *Resident) ([]any, error) {
	location, err := geometry(r.Location)
	if err != nil {
		return nil, err
	}
	var enrolled any
	if r.Enrolled != 0 {
		enrolled = r.Enrolled.Time()
	}
	needs, err := needsText(r.Needs)
	if err != nil {
		return nil, err
	}
	cell, err := cellOf(r.Location)
	if err != nil {
		return nil, fmt.Errorf("the cell of a home: %w", err)
	}
	return []any{
		district, r.ID, r.Grade, location, cell, orNil(r.Building), r.Unit, orNil(r.Grid), orNil(r.MicroGrid), orNil(r.Declared),
		orNil(r.Minutes), enrolled, needs,
	}, nil
}

// personRow returns the columns of residentPersonTable. What is sealed is bound
// to table resident, where it once was.
func personRow(k *sealer, r *Resident) ([]any, error) {
	hash, err := k.hash(r.Person.IDNumber)
	if err != nil {
		return nil, fmt.Errorf("hash ID number: %w", err)
	}
	row := []any{k.district, r.ID, hash}
	for _, field := range personColumns(&r.Person) {
		b, err := k.seal(*field.value, "resident", field.column, r.ID)
		if err != nil {
			return nil, err
		}
		row = append(row, b)
	}
	return row, nil
}

// personColumn is a sealed column of table resident_person and where it is in memory.
type personColumn struct {
	column string
	value  *Sealed
}

// personColumns lists the sealed columns in the order in which they are
// written and read.
func personColumns(p *Person) [5]personColumn {
	return [5]personColumn{{"name", &p.Name}, {"id_number", &p.IDNumber}, {"phone", &p.Phone}, {"address", &p.Address}, {"note", &p.Note}}
}

var visitTable = target{
	table: "visit", id: "resident",
	key:     []string{"district", "resident", "day", "done"},
	columns: []string{"district", "resident", "day", "done", "visitor", "grid"},
	refs:    []reference{{"visitor", "visitor", "id"}},
}

// PutVisits adds past visits, or replaces those of the same resident, day and
// outcome, which from then on no correction of a visit record takes away. A visit without a Grid belongs to the grid that the resident's
// record names.
func (tx *Tx) PutVisits(district string, visits []Visit) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if len(visits) == 0 {
		return nil
	}
	// The grid is filled in after staging, so the staged column takes ''.
	err := tx.stage(&visitTable, len(visits), func(i int) ([]any, error) {
		v := &visits[i]
		return []any{district, v.Resident, v.Date.Time(), v.Done, orNil(v.Visitor), v.Grid}, nil
	})
	if err != nil {
		return err
	}
	if err := tx.checkReference(&visitTable, reference{"resident", "resident", "id"}); err != nil {
		return err
	}
	for _, step := range [...]string{
		`UPDATE staged_visit s SET grid = r.grid FROM resident r WHERE r.district = s.district AND r.id = s.resident AND s.grid = ''`,
		`INSERT INTO visit (district, resident, day, done, visitor, grid) SELECT district, resident, day, done, visitor, grid FROM staged_visit
			ON CONFLICT (district, resident, day, done) DO UPDATE SET visitor = EXCLUDED.visitor, grid = EXCLUDED.grid, record = NULL`,
	} {
		if _, err := tx.tx.Exec(tx.ctx, step); err != nil {
			return fmt.Errorf("store visits: %w", tidy(err))
		}
	}
	tx.rows["visit"] += len(visits)
	return nil
}

var policyTable = target{
	table: "policy", id: "id",
	key:     []string{"district", "id"},
	columns: []string{"district", "id", "grade", "kind", "every_days", "per_week", "per_month", "patterns", "pause", "from_day", "to_day", "once"},
}

// PutPolicies adds or replaces visit rules. A rule without an ID takes one from
// whom it matches and what it asks ("grade red every_days"), with its first day
// if it has one, so that a corrected file replaces the rule.
func (tx *Tx) PutPolicies(district string, policies []Policy) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	return tx.upsert(&policyTable, len(policies), func(i int) ([]any, error) {
		p := &policies[i]
		var patterns any
		if len(p.Patterns) > 0 {
			b, err := json.Marshal(p.Patterns)
			if err != nil {
				return nil, err
			}
			patterns = string(b)
		}
		return []any{
			district, policyID(p), orNil(p.Grade), orNil(p.Kind), orNil(p.EveryDays), orNil(p.PerWeek), orNil(p.PerMonth),
			patterns, p.Pause, dayOrNil(p.From), dayOrNil(p.To), p.Once,
		}, nil
	})
}

func policyID(p *planner.Policy) string {
	if p.ID != "" {
		return p.ID
	}
	id := "grade " + p.Grade
	if p.Kind != "" {
		id = "kind " + p.Kind
	}
	switch {
	case p.EveryDays != 0:
		id += " every_days"
	case p.PerWeek != 0:
		id += " per_week"
	case p.PerMonth != 0:
		id += " per_month"
	case p.Once:
		id += " once"
	case p.Pause:
		id += " pause"
	}
	if p.From != nil {
		id += " from " + p.From.String()
	}
	return id
}
