package data

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/geo"
	"sanse/planner"
)

var draftColumns = `d.id, d.name, d.note, ` + dayOf("d.base_day") + `, d.base_version, d.state, d.version, d.position,
	(SELECT COALESCE(max(seq), 0) FROM draft_change c WHERE c.district = d.district AND c.draft = d.id),
	ARRAY(SELECT area FROM draft_lock l WHERE l.district = d.district AND l.draft = d.id ORDER BY area), d.created_at, d.changed_at`

func (d *Draft) fields() []any {
	return []any{&d.ID, &d.Name, &d.Note, &d.Base, &d.BaseVersion, &d.State, &d.Version, &d.Position, &d.Changes, &d.Locks, &d.CreatedAt, &d.ChangedAt}
}

// Draft returns a draft; ErrNotFound if there is none.
func (s *Reads) Draft(ctx context.Context, district string, id int64) (Draft, error) {
	var d Draft
	err := one(ctx, s, "draft "+strconv.FormatInt(id, 10), `SELECT `+draftColumns+` FROM draft d WHERE d.district = $1 AND d.id = $2`,
		[]any{district, id}, d.fields()...)
	return d, err
}

// Drafts returns all drafts, those changed last first.
func (s *Reads) Drafts(ctx context.Context, district string) ([]Draft, error) {
	return collect(ctx, s, "drafts", func(r pgx.Rows, d *Draft) error { return r.Scan(d.fields()...) },
		`SELECT `+draftColumns+` FROM draft d WHERE d.district = $1 ORDER BY d.changed_at DESC, d.id DESC`, district)
}

// DraftAreas returns the areas that the first so many changes of a draft touch,
// each as it is after the last of them, by code.
func (s *Reads) DraftAreas(ctx context.Context, district string, id int64, position int) ([]DraftArea, error) {
	return s.draftAreas(ctx, `true`, district, id, position)
}

// DraftAreasAround is DraftAreas, of the areas that AreasAround returns.
func (s *Reads) DraftAreasAround(ctx context.Context, district string, id int64, position int, code string) ([]DraftArea, error) {
	return s.draftAreas(ctx, `(starts_with(area, $4) OR starts_with($4, area))`, district, id, position, code)
}

// DraftAreasDownTo is DraftAreas, of the areas that AreasDownTo returns.
func (s *Reads) DraftAreasDownTo(ctx context.Context, district string, id int64, position int, level geo.Level) ([]DraftArea, error) {
	return s.draftAreas(ctx, `level <= $4`, district, id, position, int16(level))
}

// DraftAreasNear is DraftAreas, of those of the codes given and of those whose
// boundary under some change meets a box, lon-lat.
func (s *Reads) DraftAreasNear(ctx context.Context, district string, id int64, position int, codes []string, box orb.Bound) ([]DraftArea, error) {
	return s.draftAreas(ctx, `(area = ANY ($4) OR area IN (SELECT n.area FROM draft_area n
		WHERE n.district = $1 AND n.draft = $2 AND n.seq <= $3 AND n.boundary && ST_MakeEnvelope($5, $6, $7, $8, 4326)))`,
		district, id, position, orEmpty(codes), box.Min[0], box.Min[1], box.Max[0], box.Max[1])
}

func (s *Reads) draftAreas(ctx context.Context, where string, args ...any) ([]DraftArea, error) {
	return collect(ctx, s, "draft areas", func(r pgx.Rows, a *DraftArea) error { return scanDraftArea(r, a) },
		`SELECT DISTINCT ON (area) area, level, parent, name, special, parts, units, boundary FROM draft_area
		WHERE district = $1 AND draft = $2 AND seq <= $3 AND `+where+` ORDER BY area, seq DESC`, args...)
}

func scanDraftArea(r pgx.Rows, a *DraftArea, before ...any) error {
	var boundary []byte
	if err := r.Scan(append(before, &a.Code, &a.Level, &a.Parent, &a.Name, &a.Special, &a.Parts, (*unitList)(&a.Units), &boundary)...); err != nil {
		return err
	}
	if a.Retired = boundary == nil; a.Retired {
		return nil
	}
	return ewkb.Scanner(&a.Boundary).Scan(boundary)
}

