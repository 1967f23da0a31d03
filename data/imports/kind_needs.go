package imports

import (
	"context"

	"sanse/data"
)

func importNeeds(ctx context.Context, j *job, s Sink) error {
	seen, twice := ids{}, map[[2]string]bool{}
	check := func(r *row) data.Need { return checkNeed(r, seen, twice) }
	put := func(ns []data.Need) error { return s.PutNeeds(j.district, ns) }
	return runTable(ctx, j, s, check, put, nil)
}

func checkNeed(r *row, seen ids, twice map[[2]string]bool) data.Need {
	n := data.Need{Place: data.PlaceEither, Source: r.get("source"), From: r.job.env.Today}
	if n.ID = r.need("id"); n.ID != "" {
		if err := checkID(n.ID); err != nil {
			r.refuse("id", err.Error())
		} else if len(n.ID) > 48 {
			r.refuse("id", "the id of a need is at most 48 bytes long: its task is named after it")
		} else {
			seen.take(r, "id", n.ID)
		}
	}
	if n.Resident = r.need("resident"); n.Resident != "" && r.job.env.Residents != nil {
		if _, ok := r.job.env.Residents[n.Resident]; !ok {
			r.refuse("resident", "no such resident is stored: import residents first, or correct the id")
		}
	}
	if word := r.need("service"); word != "" {
		key, ok := needed.find(word)
		if !ok {
			key = word
			r.warn("a service is none of " + needed.all + ": it is kept as it is")
		}
		if n.Service = key; len(key) > 64 {
			r.refuse("service", "a service is at most 64 bytes long")
		}
	}
	if v := r.need("rule"); v != "" {
		rules, err := parseRules(v, r.job.since1904)
		if err != nil {
			r.refuse("rule", err.Error())
		}
		n.Rules = rules
	}
	if word := r.get("place"); word != "" {
		key, ok := needPlaces.find(word)
		if !ok {
			r.refuse("place", "not a place: want one of "+needPlaces.all)
		}
		n.Place = key
	}
	n.Minutes = r.count("minutes", 480, "分钟", "分", "min", "minutes")
	if v := r.get("hours"); v != "" {
		hours, err := parseShifts(v)
		if err == nil && len(hours) == 0 {
			err = errShifts
		}
		if err != nil {
			r.refuse("hours", err.Error())
		}
		n.Hours = hours
	}
	if word := r.get("kind"); word != "" {
		key, ok := residentKinds.find(word)
		if !ok {
			key = word
			r.warn("a kind is none of " + residentKinds.all + ": it is kept as it is")
		}
		if n.Kind = key; len(key) > 64 {
			r.refuse("kind", "a kind's name is at most 64 bytes long")
		}
	}
	if len(n.Source) > 200 {
		r.refuse("source", "an assessment is named in at most 200 bytes")
	}
	checkNeedDays(r, &n)
	if !r.bad {
		key := [2]string{n.Resident, n.Service}
		if twice[key] {
			r.warn("a resident has a service that an earlier line gives too: both are kept, and each counts")
		}
		twice[key] = true
	}
	return n
}

// checkNeedDays reads from when to when the need holds.
func checkNeedDays(r *row, n *data.Need) {
	if v := r.get("from"); v != "" {
		d, err := parseDate(v, r.job.since1904)
		if err != nil {
			r.refuse("from", err.Error())
		}
		n.From = d
	}
	v := r.get("to")
	if v == "" {
		return
	}
	d, err := parseDate(v, r.job.since1904)
	switch {
	case err != nil:
		r.refuse("to", err.Error())
	case d < n.From:
		r.refuse("to", "the need ends before it begins")
	default:
		n.To = &d
	}
}
