package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

const requestColumns = `q.id, q.resident, q.kind, q.lift, q.corrects, q.reason, q.asked_at, q.asked_by, COALESCE(q.decision, ''), q.decided_at,
	COALESCE(q.decided_by, ''), q.decision_reason, q.done_at, q.outcome`

// dataRequests reads requests that meet a condition, the latest first.
func (s *Reads) dataRequests(ctx context.Context, district, where string, args ...any) ([]RightsRequest, error) {
	return opened(ctx, s, district, func(k *sealer) ([]RightsRequest, error) {
		return collect(ctx, s, "requests", func(r pgx.Rows, v *RightsRequest) error {
			var reason, why, outcome []byte
			var decision string
			var decided, done *time.Time
			err := r.Scan(&v.ID, &v.Resident, &v.Kind, &v.Lift, &v.Corrects, &reason, &v.Asked, &v.AskedBy, &decision, &decided, &v.DecidedBy, &why, &done, &outcome)
			if err != nil {
				return err
			}
			v.Accepted = decision == "accept"
			if decided != nil {
				v.Decided = *decided
			}
			if done != nil {
				v.Done = *done
			}
			if outcome != nil {
				if err := json.Unmarshal(outcome, &v.Outcome); err != nil {
					return err
				}
			}
			if v.Reason, err = k.open(reason, "data_request", "reason", v.ID); err != nil {
				return err
			}
			v.DecisionReason, err = k.open(why, "data_request", "decision_reason", v.ID)
			return err
		}, `SELECT `+requestColumns+` FROM data_request q WHERE q.district = $1 AND `+where+` ORDER BY q.asked_at DESC, q.id`, append([]any{district}, args...)...)
	})
}

// acceptedRequests are those that are to be carried out, the first first.
func (s *Reads) acceptedRequests(ctx context.Context, district string) ([]RightsRequest, error) {
	list, err := s.dataRequests(ctx, district, `q.decision = 'accept' AND q.done_at IS NULL`)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list, err
}

// DataRequests returns the requests about residents whom the session sees, the
// latest first.
func (d *Desk) DataRequests(ctx context.Context, district string) ([]RightsRequest, error) {
	return d.reads.dataRequests(ctx, district, "true")
}

// RightsRequest returns a request; ErrNotFound if there is none in sight.
func (d *Desk) RightsRequest(ctx context.Context, district, id string) (RightsRequest, error) {
	list, err := d.reads.dataRequests(ctx, district, "q.id = $2", id)
	if err == nil && len(list) != 1 {
		err = fmt.Errorf("request: %w", ErrNotFound)
	}
	if err != nil {
		return RightsRequest{}, err
	}
	return list[0], nil
}

