package osm

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// isPlaceKey tells whether a key makes a place.
func isPlaceKey(key string) bool {
	switch key {
	case "amenity", "social_facility", "healthcare", "shop", "leisure":
		return true
	}
	return false
}

func isPlace(t tags) bool {
	for _, x := range t {
		if isPlaceKey(x.key) && x.value != "" && x.value != "no" {
			return true
		}
	}
	return false
}

func (x *Extract) addPlace(id string, t tags, at orb.Point) {
	p := Place{ID: id, Name: t.get("name"), Tags: map[string]string{}, Point: at}
	for _, y := range t {
		if y.value != "" && (isPlaceKey(y.key) || y.key == "social_facility:for" || y.key == "capacity") {
			p.Tags[y.key] = y.value
		}
	}
	x.Places = append(x.Places, p)
}

func adminLevel(t tags) int {
	n, err := strconv.Atoi(t.get("admin_level"))
	if err != nil || n < 1 || n > 12 {
		return 0 // a boundary of no known level is none
	}
	return n
}

// levels reads building:levels, also 3.5 and 3;4, as whole levels; 0 unknown.
func levels(t tags) int {
	s, _, _ := strings.Cut(t.get("building:levels"), ";")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(f >= 1 && f <= 200) {
		return 0
	}
	return int(f)
}
