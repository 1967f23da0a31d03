package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"sanse/data"
	"sanse/planner"
	"sanse/routing"
	"sanse/routing/overlay"
)

// streetsOn returns the network as it is on a day: the stored one where it holds
// the district's changes that are in force then, else the streets below it with
// those laid over.
func streetsOn(ctx context.Context, r *data.Reads, district string, on planner.Date, packed []byte, v data.StreetVersion) (*routing.Network, error) {
	stored, err := r.StreetOverlay(ctx, district)
	if errors.Is(err, data.ErrNotFound) {
		return loadNetwork(packed)
	}
	if err != nil {
		return nil, err
	}
	o, err := overlay.Read(bytes.NewReader(stored.Changes))
	if err != nil {
		return nil, fmt.Errorf("changes, version %d: %w", stored.Version, err)
	}
	changes := o.On(overlay.Day(on.String()))
	if overlay.Digest(changes) == v.InForce {
		return loadNetwork(packed)
	}
	if packed, _, err = r.BaseGraph(ctx, district); err != nil {
		return nil, err
	}
	base, err := loadNetwork(packed)
	if err != nil || len(changes) == 0 {
		return base, err
	}
	g, _, err := overlay.Apply(base.Graph(), changes)
	if err != nil {
		return nil, err
	}
	return routing.NewNetwork(g)
}

func loadNetwork(packed []byte) (*routing.Network, error) {
	net, err := routing.Load(packed)
	switch {
	case errors.Is(err, routing.ErrVersion):
		return nil, invalidCause(err, "the streets were stored by another version of this program: import them again")
	case err != nil:
		return nil, err
	}
	return net, nil
}
