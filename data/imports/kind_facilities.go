package imports

import (
	"context"
	"strings"

	"sanse/data"
	"sanse/planner"
)

func importFacilities(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Facility { return checkFacility(r, seen) }
	put := func(fs []data.Facility) error { return s.PutFacilities(j.district, fs) }
	return runTable(ctx, j, s, check, put, j.judgeAtEnd)
}

// facilityReach is how far outside the district a facility may lie and still
// serve it.
const facilityReach = 10e3 // metres

const facilityLimit = 1_000_000

func checkFacility(r *row, seen ids) data.Facility {
	f := data.Facility{Name: r.need("name"), Address: r.get("address"), Status: "open"}
	if f.ID = r.need("id"); f.ID != "" {
		if err := checkID(f.ID); err != nil {
			r.refuse("id", err.Error())
		} else {
			seen.take(r, "id", f.ID)
		}
	}
	if word := r.need("service"); word != "" {
		key, ok := services.find(word)
		if !ok {
			r.refuse("service", "not a service: want one of "+services.all)
		}
		f.Service = key
	}
	if word := r.get("status"); word != "" {
		key, ok := facilityStates.find(word)
		if !ok {
			r.refuse("status", "not a state: want one of "+facilityStates.all)
		}
		f.Status = key
	}
	f.Capacity = r.count("capacity", facilityLimit, "人", "床", "座")
	f.InUse = r.count("in_use", facilityLimit, "人", "床", "座")
	f.AreaM2 = r.count("area_m2", facilityLimit, "平方米", "平米", "㎡", "m²", "m2")
	f.Staff = r.count("staff", facilityLimit, "人", "名")
	f.Hours = facilityHours(r)
	if f.Capacity > 0 && f.InUse > f.Capacity {
		r.warn("more in use than the capacity holds")
	}
	before := r.refusals
	raw, at, ok := r.point()
	if !ok {
		if r.refusals == before {
			r.refuse("lon", "no place: give lon and lat")
		}
		return f
	}
	if r.job.place.tree != nil {
		within, why := r.job.place.near(at, facilityReach)
		if !within {
			r.refuse("lon", why)
			return f
		}
		if why != "" {
			r.warn("the facility lies outside the district: it is kept, as it may serve it")
		}
	}
	r.job.place.note(sighting{at: raw})
	f.Location = at
	if r.job.place.tree != nil {
		f.Grid, _, _ = r.job.place.locate(at) // none where it lies outside every grid
	}
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	return f
}

// facilityHours reads when a facility is open; nil where the cell is empty.
func facilityHours(r *row) []planner.Shift {
	hours, err := ParseHours(r.get("hours"))
	switch {
	case err != nil:
		r.refuse("hours", err.Error())
	case hours != nil && len(hours) == 0:
		r.warn("closed all week: it serves nobody while it is")
	}
	return hours
}

// ParseHours reads the weekly hours of a facility: "1-5 08:30-16:30; 6 09:00-11:00",
// "周一至周五 08:30-16:30", or that it is closed ("closed", "不开放"), which gives
// hours that are empty and not nil. Nil are not known: the text is empty.
func ParseHours(text string) ([]planner.Shift, error) {
	switch wordKey(text) {
	case "":
		return nil, nil
	case "closed", "不开放", "全周关闭", "全周不开放":
		return []planner.Shift{}, nil
	}
	hours, err := parseShifts(text)
	if err == nil && len(hours) == 0 {
		err = errShifts
	}
	if err != nil {
		return nil, err
	}
	return hours, nil
}
