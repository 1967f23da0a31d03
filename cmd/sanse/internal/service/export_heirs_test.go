package service

import (
	"sanse/data"
	"sanse/geo"
)

// Inherit marks the heirs of a lineage.
func Inherit(lineage []data.AreaLineage, before, after map[string]geo.Area) error {
	return inherit(lineage, before, after)
}
