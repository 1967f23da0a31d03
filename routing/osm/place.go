package osm

import (
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// placeTags are what make a place, and what is kept of it besides.
func placeTags() (main, kept []string) {
	main = []string{"amenity", "social_facility", "healthcare", "shop", "leisure"}
	return main, append(main, "social_facility:for", "capacity")
}

func isPlace(t tags) bool {
	main, _ := placeTags()
	for _, k := range main {
		if v := t.get(k); v != "" && v != "no" {
			return true
		}
	}
	return false
}

func (x *Extract) addPlace(id string, t tags, at orb.Point) {
	_, keys := placeTags()
	p := Place{ID: id, Name: t.get("name"), Tags: map[string]string{}, Point: at}
	for _, k := range keys {
		if v := t.get(k); v != "" {
			p.Tags[k] = v
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
