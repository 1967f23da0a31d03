package osm

import "sanse/routing"

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

// classAccess says what the OpenStreetMap access model holds for people on foot
// on each highway=* when no tag says otherwise: true where they may walk, false
// where only an explicit foot=yes or a pavement lets them. A class that is not
// here is never walked (a motorway, a building site, a race track).
func classAccess(class string) (walk, known bool) {
	switch class {
	case "footway", "path", "pedestrian", "steps", "living_street", "residential", "unclassified", "service",
		"track", "road", "corridor", "platform", "elevator", "cycleway",
		"tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link":
		return true, true
	case "trunk", "trunk_link", "motorway_link", "bridleway", "busway":
		return false, true
	}
	return false, false
}

// footSays turns a value of foot=* or access=* into yes, no or unknown.
func footSays(value string) (yes, known bool) {
	switch value {
	case "yes", "designated", "permissive", "destination", "customers", "official", "public", "unknown", "limited":
		return true, true
	case "no", "private", "use_sidepath", "agricultural", "forestry", "emergency", "delivery", "military",
		"permit", "residents", "employees", "agricultural;forestry", "discouraged":
		return value == "discouraged", true
	}
	return false, false
}

// walkway returns the street that a way with these tags is, if people may walk
// it: foot=* speaks first, then access=*, then the class.
func walkway(t tags) (routing.EdgeAttr, bool) {
	class := t.get("highway")
	if class == "" {
		switch {
		case t.get("railway") == "platform" || t.get("public_transport") == "platform":
			class = "platform"
		case t.get("man_made") == "pier":
			class = "pier"
		default:
			return routing.EdgeAttr{}, false
		}
	}
	walk, known := classAccess(class)
	if class == "pier" {
		walk, known = true, true
	}
	if !known {
		return routing.EdgeAttr{}, false
	}
	if !walk && hasPavement(t) {
		walk = true
	}
	if t.get("motorroad") == "yes" {
		walk = false
	}
	if yes, ok := footSays(t.get("access")); ok && !yes {
		walk = false
	}
	if yes, ok := footSays(t.get("foot")); ok {
		walk = yes
	}
	if !walk {
		return routing.EdgeAttr{}, false
	}
	a := routing.EdgeAttr{
		Class: class, Name: t.get("name"), Walk: routing.Both,
		Steps: class == "steps",
	}
	if ridable(class, t) {
		a.Ride = routing.Both
	}
	switch t.get("oneway:foot") {
	case "yes", "1", "true":
		a.Walk &^= routing.Backward
	case "-1", "reverse":
		a.Walk &^= routing.Forward
	}
	switch { // an escalator
	case class == "steps" && t.get("conveying") == "forward":
		a.Walk &^= routing.Backward
	case class == "steps" && t.get("conveying") == "backward":
		a.Walk &^= routing.Forward
	}
	if a.Walk == routing.Neither {
		return routing.EdgeAttr{}, false
	}
	return a, true
}

func hasPavement(t tags) bool {
	for _, key := range []string{"sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"} {
		switch t.get(key) {
		case "both", "left", "right", "yes":
			return true
		}
	}
	return false
}

// ridable tells whether an e-bike may be ridden rather than pushed.
func ridable(class string, t tags) bool {
	switch t.get("bicycle") {
	case "yes", "designated", "permissive":
		return class != "steps"
	case "no", "dismount", "private", "use_sidepath":
		return false
	}
	switch class {
	case "footway", "path", "pedestrian", "steps", "corridor", "platform", "elevator", "pier", "bridleway",
		"trunk", "trunk_link", "motorway_link":
		return false
	}
	return true
}

// closedNode tells whether a node on a way stops people: foot=* and access=*
// speak first (on barriers only; a crossing with foot=no is a mapping error), a
// locked gate is closed, and a wall is one by nature.
func closedNode(t tags) bool {
	barrier := t.get("barrier")
	if barrier == "" || barrier == "no" {
		return false
	}
	if yes, ok := footSays(t.get("foot")); ok {
		return !yes
	}
	if yes, ok := footSays(t.get("access")); ok {
		return !yes
	}
	if t.get("locked") == "yes" {
		return true
	}
	switch barrier {
	case "wall", "fence", "city_wall", "retaining_wall", "hedge", "ditch", "wire_fence":
		return true
	}
	return false
}
