package main

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"unicode"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
)

// directionsOf asks for the ways of a visitor's day: walks, legs and steps.
func (c *client) directionsOf(visitor, date, lang string) []any {
	c.t.Helper()
	q := url.Values{"date": {date}}
	if lang != "" {
		q.Set("lang", lang)
	}
	a := c.ask("/v1/visitors/" + visitor + "/directions?" + q.Encode())
	if a.status != http.StatusOK {
		c.t.Fatalf("directions of %s on %s: %d %s", visitor, date, a.status, clip(a.body))
	}
	return list(parseJSON(c.t, `{"walks":`+a.body+`}`)["walks"])
}

func isHan(s string) bool {
	return slices.ContainsFunc([]rune(s), func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func pointOf(v any) orb.Point {
	p := list(v)
	return orb.Point{p[0].(float64), p[1].(float64)}
}

// TestDirectionsLeadAlongThePlan asks for everybody's ways on the first day:
// they go from door to door as the plan does, and take as long.
func TestDirectionsLeadAlongThePlan(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	plan := readJSON(t, d.file("plan.json"))
	residents, visitors := map[string]object{}, map[string]object{}
	problem := readJSON(t, d.file("problem.json"))
	for _, r := range list(problem["residents"]) {
		residents[text(r.(object)["id"])] = r.(object)
	}
	for _, v := range list(problem["visitors"]) {
		visitors[text(v.(object)["id"])] = v.(object)
	}
	const date = "2026-12-01"
	days := map[string][]object{}
	for _, it := range list(plan["itineraries"]) {
		if it := it.(object); it["date"] == date {
			days[text(it["visitor"])] = append(days[text(it["visitor"])], it)
		}
	}
	told, home := 0, 0
	for visitor, its := range days {
		zh, en := c.directionsOf(visitor, date, "zh"), c.directionsOf(visitor, date, "en")
		if len(zh) != len(its) || len(en) != len(its) {
			t.Errorf("%s: %d walks, %d in English, the plan has %d", visitor, len(zh), len(en), len(its))
			continue
		}
		for i, it := range its {
			legs, english := list(zh[i].(object)["legs"]), list(en[i].(object)["legs"])
			stops := list(it["stops"])
			want := len(stops)
			if visitors[visitor]["end"] != nil {
				want++
			}
			if len(legs) != want || len(english) != want {
				t.Errorf("%s: %d legs, %d in English, want %d", visitor, len(legs), len(english), want)
				continue
			}
			for k, leg := range legs {
				leg := leg.(object)
				to, seconds, place := "", it["return_seconds"], visitors[visitor]["end"]
				if k < len(stops) {
					s := stops[k].(object)
					to, seconds, place = text(s["resident"]), s["walk_seconds"], residents[text(s["resident"])]["location"]
				} else if whole(seconds) > 0 {
					home++
				}
				where := fmt.Sprintf("%s, leg %d to %q", visitor, k+1, to)
				wantFields(t, where, leg, map[string]shape{"to": func(v any) bool { return v == to }, "seconds": aCount, "metres": aNumber, "steps": listOf(isObject)})
				if leg["seconds"] != seconds {
					t.Errorf("%s takes %v seconds, the plan says %v", where, leg["seconds"], seconds)
				}
				wantSteps(t, where, leg, english[k].(object), pointOf(place))
				told += len(list(leg["steps"]))
			}
		}
	}
	if len(days) < 5 || told < 3*len(days) || home == 0 {
		t.Errorf("%d days with %d steps and %d ways back: nothing is shown", len(days), told, home)
	}
}

// wantSteps checks one leg: steps from setting out to arriving that add up to
// it, the same in both languages but for the words.
func wantSteps(t *testing.T, where string, leg, english object, place orb.Point) {
	t.Helper()
	steps, other := list(leg["steps"]), list(english["steps"])
	if len(steps) != len(other) {
		t.Errorf("%s: %d steps, %d in English", where, len(steps), len(other))
		return
	}
	if len(steps) == 0 {
		if whole(leg["seconds"]) > 0 {
			t.Errorf("%s takes %v seconds and nobody says how", where, leg["seconds"])
		}
		return
	}
	var metres, seconds float64
	for i, s := range steps {
		s, e := s.(object), other[i].(object)
		wantFields(t, where, s, map[string]shape{"text": aName, "type": aName, "metres": aNumber, "seconds": aCount, "location": aPoint})
		if zh, en := text(s["text"]), text(e["text"]); !isHan(zh) || isHan(en) {
			t.Errorf("%s, step %d: %q and %q", where, i+1, zh, en)
		}
		for _, k := range []string{"type", "modifier", "metres", "seconds"} {
			if s[k] != e[k] {
				t.Errorf("%s, step %d: %s is %v, in English %v", where, i+1, k, s[k], e[k])
			}
		}
		if is := text(s["type"]); (is == "depart") != (i == 0) || (is == "arrive") != (i == len(steps)-1) {
			t.Errorf("%s: step %d of %d is %s", where, i+1, len(steps), is)
		}
		metres += s["metres"].(float64)
		seconds += s["seconds"].(float64)
	}
	// Every figure is rounded by itself: metres to the nearest, seconds up.
	n := float64(len(steps))
	if d := metres - leg["metres"].(float64); math.Abs(d) > (n+1)/2 {
		t.Errorf("%s: the steps have %v metres, the leg %v", where, metres, leg["metres"])
	}
	if d := seconds - leg["seconds"].(float64); d < 0 || d > n {
		t.Errorf("%s: the steps take %v seconds, the leg %v", where, seconds, leg["seconds"])
	}
	if at := pointOf(steps[len(steps)-1].(object)["location"]); geo.Distance(at, place) > 1 {
		t.Errorf("%s arrives %.0f m off the door", where, geo.Distance(at, place))
	}
}

func TestDirectionsOfADayWithoutVisits(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	it := list(readJSON(t, d.file("plan.json"))["itineraries"])[0].(object)
	visitor, date := text(it["visitor"]), text(it["date"])
	if walks := c.directionsOf(visitor, "2027-06-01", "zh"); len(walks) != 0 {
		t.Errorf("there are ways on a day after the plan: %v", walks)
	}
	// Chinese unless another language is asked for.
	said := func(lang string) string { return fmt.Sprint(c.directionsOf(visitor, date, lang)) }
	if said("") != said("zh") || said("") == said("en") {
		t.Error("what is said without a language is not Chinese")
	}
}
