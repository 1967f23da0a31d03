package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/loopback"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// DoorConfig says how people come in.
type DoorConfig struct {
	Entry     *auth.Entry
	Providers []*auth.Provider // other houses that sign in for us
	// Public: who is not signed in is told what everybody may be told, and not
	// turned away.
	Public bool
	// Secure: browsers reach this server by HTTPS, its own or a proxy's. Then its
	// cookies go nowhere else, and it answers to other hosts than this machine.
	Secure bool
	// Hosts are the names that it answers to; empty: any, where it is Secure, and
	// this machine's otherwise.
	Hosts []string
	// Trusted are proxies who are believed whom they ask for.
	// Where there are any, who comes past them and without TLS is turned away.
	Trusted []netip.Prefix
	Now     func() time.Time // the clock; nil: time.Now
}

// Door is the access of a server that people sign in to: with the cookie of a
// session, or with the key of a program.
type Door struct {
	DoorConfig
	byAddress *auth.Limiter
	byToken   *auth.Limiter
}

// How many requests one address, and one session, may make: far more than any page
// does, and far fewer than it takes to keep a server from all others.
const remembered = 20_000

// NewDoor returns a door.
func NewDoor(c DoorConfig) *Door {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Door{
		DoorConfig: c,
		byAddress:  auth.NewLimiter(auth.Rate{Burst: 6000, Every: 2 * time.Millisecond}, remembered),
		byToken:    auth.NewLimiter(auth.Rate{Burst: 3000, Every: 5 * time.Millisecond}, remembered),
	}
}

// Names of cookies. With __Host- a browser takes them over HTTPS only, from this
// host only, and sends them nowhere else.
const (
	cookieSession = "sanse"
	cookieDevice  = "sanse-device"
	cookieJourney = "sanse-oidc"
	hostPrefix    = "__Host-"
	headerCSRF    = "X-Sanse-CSRF"
	deviceLife    = 180 * 24 * time.Hour
	journeyLife   = 10 * time.Minute
)

func (d *Door) name(cookie string) string {
	if d.Secure {
		return hostPrefix + cookie
	}
	return cookie
}

// cookie is one of ours; an empty value takes it away.
func (d *Door) cookie(name, value string, life time.Duration, mode http.SameSite) http.Cookie {
	c := http.Cookie{Name: d.name(name), Value: value, Path: "/", HttpOnly: true, Secure: d.Secure, SameSite: mode}
	switch {
	case value == "":
		c.MaxAge = -1
	case life > 0:
		c.MaxAge = int(life / time.Second)
	}
	return c
}

// visit is what a request brings along to the door.
type visit struct {
	token  data.Token // of the cookie; empty: none
	key    data.Token // of the Authorization header; empty: none
	csrf   string
	device string
	seed   string // of a journey to another house
	from   auth.From
	writes bool
	secure bool // the browser came by HTTPS, to us or to the proxy
}

func (d *Door) visit(r *http.Request) visit {
	v := visit{
		csrf:   r.Header.Get(headerCSRF),
		from:   auth.From{Addr: auth.Client(r.RemoteAddr, r.Header.Values("X-Forwarded-For"), d.Trusted), Agent: r.UserAgent()},
		writes: r.Method != http.MethodGet && r.Method != http.MethodHead, secure: d.Secure,
	}
	read := func(name string) string {
		// Two of a name: somebody has put one there beside ours. Neither is believed.
		if all := r.CookiesNamed(d.name(name)); len(all) == 1 {
			return all[0].Value
		}
		return ""
	}
	v.token, v.device, v.seed = data.Token(read(cookieSession)), read(cookieDevice), read(cookieJourney)
	v.from.Device = v.device
	if kind, key, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(kind, "Bearer") {
		v.key = data.Token(strings.TrimSpace(key))
	}
	return v
}

