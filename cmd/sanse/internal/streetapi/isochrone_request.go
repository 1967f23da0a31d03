package streetapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/paulmach/orb"
)

// Codes of openrouteservice for isochrones.
const (
	orsInvalidJSON    = 3000
	orsMissing        = 3001
	orsInvalidFormat  = 3002
	orsInvalidValue   = 3003
	orsTooLarge       = 3004
	orsNotSupported   = 3005
	orsUnknown        = 3011
	orsTooManyRanges  = 3012 // "exceeds the minimum allowed limit", so named there
	orsUnknownFailure = 3099
)

// orsFailure is an answer in the negative, in openrouteservice's words.
type orsFailure struct {
	status, code int
	message      string
}

func (f *orsFailure) Error() string { return fmt.Sprintf("%d: %s", f.code, f.message) }

func orsFail(status, code int, format string, args ...any) *orsFailure {
	return &orsFailure{status, code, fmt.Sprintf(format, args...)}
}

// orsInvalid says which parameter is wrong, not what it was, as failure does.
func orsInvalid(name string) error {
	return orsFail(http.StatusBadRequest, orsInvalidValue, "Parameter '%s' has incorrect value.", name)
}

func orsUnsupported(format string, args ...any) error {
	return orsFail(http.StatusNotImplemented, orsNotSupported, format, args...)
}

// isochroneQuery is the body of a request. Pointers tell what was not sent.
// WalkToStreet is ours.
type isochroneQuery struct {
	Profile       string          `json:"profile,omitempty"`
	ID            string          `json:"id,omitempty"`
	Locations     [][]float64     `json:"locations"`
	LocationType  string          `json:"location_type,omitempty"`
	Range         []float64       `json:"range"`
	RangeType     string          `json:"range_type,omitempty"`
	Interval      *float64        `json:"interval,omitempty"`
	Units         string          `json:"units,omitempty"`
	AreaUnits     string          `json:"area_units,omitempty"`
	Attributes    []string        `json:"attributes,omitempty"`
	Intersections bool            `json:"intersections,omitempty"`
	Smoothing     *float64        `json:"smoothing,omitempty"`
	Options       json.RawMessage `json:"options,omitempty"`
	WalkToStreet  bool            `json:"walk_to_street,omitempty"`
}

// orsParameters are the names of what a request may say.
func orsParameters() (out []string) {
	for f := range reflect.TypeFor[isochroneQuery]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		out = append(out, name)
	}
	return out
}

// orsBodyLimit is how much a request for isochrones may carry.
const orsBodyLimit = 1 << 20

// readIsochrones reads and checks a request.
func (h *handler) readIsochrones(w http.ResponseWriter, r *http.Request, profile string) (isochroneQuery, error) {
	var q isochroneQuery
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		return q, orsFail(http.StatusMethodNotAllowed, orsUnknownFailure, "Request method is not supported: want POST.")
	}
	body, err := readBody(w, r, orsBodyLimit)
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return q, orsFail(http.StatusRequestEntityTooLarge, orsTooLarge, "The body is longer than %d bytes.", orsBodyLimit)
	}
	if err != nil {
		return q, orsFail(http.StatusBadRequest, orsInvalidJSON, "The body could not be read.")
	}
	if err := decodeIsochrones(body, &q); err != nil {
		return q, err
	}
	if profile != "" {
		q.Profile = profile
	}
	return q, h.checkIsochrones(&q)
}

func decodeIsochrones(body []byte, q *isochroneQuery) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	err := d.Decode(q)
	if err == nil {
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			return orsFail(http.StatusBadRequest, orsInvalidJSON, "Something follows the JSON object.")
		}
		return nil
	}
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return orsFail(http.StatusBadRequest, orsInvalidFormat, "Parameter '%s' has incorrect value or format.", wrong.Field)
	}
	if strings.HasPrefix(err.Error(), "json: unknown field ") {
		return orsFail(http.StatusBadRequest, orsUnknown, "A parameter is unknown: there are %s.", strings.Join(orsParameters(), ", "))
	}
	return orsFail(http.StatusBadRequest, orsInvalidJSON, "Unable to parse JSON request.")
}

