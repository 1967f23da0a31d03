package streetapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sanse/geo"
	"sanse/routing"
)

// isochronesPath tells whether an address is openrouteservice's for isochrones,
// and the profile that it names; with none, the body names it.
func isochronesPath(path string) (profile string, ok bool) {
	path = strings.TrimPrefix(path, "/ors")
	path = strings.TrimPrefix(path, "/v2")
	path = strings.TrimSuffix(path, "/geojson")
	if path == "/isochrones" {
		return "", true
	}
	profile, ok = strings.CutPrefix(path, "/isochrones/")
	return strings.TrimSuffix(profile, "/"), ok
}

type isochroneBody struct {
	Type     string             `json:"type"`
	BBox     []float64          `json:"bbox,omitempty"`
	Features []isochroneFeature `json:"features"`
	Metadata isochroneMetadata  `json:"metadata"`
}

type isochroneFeature struct {
	Type       string              `json:"type"`
	Properties isochroneProperties `json:"properties"`
	Geometry   *geojson.Geometry   `json:"geometry"`
}

type isochroneProperties struct {
	GroupIndex  int        `json:"group_index"`
	Value       float64    `json:"value"`
	Center      [2]float64 `json:"center"`
	Area        *float64   `json:"area,omitempty"`
	ReachFactor *float64   `json:"reachfactor,omitempty"`
	// Buffer is ours: the metres beside the street that the outline was drawn
	// with, where it is too wide for bufferMetres.
	Buffer float64 `json:"buffer,omitempty"`
}

type isochroneMetadata struct {
	Attribution string         `json:"attribution"`
	Service     string         `json:"service"`
	Timestamp   int64          `json:"timestamp"` // Unix, milliseconds
	ID          string         `json:"id,omitempty"`
	Query       isochroneQuery `json:"query"`
	Engine      orsEngine      `json:"engine"`
}

type orsEngine struct {
	Version string `json:"version"`
}

type orsErrorBody struct {
	Error orsError `json:"error"`
	Info  orsInfo  `json:"info"`
}

type orsError struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

type orsInfo struct {
	Engine    orsEngine `json:"engine"`
	Timestamp int64     `json:"timestamp"`
}

// isochrones answers openrouteservice's POST /v2/isochrones/{profile}.
func (h *handler) isochrones(w http.ResponseWriter, r *http.Request, profile string) {
	err := h.serveIsochrones(w, r, profile)
	if err == nil || r.Context().Err() != nil {
		return
	}
	f := new(orsFailure)
	if !errors.As(err, &f) {
		h.o.Log.Error("answer an isochrones request", "err", err)
		f = orsFail(http.StatusInternalServerError, orsUnknownFailure, "Unable to build an isochrone map.")
	}
	h.answer(w, f.status, orsErrorBody{orsError{f.code, f.message}, orsInfo{engineName, time.Now().UnixMilli()}})
}

var engineName = orsEngine{"sanse"}

func (h *handler) serveIsochrones(w http.ResponseWriter, r *http.Request, profile string) error {
	q, err := h.readIsochrones(w, r, profile)
	if err != nil {
		return err
	}
	e, err := h.isochroneEngine(&q)
	if err != nil {
		return err
	}
	snaps, err := h.snap(e, q.points(), snapOptions{})
	if f := new(failure); errors.As(err, &f) {
		// Said as by the other services, but for the code.
		return orsFail(http.StatusNotFound, orsUnknownFailure, "%s", f.message)
	}
	if err != nil {
		return err
	}
	from := snaps
	if !q.WalkToStreet {
		from = toStreet(snaps)
	}
	body := isochroneBody{
		Type: "FeatureCollection", Features: []isochroneFeature{},
		Metadata: isochroneMetadata{
			Attribution: h.o.Attribution, Service: "isochrones", Timestamp: time.Now().UnixMilli(), ID: q.ID, Query: q, Engine: engineName,
		},
	}
	var bound orb.Bound
	for i, s := range from {
		found, err := e.Isochrones(r.Context(), []routing.Snap{s}, q.limits(), routing.IsochroneOptions{Buffer: bufferMetres})
		if err != nil {
			return fmt.Errorf("isochrones: %w", err)
		}
		if len(found) != len(q.Range) {
			return fmt.Errorf("isochrones: %d of %d", len(found), len(q.Range))
		}
		for k, iso := range found {
			if len(body.Features) == 0 {
				bound = iso.Polygon.Bound()
			}
			bound = bound.Union(iso.Polygon.Bound())
			body.Features = append(body.Features, isochroneFeature{
				Type: "Feature", Geometry: polygon(iso.Polygon), Properties: q.properties(e, i, k, s, iso),
			})
		}
	}
	body.BBox = []float64{bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]}
	return h.sendGeoJSON(w, body)
}

