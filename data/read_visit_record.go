package data

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"sanse/planner"
)

// RecordStubs returns what there is to know of those of these records that are
// stored, by id.
func (s *Reads) RecordStubs(ctx context.Context, district string, ids []string) (map[string]RecordStub, error) {
	type row struct {
		id string
		RecordStub
	}
	list, err := collect(ctx, s, "visit records", func(r pgx.Rows, v *row) error {
		return r.Scan(&v.id, &v.Resident, &v.Account, &v.Content, &v.Corrected, &v.Arrived, &v.How, &v.Code, &v.NoCode, &v.Evidence, &v.Metres)
	}, `SELECT v.id::text, v.resident, v.account, v.content, EXISTS (SELECT FROM visit_record c WHERE c.district = v.district AND c.corrects = v.id),
			v.arrived, v.how, COALESCE(v.code, ''), COALESCE(v.no_code, ''), v.evidence, v.metres
		FROM visit_record v WHERE v.district = $1 AND v.id = ANY ($2::text[]::uuid[])`, district, orEmpty(ids))
	if err != nil {
		return nil, err
	}
	out := make(map[string]RecordStub, len(list))
	for _, v := range list {
		out[v.id] = v.RecordStub
	}
	return out, nil
}

// RecordHomes returns where those of these residents live that are stored, by id.
func (s *Reads) RecordHomes(ctx context.Context, district string, residents []string) (map[string]RecordHome, error) {
	type row struct {
		id string
		RecordHome
	}
	list, err := collect(ctx, s, "homes", func(r pgx.Rows, v *row) error {
		var x, y *float64
		if err := r.Scan(&v.id, &v.Location[0], &v.Location[1], &v.Building, &v.Unit, &v.Grid, &v.Micro, &x, &y); err != nil {
			return err
		}
		if x != nil && y != nil {
			v.Address = &orb.Point{*x, *y}
		}
		return nil
	}, `SELECT r.id, ST_X(r.location), ST_Y(r.location), COALESCE(r.building, ''), r.unit, r.grid, COALESCE(r.micro_grid, ''),
			ST_X(b.centre), ST_Y(b.centre)
		FROM resident r
		LEFT JOIN LATERAL (SELECT ST_Centroid(boundary) AS centre FROM building b WHERE b.district = r.district AND b.id = r.building) b ON true
		WHERE r.district = $1 AND r.id = ANY ($2)`, district, orEmpty(residents))
	if err != nil {
		return nil, err
	}
	out := make(map[string]RecordHome, len(list))
	for _, v := range list {
		out[v.id] = v.RecordHome
	}
	return out, nil
}

// ResidentsOfBuilding returns the residents who live in a building, by id.
func (s *Reads) ResidentsOfBuilding(ctx context.Context, district, building string) ([]string, error) {
	return collect(ctx, s, "residents of a building", func(r pgx.Rows, id *string) error { return r.Scan(id) },
		`SELECT id FROM resident WHERE district = $1 AND building = $2 ORDER BY id`, district, building)
}

// Outing is a resident whom a plan had a visitor see on a day.
type Outing struct {
	Resident string
	Day      planner.Date
}

// Sent tells which of these outings were a visitor's, in any plan that was made, by a
// ladder or because a colleague gave it to them: whoever was sent somewhere may say what
// they found, whatever has changed since.
func (s *Reads) Sent(ctx context.Context, district, visitor string, outings []Outing) (map[Outing]bool, error) {
	residents, days := make([]string, len(outings)), make([]int32, len(outings))
	for i, o := range outings {
		residents[i], days[i] = o.Resident, int32(o.Day)
	}
	list, err := collect(ctx, s, "outings", func(r pgx.Rows, o *Outing) error { return r.Scan(&o.Resident, &o.Day) },
		`SELECT DISTINCT o.resident, o.day FROM unnest($3::text[], $4::int[]) AS o (resident, day)
		WHERE EXISTS (SELECT FROM plan_stop s WHERE s.district = $1 AND s.visitor = $2 AND s.day = DATE '1970-01-01' + o.day AND s.resident = o.resident)
			OR EXISTS (SELECT FROM ladder l WHERE l.district = $1 AND l.resident = o.resident AND l.due_by = DATE '1970-01-01' + o.day
				AND (l.holder = $2 OR EXISTS (SELECT FROM ladder_step s WHERE s.district = $1 AND s.ladder = l.id AND s.kind = 'cover' AND s.holder = $2)))
			OR EXISTS (SELECT FROM visit_move m WHERE m.district = $1 AND m.resident = o.resident AND m.to_visitor = $2 AND m.to_day = DATE '1970-01-01' + o.day)`,
		district, visitor, residents, days)
	if err != nil {
		return nil, err
	}
	out := make(map[Outing]bool, len(list))
	for _, o := range list {
		out[o] = true
	}
	return out, nil
}

// LastSeen is the last visit of somebody before a day.
type LastSeen struct {
	Day  planner.Date
	Done bool
}

// lastSQL asks for the last visit before a day of each of some residents.
const lastSQL = `SELECT r.id, v.day, v.done FROM unnest($2::text[]) AS r (id)
	CROSS JOIN LATERAL (SELECT v.day - DATE '1970-01-01' AS day, done FROM visit v WHERE v.district = $1 AND v.resident = r.id AND v.day < $3::date
		ORDER BY v.day DESC, v.done DESC LIMIT 1) v`