// checkIsochrones fills in defaults and refuses what makes no sense.
func (h *handler) checkIsochrones(q *isochroneQuery) error {
	missing := func(name string) error {
		return orsFail(http.StatusBadRequest, orsMissing, "Parameter '%s' is missing.", name)
	}
	switch {
	case q.Profile == "":
		return missing("profile")
	case len(q.Locations) == 0:
		return missing("locations")
	case len(q.Range) == 0:
		return missing("range")
	case len(q.Locations) > h.o.MaxLocations:
		return orsFail(http.StatusBadRequest, orsTooLarge, "Parameter 'locations=%d' is out of range. Maximum possible value is %d.", len(q.Locations), h.o.MaxLocations)
	}
	for i, l := range q.Locations {
		if len(l) != 2 || !(math.Abs(l[0]) <= 180 && math.Abs(l[1]) <= 90) {
			hint := ""
			if len(l) == 2 && math.Abs(l[1]) <= 180 && math.Abs(l[0]) <= 90 {
				hint = " Longitude comes first: are they swapped?"
			}
			return orsFail(http.StatusBadRequest, orsInvalidValue, "Parameter 'locations' has incorrect value: location %d is no longitude, latitude.%s", i, hint)
		}
	}
	for _, word := range []struct {
		name  string
		value *string
		words []string
	}{
		{"location_type", &q.LocationType, []string{"start", "destination"}},
		{"range_type", &q.RangeType, []string{"time", "distance"}},
		{"units", &q.Units, []string{"m", "km", "mi"}},
		{"area_units", &q.AreaUnits, []string{"m", "km", "mi"}},
	} {
		if *word.value == "" {
			*word.value = word.words[0]
		}
		if !slices.Contains(word.words, *word.value) {
			return orsInvalid(word.name)
		}
	}
	for _, a := range q.Attributes {
		switch a {
		case "area", "reachfactor":
		case "total_pop":
			return orsUnsupported("Attribute 'total_pop' is not supported: there is no population here.")
		default:
			return orsInvalid("attributes")
		}
	}
	if s := q.Smoothing; s != nil && !(*s >= 0 && *s <= 100) {
		return orsInvalid("smoothing")
	}
	if q.Intersections {
		return orsUnsupported("Parameter 'intersections' is not supported.")
	}
	if o := bytes.TrimSpace(q.Options); len(o) > 0 && string(o) != "null" && string(o) != "{}" {
		return orsUnsupported("Parameter 'options' is not supported.")
	}
	return h.checkRanges(q)
}

// checkRanges puts the ranges into order, all of them when an interval is given.
func (h *handler) checkRanges(q *isochroneQuery) error {
	most := float64(h.o.MaxSeconds)
	if q.RangeType == "distance" {
		// As far as one gets in that time at 10 m/s.
		most = float64(h.o.MaxSeconds) * 10 / unit(q.Units)
	}
	for _, v := range q.Range {
		if !(v > 0) {
			return orsInvalid("range")
		}
		if v > most {
			return orsFail(http.StatusBadRequest, orsTooLarge, "Parameter 'range=%v' is out of range. Maximum possible value is %v.", v, most)
		}
	}
	if q.Interval != nil && len(q.Range) == 1 {
		interval, last := *q.Interval, q.Range[0]
		if !(interval > 0) {
			return orsInvalid("interval")
		}
		if interval > last {
			return orsFail(http.StatusBadRequest, orsTooLarge, "Parameter 'interval=%v' is out of range. Maximum possible value is %v.", interval, last)
		}
		if last/interval > float64(h.o.MaxRanges) {
			return h.tooManyRanges(math.Ceil(last / interval))
		}
		q.Range = nil
		for i := 1.0; i*interval < last; i++ {
			q.Range = append(q.Range, i*interval)
		}
		q.Range = append(q.Range, last)
	}
	slices.Sort(q.Range)
	q.Range = slices.Compact(q.Range)
	if len(q.Range) > h.o.MaxRanges {
		return h.tooManyRanges(float64(len(q.Range)))
	}
	return nil
}

func (h *handler) tooManyRanges(n float64) error {
	return orsFail(http.StatusBadRequest, orsTooManyRanges, "Parameter 'interval' is out of range. Resulting number of %.0f isochrones exceeds maximum value of %d.", n, h.o.MaxRanges)
}

// unit is how many metres one of a unit is.
func unit(name string) float64 {
	switch name {
	case "km":
		return 1000
	case "mi":
		return 1609.344
	}
	return 1
}

func (q *isochroneQuery) points() []orb.Point {
	out := make([]orb.Point, len(q.Locations))
	for i, l := range q.Locations {
		out[i] = orb.Point{l[0], l[1]}
	}
	return out
}
