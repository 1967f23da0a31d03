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
// those laid over. It also says on which day other changes come into force; 0 if
// on none.
func streetsOn(ctx context.Context, r *data.Reads, district string, on planner.Date, packed []byte, v data.StreetVersion) (net *routing.Network, next planner.Date, err error) {
	stored, err := r.StreetOverlay(ctx, district)
	if errors.Is(err, data.ErrNotFound) {
		net, err = loadNetwork(packed)
		return net, 0, err
	}
	if err != nil {
		return nil, 0, err
	}
	o, err := overlay.Read(bytes.NewReader(stored.Changes))
	if err != nil {
		return nil, 0, fmt.Errorf("changes, version %d: %w", stored.Version, err)
	}
	today := overlay.Day(on.String())
	if day, ok := o.NextDay(today); ok {
		if next, err = planner.ParseDate(string(day)); err != nil {
			return nil, 0, fmt.Errorf("changes, version %d: %w", stored.Version, err)
		}
	}
	changes := o.On(today)
	if overlay.Digest(changes) == v.InForce {
		net, err = loadNetwork(packed)
		return net, next, err
	}
	if packed, _, err = r.BaseGraph(ctx, district); err != nil {
		return nil, 0, err
	}
	if net, err = loadNetwork(packed); err != nil || len(changes) == 0 {
		return net, next, err
	}
	g, _, err := overlay.Apply(net.Graph(), changes)
	if err != nil {
		return nil, 0, err
	}
	net, err = routing.NewNetwork(g)
	return net, next, err
}

const storedOtherwise = "the streets were stored by another version of this program: import them again"

func loadNetwork(packed []byte) (*routing.Network, error) {
	net, err := routing.Load(packed)
	switch {
	case errors.Is(err, routing.ErrVersion):
		return nil, invalidCause(err, storedOtherwise)
	case err != nil:
		return nil, err
	}
	return net, nil
}
