package data

import (
	"fmt"
	"math"

	"sanse/geo"
)

// wipeOrder lists the tables of a district, those that refer before those that
// are referred to.
var wipeOrder = [...]string{
	"connect_delivery", "connect_pull", "connect_task", "connect_feed",
	"connect_row", "external_id", "connect_mapping", "connector", "device_event", "device", "device_rule", "device_refused",
	"message_way", "message_part", "message", "push_subscription", "message_choice", "message_rule", "outbox",
	"calendar_feed", "session", "handover", "account_grant", "account", "export",
	"area_lineage", "publication", "draft_edit", "draft_lineage", "draft_area", "draft_change", "draft_lock", "draft_base", "draft",
	"import_log", "coverage_area", "coverage_run",
	"plan_unplanned", "plan_stop", "plan_itinerary", "plan_problem", "plan",
	"visit_move", "day_order", "task_visit", "task_prefer", "task_person", "task",
	"need_match", "need", "provider_worker", "provider_scope", "provider",
	"consent", "restriction", "data_request", "erased", "life_run", "retention", "export_cap", "factor_role",
	"quality_call", "quality_item", "quality_sample", "visit_flag_look",
	"grade_change", "grade_suggestion", "grade_appeal", "resident_fact", "grade_rule",
	"visit_rating_text", "visit_rating", "rating_code", "visit_flag", "visit_record_text", "visit_record", "door_code", "visit_form",
	"indicator_set", "incident_text", "incident_step", "incident", "ladder_step", "ladder", "ladder_day", "ladder_rule",
	"visit", "policy", "team", "resident_prefer", "resident_absence", "resident_kind", "resident_person", "resident",
	"visitor_day_off", "visitor_shift", "visitor_scope", "visitor_person", "visitor",
	"report_value", "report_run", "standard_set", "release",
	"street", "street_version", "street_overlay", "facility", "population", "building",
	"area_version", "area",
}

// DropDistrict removes a district and all that belongs to it, but for its audit
// (which tells it) and the keys with which that is sealed; a district that does not exist is no
// error.
func (tx *Tx) DropDistrict(code string) error {
	for _, table := range wipeOrder {
		if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM `+table+` WHERE district = $1`, code); err != nil {
			return fmt.Errorf("drop district: %s: %w", table, tidy(err))
		}
	}
	tag, err := tx.tx.Exec(tx.ctx, `DELETE FROM district WHERE code = $1`, code)
	if err != nil {
		return fmt.Errorf("drop district: %w", tidy(err))
	}
	delete(tx.touched, code)
	delete(tx.sealers, code)
	if tag.RowsAffected() == 0 {
		return nil
	}
	return tx.Record(code, Event{Action: ActDelete, Object: "district", IDs: []string{code}})
}

// PutDistrict adds or replaces the record of a district.
func (tx *Tx) PutDistrict(d District) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO district (code, name, time_zone, made_up, note, attribution) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (code) DO UPDATE SET name = EXCLUDED.name, time_zone = EXCLUDED.time_zone, made_up = EXCLUDED.made_up,
			note = EXCLUDED.note, attribution = EXCLUDED.attribution`,
		d.Code, d.Name, d.TimeZone, d.MadeUp, d.Note, d.Attribution)
	if err != nil {
		return fmt.Errorf("store district: %w", tidy(err))
	}
	// It has keys from its first moment on: who serves may read them but make none.
	if _, err := tx.sealer(d.Code); err != nil {
		return fmt.Errorf("store district: %w", err)
	}
	return tx.touch(d.Code)
}

// SetReviewNumber sets the number under which a district's maps were reviewed
// (审图号), and records it; empty takes it away.
func (tx *Tx) SetReviewNumber(district, number string) error {
	tag, err := tx.tx.Exec(tx.ctx, `UPDATE district SET review_number = $2 WHERE code = $1`, district, number)
	if err := touchedOne(tag, err, "set review number"); err != nil {
		return err
	}
	if err := tx.Record(district, Event{Action: ActUpdate, Object: "review_number", Area: district, Detail: map[string]string{"review_number": number}}); err != nil {
		return err
	}
	return tx.touch(district)
}

var areaTable = target{
	table: "area", id: "code",
	key:     []string{"district", "code"},
	columns: []string{"district", "code", "level", "parent"},
}

var areaVersionTable = target{
	table: "area_version", id: "area",
	key:     []string{"district", "area"}, // one version an area in one call
	columns: []string{"district", "area", "valid_from", "name", "special", "parts", "units", "boundary", "cells"},
}

