package osm

import "sanse/routing"

// mark says what a node does to those who pass it.
type mark uint16

const (
	stopsWalk mark = 1 << iota
	stopsRide
	stopsDrive
	wheelsLimited
	wheelsNo
	hasGate       // somebody has to open it
	hasCrossing   // for those who come along a path
	hasFootSignal // the same with a light
	hasSignal     // a light for the traffic
	hasLift
	isEntrance // of a building
	stopsAll   = stopsWalk | stopsRide | stopsDrive
	wheelMarks = wheelsLimited | wheelsNo
	// costMarks take time and stop nobody.
	costMarks = hasGate | hasCrossing | hasFootSignal | hasSignal | hasLift
)

// markOf reads the tags of a node.
func markOf(t tags) mark {
	m := barrierMark(t)
	switch t.get("highway") {
	case "crossing":
		m |= crossingMark(t)
	case "traffic_signals":
		m |= hasSignal
		if c := t.get("crossing"); c != "" && c != "no" {
			m |= crossingMark(t)
		}
	case "elevator":
		m |= hasLift
	}
	switch t.get("kerb") {
	case "raised":
		m |= wheelsNo
	case "rolled":
		m |= wheelsLimited
	}
	switch e := t.get("entrance"); e {
	case "", "no", "emergency", "exit", "garage", "parking", "fire_exit":
	default:
		m |= isEntrance
	}
	return m
}

func crossingMark(t tags) mark {
	switch c := t.get("crossing"); {
	case c == "no":
		return 0
	case c == "traffic_signals" || c == "island;traffic_signals" || t.get("crossing:signals") == "yes":
		return hasFootSignal
	}
	return hasCrossing
}

// barrierMark says whom a barrier stops. Each mode's access key speaks first,
// then locked=yes, then the kind of barrier. Access on a node that is no
// barrier says nothing: a crossing with foot=no is a mapping error.
func barrierMark(t tags) mark {
	kind := t.get("barrier")
	if kind == "" || kind == "no" {
		return 0
	}
	m := barrierRule(kind)
	if t.get("locked") == "yes" {
		m |= stopsAll
	}
	for _, x := range [...]struct {
		mode mode
		stop mark
	}{{onFoot, stopsWalk}, {byBike, stopsRide}, {byCar, stopsDrive}} {
		switch v, own := x.mode.ask(t); {
		case x.mode == byBike && t.get("bicycle") == "dismount": // past it, one rides on
		case v == forbidden:
			m |= x.stop
		case v == allowed && (own || t.get("locked") == "yes"):
			m &^= x.stop
		}
	}
	switch wheelsSay(t.get("wheelchair")) {
	case routing.WheelsYes:
		m &^= wheelMarks
	case routing.WheelsLimited:
		m = m&^wheelMarks | wheelsLimited
	case routing.WheelsNo:
		m |= wheelsNo
	}
	return m
}

// barrierRule is what a kind of barrier does when no other tag speaks
// (wiki.openstreetmap.org/wiki/Key:barrier).
func barrierRule(kind string) mark {
	switch kind {
	case "gate", "lift_gate", "swing_gate", "sliding_gate", "hampshire_gate", "toll_booth", "border_control", "sally_port",
		"bump_gate", "sliding_beam":
		return hasGate
	case "entrance", "cattle_grid", "height_restrictor", "arch", "kerb", "width_restrictor", "coupure":
		return 0
	case "wicket_gate":
		return hasGate | stopsDrive
	case "kissing_gate":
		return hasGate | stopsRide | stopsDrive | wheelsLimited
	case "turnstile", "full-height_turnstile", "stile", "horse_stile":
		return hasGate | stopsRide | stopsDrive | wheelsNo
	case "cycle_barrier", "motorcycle_barrier":
		return stopsDrive | wheelsLimited
	case "wall", "fence", "city_wall", "retaining_wall", "hedge", "ditch", "wire_fence":
		return stopsAll
	case "guard_rail", "cable_barrier", "handrail", "log", "debris":
		return stopsRide | stopsDrive
	}
	return stopsDrive // bollards, blocks, chains, planters and what nobody has heard of
}
