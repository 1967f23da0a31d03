package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sanse/data"
)

// Store keeps accounts, grants and sessions: a *data.Gate, whose comments say what
// the methods do.
type Store interface {
	Account(ctx context.Context, district, id string) (data.Account, error)
	AccountByLogin(ctx context.Context, district, login string) (data.Account, error)
	AccountBySubject(ctx context.Context, district, issuer, subject string) (data.Account, error)
	Accounts(ctx context.Context, district string) ([]data.Account, error)
	PutAccount(ctx context.Context, district string, a data.Account) error
	Grants(ctx context.Context, district, account string) ([]data.Grant, error)
	GrantsOfAll(ctx context.Context, district string) ([]data.Grant, error)
	Give(ctx context.Context, district string, g data.Grant) (int, error)
	EndGrant(ctx context.Context, district, account string, n int, by string) error

	ChangePassword(ctx context.Context, district string, h data.Holder, password string) error
	ResetSecret(ctx context.Context, district, account, secret string, until time.Time) error
	RenewPassword(ctx context.Context, district, account, was, password string) (bool, error)
	SetTOTP(ctx context.Context, district string, h data.Holder, secret data.Sealed, on bool, recovery []string) error
	SetPIN(ctx context.Context, district string, h data.Holder, pin string) error
	FactorRoles(ctx context.Context, district string) ([]data.FactorRole, error)
	AskFactor(ctx context.Context, district string, f data.FactorRole) error
	DropFactor(ctx context.Context, district string, role data.Role) error
	Disable(ctx context.Context, district, account string, disabled bool) error
	Tie(ctx context.Context, district, account, issuer, subject string) (bool, error)
	Describe(ctx context.Context, district, account string, name data.Sealed, visitor string) error
	Failed(ctx context.Context, district, account string) (int, error)
	Succeeded(ctx context.Context, district, account string) error
	Lock(ctx context.Context, district, account string, until time.Time) error
	TakeStep(ctx context.Context, district, account string, step int64) (bool, error)
	TakeRecovery(ctx context.Context, district, account, hash string) (bool, error)

	OpenSession(ctx context.Context, district string, hash []byte, s data.Session) error
	Seat(ctx context.Context, hash []byte) (data.Seated, error)
	Touch(ctx context.Context, district, session string) error
	SetStage(ctx context.Context, district, session string, stage data.Stage, hash []byte) error
	SessionFailed(ctx context.Context, district, session string) (int, error)
	Revoke(ctx context.Context, district, session string) error
	RevokeAll(ctx context.Context, district, account string, except ...string) (int, error)
	Sessions(ctx context.Context, district, account string) ([]data.Session, error)
	Watch(ctx context.Context, ready func(), changed func(district string)) error
}

// How long things hold.
const (
	pageIdle  = 30 * time.Minute
	pageLife  = 12 * time.Hour
	phoneIdle = 15 * time.Minute
	phoneLife = 14 * 24 * time.Hour
	// KeyLife is the longest that a service key holds.
	KeyLife = 366 * 24 * time.Hour
	// SecretLife is how long a one-time secret can be used.
	SecretLife = 72 * time.Hour
	// touchEvery is how often a session in use is noted as such.
	touchEvery = time.Minute
)

// How often one may try.
const (
	maxWrongInSession = 5  // PINs or codes: then the session ends
	lockAfter         = 10 // wrong passwords of an account from places not known to it
	lockFirst         = time.Minute
	lockMost          = 15 * time.Minute // so that no stranger shuts an account for good
	rememberedKeys    = 20_000
)

// The rates of trying to sign in.
var (
	pairRate    = Rate{Burst: 6, Every: 30 * time.Second} //nolint:gochecknoglobals // constants
	addressRate = Rate{Burst: 60, Every: 2 * time.Second} //nolint:gochecknoglobals // a whole office may stand behind one address
)

// ErrSignIn says that nobody is signed in: no token, or one that is no longer good.
var ErrSignIn = errors.New("nobody is signed in")

// ErrRefused says that whoever tried to get in was refused. It never says why:
// who does not know the secret learns nothing.
var ErrRefused = errors.New("the login or the secret is wrong, or there were too many tries: if you are sure of them, wait a few minutes")

// ErrNotNow says that a step is asked for that is not the session's next.
var ErrNotNow = errors.New("the session is at another step")

// StageError says what a session still lacks.
type StageError struct{ Stage data.Stage }

// Error names the stage.
func (e *StageError) Error() string { return "signing in is not finished: " + string(e.Stage) }

// WaitError says how long to wait before the next try.
type WaitError struct{ For time.Duration }

// Error says so.
func (e *WaitError) Error() string {
	return fmt.Sprintf("too many tries: wait %d seconds", int(e.For/time.Second)+1)
}

// Config is what an Entry needs.
type Config struct {
	District string
	Name     string // of the house, for authenticators
	Store    Store
	Hasher   *Hasher
	Now      func() time.Time // the clock; nil: time.Now
	// OneClick lets made-up people in without any secret. Only for districts in
	// which everybody is made up, and only on this machine.
	OneClick bool
	// Vouching are issuers who ask for a second factor themselves.
	Vouching []string
	// Context are words that passwords of this house must not be made of.
	Context []string
	// Record writes what the store does not record by itself; nil: nothing is
	// written. Nothing that was typed is ever among it.
	Record func(ctx context.Context, district string, events ...data.Event) error
}

