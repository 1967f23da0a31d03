package streetapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/paulmach/orb"

	"sanse/routing"
	"sanse/routing/directions"
)

// routeRequest is a route as asked for.
type routeRequest struct {
	points      []orb.Point
	steps       bool
	geometries  string
	overview    string
	annotations map[string]bool
	language    directions.Language
	told        bool // with instructions
	snap        snapOptions
}

type routeBody struct {
	Code      string     `json:"code"`
	Routes    []route    `json:"routes"`
	Waypoints []waypoint `json:"waypoints,omitempty"`
}

type route struct {
	Geometry   any     `json:"geometry,omitempty"`
	Legs       []leg   `json:"legs"`
	WeightName string  `json:"weight_name"`
	Weight     float64 `json:"weight"`
	Duration   float64 `json:"duration"`
	Distance   float64 `json:"distance"`
}

func (h *handler) readRoute(e *routing.Engine, req request) (routeRequest, error) {
	points, err := parseCoordinates(req.coordinates, h.o.MaxRoute)
	if err != nil {
		return routeRequest{}, err
	}
	if len(points) < 2 {
		return routeRequest{}, fail(codeInvalidOptions, "Number of coordinates needs to be at least two")
	}
	r := req.options.reader()
	q := routeRequest{
		points: points, steps: r.truth("steps", false),
		geometries:  r.word("geometries", "polyline", "polyline6", "geojson"),
		overview:    r.word("overview", "simplified", "full", "false", "by_legs"),
		annotations: r.set("annotations", annotationNames...),
		snap:        readSnapOptions(r, e, len(points)),
	}
	if q.overview == "by_legs" {
		r.fail(codeNotImplemented, "overview=by_legs is not implemented")
	}
	// One way is given, which OSRM reserves for itself as well.
	if v, ok := r.value("alternatives"); ok && v != "true" && v != "false" {
		if n, err := strconv.Atoi(v); err != nil || n < 0 {
			r.fail(codeInvalidQuery, "Query string malformed: alternatives, want true, false or a number")
		}
	}
	if r.word("continue_straight", "default", "true", "false") == "true" && len(points) > 2 && !e.Symmetric() {
		r.fail(codeNotImplemented, "continue_straight=true is not implemented between waypoints")
	}
	if v, ok := r.value("waypoints"); ok && v != "" {
		if len(r.indices("waypoints", len(points))) != len(points) {
			r.fail(codeNotImplemented, "waypoints: every coordinate is one here")
		}
	}
	if v, ok := r.value("language"); ok {
		q.language, q.told = directions.ParseLanguage(v)
		if !q.told {
			r.fail(codeInvalidOptions, "language is not known, only zh and en")
		}
	}
	if len(q.annotations) == 1 && q.annotations["nodes"] {
		r.fail(codeNotImplemented, "annotations=nodes is not implemented: numbers of nodes are not kept")
	}
	return q, r.done()
}

// route answers /route/v1.
func (h *handler) route(w http.ResponseWriter, ctx context.Context, e *routing.Engine, req request) error {
	q, err := h.readRoute(e, req)
	if err != nil {
		return err
	}
	snaps, err := h.snap(e, q.points, q.snap)
	if err != nil {
		return err
	}
	places := snaps
	if !q.snap.walkToStreet {
		places = toStreet(snaps)
	}
	out := route{WeightName: "duration", Legs: make([]leg, 0, len(places)-1)}
	var line orb.LineString
	var millis uint64
	metres := 0.0
	for i := 1; i < len(places); i++ {
		path, err := e.Route(ctx, places[i-1], places[i])
		if errors.Is(err, routing.ErrNoWay) {
			return fail(codeNoRoute, "Impossible route between points %d and %d", i-1, i)
		}
		if err != nil {
			return err
		}
		l, err := h.leg(e, path, snaps[i-1].Asked, snaps[i].Asked, q)
		if err != nil {
			return err
		}
		out.Legs = append(out.Legs, l)
		millis += uint64(path.Millis)
		metres += path.Metres
		for _, p := range path.Line {
			if n := len(line); n == 0 || line[n-1] != p {
				line = append(line, p)
			}
		}
	}
	if len(line) == 1 {
		line = append(line, line[0])
	}
	out.Duration, out.Distance = tenth(float64(millis)/1000), tenth(metres)
	out.Weight = out.Duration
	switch q.overview {
	case "full":
		out.Geometry = geometry(line, q.geometries)
	case "simplified":
		out.Geometry = geometry(simplify(line), q.geometries)
	}
	h.answer(w, http.StatusOK, routeBody{codeOk, []route{out}, h.waypoints(e, snaps, q.snap)})
	return nil
}

// geoJSONLine is a GeoJSON LineString.
type geoJSONLine struct {
	Type        string       `json:"type"`
	Coordinates [][2]float64 `json:"coordinates"`
}

// geometry is a line in one of the forms that geometries names.
func geometry(line orb.LineString, form string) any {
	switch form {
	case "polyline6":
		return string(appendPolyline(nil, line, polyline6))
	case "geojson":
		return geoJSONLine{"LineString", positions(line)}
	}
	return string(appendPolyline(nil, line, polyline5))
}
