package service

import (
	"runtime"
	"sync"

	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"
	"golang.org/x/sync/errgroup"

	"sanse/geo"
)

// viewCells are the cells of resolution 8 in which people of a view live, found
// when they are first asked for: by heatmaps of visits, by collections of cells,
// and on days whose boundaries the records do not know.
type viewCells struct {
	once      sync.Once
	spots     []h3.Cell // by place in Snapshot.Population
	residents []h3.Cell // by place in the problem's residents
	err       error
}

// cellsOf returns the cells of a view's population and residents.
func (v *view) cellsOf() (spots, residents []h3.Cell, err error) {
	c := &v.cells
	c.once.Do(func() {
		population, all := v.snap.Population, v.problem.Residents
		if c.spots, c.err = cellsAt(len(population), func(i int) orb.Point { return population[i].Location }); c.err != nil {
			return
		}
		c.residents, c.err = cellsAt(len(all), func(i int) orb.Point { return all[i].Location })
	})
	return c.spots, c.residents, c.err
}

// cellsAt finds the cells of n places, on all processors.
func cellsAt(n int, at func(i int) orb.Point) ([]h3.Cell, error) {
	out := make([]h3.Cell, n)
	var group errgroup.Group
	const stretch = 10_000
	group.SetLimit(runtime.GOMAXPROCS(0))
	for from := 0; from < n; from += stretch {
		group.Go(func() (err error) {
			for i := from; i < min(from+stretch, n) && err == nil; i++ {
				out[i], err = geo.CellAt(at(i), finestPiece)
			}
			return err
		})
	}
	return out, group.Wait()
}