// Ask stores a request, with the id it has, and records it. A resident who is not
// in sight is ErrNotFound.
func (d *Desk) Ask(ctx context.Context, district string, r RightsRequest) error {
	visible, err := d.Visible(ctx, district, []string{r.Resident})
	if err != nil {
		return err
	}
	if !visible[r.Resident] {
		return fmt.Errorf("resident: %w", ErrNotFound)
	}
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return err
	}
	reason, err := k.seal(r.Reason, "data_request", "reason", r.ID)
	if err != nil {
		return err
	}
	var fields []byte
	corrects := []string{}
	if len(r.Fields) > 0 {
		corrects = slices.Sorted(maps.Keys(r.Fields))
		clear := make(map[string]string, len(r.Fields))
		for name, value := range r.Fields {
			clear[name] = value.Reveal()
		}
		text, err := json.Marshal(clear)
		if err != nil {
			return fmt.Errorf("store request: %w", err)
		}
		if fields, err = k.seal(Sealed(text), "data_request", "fields", r.ID); err != nil {
			return err
		}
	}
	if _, err := d.tx.Exec(ctx, `INSERT INTO data_request (district, id, resident, kind, lift, corrects, reason, fields, asked_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		district, r.ID, r.Resident, string(r.Kind), r.Lift, corrects, reason, fields, r.AskedBy); err != nil {
		return fmt.Errorf("store request: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActCreate, Object: "data_request", IDs: []string{r.Resident}, Detail: map[string]string{"request": r.ID, "kind": string(r.Kind)}})
}

// Decide stores what was decided on a request, once, and records it. One that is
// not in sight or was decided is ErrNotFound.
func (d *Desk) Decide(ctx context.Context, district, id string, accept bool, reason Sealed, by string) error {
	k, err := d.reads.keys.sealer(ctx, d.tx, district)
	if err != nil {
		return err
	}
	why, err := k.seal(reason, "data_request", "decision_reason", id)
	if err != nil {
		return err
	}
	decision := "refuse"
	if accept {
		decision = "accept"
	}
	var resident string
	err = d.tx.QueryRow(ctx, `UPDATE data_request SET decision = $3, decision_reason = $4, decided_by = $5, decided_at = now()
		WHERE district = $1 AND id = $2 AND decision IS NULL RETURNING resident`, district, id, decision, why, by).Scan(&resident)
	if err != nil {
		if errors.Is(err, pgx.ErrNoRows) {
			err = ErrNotFound
		}
		return fmt.Errorf("decide request: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "data_request", IDs: []string{resident}, Detail: map[string]string{"request": id, "decision": decision}})
}

// Consents returns what a resident agreed to and took back, the latest first.
func (d *Desk) Consents(ctx context.Context, district, resident string) ([]Consent, error) {
	return collect(ctx, d.reads, "consents", func(r pgx.Rows, v *Consent) error {
		return r.Scan(&v.N, &v.Purpose, &v.Given, &v.How, &v.At, &v.By)
	}, `SELECT n, purpose, given, how, at, by FROM consent WHERE district = $1 AND resident = $2 ORDER BY n DESC`, district, resident)
}

// PutConsent adds what a resident agreed to or took back, and records it. A
// resident who is not in sight is ErrNotFound.
func (d *Desk) PutConsent(ctx context.Context, district, resident string, c Consent) error {
	visible, err := d.Visible(ctx, district, []string{resident})
	if err != nil {
		return err
	}
	if !visible[resident] {
		return fmt.Errorf("resident: %w", ErrNotFound)
	}
	if _, err := d.tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, "consent "+district+" "+resident); err != nil {
		return fmt.Errorf("store consent: %w", tidy(err))
	}
	if _, err := d.tx.Exec(ctx, `INSERT INTO consent (district, resident, n, purpose, given, how, by)
		SELECT $1, $2, COALESCE(max(n), 0) + 1, $3, $4, $5, $6 FROM consent WHERE district = $1 AND resident = $2`,
		district, resident, c.Purpose, c.Given, c.How, c.By); err != nil {
		return fmt.Errorf("store consent: %w", tidy(err))
	}
	return d.Record(ctx, district, Event{Action: ActUpdate, Object: "consent", IDs: []string{resident}, Detail: map[string]string{"purpose": c.Purpose, "given": fmt.Sprint(c.Given)}})
}

// PersonCopy is everything that is stored of a resident, for themselves (PIPL
// article 45).
type PersonCopy struct {
	Person Person
	Record json.RawMessage // grade and its changes, kinds, grid, absences, team, visits, facts, needs, consents, requests
}

// PersonCopy gathers what is stored of the resident of a request for access that
// was accepted, and records that it was told; ErrNotFound otherwise. Whoever
// decides there may take it, a restricted resident's too.
func (d *Desk) PersonCopy(ctx context.Context, district, request string) (PersonCopy, error) {
	var c PersonCopy
	r, err := d.RightsRequest(ctx, district, request)
	if err != nil {
		return c, err
	}
	resident := r.Resident
	if r.Kind != RequestAccess || !r.Accepted {
		return c, fmt.Errorf("request for access: %w", ErrNotFound)
	}
	// An owner has no session, and reads the row itself.
	c.Person, err = opened(ctx, d.reads, district, func(k *sealer) (p Person, err error) {
		var sealed [5][]byte
		err = d.tx.QueryRow(ctx, `SELECT name, id_number, phone, address, note FROM resident_person WHERE district = $1 AND resident = $2
			UNION SELECT name, id_number, phone, address, note FROM trust.copied($3)`, district, resident, request).
			Scan(&sealed[0], &sealed[1], &sealed[2], &sealed[3], &sealed[4])
		if errors.Is(err, pgx.ErrNoRows) {
			return p, fmt.Errorf("resident: %w", ErrNotFound)
		}
		if err != nil {
			return p, fmt.Errorf("copy of a person: %w", tidy(err))
		}
		for i, field := range personColumns(&p) {
			if *field.value, err = k.open(sealed[i], "resident", field.column, resident); err != nil {
				return p, err
			}
		}
		return p, nil
	})
	if err != nil {
		return c, err
	}
	err = d.tx.QueryRow(ctx, `SELECT jsonb_build_object(
			'id', r.id, 'grade', r.grade, 'grid', r.grid, 'micro_grid', r.micro_grid, 'minutes', r.minutes, 'enrolled', r.enrolled,
			'kinds', (SELECT jsonb_agg(kind ORDER BY n) FROM resident_kind k WHERE k.district = r.district AND k.resident = r.id),
			'absences', (SELECT jsonb_agg(jsonb_build_object('from', from_day, 'to', to_day) ORDER BY from_day) FROM resident_absence a WHERE a.district = r.district AND a.resident = r.id),
			'team', (SELECT jsonb_agg(visitor ORDER BY n) FROM team t WHERE t.district = r.district AND t.resident = r.id),
			'visits', (SELECT jsonb_agg(jsonb_build_object('day', day, 'done', done) ORDER BY day) FROM visit v WHERE v.district = r.district AND v.resident = r.id),
			'visit_records', (SELECT jsonb_agg(jsonb_build_object('day', day, 'result', result, 'not_seen', not_seen, 'answers', answers) ORDER BY arrived) FROM visit_record v WHERE v.district = r.district AND v.resident = r.id),
			'ratings', (SELECT jsonb_agg(jsonb_build_object('day', v.day, 'rating', g.rating, 'by', g.said_by) ORDER BY g.at, g.id)
				FROM visit_rating g JOIN visit_record v ON v.district = g.district AND v.id = g.record WHERE v.district = r.district AND v.resident = r.id),
			'grades', (SELECT jsonb_agg(jsonb_build_object('from', day, 'was', was, 'grade', grade, 'how', how) ORDER BY n) FROM grade_change g WHERE g.district = r.district AND g.resident = r.id),
			'appeals', (SELECT jsonb_agg(jsonb_build_object('who', who, 'at', at, 'outcome', outcome) ORDER BY n) FROM grade_appeal a WHERE a.district = r.district AND a.resident = r.id),
			'facts', (SELECT jsonb_agg(jsonb_build_object('what', code, 'day', day) ORDER BY code) FROM resident_fact f WHERE f.district = r.district AND f.resident = r.id),
			'needs', (SELECT jsonb_agg(jsonb_build_object('service', service, 'rules', rules, 'place', place, 'from', from_day, 'to', to_day) ORDER BY id) FROM need n WHERE n.district = r.district AND n.resident = r.id),
			'consents', (SELECT jsonb_agg(jsonb_build_object('purpose', purpose, 'given', given, 'how', how, 'at', at) ORDER BY n) FROM consent c WHERE c.district = r.district AND c.resident = r.id),
			'requests', (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'asked_at', asked_at, 'decision', decision, 'decided_at', decided_at) ORDER BY asked_at) FROM data_request q WHERE q.district = r.district AND q.resident = r.id))
		FROM resident r WHERE r.district = $1 AND r.id = $2`, district, resident).Scan(&c.Record)
	if err != nil {
		return c, fmt.Errorf("copy of a person: %w", tidy(err))
	}
	return c, d.Record(ctx, district, Event{Action: ActName, Object: "copy", IDs: []string{resident}})
}

// Grids returns the smallest area in which each of these residents lives, of those
// whom the session sees.
func (d *Desk) Grids(ctx context.Context, district string, residents []string) (map[string]string, error) {
	type row struct{ id, grid string }
	list, err := collect(ctx, d.reads, "grids of residents", func(r pgx.Rows, v *row) error { return r.Scan(&v.id, &v.grid) },
		`SELECT id, COALESCE(micro_grid, grid) FROM resident WHERE district = $1 AND id = ANY ($2)`, district, residents)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(list))
	for _, v := range list {
		out[v.id] = v.grid
	}
	return out, nil
}