// PutAreas adds areas and versions of their boundaries. A version holds from
// its ValidFrom to the day before the area's next version, or for good; the one
// before it ends there. A version of the same first day is replaced (a
// correction before anybody has used it); one that changes nothing is not
// stored. One call takes one version an area; parents may come in any order.
func (tx *Tx) PutAreas(district string, areas []Area) error {
	if err := tx.touchGround(district); err != nil {
		return err
	}
	if len(areas) == 0 {
		return nil
	}
	err := tx.upsert(&areaTable, len(areas), func(i int) ([]any, error) {
		a := &areas[i]
		return []any{district, a.Code, int16(a.Level), orNil(a.Parent)}, nil
	})
	if err != nil {
		return err
	}
	err = tx.stage(&areaVersionTable, len(areas), func(i int) ([]any, error) {
		a := &areas[i]
		g, err := geometry(a.Boundary)
		if err != nil {
			return nil, fmt.Errorf("area %s: %w", a.Code, err)
		}
		if g == nil {
			return nil, &InvalidError{Table: "area_version", Rule: "boundary (area " + a.Code + " has none)"}
		}
		cells := a.Cells
		if cells == nil {
			cells = []int64{}
		}
		return []any{district, a.Code, a.ValidFrom.Time(), a.Name, a.Special, a.Parts, geo.FormatUnits(a.Units), g, cells}, nil
	})
	if err != nil {
		return err
	}
	for _, step := range [...]string{
		// What changes nothing is no new version.
		`DELETE FROM staged_area_version s USING area_version v
			WHERE v.district = s.district AND v.area = s.area AND v.valid @> s.valid_from
				AND v.name = s.name AND v.special = s.special AND v.parts = s.parts AND v.units = s.units AND ST_AsBinary(v.boundary) = ST_AsBinary(s.boundary)`,
		`UPDATE staged_area_version s SET valid_to = (SELECT min(v.valid_from) FROM area_version v
			WHERE v.district = s.district AND v.area = s.area AND v.valid_from > s.valid_from)`,
		`DELETE FROM area_version v USING staged_area_version s
			WHERE v.district = s.district AND v.area = s.area AND v.valid_from = s.valid_from`,
		`UPDATE area_version v SET valid_to = s.valid_from FROM staged_area_version s
			WHERE v.district = s.district AND v.area = s.area AND v.valid @> s.valid_from`,
		`INSERT INTO area_version (district, area, valid_from, valid_to, name, special, parts, units, boundary, cells)
			SELECT district, area, valid_from, valid_to, name, special, parts, units, boundary, cells FROM staged_area_version`,
	} {
		if _, err := tx.tx.Exec(tx.ctx, step); err != nil {
			return fmt.Errorf("store area versions: %w", tidy(err))
		}
	}
	tx.rows["area_version"] += len(areas)
	return nil
}

var buildingTable = target{
	table: "building", id: "id",
	key:     []string{"district", "id"},
	columns: []string{"district", "id", "name", "kind", "address", "units", "floors", "boundary"},
}

// PutBuildings adds or replaces buildings.
func (tx *Tx) PutBuildings(district string, buildings []Building) error {
	if err := tx.touchGround(district); err != nil {
		return err
	}
	return tx.upsert(&buildingTable, len(buildings), func(i int) ([]any, error) {
		b := &buildings[i]
		g, err := geometry(b.Boundary)
		if err != nil {
			return nil, fmt.Errorf("building %s: %w", b.ID, err)
		}
		if g == nil {
			return nil, &InvalidError{Table: "building", Rule: "boundary (building " + b.ID + " has none)"}
		}
		return []any{district, b.ID, b.Name, b.Kind, b.Address, b.Units, b.Floors, g}, nil
	})
}

var populationTable = target{
	table: "population", id: "spot",
	key:     []string{"district", "spot"},
	columns: []string{"district", "spot", "building", "cell", "households", "people", "over60", "over80", "under18", "disabled", "place", "grid", "micro_grid", "location", "cell8"},
	refs:    []reference{{"building", "building", "id"}, {"grid", "area", "code"}, {"micro_grid", "area", "code"}},
}

// PutPopulation adds or replaces counts of people; the building or the cell is
// their id.
func (tx *Tx) PutPopulation(district string, counts []Population) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	return tx.upsert(&populationTable, len(counts), func(i int) ([]any, error) {
		p := &counts[i]
		g, err := geometry(p.Location)
		if err != nil {
			return nil, err
		}
		cell, err := cellOf(p.Location)
		if err != nil {
			return nil, fmt.Errorf("people at %s: %w", p.Spot(), err)
		}
		return []any{
			district, p.Spot(), orNil(p.Building), orNil(p.Cell), p.Households, p.People, p.Over60, p.Over80, p.Under18, p.Disabled,
			p.Place, orNil(p.Grid), orNil(p.MicroGrid), g, cell,
		}, nil
	})
}

