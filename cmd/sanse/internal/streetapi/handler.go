package streetapi

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"sanse/routing"
	"sanse/routing/directions"
)

// Options says what is served. The zero value is the default.
type Options struct {
	// Profiles are those served under their own names; nil: all that the
	// network is prepared for and all built-in ones, which are searched plainly
	// where the network is not prepared for them.
	Profiles []routing.Profile
	// Radius is within how many metres a coordinate must have its street where
	// a request does not say; 0: 2,000.
	Radius float64
	// MaxTable is the most sources, and the most destinations, of a table; 0:
	// 10,000. MaxPlainTable is the same for sources where the network is not
	// prepared for the profile; 0: 1,000.
	MaxTable, MaxPlainTable int
	// MaxRoute is the most coordinates of a route; 0: 500.
	MaxRoute int
	// MaxNearest is the most waypoints of a nearest request; 0: 100.
	MaxNearest int
	// MaxLocations and MaxRanges are the most of an isochrones request; 0: 20
	// and 10. MaxSeconds is the longest range; 0: 5 hours.
	MaxLocations, MaxRanges, MaxSeconds int
	// Attribution is what isochrones say of where the streets come from; "":
	// OpenStreetMap contributors.
	Attribution string
	// Threads is how many a table may use; 0: 1.
	Threads int
	// Log takes failures of our own; nil: nobody does.
	Log *slog.Logger
}

func (o Options) filled() Options {
	o.Radius = cmp.Or(o.Radius, 2000)
	o.MaxTable = cmp.Or(o.MaxTable, 10_000)
	o.MaxPlainTable = cmp.Or(o.MaxPlainTable, 1000)
	o.MaxRoute = cmp.Or(o.MaxRoute, 500)
	o.MaxNearest = cmp.Or(o.MaxNearest, 100)
	o.MaxLocations = cmp.Or(o.MaxLocations, 20)
	o.MaxRanges = cmp.Or(o.MaxRanges, 10)
	o.MaxSeconds = cmp.Or(o.MaxSeconds, 5*3600)
	o.Attribution = cmp.Or(o.Attribution, "OpenStreetMap contributors")
	o.Threads = cmp.Or(o.Threads, 1)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// handler answers for one network.
type handler struct {
	net      *routing.Network
	o        Options
	profiles []routing.Profile
	guide    func() *directions.Guide // made when first asked for
	stamp    uint32                   // of the map, in hints
}

// New returns the handler for a network, which must stay open as long as it is
// used. It is safe for concurrent use. Profiles are found by their own names,
// and by those of others:
//
//	foot        walking, pedestrian, foot-walking, foot-hiking
//	e-bike      bike, bicycle, cycling, cycling-regular, cycling-electric, cycling-road, cycling-mountain
//	car         driving, auto, driving-car
func New(net *routing.Network, o Options) http.Handler {
	o = o.filled()
	h := &handler{net: net, o: o, profiles: o.Profiles, stamp: stampOf(net.Graph())}
	if h.profiles == nil {
		h.profiles = net.Profiles()
		for _, name := range routing.ProfileNames() {
			if _, ok := h.profile(name); ok {
				continue
			}
			if p, err := routing.ProfileByName(name); err == nil {
				h.profiles = append(h.profiles, p)
			}
		}
	}
	h.guide = sync.OnceValue(func() *directions.Guide { return directions.NewGuide(net.Graph()) })
	return h
}

// Server returns an HTTP server whose limits suit the handler: long addresses
// are let in, slow readers of long tables are cut off by the handler itself.
func Server(addr string, h http.Handler) *http.Server {
	return &http.Server{
		Addr: addr, Handler: h,
		// No ReadTimeout: it would end the context of a table that takes longer.
		ReadHeaderTimeout: readTimeout, IdleTimeout: 2 * time.Minute,
		// 10,000 coordinates with radiuses, bearings and hints have under 1 MB.
		MaxHeaderBytes: bodyLimit,
	}
}

const (
	readTimeout = 30 * time.Second
	// writeTimeout is how long a client may take for what is sent at once.
	writeTimeout = time.Minute
	// workTimeout is how long anything but a streamed table may take.
	workTimeout = 2 * time.Minute
)

// aliases are other programs' words for built-in profiles.
var aliases = map[string]string{
	"walking": "foot", "pedestrian": "foot", "foot-walking": "foot", "foot-hiking": "foot",
	"bike": "e-bike", "bicycle": "e-bike", "cycling": "e-bike", "cycling-regular": "e-bike", "cycling-electric": "e-bike",
	"cycling-road": "e-bike", "cycling-mountain": "e-bike",
	"driving": "car", "auto": "car", "driving-car": "car",
}

func (h *handler) profile(name string) (routing.Profile, bool) {
	for _, p := range h.profiles {
		if p.Name == name {
			return p, true
		}
	}
	return routing.Profile{}, false
}

// engine finds the engine for the profile that a request names.
func (h *handler) engine(name string) (*routing.Engine, error) {
	p, ok := h.profile(name)
	if !ok {
		p, ok = h.profile(aliases[strings.ToLower(name)])
	}
	if !ok {
		return nil, fail(codeInvalidValue, "Profile is unknown: there are %s", h.profileNames())
	}
	return h.net.Engine(p)
}

func (h *handler) profileNames() string {
	names := make([]string, len(h.profiles))
	for i, p := range h.profiles {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Those that cannot set deadlines (a recorder in a test) need none.
	if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(workTimeout)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		h.o.Log.Error("set write deadline", "err", err)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if profile, ok := isochronesPath(r.URL.Path); ok {
		h.isochrones(w, r, profile)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, HEAD, POST")
		h.answer(w, http.StatusMethodNotAllowed, failureBody{codeInvalidURL, "Method is not allowed: there are GET, HEAD and POST"})
		return
	}
	if err := h.serve(w, r); err != nil {
		h.refuse(w, r.Context(), err)
	}
}

// serve answers an OSRM request, or returns an error before anything is sent.
func (h *handler) serve(w http.ResponseWriter, r *http.Request) error {
	req, err := parseRequest(w, r)
	if err != nil {
		return err
	}
	e, err := h.engine(req.profile)
	if err != nil {
		return err
	}
	switch req.service {
	case "route":
		return h.route(w, r.Context(), e, req)
	case "nearest":
		return h.nearest(w, e, req)
	}
	return h.table(w, r, e, req)
}

// refuse answers with an error: 400 where it is the asker's, as OSRM does, else
// 500.
func (h *handler) refuse(w http.ResponseWriter, ctx context.Context, err error) {
	if f := new(failure); errors.As(err, &f) {
		h.answer(w, http.StatusBadRequest, failureBody{f.code, f.message})
		return
	}
	if ctx.Err() != nil {
		return // nobody waits any more
	}
	h.o.Log.Error("answer a street request", "err", err)
	h.answer(w, http.StatusInternalServerError, failureBody{"InternalError", "Something failed here; the log has it"})
}

// answer sends one whole answer. That the other side has gone is not our
// failure.
func (h *handler) answer(w http.ResponseWriter, status int, v any) {
	if err := writeJSON(w, status, v); err != nil {
		h.o.Log.Debug("send answer", "err", err)
	}
}