// DraftChanges returns the changes of a draft in their order, those undone
// included, without the boundaries.
func (s *Reads) DraftChanges(ctx context.Context, district string, id int64) ([]DraftChange, error) {
	out, err := collect(ctx, s, "draft changes", func(r pgx.Rows, c *DraftChange) error { return r.Scan(&c.Seq, &c.Kind, &c.At) },
		`SELECT seq, kind, made_at FROM draft_change WHERE district = $1 AND draft = $2 ORDER BY seq`, district, id)
	if err != nil {
		return nil, err
	}
	type areaRow struct {
		seq int
		DraftArea
	}
	areas, err := collect(ctx, s, "draft areas", func(r pgx.Rows, a *areaRow) error {
		return r.Scan(&a.seq, &a.Code, &a.Level, &a.Parent, &a.Name, &a.Special, &a.Parts, (*unitList)(&a.Units), &a.Retired)
	}, `SELECT seq, area, level, parent, name, special, parts, units, boundary IS NULL FROM draft_area
		WHERE district = $1 AND draft = $2 ORDER BY seq, area`, district, id)
	if err != nil {
		return nil, err
	}
	type lineageRow struct {
		seq int
		Lineage
	}
	lineage, err := collect(ctx, s, "draft lineage", func(r pgx.Rows, l *lineageRow) error { return r.Scan(&l.seq, &l.From, &l.To) },
		`SELECT seq, from_area, to_area FROM draft_lineage WHERE district = $1 AND draft = $2 ORDER BY seq, from_area, to_area`, district, id)
	if err != nil {
		return nil, err
	}
	for _, a := range areas {
		out[a.seq-1].Areas = append(out[a.seq-1].Areas, a.DraftArea)
	}
	for _, l := range lineage {
		out[l.seq-1].Lineage = append(out[l.seq-1].Lineage, l.Lineage)
	}
	return out, nil
}

// DraftEdits returns what made the versions of a draft after the one given,
// the first of them first.
func (s *Reads) DraftEdits(ctx context.Context, district string, id, after int64) ([]DraftEdit, error) {
	return collect(ctx, s, "draft edits", func(r pgx.Rows, e *DraftEdit) error { return r.Scan(&e.Version, &e.Verb, &e.Areas, &e.At) },
		`SELECT version, verb, areas, made_at FROM draft_edit WHERE district = $1 AND draft = $2 AND version > $3 ORDER BY version`,
		district, id, after)
}

// ChangedSince returns the codes of the areas that are not on a day what they
// were when the draft was begun, those that are gone or new included,
// ascending.
func (s *Reads) ChangedSince(ctx context.Context, district string, draft int64, on planner.Date) ([]string, error) {
	return collect(ctx, s, "what has changed", func(r pgx.Rows, c *string) error { return r.Scan(c) },
		`SELECT COALESCE(b.area, v.area) FROM (SELECT area, digest FROM draft_base WHERE district = $1 AND draft = $2) b
		FULL JOIN (SELECT v.area, `+areaDigest("v")+` AS digest FROM area_version v WHERE v.district = $1 AND v.valid @> $3::date) v
			ON v.area = b.area
		WHERE b.digest IS DISTINCT FROM v.digest ORDER BY 1`, district, draft, on.Time())
}

// UsedCodes returns the codes below a parent that any area ever had or that any
// draft but one (0: none) creates, ascending.
func (s *Reads) UsedCodes(ctx context.Context, district, parent string, but int64) ([]string, error) {
	return collect(ctx, s, "codes in use", func(r pgx.Rows, c *string) error { return r.Scan(c) },
		`SELECT code FROM area WHERE district = $1 AND starts_with(code, $2) AND length(code) = length($2) + 3
		UNION SELECT area FROM draft_area WHERE district = $1 AND starts_with(area, $2) AND length(area) = length($2) + 3 AND draft <> $3 ORDER BY 1`,
		district, parent, but)
}

// LastBoundaryDay returns the last day on which an area's version begins or has
// ended; 0 where there are none.
func (s *Reads) LastBoundaryDay(ctx context.Context, district string) (planner.Date, error) {
	var last *time.Time
	err := one(ctx, s, "boundaries", `SELECT max(GREATEST(valid_from, valid_to)) FROM area_version WHERE district = $1`, []any{district}, &last)
	if err != nil || last == nil {
		return 0, err
	}
	return planner.DateOf(*last), nil
}

// FirstBoundaryDay returns the first day on which any area holds; 0 if there are
// none.
func (s *Reads) FirstBoundaryDay(ctx context.Context, district string) (planner.Date, error) {
	var on planner.Date
	err := one(ctx, s, "boundaries of district "+district,
		`SELECT COALESCE(`+dayOf("min(valid_from)")+`, 0) FROM area_version WHERE district = $1`, []any{district}, &on)
	return on, err
}

