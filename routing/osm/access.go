package osm

import (
	"strings"

	"sanse/routing"
)

// verdict is what a tag says about going somewhere.
type verdict uint8

const (
	unsaid verdict = iota
	allowed
	forbidden
)

// says reads one value of an access key (wiki.openstreetmap.org/wiki/Key:access).
// Of several values, 'agricultural;customers', one that lets pass is enough.
func says(value string) verdict {
	if strings.IndexByte(value, ';') >= 0 {
		out := unsaid
		for v := range strings.SplitSeq(value, ";") {
			if s := says(strings.TrimSpace(v)); s == allowed {
				return allowed
			} else if s == forbidden {
				out = forbidden
			}
		}
		return out
	}
	switch value {
	case "yes", "designated", "permissive", "destination", "customers", "official", "public", "unknown", "limited",
		"discouraged", "lane":
		return allowed
	case "no", "private", "use_sidepath", "dismount", "agricultural", "forestry", "emergency", "delivery", "military",
		"permit", "residents", "employees", "restricted", "psv", "bus":
		return forbidden
	}
	return unsaid
}

// mode is one of the three ways of moving that streets differ in.
type mode uint8

const (
	onFoot mode = iota
	byBike
	byCar
)

// ask looks up what tags say for a mode, the nearest key of the hierarchy
// first: access < vehicle < bicycle, access < vehicle < motor_vehicle <
// motorcar, access < foot. Own is true where the mode's own key spoke, which
// opens even a class that is shut by default; the wider keys can only shut.
func (m mode) ask(t tags) (v verdict, own bool) {
	switch m {
	case onFoot:
		if v := says(t.get("foot")); v != unsaid {
			return v, true
		}
	case byBike:
		if v := says(t.get("bicycle")); v != unsaid {
			return v, true
		}
		if v := says(t.get("vehicle")); v != unsaid {
			return v, false
		}
	case byCar:
		for _, key := range [...]string{"motorcar", "motor_vehicle"} {
			if v := says(t.get(key)); v != unsaid {
				return v, true
			}
		}
		if v := says(t.get("vehicle")); v != unsaid {
			return v, false
		}
	}
	return says(t.get("access")), false
}

// classRule is what holds on a highway=* when no other tag speaks.
type classRule struct {
	walk, ride, drive bool
	// never is the modes that no tag opens: nobody walks on a motorway, nobody
	// drives up steps.
	neverWalk, neverRide, neverDrive bool
}

// ruleOf returns the rule of a class; a class that is not known (a building
// site, a plan, a race track) is no street.
func ruleOf(class string) (classRule, bool) {
	switch class {
	case "residential", "unclassified", "living_street", "service", "track", "road",
		"tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link":
		return classRule{walk: true, ride: true, drive: true}, true
	case "footway", "path", "pedestrian":
		return classRule{walk: true}, true
	case "cycleway":
		return classRule{walk: true, ride: true}, true
	case "steps", "corridor", "elevator", "platform", "pier":
		return classRule{walk: true, neverRide: class == "steps" || class == "elevator", neverDrive: true}, true
	case "trunk", "trunk_link":
		return classRule{drive: true}, true // more in isCountryRoad
	case "motorway_link":
		return classRule{drive: true, neverRide: true}, true
	case "motorway":
		return classRule{drive: true, neverWalk: true, neverRide: true}, true
	case "bridleway", "busway":
		return classRule{}, true
	}
	return classRule{}, false
}

// classOf returns what a way is as a street, empty if it is none.
func classOf(t tags) string {
	if class := t.get("highway"); class != "" {
		if strings.IndexByte(class, ';') >= 0 { // 'unclassified;tertiary'
			for c := range strings.SplitSeq(class, ";") {
				c = strings.TrimSpace(c)
				if _, known := ruleOf(c); known {
					return c
				}
			}
		}
		return class
	}
	switch {
	case t.get("railway") == "platform" || t.get("public_transport") == "platform":
		return "platform"
	case t.get("man_made") == "pier":
		return "pier"
	}
	return ""
}

// streetOf returns the street that a way with these tags is, ok if anybody may
// go there. An area's ring has no directions.
func streetOf(t tags, area bool) (a routing.EdgeAttr, ok bool) {
	class := classOf(t)
	if class == "" {
		return a, false
	}
	rule, known := ruleOf(class)
	if isCountryRoad(class, t) {
		rule.walk, rule.ride = true, true
	}
	if !known || t.get("abandoned") == "yes" || t.get("disused") == "yes" {
		return a, false
	}
	if mayWalk(class, rule, t) {
		a.Walk = routing.Both
	}
	if mayRide(rule, t) {
		a.Ride = routing.Both
	}
	if mayDrive(rule, t) {
		a.Drive = routing.Both
	}
	if !area {
		a.Walk &= walkWays(class, t)
		if a.Ride|a.Drive != routing.Neither {
			ways := drivenWays(class, t)
			a.Drive &= ways
			a.Ride &= riddenWays(ways, t)
		}
	}
	if a.Walk|a.Ride|a.Drive == routing.Neither {
		return a, false
	}
	a.Class, a.Name = class, t.get("name")
	a.Steps = class == "steps"
	describe(&a, t)
	return a, true
}