// Entry lets people into a district. It is safe for concurrent use.
type Entry struct {
	Config
	pairs     *Limiter // by login and address, and by browsers that were let in before
	addresses *Limiter
	seats     seats
}

// New returns an entry.
func New(c Config) *Entry {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Record == nil {
		c.Record = func(context.Context, string, ...data.Event) error { return nil }
	}
	return &Entry{Config: c, pairs: NewLimiter(pairRate, rememberedKeys), addresses: NewLimiter(addressRate, rememberedKeys), seats: newSeats()}
}

// From is where somebody asks from.
type From struct {
	Addr   netip.Addr
	Agent  string // what the browser calls itself
	Device string // the cookie by which a browser is known that was let in before
}

const maxAgent = 120

func (f From) agent() string {
	if r := []rune(f.Agent); len(r) > maxAgent {
		return string(r[:maxAgent])
	}
	return f.Agent
}

// LimitKey is what tries are counted by: an IPv4 address, or the /64 of an IPv6
// one, which is mostly all one person's.
func LimitKey(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Opened is a session with its token, which is known here for the last time.
type Opened struct {
	Token  data.Token
	Device string // to be kept by the browser; empty: as it was
	Seated data.Seated
}

// needsFactor tells whether who has these grants must have a second factor: by
// what they do, or because the district asks these roles for one.
func needsFactor(grants []data.Grant, asked []data.Role) bool {
	return slices.ContainsFunc(grants, func(g data.Grant) bool { return g.Role.NeedsFactor() || slices.Contains(asked, g.Role) })
}

// madeUp tells whether it is the account of somebody made up, who has nothing to
// sign in with.
func madeUp(a data.Account) bool {
	return a.Password == "" && a.Issuer == "" && a.PIN == "" && !strings.HasPrefix(a.Login, keyLogin)
}

// keyLogin begins the logins of programs, which have keys and sign in to nothing.
const keyLogin = "key-"

// factored tells whether an account has what its grants ask for.
func (e *Entry) factored(a data.Account, grants []data.Grant, asked []data.Role) bool {
	return a.TOTPOn || !needsFactor(grants, asked) || a.Issuer != "" && slices.Contains(e.Vouching, a.Issuer) || e.OneClick && madeUp(a)
}

// stageOf is what is asked next of an account that has shown its password (or
// another house's word), and its code if it has one.
func (e *Entry) stageOf(a data.Account, grants []data.Grant, asked []data.Role, coded bool) data.Stage {
	switch {
	case a.TOTPOn && !coded:
		return data.StageTOTP
	case a.MustChange:
		return data.StagePassword
	case !e.factored(a, grants, asked):
		return data.StageEnrol
	}
	return data.StageFull
}

// inForce are the grants that hold at a time.
func inForce(grants []data.Grant, now time.Time) []data.Grant {
	var out []data.Grant
	for _, g := range grants {
		if !g.From.After(now) && (g.To == nil || g.To.After(now)) && (g.EndedAt == nil || g.EndedAt.After(now)) && g.Role != data.RoleService {
			out = append(out, g)
		}
	}
	return out
}

// open begins a session of an account.
func (e *Entry) open(ctx context.Context, a data.Account, kind data.SessionKind, stage data.Stage, from From) (Opened, error) {
	token, err := newToken()
	if err != nil {
		return Opened{}, err
	}
	id, err := NewID("s")
	if err != nil {
		return Opened{}, err
	}
	s := data.Session{ID: id, Account: a.ID, Kind: kind, Stage: stage, Address: Neighbourhood(from.Addr), Agent: data.Sealed(from.agent())}
	switch kind {
	case data.SessionPhone:
		s.Idle, s.ExpiresAt = phoneIdle, e.Now().Add(phoneLife)
	default:
		s.Idle, s.ExpiresAt = pageIdle, e.Now().Add(pageLife)
	}
	if err := e.Store.OpenSession(ctx, e.District, token.Hash(), s); err != nil {
		return Opened{}, err
	}
	return e.opened(ctx, token)
}

// opened reads a session anew under its token.
func (e *Entry) opened(ctx context.Context, token data.Token) (Opened, error) {
	e.seats.drop()
	seated, err := e.Store.Seat(ctx, token.Hash())
	if err != nil {
		return Opened{}, err
	}
	return Opened{Token: token, Seated: seated}, nil
}

// advance moves a session to a stage under a new token: whoever knew the one
// before, from before the step, gains nothing by it.
func (e *Entry) advance(ctx context.Context, s data.Session, stage data.Stage) (Opened, error) {
	token, err := newToken()
	if err != nil {
		return Opened{}, err
	}
	if err := e.Store.SetStage(ctx, e.District, s.ID, stage, token.Hash()); err != nil {
		if errors.Is(err, data.ErrNotFound) {
			err = ErrSignIn
		}
		return Opened{}, err
	}
	return e.opened(ctx, token)
}

// MadeUp tells whether an account is somebody's who is made up: it has nothing to
// sign in with.
func (e *Entry) MadeUp(a data.Account) bool { return madeUp(a) }
