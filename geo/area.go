package geo

import (
	"fmt"

	"github.com/paulmach/orb"
)

// Level is the rank of an area in the administrative tree, from the district
// down to the micro-grid. A larger value lies deeper.
type Level uint8

// The levels, outermost first. The community is itself the master grid (总网格).
const (
	LevelDistrict Level = iota + 1
	LevelTown
	LevelCommunity
	LevelGrid
	LevelMicroGrid
)

var levelNames = [...]string{LevelDistrict: "district", LevelTown: "town", LevelCommunity: "community", LevelGrid: "grid", LevelMicroGrid: "micro-grid"}

// String returns the level's word: "district", "town", "community", "grid" or
// "micro-grid".
func (l Level) String() string {
	if l < LevelDistrict || l > LevelMicroGrid {
		return fmt.Sprintf("level(%d)", uint8(l))
	}
	return levelNames[l]
}

// ParseLevel reads a level's word as String writes it.
func ParseLevel(s string) (Level, error) {
	for l := LevelDistrict; l <= LevelMicroGrid; l++ {
		if levelNames[l] == s {
			return l, nil
		}
	}
	return 0, fmt.Errorf("%q is no level: want district, town, community, grid or micro-grid", s)
}

// MarshalText writes the level's word.
func (l Level) MarshalText() ([]byte, error) {
	if l < LevelDistrict || l > LevelMicroGrid {
		return nil, fmt.Errorf("level %d does not exist", uint8(l))
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads a level's word.
func (l *Level) UnmarshalText(b []byte) error {
	v, err := ParseLevel(string(b))
	if err != nil {
		return err
	}
	*l = v
	return nil
}

// Area is one administrative or working area with one version of its boundary.
type Area struct {
	// Code is made of digits; it begins with the code of the parent. Lengths
	// are 6, 9 and 12 for district, town and community, 15 for a grid and 18
	// for a micro-grid.
	Code   string
	Level  Level
	Parent string // the parent's code; empty for the district
	Name   string
	// Special marks a grid of another kind (专属网格: a school, a market, a park).
	Special bool
	// Parts is the number of parts that it is declared to have; 0 stands for 1.
	Parts int
	// Units are those that a micro-grid has in buildings which it shares with
	// others of its grid, by building and name. They beat the boundary: see
	// Tree.LocateUnit. None for other levels.
	Units []Unit
	// Boundary is in WGS 84, lon-lat degrees, rings closed, outer rings
	// counter-clockwise (RFC 7946).
	Boundary orb.MultiPolygon
}
