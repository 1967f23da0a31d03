package imports

import (
	"context"
	"slices"
	"strings"

	"sanse/data"
)

func importProviders(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Provider { return checkProvider(r, seen) }
	put := func(ps []data.Provider) error { return s.PutProviders(j.district, ps) }
	return runTable(ctx, j, s, check, put, j.judgeAtEnd)
}

// providerReach is how far outside the district a provider's office may lie.
const providerReach = 50e3 // metres

func checkProvider(r *row, seen ids) data.Provider {
	p := data.Provider{Name: strings.Join(strings.Fields(r.need("name")), " ")}
	if p.ID = r.need("id"); p.ID != "" {
		if err := checkID(p.ID); err != nil {
			r.refuse("id", err.Error())
		} else {
			seen.take(r, "id", p.ID)
		}
	}
	p.Services = readServices(r)
	p.Capacity = r.count("capacity", facilityLimit, "次", "次/周")
	if r.get("capacity") == "0" {
		r.warn("a capacity of 0 is taken for one that is not known: it neither limits nor counts")
	}
	p.Hours = facilityHours(r)
	p.Scope = readScope(r)
	p.Radius = r.count("radius", 100_000, "米", "m")
	p.Workers = readVisitors(r, "workers", "the cell names")
	before := r.refusals
	raw, at, ok := r.point()
	switch {
	case ok && r.job.place.tree != nil:
		if within, why := r.job.place.near(at, providerReach); !within {
			r.refuse("lon", why)
			return p
		}
		r.job.place.note(sighting{at: raw})
		p.Location = &at
	case ok:
		p.Location = &at
	case p.Radius > 0 && r.refusals == before:
		r.refuse("radius", "a radius around what? give lon and lat")
	}
	return p
}

// readServices reads what a provider does.
func readServices(r *row) (out []string) {
	before := r.refusals
	for _, word := range splitList(r.get("services"), "/／+") {
		if word = cleanCell(word); word == "" {
			continue
		}
		key, ok := needed.find(word)
		if !ok {
			key = word
			r.warn("a service is none of " + needed.all + ": it is kept as it is")
		}
		if len(key) > 64 {
			r.refuse("services", "a service is at most 64 bytes long")
			return out
		}
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	if len(out) == 0 && r.refusals == before {
		r.refuse("services", "no service: a provider of nothing helps nobody")
	}
	return out
}
