package imports

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"sanse/data"
	"sanse/routing"
	"sanse/routing/overlay"
)

// StoredOverlay is a district's overlay with its version.
type StoredOverlay struct {
	Version int
	Overlay *overlay.Overlay
}

// StoredBase is the network that was imported last, before any change.
type StoredBase struct {
	Version data.StreetVersion
	Graph   *routing.Graph
	Water   []data.Street // drawn with the streets
}

// importOverlay stores a file of changes to the streets and the streets with
// those changes that are in force today.
func importOverlay(ctx context.Context, j *job, s Sink) error {
	raw, err := os.ReadFile(j.opt.Path)
	if err != nil {
		return &InputError{Reason: "open file", Err: err}
	}
	if j.env.Base == nil {
		return inputErrorf("the district has no streets yet: import streets before changes to them")
	}
	read, err := overlay.Read(bytes.NewReader(raw))
	var invalid *overlay.InvalidError
	switch {
	case errors.As(err, &invalid):
		for _, p := range invalid.Problems {
			j.refuse(0, p.Property, p.Value, p.String(), public)
		}
		j.rep.Refused = invalid.Count
		return nil
	case err != nil:
		return &InputError{Path: j.base(), Reason: "not a file of changes to streets", Err: err}
	}
	j.rep.CRS, j.rep.Read = "wgs84", len(read.Changes())
	v := j.env.Base.Version
	v.Base, v.Version, v.Imported = v.Version, 0, j.env.Now
	laid := &StoredOverlay{Overlay: read}
	if !j.storing(s) {
		if _, _, err := j.changed(j.env.Base.Graph, read); err != nil {
			return err
		}
		return ctx.Err()
	}
	if laid.Version, err = s.PutStreetOverlay(j.district, data.StreetOverlay{Source: j.base(), Imported: j.env.Now, Changes: raw}); err != nil {
		return fmt.Errorf("store changes to streets: %w", err)
	}
	if err := layOver(ctx, j, s, v, j.env.Base.Graph, j.env.Base.Water, laid); err != nil {
		return err
	}
	j.rep.Stored = j.rep.Read
	return ctx.Err()
}