// Publications returns what was published, the latest first.
func (s *Reads) Publications(ctx context.Context, district string) ([]Publication, error) {
	return collect(ctx, s, "publications", func(r pgx.Rows, p *Publication) error {
		return r.Scan(&p.ID, &p.Draft, &p.BackTo, &p.Effective, &p.At)
	}, `SELECT id, COALESCE(draft, 0), COALESCE(`+dayOf("back_to")+`, 0), `+dayOf("effective")+`, published_at
		FROM publication WHERE district = $1 ORDER BY effective DESC`, district)
}

// LastPublished returns the last day up to the one given on which published
// boundaries came into force; 0 where none did.
func (s *Reads) LastPublished(ctx context.Context, district string, on planner.Date) (planner.Date, error) {
	var last *time.Time
	err := one(ctx, s, "publications", `SELECT max(effective) FROM publication WHERE district = $1 AND effective <= $2`,
		[]any{district, on.Time()}, &last)
	if err != nil || last == nil {
		return 0, err
	}
	return planner.DateOf(*last), nil
}

// AreaLineage returns the lineage that is in force on a day, the first
// publication first.
func (s *Reads) AreaLineage(ctx context.Context, district string, on planner.Date) ([]AreaLineage, error) {
	return collect(ctx, s, "lineage", func(r pgx.Rows, l *AreaLineage) error {
		return r.Scan(&l.From, &l.To, &l.Heir, &l.Publication, &l.Effective)
	},
		`SELECT l.from_area, l.to_area, l.heir, p.id, `+dayOf("p.effective")+` FROM area_lineage l
		JOIN publication p ON p.district = l.district AND p.id = l.publication
		WHERE l.district = $1 AND p.effective <= $2 ORDER BY p.effective, l.from_area, l.to_area`, district, on.Time())
}

// ScopesGiven returns when the scope of each visitor was last stored.
func (s *Reads) ScopesGiven(ctx context.Context, district string) (map[string]time.Time, error) {
	type row struct {
		visitor string
		at      time.Time
	}
	rows, err := collect(ctx, s, "scopes", func(r pgx.Rows, v *row) error { return r.Scan(&v.visitor, &v.at) },
		`SELECT visitor, min(given_at) FROM visitor_scope WHERE district = $1 GROUP BY visitor`, district)
	if err != nil {
		return nil, err
	}
	out := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		out[r.visitor] = r.at
	}
	return out, nil
}

// nearDegrees is how far around a point AreaVersionsNear looks: about 100 m,
// far more than levels drawn apart differ.
const nearDegrees = 0.001

// AreaVersionsNear returns all versions, of whatever days, of the areas whose
// bounding box comes near a point, and of those that list a unit of a building
// (empty: none), by code and day: few enough to decide among with package geo.
func (s *Reads) AreaVersionsNear(ctx context.Context, district string, p orb.Point, building string) ([]AreaVersion, error) {
	return s.areaVersions(ctx, `(v.boundary && ST_Expand(ST_SetSRID(ST_MakePoint($2, $3), 4326), $4) OR $5 <> '' AND strpos(v.units, $5 || ':') > 0)`,
		district, p[0], p[1], nearDegrees, building)
}

// AreaVersions returns all versions of an area, the first first.
func (s *Reads) AreaVersions(ctx context.Context, district, code string) ([]AreaVersion, error) {
	return s.areaVersions(ctx, `v.area = $2`, district, code)
}

// AreaVersionsOf returns all versions of all areas of a level, by code, the
// first first.
func (s *Reads) AreaVersionsOf(ctx context.Context, district string, level geo.Level) ([]AreaVersion, error) {
	return s.areaVersions(ctx, `a.level = $2`, district, int16(level))
}

func (s *Reads) areaVersions(ctx context.Context, where string, args ...any) ([]AreaVersion, error) {
	return collect(ctx, s, "area versions", func(r pgx.Rows, a *AreaVersion) error {
		return r.Scan(slices.Concat([]any{&a.Code, &a.Level, &a.Parent}, versionFields(&a.Area.Area), []any{&a.ValidFrom, &a.ValidTo})...)
	}, `SELECT a.code, a.level, COALESCE(a.parent, ''), `+versionColumns+`, `+dayOf("v.valid_from")+`, COALESCE(`+dayOf("v.valid_to")+`, 0)
		FROM area a JOIN area_version v ON v.district = a.district AND v.area = a.code
		WHERE a.district = $1 AND `+where+` ORDER BY a.code, v.valid_from`, args...)
}
