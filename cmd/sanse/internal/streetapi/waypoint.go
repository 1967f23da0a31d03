package streetapi

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"github.com/paulmach/orb"

	"sanse/routing"
)

// waypoint is a coordinate on its street, as OSRM shows it. Blocked is ours: it
// names what lies between the coordinate and every street near it.
type waypoint struct {
	Hint     string     `json:"hint,omitempty"`
	Distance float64    `json:"distance"`
	Name     string     `json:"name"`
	Location [2]float64 `json:"location"`
	Blocked  string     `json:"blocked,omitempty"`
}

// snapOptions are the options that every service has for its coordinates.
type snapOptions struct {
	radiuses      []float64
	bearings      []bearing
	hints         []string
	any           bool
	generateHints bool
	skipWaypoints bool
	walkToStreet  bool
}

// readSnapOptions reads them for n coordinates.
func readSnapOptions(r *reader, e *routing.Engine, n int) snapOptions {
	o := snapOptions{
		radiuses: r.radiuses(n), bearings: r.bearings(n), hints: r.list("hints", n),
		any:           r.word("snapping", "default", "any") == "any",
		generateHints: r.truth("generate_hints", true),
		skipWaypoints: r.truth("skip_waypoints", false),
		walkToStreet:  r.truth("walk_to_street", false),
	}
	for _, a := range r.list("approaches", n) {
		switch a {
		case "", "unrestricted":
		case "curb", "opposite":
			if !e.Symmetric() {
				r.fail(codeNotImplemented, "approaches=%s is not implemented: any side of the street is reached", a)
			}
		default:
			r.fail(codeInvalidQuery, "Query string malformed: approaches, want curb, opposite or unrestricted")
		}
	}
	if v, ok := r.value("exclude"); ok && v != "" && v != "none" {
		r.fail(codeInvalidValue, "Exclude flag combination is not supported.")
	}
	return o
}

// maxRadius stands for "unlimited": more than any map is wide.
const maxRadius = 1e6

// candidates is how many streets are looked at for a hint or a bearing.
const candidates = 40

// snap brings every coordinate to its street; the first that has none is
// NoSegment.
func (h *handler) snap(e *routing.Engine, points []orb.Point, o snapOptions) ([]routing.Snap, error) {
	snaps := make([]routing.Snap, len(points))
	for i, p := range points {
		radius := h.o.Radius
		if o.radiuses != nil && o.radiuses[i] >= 0 {
			radius = min(o.radiuses[i], maxRadius)
		}
		s, err := h.snapOne(e, p, radius, o, i)
		if err != nil {
			return nil, h.noSegment(e, i, p, radius, err)
		}
		snaps[i] = s
	}
	return snaps, nil
}

func (h *handler) snapOne(e *routing.Engine, p orb.Point, radius float64, o snapOptions, i int) (routing.Snap, error) {
	hinted := int32(-1)
	if o.hints != nil {
		hinted = h.readHint(o.hints[i], p)
	}
	turned := o.bearings != nil && o.bearings[i].set
	if hinted < 0 && !turned && !o.any {
		return e.Snap(p, radius)
	}
	near, err := e.SnapMany(p, candidates, radius)
	if err != nil {
		return routing.Snap{}, err
	}
	for _, s := range near {
		if s.Edge == hinted && (!turned || o.bearings[i].allows(e, s)) {
			return s, nil
		}
	}
	if !turned && !o.any {
		return e.Snap(p, radius)
	}
	if !turned {
		return near[0], nil
	}
	// Of the streets in that direction one of the network that the coordinate
	// goes to without a bearing comes first: a fragment beside it leads nowhere.
	var found *routing.Snap
	home, homeErr := e.Snap(p, radius)
	for _, s := range near {
		if !o.bearings[i].allows(e, s) {
			continue
		}
		if homeErr != nil || s.Component == home.Component {
			return s, nil
		}
		if found == nil {
			found = &s
		}
	}
	if found == nil {
		return routing.Snap{}, errDirection
	}
	return *found, nil
}

// errDirection is returned where there are streets, but none that can be used in
// the direction asked for.
var errDirection = errors.New("no street in that direction")

// allows tells whether a street can be used in a direction near enough to the
// bearing.
func (b bearing) allows(e *routing.Engine, s routing.Snap) bool {
	forward, backward := e.EdgeMillis(s.Edge)
	line := e.Graph().Line(s.Edge)
	// The piece of the line that the point is on.
	at, least := 1, math.Inf(1)
	for i := 1; i < len(line); i++ {
		if d := offLine(line[i-1], line[i], s.Point); d < least {
			at, least = i, d
		}
	}
	along := direction(line[at-1], line[at])
	off := func(deg float64) float64 { return math.Abs(math.Mod(deg-float64(b.value)+540, 360) - 180) }
	return forward != routing.Unreached && off(along) <= float64(b.spread) ||
		backward != routing.Unreached && off(along+180) <= float64(b.spread)
}

