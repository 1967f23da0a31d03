package osm

import (
	"math"
	"strconv"
	"strings"

	"sanse/routing"
)

// describe fills in what a street's tags say of it besides who may use it.
func describe(a *routing.EdgeAttr, t tags) {
	a.Surface = surfaceOf(t)
	a.Wheels = wheelsOf(a.Class, t)
	a.Incline = inclineOf(a.Steps, t.get("incline"))
	a.Roundabout = isRoundabout(t)
	if a.Drive != routing.Neither {
		a.KmPerHour = speedLimit(t.get("maxspeed"))
	}
	if a.Class == "elevator" {
		a.Lifts = 2
	}
}

// surfaceOf sorts surface=*, else tracktype=*, by how it carries wheels.
func surfaceOf(t tags) routing.Surface {
	value, _, _ := strings.Cut(t.get("surface"), ";")
	value, _, _ = strings.Cut(value, ":") // concrete:plates
	switch strings.TrimSpace(value) {
	case "paved", "asphalt", "concrete", "paving_stones", "chipseal", "metal", "wood", "tiles", "rubber", "acrylic",
		"tartan", "plastic", "bricks", "brick", "stone", "portuguese_pavement", "metal_grid":
		return routing.SurfaceHard
	case "sett", "cobblestone", "unhewn_cobblestone", "pebblestone", "gravel", "fine_gravel", "compacted", "unpaved",
		"ground", "dirt", "earth", "rock", "stepping_stones", "grass_paver", "shells":
		return routing.SurfaceRough
	case "sand", "mud", "grass", "clay", "woodchips", "snow", "ice", "salt":
		return routing.SurfaceSoft
	}
	switch t.get("tracktype") {
	case "grade1":
		return routing.SurfaceHard
	case "grade2", "grade3":
		return routing.SurfaceRough
	case "grade4", "grade5":
		return routing.SurfaceSoft
	}
	return routing.SurfaceUnknown
}

// leastWidth is the width in metres below which a wheelchair does not pass.
const leastWidth = 0.8

// wheelsOf says how a wheelchair fares: wheelchair=* speaks first, then stairs,
// lifts, smoothness, mountain paths and width.
func wheelsOf(class string, t tags) routing.Wheels {
	if w := wheelsSay(t.get("wheelchair")); w != routing.WheelsUnknown {
		return w
	}
	switch class {
	case "steps":
		if t.get("ramp:wheelchair") == "yes" {
			return routing.WheelsYes
		}
		return routing.WheelsNo
	case "elevator":
		return routing.WheelsYes
	}
	if t.get("conveying") != "" && t.get("conveying") != "no" {
		return routing.WheelsLimited
	}
	out := routing.WheelsUnknown
	switch t.get("smoothness") {
	case "bad":
		out = routing.WheelsLimited
	case "very_bad", "horrible", "very_horrible", "impassable":
		return routing.WheelsNo
	}
	switch t.get("sac_scale") {
	case "":
	case "hiking", "strolling":
		out = routing.WheelsLimited
	default:
		return routing.WheelsNo
	}
	if w, ok := metres(t.get("width")); ok && w < leastWidth {
		return routing.WheelsNo
	}
	return out
}

func wheelsSay(value string) routing.Wheels {
	switch value {
	case "yes", "designated", "official":
		return routing.WheelsYes
	case "limited", "bad":
		return routing.WheelsLimited
	case "no":
		return routing.WheelsNo
	}
	return routing.WheelsUnknown
}

// metres reads a length: '1.5', '1.5 m', '0,9', '80 cm'; ok is false for all
// else (feet and inches among them).
func metres(value string) (m float64, ok bool) {
	if value == "" {
		return 0, false
	}
	unit := 1.0
	s := strings.TrimSpace(value)
	if v, cut := strings.CutSuffix(s, "cm"); cut {
		s, unit = v, 0.01
	} else {
		s = strings.TrimSuffix(s, "m")
	}
	s = strings.TrimSpace(strings.Replace(s, ",", ".", 1))
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || !(f > 0) || math.IsInf(f, 0) {
		return 0, false
	}
	return f * unit, true
}

// stepsIncline is the slope, in per cent, that is taken for stairs of which
// only the direction is known: 17 cm up on 29 cm, what building codes come to.
const stepsIncline = 58

// steepest is the largest slope that is kept, in per cent.
const steepest = 100

// inclineOf reads '8%', '8', '-3.5 %', '5°'; 'up' and 'down' tell the direction
// of stairs and nothing else. It is per cent, rising along the way's line.
func inclineOf(steps bool, value string) int8 {
	switch value = strings.TrimSpace(value); value {
	case "":
		return 0
	case "up", "down":
		switch {
		case !steps:
			return 0
		case value == "up":
			return stepsIncline
		}
		return -stepsIncline
	}
	degrees := false
	if v, ok := strings.CutSuffix(value, "°"); ok {
		value, degrees = v, true
	} else {
		value = strings.TrimSuffix(value, "%")
	}
	f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(value), ",", ".", 1), 64)
	if err != nil || math.IsNaN(f) {
		return 0
	}
	if degrees {
		if math.Abs(f) >= 45 {
			f = math.Copysign(steepest, f)
		} else {
			f = math.Tan(f*math.Pi/180) * 100
		}
	}
	return int8(math.Round(max(-steepest, min(steepest, f))))
}

// speedLimit reads maxspeed=* as km/h, 0 if it says nothing of use: '50',
// '30 mph', 'walk', 'CN:urban', 'DE:zone:30'. Of several the lowest counts.
func speedLimit(value string) uint8 {
	if value == "" {
		return 0
	}
	if strings.IndexByte(value, ';') >= 0 {
		least := uint8(0)
		for v := range strings.SplitSeq(value, ";") {
			if s := speedLimit(strings.TrimSpace(v)); s > 0 && (least == 0 || s < least) {
				least = s
			}
		}
		return least
	}
	perHour := 1.0
	if v, ok := strings.CutSuffix(value, "mph"); ok {
		value, perHour = strings.TrimSpace(v), 1.609344
	} else {
		value = strings.TrimSpace(strings.TrimSuffix(value, "km/h"))
	}
	if i := strings.LastIndexByte(value, ':'); i >= 0 { // country:zone
		country, zone := value[:i], value[i+1:]
		switch zone {
		case "living_street":
			return 20
		case "urban":
			return 50
		case "rural":
			if country == "CN" {
				return 70
			}
			return 80
		case "trunk":
			return 100
		case "motorway":
			return 120
		}
		value = zone
	}
	if value == "walk" {
		return 7
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || !(f >= 1) {
		return 0
	}
	return uint8(min(math.Round(f*perHour), 250))
}
