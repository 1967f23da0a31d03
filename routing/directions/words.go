package directions

import "strings"

// kind is what an unnamed street is called.
type kind uint8

const (
	road kind = iota
	footpath
	path
	pedestrian
	stairs
	service
	track
	cycleway
	corridor
	lift
	alley
	platform
	crossing
	bridleway
	ramp
	motorway
)

// kinds are OpenStreetMap's highway values that walkers tell apart; all others
// are roads.
func kindOf(class string) kind {
	switch class {
	case "footway", "sidewalk":
		return footpath
	case "path":
		return path
	case "pedestrian":
		return pedestrian
	case "steps":
		return stairs
	case "service":
		return service
	case "living_street":
		return alley
	case "track":
		return track
	case "cycleway":
		return cycleway
	case "corridor":
		return corridor
	case "elevator":
		return lift
	case "platform":
		return platform
	case "crossing":
		return crossing
	case "bridleway":
		return bridleway
	case "motorway":
		return motorway
	}
	if strings.HasSuffix(class, "_link") {
		return ramp
	}
	return road
}

// onFoot tells whether a step is walked.
func onFoot(s *Step) bool { return s.Mode == Walking || s.Mode == Pushing }

// turns tells the manoeuvres that say where to turn, so that less need be said of
// a street that is Alike.
func turns(t Type) bool {
	return t == Turn || t == Continue || t == Fork || t == EndOfRoad
}

// half is the side to which one turns; "" for straight on and back.
func half(m Modifier) Modifier {
	switch m {
	case SlightLeft, Left, SharpLeft:
		return Left
	case SlightRight, Right, SharpRight:
		return Right
	}
	return ""
}

// isBridge tells by its name whether a street is a bridge that one would name.
// Streets are named after bridges too (Bridge Street, 桥南路), so that the word
// must be the last.
func isBridge(name string) bool {
	if strings.HasSuffix(name, "桥") {
		return true
	}
	lower := strings.ToLower(name)
	return lower == "bridge" || strings.HasSuffix(lower, " bridge") || strings.HasPrefix(lower, "ponte ") || strings.HasPrefix(lower, "pont ")
}

// Language is one in which steps can be said.
type Language uint8

// The languages.
const (
	Chinese Language = iota
	English
)

// ParseLanguage reads a language tag: zh or en, with any region. Only those two
// are known.
func ParseLanguage(tag string) (Language, bool) {
	base, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(tag, "_", "-")), "-")
	switch base {
	case "zh":
		return Chinese, true
	case "en":
		return English, true
	}
	return Chinese, false
}

// Text says a step in a sentence without a full stop.
func Text(s Step, l Language) string {
	if l == English {
		return english(&s)
	}
	return chinese(&s)
}

// Texts says every step.
func Texts(steps []Step, l Language) []string {
	out := make([]string, len(steps))
	for i, s := range steps {
		out[i] = Text(s, l)
	}
	return out
}

// rounded is a length as one would say it: whole metres up to 10, then fives up
// to 100, then tens; from a kilometre on, kilometres with one decimal.
func rounded(metres float64) (n int, tenthsOfKm bool) {
	nearest := func(step float64) int { return int(metres/step+0.5) * int(step) }
	switch {
	case metres < 10:
		return nearest(1), false
	case metres < 100:
		return nearest(5), false
	case metres < 995:
		return nearest(10), false
	}
	return int(metres/100 + 0.5), true
}

// eighth is the one of eight points of the compass, from north clockwise, that
// a bearing is nearest to.
func eighth(bearing int) int { return (bearing*2 + 45) / 90 % 8 }