// direction is from a to b in degrees clockwise from north.
func direction(a, b orb.Point) float64 {
	x := (b[0] - a[0]) * math.Cos((a[1]+b[1])/2*math.Pi/180)
	return math.Mod(math.Atan2(x, b[1]-a[1])*180/math.Pi+360, 360)
}

// offLine is how far, in degrees of latitude, a point is off a piece of line.
func offLine(a, b, p orb.Point) float64 {
	cos := math.Cos(p[1] * math.Pi / 180)
	bx, by, px, py := (b[0]-a[0])*cos, b[1]-a[1], (p[0]-a[0])*cos, p[1]-a[1]
	t := 0.0
	if l := bx*bx + by*by; l > 0 {
		t = min(1, max(0, (px*bx+py*by)/l))
	}
	return math.Hypot(px-t*bx, py-t*by)
}

// noSegment says why a coordinate has no street. VROOM reads the number at the
// end of OSRM's own words, so that ours come after it.
func (h *handler) noSegment(e *routing.Engine, i int, p orb.Point, radius float64, err error) error {
	why := ""
	switch {
	case errors.Is(err, routing.ErrOutside):
		why = "it is outside the street map"
		if e.Graph().Bounds().Contains(orb.Point{p[1], p[0]}) {
			why += "; are longitude and latitude swapped?"
		}
	case errors.Is(err, routing.ErrTooFar):
		why = fmt.Sprintf("no street for %s within %.0f m", e.Profile().Name, radius)
	case errors.Is(err, errDirection):
		why = fmt.Sprintf("none of the nearest %d streets for %s within %.0f m has that bearing", candidates, e.Profile().Name, radius)
	case errors.Is(err, routing.ErrPoint):
		why = "it is no position"
	default:
		return fmt.Errorf("snap coordinate %d: %w", i, err)
	}
	return fail(codeNoSegment, "Could not find a matching segment for coordinate %d: %s", i, why)
}

func (h *handler) waypoint(e *routing.Engine, s routing.Snap, o snapOptions) waypoint {
	w := waypoint{Distance: math.Round(s.Metres*1e3) / 1e3, Name: e.Graph().Edge(s.Edge).Name, Location: position(s.Point)}
	if o.generateHints {
		w.Hint = h.hint(s)
	}
	if s.Blocked {
		w.Blocked = s.Behind.String()
	}
	return w
}

func (h *handler) waypoints(e *routing.Engine, snaps []routing.Snap, o snapOptions) []waypoint {
	if o.skipWaypoints {
		return nil
	}
	out := make([]waypoint, len(snaps))
	for i, s := range snaps {
		out[i] = h.waypoint(e, s, o)
	}
	return out
}

// toStreet leaves the walks off the street out of places.
func toStreet(snaps []routing.Snap) []routing.Snap {
	out := make([]routing.Snap, len(snaps))
	for i, s := range snaps {
		s.Asked, s.Metres, s.Entrance = s.Point, 0, false
		out[i] = s
	}
	return out
}

// stampOf tells maps apart, so that a hint of another is known.
func stampOf(g *routing.Graph) uint32 {
	b := g.Bounds()
	return crc32.ChecksumIEEE(fmt.Appendf(nil, "%d %d %d %v", g.Nodes(), g.Edges(), g.Vertices(), b))
}

// A hint is, in base64: the stamp of the map, the edge, and the coordinate that
// was asked for, in millionths of a degree.
const hintBytes = 16

func (h *handler) hint(s routing.Snap) string {
	b := make([]byte, 0, hintBytes)
	b = binary.LittleEndian.AppendUint32(b, h.stamp)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.Edge))
	b = binary.LittleEndian.AppendUint32(b, uint32(millionths(s.Asked[0])))
	b = binary.LittleEndian.AppendUint32(b, uint32(millionths(s.Asked[1])))
	return base64.RawURLEncoding.EncodeToString(b)
}

func millionths(deg float64) int32 { return int32(math.Round(deg * 1e6)) }

// readHint returns the edge of a hint, -1 where it is none, or of another map
// or coordinate: then it is as if it had not been given, as in OSRM.
func (h *handler) readHint(s string, p orb.Point) int32 {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != hintBytes || binary.LittleEndian.Uint32(b) != h.stamp {
		return -1
	}
	word := func(i int) int32 { return int32(binary.LittleEndian.Uint32(b[4*i:])) }
	const near = 20 // millionths: coordinates may have been rounded on the way
	if abs(int64(word(2))-int64(millionths(p[0]))) > near || abs(int64(word(3))-int64(millionths(p[1]))) > near {
		return -1
	}
	return word(1)
}

func abs(n int64) int64 { return max(n, -n) }
