package service_test

import (
	"context"
	"testing"

	"sanse/cmd/sanse/internal/service"
	"sanse/geo/tiles"
)

func TestTilesAreMadeOneVersionAtATimeAndWhatBreaksIsAnError(t *testing.T) {
	t.Parallel()
	b := newReachBed(t)
	const set = service.CellTiles + "-duty"
	if err := b.BuildTiles(lattice, set, "broken", func(context.Context) (*tiles.Set, error) { panic("broken") })(); err == nil {
		t.Error("a build that breaks is none that fails")
	}
	release := make(chan struct{})
	before := b.BuildTiles(lattice, set, "before", func(context.Context) (*tiles.Set, error) {
		<-release
		return tiles.New(nil)
	})
	after := b.BuildTiles(lattice, set, "after", func(context.Context) (*tiles.Set, error) {
		t.Error("two versions are made at once")
		return tiles.New(nil)
	})
	now := must(b.CellTileSet(duty(t, lattice), lattice))(t).Version
	type answer struct {
		tile service.Tile
		err  error
	}
	asked := make(chan answer)
	go func() {
		tile, err := b.CellTile(duty(t, lattice), lattice, now, 0, 0, 0)
		asked <- answer{tile, err}
	}()
	close(release)
	if err := before(); err != nil {
		t.Error(err)
	}
	if err := after(); err != nil {
		t.Error(err)
	}
	if a := <-asked; a.err != nil || a.tile.Version != now {
		t.Errorf("who waited for %s got %q, %v", now, a.tile.Version, a.err)
	}
	ends := b.BuildTiles(lattice, set, "last", func(ctx context.Context) (*tiles.Set, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	b.Close()
	if err := ends(); err == nil {
		t.Error("a build that was ended is ready")
	}
}
