package data

import (
	"fmt"
	"slices"
	"time"

	"sanse/geo"
	"sanse/planner"
)

// Edits of a draft do not raise the district's data version: nothing that
// anybody sees has changed until it is published.

// AddDraft stores a new draft on the boundaries of d.Base and returns it as it
// is stored; ID, BaseVersion, State, Version and Position are not read.
func (tx *Tx) AddDraft(district string, d Draft) (Draft, error) {
	if err := tx.lockDistrict(district); err != nil {
		return d, err
	}
	d.State, d.Version, d.Position, d.Changes = DraftOpen, 1, 0, 0
	err := tx.tx.QueryRow(tx.ctx, `INSERT INTO draft (district, id, name, note, base_day, base_version, created_at, changed_at)
		SELECT code, COALESCE((SELECT max(id) FROM draft WHERE district = $1), 0) + 1, $2, $3, $4, data_version, $5, $5
		FROM district WHERE code = $1 RETURNING id, base_version`,
		district, d.Name, d.Note, d.Base.Time(), d.CreatedAt).Scan(&d.ID, &d.BaseVersion)
	if err != nil {
		return d, fmt.Errorf("store draft: %w", tidy(err))
	}
	d.ChangedAt = d.CreatedAt
	if err := tx.draftBase(district, d.ID, d.Base); err != nil {
		return d, err
	}
	return d, tx.draftEdit(district, d.ID, DraftEdit{Version: 1, Verb: "begin", At: d.CreatedAt})
}

// areaDigest is the SQL that tells whether a version of an area is the same.
// Without units and declared parts it is what it was before there were any:
// drafts keep digests.
func areaDigest(v string) string {
	return `md5(ST_AsBinary(` + v + `.boundary) || convert_to(` + v + `.special::text || ` + v + `.name ||
		CASE WHEN ` + v + `.parts > 0 THEN E'\n' || ` + v + `.parts || ' parts' ELSE '' END || CASE WHEN ` + v + `.units <> '' THEN E'\n' || ` + v + `.units ELSE '' END, 'UTF8'))`
}

// draftBase keeps what each area is on the draft's base day.
func (tx *Tx) draftBase(district string, id int64, on planner.Date) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO draft_base (district, draft, area, digest)
		SELECT v.district, $2, v.area, `+areaDigest("v")+` FROM area_version v WHERE v.district = $1 AND v.valid @> $3::date`,
		district, id, on.Time())
	if err != nil {
		return fmt.Errorf("store draft: %w", tidy(err))
	}
	return nil
}

func (tx *Tx) draftEdit(district string, id int64, e DraftEdit) error {
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO draft_edit (district, draft, version, verb, areas, made_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		district, id, e.Version, e.Verb, orEmpty(e.Areas), e.At)
	if err != nil {
		return fmt.Errorf("store draft edit: %w", tidy(err))
	}
	return nil
}

// LockDraft returns a draft and keeps everybody else from editing it until the
// transaction ends; ErrNotFound if there is none, ErrVersion, with the draft,
// where its version is another one.
func (tx *Tx) LockDraft(district string, id, version int64) (Draft, error) {
	if _, err := tx.tx.Exec(tx.ctx, `SELECT FROM draft WHERE district = $1 AND id = $2 FOR UPDATE`, district, id); err != nil {
		return Draft{}, fmt.Errorf("lock draft: %w", tidy(err))
	}
	d, err := tx.Reads().Draft(tx.ctx, district, id)
	if err == nil && d.Version != version {
		err = ErrVersion
	}
	return d, err
}

// PutDraft stores name, note, state, base day and position of a draft that
// LockDraft gave, under the next version, which it returns. verb and areas say
// what was done. A new base day takes the boundaries of that day for its base.
func (tx *Tx) PutDraft(district string, d Draft, verb string, areas []string, at time.Time) (Draft, error) {
	var base time.Time
	err := tx.tx.QueryRow(tx.ctx, `UPDATE draft d SET name = $3, note = $4, state = $5, position = $6, version = version + 1, changed_at = $7
		WHERE district = $1 AND id = $2 RETURNING version, base_day`,
		district, d.ID, d.Name, d.Note, string(d.State), d.Position, at).Scan(&d.Version, &base)
	if err != nil {
		return d, fmt.Errorf("store draft: %w", tidy(err))
	}
	// Boundaries may have been imported for the very day that the draft is based on.
	if d.Base != planner.DateOf(base) || verb == "rebase" {
		err := tx.tx.QueryRow(tx.ctx, `UPDATE draft SET base_day = $3, base_version = (SELECT data_version FROM district WHERE code = $1)
			WHERE district = $1 AND id = $2 RETURNING base_version`, district, d.ID, d.Base.Time()).Scan(&d.BaseVersion)
		if err != nil {
			return d, fmt.Errorf("store draft: %w", tidy(err))
		}
		if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM draft_base WHERE district = $1 AND draft = $2`, district, d.ID); err != nil {
			return d, fmt.Errorf("store draft: %w", tidy(err))
		}
		if err := tx.draftBase(district, d.ID, d.Base); err != nil {
			return d, err
		}
	}
	d.ChangedAt = at
	return d, tx.draftEdit(district, d.ID, DraftEdit{Version: d.Version, Verb: verb, Areas: areas, At: at})
}

var (
	draftAreaColumns    = []string{"district", "draft", "seq", "area", "level", "parent", "name", "special", "parts", "units", "boundary"}
	draftLineageColumns = []string{"district", "draft", "seq", "from_area", "to_area"}
)