// Viewer is who sends a request. One that changes anything must bring the word of
// its session along, which only our own pages know; a key is sent by no browser
// by itself.
func (d *Door) Viewer(r *http.Request) (service.Viewer, error) {
	v := visitOf(r.Context())
	token := v.token
	if v.key != "" {
		token = v.key
	}
	if token == "" {
		return d.nobody(r)
	}
	look := d.Entry.Seat
	if !v.writes && slices.Contains(glanced, r.URL.Path) {
		look = d.Entry.Glance
	}
	seated, err := look(r.Context(), token)
	var stage *auth.StageError
	switch {
	case errors.Is(err, auth.ErrSignIn):
		return d.nobody(r)
	case errors.As(err, &stage):
		return service.Viewer{}, &service.Error{Code: service.CodeStage, Message: "signing in is not finished", Err: stage}
	case err != nil:
		return service.Viewer{}, &service.Error{Code: service.CodeOutside, Message: "cannot look up who this is", Err: err}
	case (seated.Session.Kind == data.SessionKey) != (v.key != ""):
		return d.nobody(r) // a key is no session of a browser, nor the other way round
	case v.key == "" && v.writes && !auth.SameCSRF(v.token, v.csrf):
		return service.Viewer{}, &service.Error{Code: service.CodeForbidden, Message: errForeign.Error(), Err: errForeign}
	}
	viewer := service.ViewerOf(seated, token)
	actor := data.ActorOf(r.Context())
	viewer.Address, viewer.Request = actor.Address, actor.Request
	return viewer, nil
}

// glanced is what open pages ask for by themselves, whether anybody is there or not: it
// does not keep a session.
var glanced = []string{"/v1/notices", "/v1/session", "/v1/live", "/v1/messages/unread"}

// errForeign says that what changes anything came without the word of its session.
var errForeign = errors.New("the request does not come from a page of this session")

// nobody is the viewer of a request of which nobody knows whose it is.
func (d *Door) nobody(r *http.Request) (service.Viewer, error) {
	if d.Public && visitOf(r.Context()).key == "" {
		actor := data.ActorOf(r.Context())
		return service.Viewer{Address: actor.Address, Request: actor.Request}, nil
	}
	return service.Viewer{}, &service.Error{Code: service.CodeSignIn, Message: "sign in first"}
}

// lets tells whether the server answers to a host by that name.
func (d *Door) lets(host string) bool {
	if len(d.Hosts) == 0 {
		return d.Secure || loopback.Names(host)
	}
	bare := strings.ToLower(host)
	if i := strings.LastIndex(bare, ":"); i > strings.LastIndex(bare, "]") {
		bare = bare[:i]
	}
	for _, h := range d.Hosts {
		if strings.EqualFold(h, bare) {
			return true
		}
	}
	return false
}

// before holds every address and every session to a rate, and puts what a request
// brings along into its context.
func (d *Door) before(s *Server, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v, now := d.visit(r), d.Now()
		if len(d.Trusted) > 0 && r.TLS == nil && !auth.Through(r.RemoteAddr, d.Trusted) {
			s.refuse(w, http.StatusForbidden, "this server is asked through its proxy")
			return
		}
		wait, ok := d.byAddress.Take(auth.LimitKey(v.from.Addr), now)
		if token := v.token + v.key; ok && token != "" {
			wait, ok = d.byToken.Take(string(token.Hash()), now)
		}
		if !ok {
			w.Header().Set("Retry-After", seconds(wait))
			s.refuse(w, http.StatusTooManyRequests, "too many requests: wait a little")
			return
		}
		var id [8]byte
		if _, err := rand.Read(id[:]); err != nil {
			s.log.Error("name a request", "error", err)
		}
		ctx := context.WithValue(r.Context(), visitKey{}, v)
		ctx = data.WithActor(ctx, data.Actor{Address: auth.Neighbourhood(v.from.Addr), Request: hex.EncodeToString(id[:])})
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// seconds is a time to wait as Retry-After has it.
func seconds(d time.Duration) string { return strconv.Itoa(int(d/time.Second) + 1) }

type visitKey struct{}

// visitOf is what the request of a context brought along; of a server without a
// door nothing.
func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}
