package files_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sanse/geo/districting/files"
)

// lattice is units in rows, the first in the north-west, shaken a little.
func lattice(community string, columns, rows int) *files.Units {
	r := rand.New(rand.NewPCG(1, 2))
	u := &files.Units{Communities: []string{community}}
	for y := range rows {
		for x := range columns {
			shake := func() float64 { return 0.0002 * (r.Float64() - 0.5) }
			u.IDs = append(u.IDs, fmt.Sprint(len(u.IDs)))
			u.Parent = append(u.Parent, 0)
			u.Centres = append(u.Centres, orb.Point{104 + 0.001*float64(x)*1.16 + shake(), 30.8 - 0.001*float64(y) + shake()})
		}
	}
	return u
}

func TestGridsAreNumberedAsOneReads(t *testing.T) {
	for _, c := range []struct{ columns, rows int }{{5, 4}, {1, 9}, {12, 1}, {2, 2}, {1, 1}, {3, 8}} {
		u := lattice("510113001001", c.columns, c.rows)
		// Each unit is a zone; their numbers are shuffled.
		shuffled := rand.New(rand.NewPCG(3, 4)).Perm(u.Len())
		zone := make([]int32, u.Len())
		for i, z := range shuffled {
			zone[i] = int32(z)
		}
		names, err := files.NameZones(u, []int{u.Len()}, zone, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, z := range zone {
			if want := fmt.Sprintf("510113001001%03d", i+1); names[z] != want {
				t.Errorf("%d×%d: unit %d is in %s, want %s", c.columns, c.rows, i, names[z], want)
			}
		}
	}
}

func TestNamesFitTheCommunity(t *testing.T) {
	for community, want := range map[string]string{
		"510113001001": "510113001001001", "510113001001002": "510113001001002001", "": "1", "Riverside": "Riverside-1", "510113": "510113-1",
	} {
		u := lattice(community, 2, 1)
		names, err := files.NameZones(u, []int{1}, []int32{0, 0}, nil)
		if err != nil || names[0] != want {
			t.Errorf("%q: %q %v", community, names, err)
		}
	}
	// Where nothing is known of places, the order of the file counts.
	u := lattice("", 4, 1)
	u.Centres = nil
	names, err := files.NameZones(u, []int{3}, []int32{2, 2, 0, 1}, nil)
	if err != nil || !slices.Equal(names, []string{"2", "3", "1"}) {
		t.Errorf("%q %v", names, err)
	}
	many := lattice("510113001001", 40, 25)
	zone := make([]int32, many.Len())
	for i := range zone {
		zone[i] = int32(i)
	}
	_, err = files.NameZones(many, []int{1000}, zone, nil)
	wantFault(t, err, "510113001001", "no free number")
	_, err = files.NameZones(u, []int{1}, []int32{0, 0, 0, 1}, nil)
	wantFault(t, err, "zone 1 of 1")
}

func TestNoNumberIsUsedTwice(t *testing.T) {
	u := lattice("510113001001", 4, 1)
	pins := &files.Pins{
		Names: []string{"", "510113001001002", "", ""},
		Taken: []string{"510113001001002", "510113001001007", "510113001002099", "x", "99"},
	}
	names, err := files.NameZones(u, []int{4}, []int32{3, 2, 1, 0}, pins)
	if err != nil || !slices.Equal(names, []string{"510113001001010", "510113001001002", "510113001001009", "510113001001008"}) {
		t.Errorf("%q %v", names, err)
	}
	u = lattice("b", 2, 1)
	names, err = files.NameZones(u, []int{2}, []int32{0, 1}, &files.Pins{Names: []string{"", ""}, Taken: []string{"b-4", "bb-9", "b-9"}})
	if err != nil || !slices.Equal(names, []string{"b-10", "b-11"}) {
		t.Errorf("%q %v", names, err)
	}
}
