package imports

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sanse/data"
	"sanse/geo"
	"sanse/planner"
)

func importVisitors(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Visitor { return checkVisitor(r, seen) }
	put := func(vs []data.Visitor) error { return s.PutVisitors(j.district, vs) }
	return runTable(ctx, j, s, check, put, j.judgeAtEnd)
}

// visitorReach is how far outside the district a visitor's day may begin.
const visitorReach = 50e3 // metres

func checkVisitor(r *row, seen ids) data.Visitor {
	var v data.Visitor
	if v.ID = r.need("id"); v.ID != "" {
		if err := checkID(v.ID); err != nil {
			r.refuse("id", err.Error())
		} else if strings.HasSuffix(v.ID, ":end") {
			r.refuse("id", "an id does not end in “:end”: travel matrices use it")
		} else {
			seen.take(r, "id", v.ID)
		}
	}
	v.Name = data.Sealed(r.get("name"))
	if p := r.get("phone"); p != "" {
		n, err := parsePhone(p)
		if err != nil {
			r.refuse("phone", err.Error())
		}
		v.Phone = data.Sealed(n)
	}
	if word := r.need("kind"); word != "" {
		key, ok := visitorKinds.find(word)
		if !ok {
			r.refuse("kind", "not a kind of visitor: want one of "+visitorKinds.all)
		}
		v.Kind = key
	}
	v.Mode = "foot"
	if word := r.get("mode"); word != "" {
		key, ok := modes.find(word)
		if !ok {
			r.refuse("mode", "not a way to travel: want one of "+modes.all)
		}
		v.Mode = key
	}
	v.Capacity = r.count("capacity", 1000, "户", "次")
	v.Skills = readSkills(r)
	checkLeft(r, &v)
	if v.Left == 0 {
		checkScope(r, &v)
		checkHours(r, &v)
	}
	checkTier(r, &v)
	checkStart(r, &v)
	return v
}

// checkLeft reads the day from which somebody no longer visits, which is over or
// today: until then they do.
func checkLeft(r *row, v *data.Visitor) {
	word := r.get("left")
	if word == "" {
		return
	}
	d, err := parseDate(word, r.job.since1904)
	switch today := r.job.env.Today; {
	case err != nil:
		r.refuse("left", err.Error())
	case today != 0 && d > today:
		r.refuse("left", "the day lies in the future: give days off until then, and this on the day")
	default:
		v.Left = d
	}
}

func checkScope(r *row, v *data.Visitor) {
	before := r.refusals
	v.Scope = readScope(r)
	if len(v.Scope) == 0 && r.refusals == before {
		r.refuse("scope", "no area: a visitor without a scope can visit nobody")
	}
}

// readScope reads codes of areas of the district, ascending; none if one of them
// is refused.
func readScope(r *row) (scope []string) {
	for _, code := range splitList(r.get("scope"), " /") {
		code = fold(code)
		if code == "" || slices.Contains(scope, code) {
			continue
		}
		if _, ok := r.job.area(code); !ok {
			if looksRounded(strings.ToUpper(code)) && !isAreaCode(code) {
				r.refuse("scope", spreadsheetNumber)
			} else {
				r.refuse("scope", fmt.Sprintf("no area of the district has the code %s", shorten(maskLooseCode(code))))
			}
			return nil
		}
		scope = append(scope, code)
	}
	slices.Sort(scope)
	return scope
}

// maskLooseCode shows a code of an area, and masks what is none.
func maskLooseCode(s string) string {
	if isAreaCode(s) && len(s) != 18 {
		return s
	}
	return maskLoose(s)
}

// checkTier reads the tier; where it is not given it follows from the finest
// area of the scope.
func checkTier(r *row, v *data.Visitor) {
	if word := r.get("tier"); word != "" {
		key, ok := tiers.find(word)
		if !ok {
			r.refuse("tier", "not a tier: want one of "+tiers.all)
			return
		}
		tier, err := planner.ParseTier(key)
		if err != nil {
			r.refuse("tier", err.Error())
			return
		}
		v.Tier = tier
		return
	}
	v.Tier = planner.TierTaskForce
	for _, code := range v.Scope {
		switch level, _ := levelOf(code); level {
		case geo.LevelMicroGrid:
			v.Tier = min(v.Tier, planner.TierMicroGrid)
		case geo.LevelGrid:
			v.Tier = min(v.Tier, planner.TierGrid)
		case geo.LevelCommunity:
			v.Tier = min(v.Tier, planner.TierMasterGrid)
		}
	}
}

func checkHours(r *row, v *data.Visitor) {
	before := r.refusals
	word := r.get("shifts")
	if word == "" {
		if r.refusals == before {
			r.refuse("shifts", "no hours: a visitor without working hours can make no visit; give them, “1-5 08:30-10:30”, or leave the visitor out")
		}
		return
	}
	shifts, err := parseShifts(word)
	if err == nil && len(shifts) == 0 {
		err = errShifts
	}
	if err != nil {
		r.refuse("shifts", err.Error())
		return
	}
	v.Shifts = shifts
	ranges, err := parseDateRanges(r.get("days_off"), r.job.since1904)
	if err != nil {
		r.refuse("days_off", err.Error())
		return
	}
	for _, span := range ranges {
		for d := span.From; d <= span.To; d++ {
			v.DaysOff = append(v.DaysOff, d)
		}
	}
	slices.Sort(v.DaysOff)
	v.DaysOff = slices.Compact(v.DaysOff)
}

func checkStart(r *row, v *data.Visitor) {
	j := r.job
	before := r.refusals
	raw, at, ok := r.point()
	if !ok {
		if r.refusals == before {
			r.refuse("lon", "no place where the day begins: give lon and lat")
		}
		return
	}
	within, why := j.place.near(at, visitorReach)
	if !within {
		r.refuse("lon", why+": a visitor's day begins nearer")
		return
	}
	if why != "" {
		r.warn("the day begins outside the district")
	}
	j.place.note(sighting{at: raw})
	v.Start = at
	end, why := parseEnd(r.get("end"), at, j.place.convert)
	if why == "" && end != nil && *end != at {
		if ok, far := j.place.near(*end, visitorReach); !ok {
			why = far
		}
	}
	if why != "" {
		r.refuse("end", why)
		return
	}
	v.End = end
}

// parseEnd reads where a day ends: "same" (also where nothing is said), "none"
// for the last door, or longitude and latitude.
func parseEnd(s string, start orb.Point, convert func(orb.Point) (orb.Point, string)) (*orb.Point, string) {
	switch strings.ToLower(fold(s)) {
	case "", "same", "start", "同起点", "原地", "同出发点", "返回起点":
		return &start, ""
	case "none", "无", "last", "最后一户":
		return nil, ""
	}
	parts := splitList(fold(s), " ")
	const want = "want same, none, or longitude and latitude with a blank between"
	if len(parts) != 2 {
		return nil, want
	}
	lon, err1 := parseNumber(parts[0])
	lat, err2 := parseNumber(parts[1])
	if err1 != nil || err2 != nil {
		return nil, want
	}
	p, why := convert(orb.Point{lon, lat})
	if why != "" {
		return nil, why
	}
	return &p, ""
}
