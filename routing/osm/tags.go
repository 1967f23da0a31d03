package osm

import "strings"

// tag is one key with its value; tags are few, so a search beats a map.
type tag struct{ key, value string }

type tags []tag

func (t tags) get(key string) string {
	for _, x := range t {
		if x.key == key {
			return x.value
		}
	}
	return ""
}

// any tells whether one of the keys has one of the values.
func (t tags) any(keys []string, values ...string) bool {
	for _, k := range keys {
		v := t.get(k)
		if v == "" {
			continue
		}
		for _, want := range values {
			if v == want {
				return true
			}
		}
	}
	return false
}

// keptKey tells whether anything here ever looks at a key; the others are
// dropped while a file is decoded.
func keptKey(key string) bool {
	switch key {
	case "access", "admin_level", "amenity", "area", "barrier", "bicycle", "boundary", "bridge", "building",
		"building:levels", "capacity", "conveying", "covered", "crossing", "crossing:signals", "cycleway",
		"cycleway:both", "cycleway:left", "cycleway:right", "disused", "abandoned", "entrance", "except", "foot",
		"footway", "healthcare", "height", "highway", "incline", "intermittent", "junction", "kerb", "landuse",
		"layer", "leisure", "locked", "man_made", "maxspeed", "motor_vehicle", "motorcar", "motorroad", "name",
		"natural", "oneway", "oneway:bicycle", "oneway:foot", "path", "public_transport", "railway", "ramp:wheelchair",
		"restriction", "restriction:bicycle", "restriction:motorcar", "restriction:motor_vehicle", "sac_scale",
		"shop", "sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right", "smoothness", "social_facility",
		"social_facility:for", "surface", "tracktype", "tunnel", "type", "vehicle", "waterway", "wheelchair", "width":
		return true
	}
	return isConditional(key)
}

// isConditional tells whether a key holds a rule for some hours or vehicles
// only. Such rules are counted and not obeyed: no walking time here depends on
// the hour.
func isConditional(key string) bool {
	name, ok := strings.CutSuffix(key, ":conditional")
	if !ok {
		return false
	}
	switch name {
	case "access", "foot", "vehicle", "bicycle", "motor_vehicle", "motorcar", "oneway", "restriction":
		return true
	}
	return false
}

func (t tags) conditional() bool {
	for _, x := range t {
		if isConditional(x.key) {
			return true
		}
	}
	return false
}
