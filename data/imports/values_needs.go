package imports

import (
	"slices"

	"sanse/planner"
)

// readNeeds reads what a visit asks of the day and of the visitor. Columns that
// a kind of file does not have are empty.
func readNeeds(r *row) planner.Needs {
	n := planner.Needs{Skills: readSkills(r), Prefer: readVisitors(r, "prefer", "the cell names")}
	if v := r.get("hours"); v != "" {
		hours, err := parseShifts(v)
		if err != nil {
			r.refuse("hours", err.Error())
		}
		n.Hours = hours
	}
	if n.People = r.count("people", 2, "人", "名"); n.People == 1 {
		n.People = 0 // one is what goes without saying
	}
	for _, word := range splitList(r.get("visitor_kinds"), "/") {
		if word = cleanCell(word); word == "" {
			continue
		}
		key, ok := visitorKinds.find(word)
		if !ok {
			r.refuse("visitor_kinds", "not a kind of visitor: want one of "+visitorKinds.all)
			break
		}
		if !slices.Contains(n.VisitorKinds, key) {
			n.VisitorKinds = append(n.VisitorKinds, key)
		}
	}
	return n
}

// readSkills reads skills: words of the vocabulary by their keys, others as
// they are.
func readSkills(r *row) []string {
	var out []string
	for _, word := range splitList(r.get("skills"), "/／+") {
		if word = cleanCell(word); word == "" {
			continue
		}
		key, ok := skills.find(word)
		if !ok {
			key = word
			r.warn("a skill is none of " + skills.all + ": it is kept as it is")
		}
		if len(key) > 64 {
			r.refuse("skills", "a skill is at most 64 bytes long")
			break
		}
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// readVisitors reads ids of visitors, best first. who begins the sentence that
// refuses one who is not stored.
func readVisitors(r *row, key, who string) []string {
	var out []string
	for _, id := range splitList(r.get(key), " /") {
		if id = cleanCell(id); id == "" || slices.Contains(out, id) {
			continue
		}
		if known := r.job.env.Visitors; known != nil {
			if _, ok := known[id]; !ok {
				r.refuse(key, who+" a visitor who is not stored: import visitors first, or correct the id")
				break
			}
		}
		out = append(out, id)
	}
	return out
}

// readAbsent reads days on which nobody is to come.
func readAbsent(r *row) []planner.DateRange {
	v := r.get("absent")
	if v == "" {
		return nil
	}
	ranges, err := parseDateRanges(v, r.job.since1904)
	if err != nil {
		r.refuse("absent", err.Error())
	}
	return ranges
}
