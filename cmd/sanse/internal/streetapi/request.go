package streetapi

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// request is what every OSRM service is asked with:
// /{service}/v1/{profile}/{coordinates}[.json]?option=value&option=value.
type request struct {
	service, profile string
	coordinates      string // as sent, without the format
	options          options
}

// options are a query string's, by name.
type options map[string]string

// bodyLimit is how much a POST may carry: 20,000 coordinates need 0.5 MB.
const bodyLimit = 8 << 20

// parseRequest reads the address and, of a POST, the form in its body. The
// query string is read by hand since OSRM's lists hold semicolons, which
// net/url refuses.
func parseRequest(w http.ResponseWriter, r *http.Request) (request, error) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 4)
	for len(parts) < 4 {
		parts = append(parts, "")
	}
	req := request{service: parts[0], profile: parts[2], coordinates: parts[3]}
	switch req.service {
	case "route", "table", "nearest":
	case "match", "trip", "tile":
		return request{}, fail(codeNotImplemented, "Service %s is not implemented: there are route, table, nearest and isochrones", req.service)
	default:
		return request{}, fail(codeInvalidService, "Service not found! There are route, table, nearest and isochrones")
	}
	if parts[1] == "" {
		return request{}, fail(codeInvalidURL, "URL string malformed: want /%s/v1/{profile}/{longitude},{latitude};…", req.service)
	}
	if parts[1] != "v1" {
		return request{}, fail(codeInvalidVersion, "Service %s has only version v1", req.service)
	}
	var err error
	if req.options, err = parseOptions(r.URL.RawQuery); err != nil {
		return request{}, err
	}
	if r.Method == http.MethodPost {
		if err := req.readForm(w, r); err != nil {
			return request{}, err
		}
	}
	if req.profile == "" || req.coordinates == "" {
		return request{}, fail(codeInvalidURL, "URL string malformed: want /%s/v1/{profile}/{longitude},{latitude};…", req.service)
	}
	return req, req.cutFormat()
}

// readForm takes options and coordinates from a form in the body, for those
// that are too long for an address. This is an extension of ours.
func (q *request) readForm(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, bodyLimit)
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		return fail(codeTooBig, "The body is longer than %d bytes", bodyLimit)
	}
	if err != nil {
		return fail(codeInvalidQuery, "The body could not be read")
	}
	form, err := parseOptions(strings.TrimSpace(string(body)))
	if err != nil {
		return err
	}
	if coordinates, ok := form["coordinates"]; ok {
		if q.coordinates != "" {
			return fail(codeInvalidQuery, "coordinates are both in the address and in the body")
		}
		q.coordinates = coordinates
		delete(form, "coordinates")
	}
	for name, value := range form {
		if _, twice := q.options[name]; twice {
			return fail(codeInvalidQuery, "Query string malformed: an option is both in the address and in the body")
		}
		q.options[name] = value
	}
	return nil
}

// readBody reads a body of so many bytes at most, in the time that a request may
// take to be sent.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Now().Add(readTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, err
	}
	// What is waited for from now on is that the client goes away.
	if err := control.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	return body, nil
}

// cutFormat takes ".json" off the coordinates. Positions hold dots too, so
// that only letters make a format.
func (q *request) cutFormat() error {
	dot := strings.LastIndexByte(q.coordinates, '.')
	if dot < 0 {
		return nil
	}
	format := q.coordinates[dot+1:]
	for _, c := range []byte(format) {
		if c < 'a' || c > 'z' {
			return nil
		}
	}
	if format != "json" {
		return fail(codeInvalidOptions, "Format is not supported, only json")
	}
	q.coordinates = q.coordinates[:dot]
	return nil
}

func parseOptions(query string) (options, error) {
	o := options{}
	if query == "" {
		return o, nil
	}
	n := 0
	for pair := range strings.SplitSeq(query, "&") {
		n++
		name, value, found := strings.Cut(pair, "=")
		value, err := url.PathUnescape(value)
		if !found || name == "" || err != nil {
			return nil, fail(codeInvalidQuery, "Query string malformed: option %d, want name=value", n)
		}
		if _, twice := o[name]; twice {
			return nil, fail(codeInvalidQuery, "Query string malformed: option %d is there before", n)
		}
		o[name] = value
	}
	return o, nil
}

// parseCoordinates reads "lon,lat;lon,lat", "polyline(…)" or "polyline6(…)",
// at most so many.
func parseCoordinates(s string, most int) ([]orb.Point, error) {
	if code, ok := strings.CutSuffix(s, ")"); ok {
		for prefix, scale := range map[string]float64{"polyline(": polyline5, "polyline6(": polyline6} {
			if code, ok := strings.CutPrefix(code, prefix); ok {
				points, err := decodePolyline(code, scale, most)
				if err != nil || len(points) == 0 {
					return nil, fail(codeInvalidQuery, "Query string malformed: %s…) holds no encoded polyline", prefix)
				}
				return points, checkPoints(points, most)
			}
		}
	}
	// Counted before anything is kept of them.
	if n := strings.Count(s, ";") + 1; n > most {
		return nil, fail(codeTooBig, "Number of coordinates %d is higher than current maximum (%d)", n, most)
	}
	points := make([]orb.Point, 0, strings.Count(s, ";")+1)
	for pair := range strings.SplitSeq(s, ";") {
		x, y, found := strings.Cut(pair, ",")
		lon, okLon := parseDecimal(x)
		lat, okLat := parseDecimal(y)
		if !found || !okLon || !okLat {
			return nil, fail(codeInvalidQuery, "Query string malformed: coordinate %d, want longitude,latitude", len(points))
		}
		points = append(points, orb.Point{lon, lat})
	}
	return points, checkPoints(points, most)
}

func checkPoints(points []orb.Point, most int) error {
	if len(points) > most {
		return fail(codeTooBig, "Number of coordinates is higher than current maximum (%d)", most)
	}
	for i, p := range points {
		if !(p[0] >= -180 && p[0] <= 180 && p[1] >= -90 && p[1] <= 90) {
			hint := ""
			if p[1] >= -180 && p[1] <= 180 && p[0] >= -90 && p[0] <= 90 {
				hint = ": longitude comes first, are they swapped?"
			}
			return fail(codeInvalidValue, "Invalid coordinate value: coordinate %d is no longitude,latitude%s", i, hint)
		}
	}
	return nil
}

// parseDecimal reads a plain decimal number: no NaN, no infinity, no
// hexadecimal, no underscore, all of which strconv would take.
func parseDecimal(s string) (float64, bool) {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}