func (h *handler) sendGeoJSON(w http.ResponseWriter, body isochroneBody) error {
	data, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode isochrones: %w", err)
	}
	w.Header().Set("Content-Type", "application/geo+json;charset=UTF-8")
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	if _, err := w.Write(data); err != nil {
		h.o.Log.Debug("send isochrones", "err", err)
	}
	return nil
}

// isochroneEngine finds the engine for a request's profile and kind of range.
func (h *handler) isochroneEngine(q *isochroneQuery) (*routing.Engine, error) {
	e, err := h.engine(q.Profile)
	if f := new(failure); errors.As(err, &f) {
		return nil, orsFail(http.StatusBadRequest, orsInvalidValue, "Parameter 'profile' has incorrect value: %s", f.message)
	}
	if err != nil {
		return nil, err
	}
	if q.RangeType == "distance" {
		if e, err = h.net.Engine(byDistance(e.Profile())); err != nil {
			return nil, err
		}
	}
	if q.LocationType == "destination" && !e.Symmetric() {
		return nil, orsUnsupported("Parameter 'location_type=destination' is not supported for profile '%s', whose ways differ by direction.", q.Profile)
	}
	return e, nil
}

// byDistance is a profile that goes where another goes, at one metre a second
// everywhere, so that seconds are metres and the quickest way is the shortest.
func byDistance(p routing.Profile) routing.Profile {
	out := routing.Profile{
		Name: p.Name + " by distance", MetresPerSecond: 1, NoSteps: p.NoSteps, NeedsWheels: p.NeedsWheels, NoSoft: p.NoSoft,
		MaxIncline: p.MaxIncline, TurnRules: p.TurnRules,
	}
	if p.RideMetresPerSecond > 0 {
		out.RideMetresPerSecond = 1
	}
	if len(p.DriveKmPerHour) > 0 {
		out.DriveKmPerHour = make(map[string]float64, len(p.DriveKmPerHour))
		for class := range p.DriveKmPerHour {
			out.DriveKmPerHour[class] = 3.6
		}
	}
	return out
}

// limits are the ranges in seconds, or in metres, which byDistance makes the
// same; whole, and never none.
func (q *isochroneQuery) limits() []int {
	out := make([]int, len(q.Range))
	for i, v := range q.Range {
		if q.RangeType == "distance" {
			v *= unit(q.Units)
		}
		out[i] = max(int(math.Round(v)), 1)
	}
	return out
}

// bufferMetres is how far beside a street its doors are.
const bufferMetres = 25

// properties are those of range k around location i.
func (q *isochroneQuery) properties(e *routing.Engine, i, k int, s routing.Snap, iso routing.Isochrone) isochroneProperties {
	p := isochroneProperties{GroupIndex: i, Value: q.Range[k], Center: position(s.Point)}
	if iso.Buffer > bufferMetres {
		p.Buffer = iso.Buffer
	}
	area := geo.AreaM2(iso.Polygon)
	if slices.Contains(q.Attributes, "area") {
		v := math.Round(area/unit(q.AreaUnits)/unit(q.AreaUnits)*100) / 100
		p.Area = &v
	}
	if slices.Contains(q.Attributes, "reachfactor") {
		// Against the circle of somebody who could go straight at top speed.
		radius := float64(iso.Seconds) * topSpeed(e.Profile())
		v := min(1, math.Round(area/(math.Pi*radius*radius)*1e4)/1e4)
		p.ReachFactor = &v
	}
	return p
}

// topSpeed is the most that a profile makes, in metres a second.
func topSpeed(p routing.Profile) float64 {
	top := max(p.MetresPerSecond, p.RideMetresPerSecond)
	for _, v := range p.DriveKmPerHour {
		top = max(top, v/3.6)
	}
	return top
}

// polygon is a shape as GeoJSON, a MultiPolygon only if it must be, with six
// decimals.
func polygon(shape orb.MultiPolygon) *geojson.Geometry {
	out := make(orb.MultiPolygon, len(shape))
	for i, p := range shape {
		out[i] = make(orb.Polygon, len(p))
		for j, ring := range p {
			out[i][j] = make(orb.Ring, len(ring))
			for k, at := range ring {
				out[i][j][k] = orb.Point(position(at))
			}
		}
	}
	if len(out) == 1 {
		return geojson.NewGeometry(out[0])
	}
	return geojson.NewGeometry(out)
}
