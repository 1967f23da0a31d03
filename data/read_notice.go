package data

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/geo"
	"sanse/planner"
)

// AreaTurn says what becomes of an area on a day.
type AreaTurn string

// The turns.
const (
	AreaBegins  AreaTurn = "created" // or begins again
	AreaEnds    AreaTurn = "retired"
	AreaChanges AreaTurn = "changed" // another boundary, name or kind
)

// AreaChange is a turn of an area.
type AreaChange struct {
	Code  string
	Name  string // from that day on; of one that ends as it was
	Level geo.Level
	On    planner.Date
	Turn  AreaTurn
	// Was and Is are the boundaries of an area that goes on with nothing else
	// changed, so that a mere vertex more can be told from other ground; nil
	// otherwise.
	Was, Is orb.MultiPolygon
}

// AreaChanges returns what becomes of areas on some days, by day and code: what
// begins, ends, or goes on in another version.
func (s *Reads) AreaChanges(ctx context.Context, district string, days []planner.Date) ([]AreaChange, error) {
	on := make([]time.Time, len(days))
	for i, d := range days {
		on[i] = d.Time()
	}
	return collect(ctx, s, "changes of areas", func(r pgx.Rows, c *AreaChange) error {
		var was, is []byte
		if err := r.Scan(&c.Code, &c.Name, &c.Level, &c.On, &c.Turn, &was, &is); err != nil || was == nil {
			return err
		}
		return errors.Join(ewkb.Scanner(&c.Was).Scan(was), ewkb.Scanner(&c.Is).Scan(is))
	}, `SELECT code, name, level, on_day, turn, was, now FROM (
			SELECT v.area AS code, v.name, a.level, `+dayOf("v.valid_from")+` AS on_day, CASE WHEN p.area IS NULL THEN $4 ELSE $3 END AS turn,
				CASE WHEN ROW(p.name, p.special, p.parts, p.units) = ROW(v.name, v.special, v.parts, v.units) THEN p.boundary END AS was,
				v.boundary AS now
			FROM area_version v JOIN area a ON a.district = v.district AND a.code = v.area
			LEFT JOIN area_version p ON p.district = v.district AND p.area = v.area AND p.valid_to = v.valid_from
			WHERE v.district = $1 AND v.valid_from = ANY($2::date[])
			UNION ALL
			SELECT v.area, v.name, a.level, `+dayOf("v.valid_to")+`, $5, NULL, NULL
			FROM area_version v JOIN area a ON a.district = v.district AND a.code = v.area
			WHERE v.district = $1 AND v.valid_to = ANY($2::date[])
				AND NOT EXISTS (SELECT FROM area_version n WHERE n.district = v.district AND n.area = v.area AND n.valid_from = v.valid_to)
		) turns ORDER BY on_day, code`, district, on, string(AreaChanges), string(AreaBegins), string(AreaEnds))
}