// AddDraftChange adds a change after those that hold, in a draft that LockDraft
// gave; what was undone is dropped for good. It returns the draft's new version.
func (tx *Tx) AddDraftChange(district string, d Draft, c DraftChange) (Draft, error) {
	if err := tx.ForgetUndone(district, d); err != nil {
		return d, err
	}
	d.Position++
	d.Changes = d.Position
	_, err := tx.tx.Exec(tx.ctx, `INSERT INTO draft_change (district, draft, seq, kind, made_at) VALUES ($1, $2, $3, $4, $5)`,
		district, d.ID, d.Position, string(c.Kind), c.At)
	if err != nil {
		return d, fmt.Errorf("store draft change: %w", tidy(err))
	}
	err = tx.insert("draft_area", draftAreaColumns, len(c.Areas), func(i int) ([]any, error) {
		a := &c.Areas[i]
		row := []any{district, d.ID, d.Position, a.Code, int16(a.Level), a.Parent, a.Name, a.Special, a.Parts, geo.FormatUnits(a.Units), nil}
		if a.Retired {
			return row, nil
		}
		g, err := geometry(a.Boundary)
		if err == nil && g == nil {
			err = &InvalidError{Table: "draft_area", Rule: "boundary (area " + a.Code + " has none)"}
		}
		row[len(row)-1] = g
		return row, err
	})
	if err != nil {
		return d, err
	}
	err = tx.insert("draft_lineage", draftLineageColumns, len(c.Lineage), func(i int) ([]any, error) {
		return []any{district, d.ID, d.Position, c.Lineage[i].From, c.Lineage[i].To}, nil
	})
	if err != nil {
		return d, err
	}
	return tx.PutDraft(district, d, string(c.Kind), c.Codes(), c.At)
}

// PutDraftLocks locks these areas of a draft that LockDraft gave, and no others,
// and returns the draft's new version.
func (tx *Tx) PutDraftLocks(district string, d Draft, codes []string, at time.Time) (Draft, error) {
	codes = slices.Compact(slices.Sorted(slices.Values(codes)))
	if _, err := tx.tx.Exec(tx.ctx, `DELETE FROM draft_lock WHERE district = $1 AND draft = $2`, district, d.ID); err != nil {
		return d, fmt.Errorf("store locks: %w", tidy(err))
	}
	err := tx.insert("draft_lock", []string{"district", "draft", "area"}, len(codes), func(i int) ([]any, error) {
		return []any{district, d.ID, codes[i]}, nil
	})
	if err != nil {
		return d, err
	}
	var changed []string // locked now or no longer
	for _, code := range codes {
		if !slices.Contains(d.Locks, code) {
			changed = append(changed, code)
		}
	}
	for _, code := range d.Locks {
		if !slices.Contains(codes, code) {
			changed = append(changed, code)
		}
	}
	d.Locks = codes
	return tx.PutDraft(district, d, "lock", changed, at)
}

// ForgetUndone drops the changes of a draft that were undone.
func (tx *Tx) ForgetUndone(district string, d Draft) error {
	_, err := tx.tx.Exec(tx.ctx, `DELETE FROM draft_change WHERE district = $1 AND draft = $2 AND seq > $3`, district, d.ID, d.Position)
	if err != nil {
		return fmt.Errorf("drop what was undone: %w", tidy(err))
	}
	return nil
}

// AddPublication stores a publication with its lineage and returns its number;
// p.ID is not read. The areas of the lineage must be stored.
func (tx *Tx) AddPublication(district string, p Publication, lineage []AreaLineage) (int64, error) {
	if err := tx.touch(district); err != nil {
		return 0, err
	}
	if err := tx.lockDistrict(district); err != nil {
		return 0, err
	}
	var id int64
	err := tx.tx.QueryRow(tx.ctx, `INSERT INTO publication (district, id, draft, back_to, effective, published_at)
		SELECT $1, COALESCE(max(id), 0) + 1, $2, $3, $4, $5 FROM publication WHERE district = $1 RETURNING id`,
		district, orNil(p.Draft), dateOrNil(p.BackTo), p.Effective.Time(), p.At).Scan(&id)
	if err != nil {
		return 0, fmt.Errorf("store publication: %w", tidy(err))
	}
	return id, tx.insert("area_lineage", []string{"district", "publication", "from_area", "to_area", "heir"}, len(lineage), func(i int) ([]any, error) {
		return []any{district, id, lineage[i].From, lineage[i].To, lineage[i].Heir}, nil
	})
}

// EndAreas ends the versions of these areas that hold on a day: from that day
// on the areas are no more. Versions that begin on that very day or later are
// left alone.
func (tx *Tx) EndAreas(district string, codes []string, on planner.Date) error {
	if err := tx.touchGround(district); err != nil {
		return err
	}
	_, err := tx.tx.Exec(tx.ctx, `UPDATE area_version SET valid_to = $3
		WHERE district = $1 AND area = ANY ($2) AND valid @> $3::date AND valid_from < $3`, district, orEmpty(codes), on.Time())
	if err != nil {
		return fmt.Errorf("end areas: %w", tidy(err))
	}
	return nil
}

// LockDistrict keeps other writers of the district waiting until the
// transaction ends.
func (tx *Tx) LockDistrict(district string) error { return tx.lockDistrict(district) }

// dateOrNil stores day 0 as NULL.
func dateOrNil(d planner.Date) any {
	if d == 0 {
		return nil
	}
	return d.Time()
}
