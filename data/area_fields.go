package data

import (
	"fmt"

	"github.com/paulmach/orb/encoding/ewkb"

	"sanse/geo"
)

// versionColumns are those of area_version that say what an area is, its
// boundary left to the end; versionFields are where they are read to.
const versionColumns = `v.name, v.special, v.parts, v.units, v.boundary`

func versionFields(a *geo.Area) []any {
	return []any{&a.Name, &a.Special, &a.Parts, (*unitList)(&a.Units), ewkb.Scanner(&a.Boundary)}
}

// unitList reads units as they are stored: the text that geo writes.
type unitList []geo.Unit

// Scan implements sql.Scanner.
func (u *unitList) Scan(src any) error {
	text, ok := src.(string)
	if !ok {
		return fmt.Errorf("units: a %T is no text", src)
	}
	units, err := geo.ParseUnits(text)
	if err != nil {
		return fmt.Errorf("units: %w", err)
	}
	*u = units
	return nil
}
