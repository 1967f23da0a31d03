package data

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
)

// Providers returns all home-service providers by id.
func (s *Reads) Providers(ctx context.Context, district string) ([]Provider, error) {
	return collect(ctx, s, "providers", func(r pgx.Rows, p *Provider) error {
		var x, y *float64
		if err := r.Scan(&p.ID, &p.Name, &p.Services, &p.Capacity, &p.Hours, &x, &y, &p.Radius, &p.Scope, &p.Workers); err != nil {
			return err
		}
		if x != nil && y != nil {
			p.Location = &orb.Point{*x, *y}
		}
		return nil
	}, `SELECT p.id, p.name, p.services, p.capacity, p.hours, ST_X(p.location), ST_Y(p.location), p.radius, s.scope, w.workers
		FROM provider p
		LEFT JOIN (SELECT district, provider, array_agg(area ORDER BY area) AS scope FROM provider_scope WHERE district = $1 GROUP BY 1, 2) s
			ON s.district = p.district AND s.provider = p.id
		LEFT JOIN (SELECT district, provider, array_agg(visitor ORDER BY n) AS workers FROM provider_worker WHERE district = $1 GROUP BY 1, 2) w
			ON w.district = p.district AND w.provider = p.id
		WHERE p.district = $1 ORDER BY p.id`, district)
}

// Needs returns all needs by id, those that have ended and those to come too.
func (s *Reads) Needs(ctx context.Context, district string) ([]Need, error) {
	return collect(ctx, s, "needs", func(r pgx.Rows, n *Need) error {
		var rules []byte
		if err := r.Scan(&n.ID, &n.Resident, &n.Service, &rules, &n.Place, &n.Minutes, &n.Hours, &n.Kind, &n.Source, &n.From, &n.To); err != nil {
			return err
		}
		if err := json.Unmarshal(rules, &n.Rules); err != nil {
			return fmt.Errorf("rules of need %s: %w", n.ID, err)
		}
		return nil
	}, `SELECT id, resident, service, rules, place, minutes, hours, kind, source, `+dayOf("from_day")+`, `+dayOf("to_day")+`
		FROM need WHERE district = $1 ORDER BY id`, district)
}

const matchColumns = `need, n, by_hand, COALESCE(facility, ''), COALESCE(provider, ''), seconds, ` // and the day, made_at, reason, forced

func (m *NeedMatch) fields() []any {
	return []any{&m.Need, &m.N, &m.ByHand, &m.Facility, &m.Provider, &m.Seconds, &m.From, &m.At, &m.Reason, &m.Forced}
}

// NeedMatches returns the match of each need that holds, by need; needs that
// were never matched are left out.
func (s *Reads) NeedMatches(ctx context.Context, district string) ([]NeedMatch, error) {
	return collect(ctx, s, "matches of needs", func(r pgx.Rows, m *NeedMatch) error { return r.Scan(m.fields()...) },
		`SELECT DISTINCT ON (need) `+matchColumns+dayOf("from_day")+`, made_at, reason, forced
			FROM need_match WHERE district = $1 ORDER BY need, n DESC`, district)
}

// NeedHistory returns all matches of a need, the first one first.
func (s *Reads) NeedHistory(ctx context.Context, district, need string) ([]NeedMatch, error) {
	return collect(ctx, s, "history of a need", func(r pgx.Rows, m *NeedMatch) error { return r.Scan(m.fields()...) },
		`SELECT `+matchColumns+dayOf("from_day")+`, made_at, reason, forced
			FROM need_match WHERE district = $1 AND need = $2 ORDER BY n`, district, need)
}
