package data

import (
	"encoding/json"
	"fmt"
)

var (
	providerTable = target{
		table: "provider", id: "id",
		key:     []string{"district", "id"},
		columns: []string{"district", "id", "name", "services", "capacity", "hours", "location", "radius"},
	}
	providerScopeTable = target{
		table: "provider_scope", id: "provider",
		key:     []string{"district", "provider", "area"},
		columns: []string{"district", "provider", "area"},
		refs:    []reference{{"area", "area", "code"}},
	}
	providerWorkerTable = target{
		table: "provider_worker", id: "provider",
		key:     []string{"district", "provider", "visitor"},
		columns: []string{"district", "provider", "visitor", "n"},
		refs:    []reference{{"visitor", "visitor", "id"}},
	}
	needTable = target{
		table: "need", id: "id",
		key:     []string{"district", "id"},
		columns: []string{"district", "id", "resident", "service", "rules", "place", "minutes", "hours", "kind", "source", "from_day", "to_day"},
		refs:    []reference{{"resident", "resident", "id"}},
	}
)

// PutProviders adds or replaces home-service providers, whose areas and workers
// must be stored before.
func (tx *Tx) PutProviders(district string, providers []Provider) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	if len(providers) == 0 {
		return nil
	}
	var scope, workers [][]any
	for i := range providers {
		p := &providers[i]
		for _, a := range p.Scope {
			scope = append(scope, []any{district, p.ID, a})
		}
		for n, v := range p.Workers {
			workers = append(workers, []any{district, p.ID, v, int16(n)})
		}
	}
	err := tx.upsert(&providerTable, len(providers), func(i int) ([]any, error) {
		p := &providers[i]
		var location []byte
		if p.Location != nil {
			var err error
			if location, err = geometry(*p.Location); err != nil {
				return nil, err
			}
		}
		hours, err := hoursOrNil(p.Hours)
		if err != nil {
			return nil, fmt.Errorf("provider %s: %w", p.ID, err)
		}
		return []any{district, p.ID, p.Name, orEmpty(p.Services), p.Capacity, hours, location, p.Radius}, nil
	})
	if err != nil {
		return err
	}
	if err := tx.replaceParts(&providerTable, &providerScopeTable, "provider", scope); err != nil {
		return err
	}
	return tx.replaceParts(&providerTable, &providerWorkerTable, "provider", workers)
}

// PutNeeds adds or replaces needs, whose residents must be stored before. What
// they were matched to stays.
func (tx *Tx) PutNeeds(district string, needs []Need) error {
	if err := tx.touch(district); err != nil {
		return err
	}
	residents := make([]string, len(needs))
	for i := range needs {
		residents[i] = needs[i].Resident
	}
	gone, err := tx.erasedOf(district, residents)
	if err != nil {
		return err
	}
	return tx.upsert(&needTable, len(needs), func(i int) ([]any, error) {
		n := &needs[i]
		if gone[n.Resident] {
			over := *n
			over.Hours, over.Source, over.To = nil, "", &over.From
			n = &over
		}
		rules, err := json.Marshal(n.Rules)
		if err != nil {
			return nil, fmt.Errorf("rules of need %s: %w", n.ID, err)
		}
		hours, err := hoursOrNil(n.Hours)
		if err != nil {
			return nil, fmt.Errorf("need %s: %w", n.ID, err)
		}
		place := n.Place
		if place == "" {
			place = PlaceEither
		}
		return []any{
			district, n.ID, n.Resident, n.Service, string(rules), place, n.Minutes, hours, n.Kind, n.Source, n.From.Time(), dayOrNil(n.To),
		}, nil
	})
}

// PutNeedMatches adds matches after those that the needs have: nothing that was
// there is changed. N is given here. At most one match a need in one call; the
// needs, facilities and providers must be stored before.
func (tx *Tx) PutNeedMatches(district string, matches []NeedMatch) error {
	if len(matches) == 0 {
		return nil
	}
	if err := tx.touch(district); err != nil {
		return err
	}
	if err := tx.lockDistrict(district); err != nil {
		return err
	}
	last := make(map[string]int)
	rows, err := tx.Reads().NeedMatches(tx.ctx, district)
	if err != nil {
		return err
	}
	for i := range rows {
		last[rows[i].Need] = rows[i].N
	}
	seen := make(map[string]bool, len(matches))
	for i := range matches {
		if seen[matches[i].Need] {
			return &TwiceError{Table: "need_match", ID: matches[i].Need, Reason: "is given twice"}
		}
		seen[matches[i].Need] = true
	}
	columns := []string{"district", "need", "n", "by_hand", "facility", "provider", "seconds", "from_day", "made_at", "reason", "forced"}
	return tx.insert("need_match", columns, len(matches), func(i int) ([]any, error) {
		m := &matches[i]
		return []any{
			district, m.Need, last[m.Need] + 1, m.ByHand, orNil(m.Facility), orNil(m.Provider), m.Seconds, m.From.Time(), m.At, m.Reason, m.Forced,
		}, nil
	})
}
