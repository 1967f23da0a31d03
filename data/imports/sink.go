package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
	"sanse/routing"
	"sanse/routing/overlay"
)

// Sink takes checked records. Put replaces records of the same id. *data.Tx is
// a Sink.
type Sink interface {
	PutAreas(district string, areas []data.Area) error
	PutBuildings(district string, buildings []data.Building) error
	PutPopulation(district string, population []data.Population) error
	PutFacilities(district string, facilities []data.Facility) error
	PutVisitors(district string, visitors []data.Visitor) error
	PutResidents(district string, residents []data.Resident) error
	PutVisits(district string, visits []data.Visit) error
	PutTasks(district string, tasks []data.Task) error
	PutTaskVisits(district string, visits []data.TaskVisit) error
	PutDevices(district string, devices []data.Device) error
	PutNeeds(district string, needs []data.Need) error
	PutProviders(district string, providers []data.Provider) error
	ReplaceStandards(district string, content json.RawMessage, at time.Time) (version int, err error)
	PutPolicies(district string, policies []data.Policy) error
	PutStreets(district string, v data.StreetVersion, graph []byte, streets []data.Street) (version int, err error)
	PutStreetOverlay(district string, overlay data.StreetOverlay) (version int, err error)
	PutImport(district string, rec data.ImportRecord) error
}

var _ Sink = (*data.Tx)(nil)

// WriteFunc runs f in one transaction, which is kept if f returns nil and
// forgotten otherwise. It runs f once.
type WriteFunc func(ctx context.Context, f func(Sink) error) error

// StoreWriter returns the WriteFunc of a store.
func StoreWriter(s *data.Store) WriteFunc {
	return func(ctx context.Context, f func(Sink) error) error {
		return s.Write(ctx, func(tx *data.Tx) error { return f(tx) })
	}
}

// EnvOf reads from a store what importing a file of that kind into the
// district needs to know, as of today.
func EnvOf(ctx context.Context, s *data.Store, district string, kind Kind, today planner.Date, now time.Time) (Env, error) {
	env := Env{Today: today, Now: now, Write: StoreWriter(s)}
	fail := func(err error) (Env, error) {
		return Env{}, fmt.Errorf("read district %s before importing %s: %w", district, kind, err)
	}
	switch kind {
	case Streets, Overlay:
		if err := env.readStreets(ctx, s, district, kind); err != nil {
			return fail(err)
		}
	case Policies, Standards, Visits, TaskVisits, Needs:
	default:
		stored, err := s.Areas(ctx, district, today)
		if err != nil {
			return fail(err)
		}
		if len(stored) > 0 {
			areas := make([]geo.Area, len(stored))
			for i := range stored {
				areas[i] = stored[i].Area
			}
			if env.Areas, err = geo.NewTree(areas); err != nil {
				return fail(err)
			}
		}
	}
	switch kind {
	case Areas, Residents, Population:
		points, err := s.BuildingPoints(ctx, district)
		if err != nil {
			return fail(err)
		}
		env.Buildings = make(map[string]orb.Point, len(points))
		for _, b := range points {
			env.Buildings[b.ID] = b.Point
		}
	}
	switch kind {
	case Residents, Visits, Tasks, TaskVisits, Providers:
		visitors, err := s.Visitors(ctx, district)
		if err != nil {
			return fail(err)
		}
		env.Visitors = make(map[string]struct{}, len(visitors))
		for i := range visitors {
			env.Visitors[visitors[i].ID] = struct{}{}
		}
	}
	if kind == Residents {
		var err error
		if env.HeldGrades, err = s.HeldGrades(ctx, district); err != nil {
			return fail(err)
		}
	}
	if kind == Visits || kind == Tasks || kind == Needs || kind == Devices {
		residents, err := s.Residents(ctx, district)
		if err != nil {
			return fail(err)
		}
		env.Residents = make(map[string]struct{}, len(residents))
		for i := range residents {
			env.Residents[residents[i].ID] = struct{}{}
		}
	}
	if kind == TaskVisits {
		tasks, err := s.Tasks(ctx, district)
		if err != nil {
			return fail(err)
		}
		env.Tasks = make(map[string]struct{}, len(tasks))
		for i := range tasks {
			env.Tasks[tasks[i].ID] = struct{}{}
		}
	}
	return env, nil
}

// readStreets takes what a district has of streets: the overlay beneath which
// streets go, and the streets under an overlay.
func (env *Env) readStreets(ctx context.Context, s *data.Store, district string, kind Kind) error {
	if kind == Streets {
		stored, err := s.StreetOverlay(ctx, district)
		if errors.Is(err, data.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		o, err := overlay.Read(bytes.NewReader(stored.Changes))
		if err != nil {
			return fmt.Errorf("changes to streets, version %d: %w", stored.Version, err)
		}
		env.Overlay = &StoredOverlay{Version: stored.Version, Overlay: o}
		return nil
	}
	packed, version, err := s.BaseGraph(ctx, district)
	if errors.Is(err, data.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	net, err := routing.Load(packed)
	if err != nil {
		return err
	}
	env.Base = &StoredBase{Version: version, Graph: net.Graph()}
	drawn, err := s.Streets(ctx, district)
	if err != nil {
		return err
	}
	for _, line := range drawn {
		if line.Class == "water" || line.Class == "waterway" {
			env.Base.Water = append(env.Base.Water, line)
		}
	}
	return nil
}