// fastestCountryRoad is the limit in km/h above which a trunk road is taken to
// be an expressway; two-way roads of China have at most 80.
const fastestCountryRoad = 80

// isCountryRoad tells whether a trunk road is one that people live at: two-way,
// as expressways are never mapped. OpenStreetMap classes China's national roads
// (国道) as trunk whatever they look like, and shutting them would cut off the
// villages along them; where traffic is in two carriageways nobody can tell them
// from expressways (快速路), which stay shut unless motorroad=no.
func isCountryRoad(class string, t tags) bool {
	if class != "trunk" && class != "trunk_link" {
		return false
	}
	if m := t.get("motorroad"); m != "" {
		return m == "no"
	}
	return (isRoundabout(t) || drivenWays(class, t) == routing.Both) && speedLimit(t.get("maxspeed")) <= fastestCountryRoad
}

func mayWalk(class string, rule classRule, t tags) bool {
	walk := rule.walk || !rule.neverWalk && hasPavement(t)
	if t.get("motorroad") == "yes" || hasOwnPavements(class, t) {
		walk = false
	}
	switch v, own := onFoot.ask(t); {
	case v == forbidden:
		return false
	case v == allowed && own:
		return !rule.neverWalk
	}
	return walk
}

func mayRide(rule classRule, t tags) bool {
	switch v, own := byBike.ask(t); {
	case v == forbidden || rule.neverRide:
		return false
	case v == allowed && own:
		return true
	}
	return rule.ride && t.get("motorroad") != "yes"
}

func mayDrive(rule classRule, t tags) bool {
	switch v, own := byCar.ask(t); {
	case v == forbidden || rule.neverDrive:
		return false
	case v == allowed && own:
		return true
	}
	return rule.drive
}

func pavementKeys() []string {
	return []string{"sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"}
}

func hasPavement(t tags) bool { return t.any(pavementKeys(), "both", "left", "right", "yes") }

// hasOwnPavements tells whether a busy road's pavements are mapped as ways of
// their own, so that nobody walks on its line. On small streets people cross
// and walk where they like, and side paths often end at the line: they stay.
func hasOwnPavements(class string, t tags) bool {
	switch strings.TrimSuffix(class, "_link") {
	case "trunk", "primary", "secondary", "tertiary":
		return t.any(pavementKeys(), "separate") && !hasPavement(t)
	}
	return false
}

// walkWays is oneway:foot and the escalators; oneway=yes is for vehicles.
func walkWays(class string, t tags) routing.Ways {
	ways := routing.Both
	switch t.get("oneway:foot") {
	case "yes", "1", "true":
		ways = routing.Forward
	case "-1", "reverse":
		ways = routing.Backward
	}
	if class == "steps" || class == "footway" || class == "corridor" {
		switch t.get("conveying") {
		case "forward":
			ways &= routing.Forward
		case "backward":
			ways &= routing.Backward
		}
	}
	return ways
}

// drivenWays is the direction of traffic: oneway=*, else the one that motorways
// and roundabouts imply.
func drivenWays(class string, t tags) routing.Ways {
	switch t.get("oneway") {
	case "yes", "1", "true":
		return routing.Forward
	case "-1", "reverse":
		return routing.Backward
	case "no", "0", "false":
		return routing.Both
	case "reversible":
		return routing.Neither // its direction depends on the hour
	}
	if class == "motorway" || isRoundabout(t) {
		return routing.Forward
	}
	return routing.Both
}

// riddenWays is the direction for bikes where traffic has these.
func riddenWays(traffic routing.Ways, t tags) routing.Ways {
	switch t.get("oneway:bicycle") {
	case "no", "0", "false":
		return routing.Both
	case "yes", "1", "true":
		return routing.Forward
	case "-1", "reverse":
		return routing.Backward
	}
	if t.any([]string{"cycleway", "cycleway:left", "cycleway:right", "cycleway:both"}, "opposite", "opposite_lane", "opposite_track", "opposite_share_busway") {
		return routing.Both
	}
	return traffic
}

func isRoundabout(t tags) bool {
	j := t.get("junction")
	return j == "roundabout" || j == "circular"
}
