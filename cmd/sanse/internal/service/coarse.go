package service

import (
	"github.com/paulmach/orb"

	"sanse/geo"
)

// coarseResolution is of the H3 cells whose centres stand for the homes in them,
// 15,000 m² each: enough to see in which corner of a community something is, too
// little to find a door.
const coarseResolution = 10

// coarse is what those are told of where somebody lives who are not told names:
// the centre of the cell. What lies nowhere on earth has no place.
func coarse(p orb.Point) orb.Point {
	cell, err := geo.CellAt(p, coarseResolution)
	if err != nil {
		return orb.Point{}
	}
	centre, err := geo.CellCentre(cell)
	if err != nil {
		return orb.Point{}
	}
	return centre
}

// coarseLines is a way from door to door as those are told of it who are not told
// where the doors are: from cell to cell. Streets in between would tell by where
// they are left.
func coarseLines(ways orb.MultiLineString) orb.MultiLineString {
	var line orb.LineString
	for _, way := range ways {
		for _, p := range way {
			if c := coarse(p); len(line) == 0 || line[len(line)-1] != c {
				line = append(line, c)
			}
		}
	}
	switch len(line) {
	case 0:
		return nil
	case 1:
		line = append(line, line[0])
	}
	return orb.MultiLineString{line}
}

// coarseSeconds is a walk from somebody's door, in full minutes, away from none:
// several to the second would find the door.
func coarseSeconds[N ~int | ~int32](seconds N) N {
	if seconds < 0 {
		return -coarseSeconds(-seconds)
	}
	return (seconds + 59) / 60 * 60
}

// coarseMetres is to how many metres such a walk is told.
const coarseMetres = 100
