package data_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/paulmach/orb"
	"github.com/uber/h3-go/v4"

	"sanse/data"
	"sanse/data/datatest"
	"sanse/data/migrations"
	"sanse/geo"
)

// headCount is who lives where, by area, cell and grade or kind.
type headCount map[string]int

func headKey(area string, cell h3.Cell, of string) string {
	return fmt.Sprint(area, " ", cell, " ", of)
}

// counted is what the database counts of a district; people are under the key of
// their home with the column's name.
func counted(t *testing.T, s *data.Store, district string) headCount {
	t.Helper()
	out := headCount{}
	err := s.View(t.Context(), func(r *data.Reads) error {
		if err := r.RoomToCount(t.Context()); err != nil {
			return err
		}
		grades, err := r.ResidentCounts(t.Context(), district)
		if err != nil {
			return err
		}
		for _, c := range grades {
			out[headKey(c.Area, c.Cell, c.Grade)] += c.N
		}
		kinds, err := r.Kinds(t.Context(), district)
		if err != nil {
			return err
		}
		for _, k := range kinds {
			of, err := r.KindCounts(t.Context(), district, k)
			if err != nil {
				return err
			}
			for _, c := range of {
				out[headKey(c.Area, c.Cell, k)] += c.N
			}
		}
		people, err := r.PeopleCounts(t.Context(), district)
		for _, p := range people {
			out.people(p.Area, p.Cell, p.Households, p.People, p.Over60, p.Under18, p.Disabled)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (h headCount) people(area string, cell h3.Cell, households, people, over60, under18, disabled int) {
	for name, n := range map[string]int{"households": households, "people": people, "over60": over60, "under18": under18, "disabled": disabled} {
		if n > 0 {
			h[headKey(area, cell, name)] += n
		}
	}
}

// recounted is the same, record by record.
func recounted(t *testing.T, s *data.Store, district string) headCount {
	t.Helper()
	out := headCount{}
	deepest := func(micro, grid string) string {
		if micro != "" {
			return micro
		}
		return grid
	}
	cell := func(p orb.Point) h3.Cell {
		c, err := geo.CellAt(p, 8)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	residents, err := s.Residents(t.Context(), district)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range residents {
		for _, of := range append([]string{r.Grade}, r.Kinds...) {
			out[headKey(deepest(r.MicroGrid, r.Grid), cell(r.Location), of)]++
		}
	}
	population, err := s.Population(t.Context(), district)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range population {
		out.people(deepest(p.MicroGrid, p.Grid), cell(p.Location), p.Households, p.People, p.Over60, p.Under18, p.Disabled)
	}
	return out
}

func TestCountsAreWhatTheRecordsSayHoweverTheyWereWritten(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	grids := [][2]string{{code + "001001001", code + "001001001001"}, {code + "001001001", ""}, {code + "001001002", ""}}
	rng := rand.New(rand.NewPCG(13, 1))
	at := func() orb.Point { return orb.Point{104.3 + 0.05*rng.Float64(), 30.8 + 0.05*rng.Float64()} }
	grades, kinds := []string{"red", "yellow", "blue"}, []string{"lone_elder", "disabled", "hardship", "低保"}
	resident := func(id int) data.Resident {
		g := grids[rng.IntN(len(grids))]
		r := data.Resident{ID: fmt.Sprintf("x%d", id), Grade: grades[rng.IntN(len(grades))], Location: at(), Grid: g[0], MicroGrid: g[1]}
		for _, k := range rng.Perm(len(kinds))[:rng.IntN(3)] {
			r.Kinds = append(r.Kinds, kinds[k])
		}
		return r
	}
	spot := func(id int) data.Population {
		g := [][2]string{{}, grids[0], grids[2]}[rng.IntN(3)]
		n := 4 + rng.IntN(5)
		return data.Population{Cell: int64(id + 1), Households: 2, People: n, Over60: rng.IntN(3), Under18: rng.IntN(2), Disabled: rng.IntN(n), Location: at(), Grid: g[0], MicroGrid: g[1]}
	}
	for round, change := range []func(tx *data.Tx) error{
		func(*data.Tx) error { return nil },
		func(tx *data.Tx) error { // new ones, and some who move house
			var rs []data.Resident
			var ps []data.Population
			for i := range 300 {
				rs, ps = append(rs, resident(i)), append(ps, spot(i))
			}
			if err := tx.PutResidents(code, rs); err != nil {
				return err
			}
			return tx.PutPopulation(code, ps)
		},
		func(tx *data.Tx) error {
			var rs []data.Resident
			var ps []data.Population
			for i := range 120 {
				rs, ps = append(rs, resident(i*2)), append(ps, spot(i*3))
			}
			if err := tx.PutResidents(code, rs); err != nil {
				return err
			}
			return tx.PutPopulation(code, ps)
		},
		func(tx *data.Tx) error { // boundaries move some
			var m data.Membership
			for i := range 50 {
				g := grids[rng.IntN(len(grids))]
				m.Residents = append(m.Residents, data.Home{ID: fmt.Sprintf("x%d", i*5), Grid: g[0], MicroGrid: g[1]})
				m.Population = append(m.Population, data.Home{ID: fmt.Sprintf("c%d", i*5+1), Grid: g[0], MicroGrid: g[1]})
			}
			return tx.PutMembership(code, m)
		},
		func(tx *data.Tx) error { // another district is none of this one's
			return tx.PutDistrict(data.District{Code: "510198", Name: "邻区", TimeZone: "Asia/Shanghai"})
		},
	} {
		write(t, s, change)
		want := recounted(t, s, code)
		if round > 0 && len(want) < 300 {
			t.Fatalf("only %d counts to compare", len(want))
		}
		if diff := cmp.Diff(want, counted(t, s, code)); diff != "" {
			t.Errorf("after round %d (-records +counts):\n%s", round, diff)
		}
	}
	if n := len(counted(t, s, "510198")); n != 0 {
		t.Errorf("a district with nobody in it has %d counts", n)
	}
}

// A store from before counts were kept by cell has its rows given their cells.
func TestRowsThatWereThereBeforeAreGivenTheirCells(t *testing.T) {
	s := datatest.New(t)
	f := newFixture()
	write(t, s, f.put)
	want := counted(t, s, code)
	if !maps.Equal(want, recounted(t, s, code)) || len(want) == 0 {
		t.Fatal("the counts are wrong before")
	}
	db := stdlib.OpenDBFromPool(s.Pool())
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	p, err := migrations.New(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), 12); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ResidentCounts(t.Context(), code); err == nil {
		t.Fatal("the cells are still there")
	}
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, counted(t, s, code)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}