// recordedSQL asks for the visit of a day in which somebody was seen, of each of some
// residents. Where nobody was, somebody is to go again: a colleague who covers must
// not read that it is done.
const recordedSQL = `SELECT v.resident, COALESCE(v.record::text, '` + TheirVisit + `') FROM visit v
	WHERE v.district = $1 AND v.resident = ANY ($2) AND v.day = $3::date AND v.done`

// TheirVisit stands for the record of a visit that is known without one: a platform
// told of it, or a file.
const TheirVisit = "visit"

// lastRow is a resident with their last visit.
type lastRow struct {
	id string
	LastSeen
}

func scanLast(r pgx.Rows, v *lastRow) error { return r.Scan(&v.id, &v.Day, &v.Done) }

func scanPair(r pgx.Rows, v *[2]string) error { return r.Scan(&v[0], &v[1]) }

// Lately is how it stands with each of some residents on a day.
type Lately struct {
	// Last are the last visits before the day, done or missed, of those who had one;
	// of a day with both it is the one that was done.
	Last map[string]LastSeen
	// Recorded are the records of the day in which somebody was seen, the first of each;
	// TheirVisit where the visit is known without one.
	Recorded map[string]string
}

func latelyOf(last []lastRow, recorded [][2]string) Lately {
	out := Lately{make(map[string]LastSeen, len(last)), make(map[string]string, len(recorded))}
	for _, v := range last {
		out.Last[v.id] = v.LastSeen
	}
	for _, v := range recorded {
		out.Recorded[v[0]] = v[1]
	}
	return out
}

// Lately returns how it stands with these residents on a day.
func (s *Reads) Lately(ctx context.Context, district string, residents []string, day planner.Date) (Lately, error) {
	last, err := collect(ctx, s, "last visits", scanLast, lastSQL, district, orEmpty(residents), day.Time())
	if err != nil {
		return Lately{}, err
	}
	recorded, err := collect(ctx, s, "visit records", scanPair, recordedSQL, district, orEmpty(residents), day.Time())
	return latelyOf(last, recorded), err
}

// Lately returns the same of those whose visits the session sees: who comes for a
// need alone is told of none.
func (d *Desk) Lately(ctx context.Context, district string, residents []string, day planner.Date) (Lately, error) {
	if len(residents) == 0 {
		return Lately{}, nil
	}
	var last []lastRow
	var recorded [][2]string
	b := d.batch()
	queue(b, 1, &last, "last visits", scanLast, lastSQL, district, residents, day.Time())
	queue(b, 1, &recorded, "visit records", scanPair, recordedSQL, district, residents, day.Time())
	if err := d.send(ctx, b); err != nil {
		return Lately{}, fmt.Errorf("look at the desk: %w", tidy(err))
	}
	return latelyOf(last, recorded), nil
}

// Hand is what somebody recorded on a day.
type Hand struct {
	Account string
	Day     planner.Date
}

// RecordToJudge is a record that stands, with the home it was made at.
type RecordToJudge struct {
	VisitRecord
	Home orb.Point // lon-lat
}

// Unjudged returns whose records of which days have not been held against each
// other since the last of them came, and the ids of those records: at most so many,
// those that came first.
func (s *Reads) Unjudged(ctx context.Context, district string, limit int) (hands []Hand, ids []string, err error) {
	type row struct {
		id string
		Hand
	}
	list, err := collect(ctx, s, "visit records", func(r pgx.Rows, v *row) error { return r.Scan(&v.id, &v.Account, &v.Day) },
		`SELECT id::text, account, `+dayOf("day")+` FROM visit_record WHERE district = $1 AND NOT judged ORDER BY received, id LIMIT $2`, district, limit)
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[Hand]bool, len(list))
	for _, v := range list {
		ids = append(ids, v.id)
		if !seen[v.Hand] {
			seen[v.Hand] = true
			hands = append(hands, v.Hand)
		}
	}
	return hands, ids, nil
}

// RecordsOf returns the records of these hands that stand, by account and time of
// arrival, as far as they are judged by.
func (s *Reads) RecordsOf(ctx context.Context, district string, hands []Hand) ([]RecordToJudge, error) {
	accounts, days := make([]string, len(hands)), make([]int32, len(hands))
	for i, h := range hands {
		accounts[i], days[i] = h.Account, int32(h.Day)
	}
	return collect(ctx, s, "visit records", func(r pgx.Rows, v *RecordToJudge) error {
		var left *time.Time
		err := r.Scan(&v.ID, &v.Resident, &v.Account, &v.Arrived, &left, &v.Seen, &v.Metres, &v.Code, &v.Home[0], &v.Home[1])
		if left != nil {
			v.Left = *left
		}
		return err
	}, `SELECT v.id::text, v.resident, v.account, v.arrived, v.left_at, v.result = 'seen', v.metres, COALESCE(v.code, ''), ST_X(r.location), ST_Y(r.location)
		FROM unnest($2::text[], $3::int[]) AS h (account, day)
		JOIN visit_record v ON v.district = $1 AND v.account = h.account AND v.day = DATE '1970-01-01' + h.day
		JOIN resident r ON r.district = v.district AND r.id = v.resident
		WHERE NOT EXISTS (SELECT FROM visit_record c WHERE c.district = $1 AND c.corrects = v.id)
		ORDER BY v.account, v.arrived, v.id`, district, accounts, days)
}
