package streetapi

import (
	"net/http"
	"strconv"

	"sanse/routing"
)

type nearestBody struct {
	Code      string     `json:"code"`
	Waypoints []waypoint `json:"waypoints"`
}

// nearest answers /nearest/v1: the nearest streets, each with the point of it
// that is nearest.
func (h *handler) nearest(w http.ResponseWriter, e *routing.Engine, req request) error {
	points, err := parseCoordinates(req.coordinates, h.o.MaxRoute)
	if err != nil {
		return err
	}
	if len(points) != 1 {
		return fail(codeInvalidOptions, "Only one input coordinate is supported")
	}
	r := req.options.reader()
	o := readSnapOptions(r, e, 1)
	number := 1
	if v, ok := r.value("number"); ok {
		if number, err = strconv.Atoi(v); err != nil {
			r.fail(codeInvalidQuery, "Query string malformed: number is no number")
		} else if number < 1 {
			r.fail(codeInvalidOptions, "number must be 1 or more")
		} else if number > h.o.MaxNearest {
			r.fail(codeTooBig, "Number of results %d is higher than current maximum (%d)", number, h.o.MaxNearest)
		}
	}
	if err := r.done(); err != nil {
		return err
	}
	if number == 1 {
		snaps, err := h.snap(e, points, o)
		if err != nil {
			return err
		}
		h.answer(w, http.StatusOK, nearestBody{codeOk, []waypoint{h.waypoint(e, snaps[0], o)}})
		return nil
	}
	radius := h.o.Radius
	if o.radiuses != nil && o.radiuses[0] >= 0 {
		radius = min(o.radiuses[0], maxRadius)
	}
	near, err := e.SnapMany(points[0], max(number, candidates), radius)
	if err != nil {
		return h.noSegment(e, 0, points[0], radius, err)
	}
	body := nearestBody{Code: codeOk, Waypoints: []waypoint{}}
	for _, s := range near {
		if len(body.Waypoints) < number && (o.bearings == nil || !o.bearings[0].set || o.bearings[0].allows(e, s)) {
			body.Waypoints = append(body.Waypoints, h.waypoint(e, s, o))
		}
	}
	if len(body.Waypoints) == 0 {
		return h.noSegment(e, 0, points[0], radius, errDirection)
	}
	h.answer(w, http.StatusOK, body)
	return nil
}
