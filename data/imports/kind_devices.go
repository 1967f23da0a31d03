package imports

import (
	"context"

	"sanse/data"
	"sanse/geo"
)

func importDevices(ctx context.Context, j *job, s Sink) error {
	seen := ids{}
	check := func(r *row) data.Device { return checkDevice(r, seen) }
	put := func(ds []data.Device) error { return s.PutDevices(j.district, ds) }
	return runTable(ctx, j, s, check, put, nil)
}

func checkDevice(r *row, seen ids) data.Device {
	d := data.Device{Resident: r.get("resident"), Area: r.get("area")}
	if d.ID = r.need("id"); d.ID != "" {
		if err := checkID(d.ID); err != nil {
			r.refuse("id", err.Error())
		} else {
			seen.take(r, "id", d.ID)
		}
	}
	kind := r.need("kind")
	if key, ok := deviceKinds.find(kind); ok {
		d.Kind = key
	} else if kind != "" {
		r.refuse("kind", "no such kind of device: want "+deviceKinds.all)
	}
	switch {
	case (d.Resident == "") == (d.Area == ""):
		r.refuse("resident", "a device is at a resident's, or in a grid or micro-grid (area): one of them")
	case d.Resident != "":
		if known := r.job.env.Residents; known != nil {
			if _, ok := known[d.Resident]; !ok {
				r.refuse("resident", "no such resident is stored: import residents first, or correct the id")
			}
		}
	default:
		if a, ok := r.job.area(d.Area); !ok || a.Level < geo.LevelGrid {
			r.refuse("area", "no such grid or micro-grid is stored")
		}
	}
	ended, err := parseBool(r.get("ended"))
	if err != nil {
		r.refuse("ended", err.Error())
	}
	if ended {
		d.Ended = r.job.env.Now
	}
	return d
}