var facilityTable = target{
	table: "facility", id: "id",
	key:     []string{"district", "id"},
	columns: []string{"district", "id", "name", "service", "capacity", "in_use", "status", "address", "area_m2", "staff", "hours", "grid", "location"},
	refs:    []reference{{"grid", "area", "code"}},
}

// PutFacilities adds or replaces facilities. An empty Status is open.
func (tx *Tx) PutFacilities(district string, facilities []Facility) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	return tx.upsert(&facilityTable, len(facilities), func(i int) ([]any, error) {
		f := &facilities[i]
		g, err := geometry(f.Location)
		if err != nil {
			return nil, err
		}
		status := f.Status
		if status == "" {
			status = "open"
		}
		hours, err := hoursOrNil(f.Hours)
		if err != nil {
			return nil, fmt.Errorf("facility %s: %w", f.ID, err)
		}
		return []any{
			district, f.ID, f.Name, f.Service, f.Capacity, f.InUse, status, f.Address, f.AreaM2, f.Staff, hours, orNil(f.Grid), g,
		}, nil
	})
}

// PutStreets stores a walking network: the graph in the binary form of package
// routing and the lines to draw. A Version of 0 is the next one; a version
// that is there is replaced. It returns the version.
func (tx *Tx) PutStreets(district string, v StreetVersion, graph []byte, streets []Street) (version int, err error) {
	if err := tx.touchGround(district); err != nil {
		return 0, err
	}
	if v.Version < 0 || v.Version > math.MaxInt32 {
		return 0, &InvalidError{Table: "street_version", Rule: "version"}
	}
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	err = tx.tx.QueryRow(tx.ctx, `INSERT INTO street_version (district, version, source, attribution, imported, graph, base, overlay, in_force)
		VALUES ($1, COALESCE(NULLIF($2::int, 0), (SELECT COALESCE(max(version), 0) + 1 FROM street_version WHERE district = $1)), $3, $4, $5, $6,
			NULLIF($7::int, 0), NULLIF($8::int, 0), $9)
		ON CONFLICT (district, version) DO UPDATE SET source = EXCLUDED.source, attribution = EXCLUDED.attribution,
			imported = EXCLUDED.imported, graph = EXCLUDED.graph, base = EXCLUDED.base, overlay = EXCLUDED.overlay, in_force = EXCLUDED.in_force
		RETURNING version`, district, v.Version, v.Source, v.Attribution, v.Imported, graph, v.Base, v.Overlay, v.InForce).Scan(&v.Version)
	if err != nil {
		return 0, fmt.Errorf("store street version: %w", tidy(err))
	}
	if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM street WHERE district = $1 AND version = $2`, district, v.Version); err != nil {
		return 0, fmt.Errorf("clear streets: %w", tidy(err))
	}
	columns := []string{"district", "version", "n", "id", "class", "name", "line"}
	return v.Version, tx.insert("street", columns, len(streets), func(i int) ([]any, error) {
		s := &streets[i]
		g, err := geometry(s.Line)
		if err != nil {
			return nil, fmt.Errorf("street %d: %w", s.ID, err)
		}
		return []any{district, v.Version, i, s.ID, s.Class, s.Name, g}, nil
	})
}

// PutStreetOverlay keeps a file of changes to the streets as the next version
// of the district's overlay, and returns that.
func (tx *Tx) PutStreetOverlay(district string, o StreetOverlay) (version int, err error) {
	if err := tx.touch(district); err != nil {
		return 0, err
	}
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	err = tx.tx.QueryRow(tx.ctx, `INSERT INTO street_overlay (district, version, source, imported, changes)
		VALUES ($1, (SELECT COALESCE(max(version), 0) + 1 FROM street_overlay WHERE district = $1), $2, $3, $4)
		RETURNING version`, district, o.Source, o.Imported, o.Changes).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("store street overlay: %w", tidy(err))
	}
	return version, nil
}

// lockDistrict makes transactions that number something within the district
// wait for one another.
func (tx *Tx) lockDistrict(district string) error {
	if _, err := tx.tx.Exec(tx.ctx, `SELECT FROM district WHERE code = $1 FOR NO KEY UPDATE`, district); err != nil {
		return fmt.Errorf("lock district: %w", tidy(err))
	}
	return nil
}
