package service

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"sanse/cmd/sanse/internal/connect"
	"sanse/data"
)

const (
	// pullLease is for asking once and storing what comes, after which somebody else
	// may.
	pullLease   = 2 * time.Minute
	pullFirst   = 10 * time.Second // after the first that failed, then twice that, and so on
	pullLongest = time.Hour
	pullAtOnce  = 20 // answers of a platform before others have their turn
	// minPull and maxPull are how often a platform is asked.
	minPull = 30 * time.Second
	maxPull = 24 * time.Hour
)

// What is wrong with a pull that is none of the answer's: the session in which its
// rows are stored is over, or the rows could not be stored.
const (
	pullKeyOver = "key_over"
	pullOurs    = "ours"
)

// pullScopes are the operations as which rows that were asked for are stored, by kind.
var pullScopes = map[string]string{data.ConnectVisit: "connect-visits", data.ConnectCase: "connect-cases"}

// RunPulls asks the platforms that only answer, those of them that are due, and says
// how many rows came. Any number of processes may run it at once: one of them asks a
// platform at a time. It is asked for over and over.
func (s *Service) RunPulls(ctx context.Context) (int, error) {
	if s.outward == nil {
		return 0, nil
	}
	all, err := s.store.Districts(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, d := range all {
		pulls, e := s.store.ConnectPulls(ctx, d.Code)
		list, e2 := s.store.Connectors(ctx, d.Code)
		err = errors.Join(err, e, e2)
		for _, c := range list {
			for _, p := range pulls {
				if p.Connector != c.ID || !c.Off.IsZero() || p.Next.After(s.now()) {
					continue
				}
				came, e := s.pullFrom(ctx, d, c, p.Kind)
				n += came
				if e != nil {
					err = errors.Join(err, fmt.Errorf("pull %ss from %s of district %s: %w", p.Kind, c.ID, d.Code, e))
				}
			}
		}
	}
	return n, err
}

// pullFrom asks a platform for rows of a kind until it has no more, or others are to
// have their turn.
func (s *Service) pullFrom(ctx context.Context, d data.District, c data.Connector, kind string) (n int, err error) {
	for range pullAtOnce {
		if ctx.Err() != nil {
			return n, ctx.Err()
		}
		now := s.now()
		var p data.ConnectPull
		var found bool
		err := s.store.Write(ctx, func(tx *data.Tx) (err error) {
			p, found, err = tx.ClaimPull(d.Code, c.ID, kind, now, now.Add(pullLease))
			return err
		})
		if err != nil || !found {
			return n, err
		}
		came, err := s.pullOnce(ctx, d, c, &p)
		n += came
		more := err == nil && p.Code == "" && p.Answers > 0
		// The cursor moves after the rows are stored: whoever dies in between has them
		// asked for once more, and then they are the same.
		var moved bool
		e := s.store.Write(context.WithoutCancel(ctx), func(tx *data.Tx) (err error) {
			moved, err = tx.EndPull(d.Code, p)
			return err
		})
		if err = errors.Join(err, e); err != nil || !more || !moved {
			return n, err
		}
	}
	return n, nil
}

// pullOnce asks once, stores what comes, and says in p what it came to.
func (s *Service) pullOnce(ctx context.Context, d data.District, c data.Connector, p *data.ConnectPull) (n int, err error) {
	before := p.Stored
	var page connect.Page
	var wrong string
	secrets, err := s.store.PullSecrets(ctx, d.Code, c.ID, p.Kind)
	if err == nil {
		page, wrong, err = s.askPlatform(ctx, d, c, p, secrets.Secret)
	}
	if wrong == "" && err == nil {
		n, wrong, err = s.storePulled(ctx, d, p, data.Token(secrets.Token.Reveal()), page.Rows)
	}
	now := s.now()
	if errors.Is(ctx.Err(), context.Canceled) {
		p.Next = now // the program ends: that is nobody's fault, and somebody else goes on
		return n, ctx.Err()
	}
	at := connect.Place{Cursor: p.Reached, Mark: p.Mark, Answers: p.Answers}
	if wrong == "" && err == nil {
		next, loops := at.Next(&page)
		p.Reached, p.Mark, p.Answers = next.Cursor, next.Mark, next.Answers
		if loops {
			wrong = connect.PullLoops
		}
	}
	if err != nil {
		wrong = pullOurs
	}
	if wrong != "" {
		if p.Fails == 0 {
			p.Failed = now
		}
		p.Fails, p.Code = p.Fails+1, wrong
		p.Next = now.Add(pullPause(p.Fails))
		s.log.Warn("a platform could not be pulled from", "connector", c.ID, "kind", p.Kind, "code", wrong, "fails", p.Fails)
		return n, err
	}
	p.Taken, p.Next = now, now.Add(p.Every)
	if page.More {
		p.Next = now
		if p.Code == connect.PullLoops && p.Stored == before {
			// It goes on, perhaps only once more around: it is not mended before something
			// new comes, or the end.
			p.Fails++
			p.Next = now.Add(pullPause(p.Fails))
			return n, nil
		}
	}
	p.Failed, p.Fails, p.Code = time.Time{}, 0, ""
	return n, nil
}

// pullPause is how long it is waited after so many failures in a row.
func pullPause(fails int) time.Duration {
	return min(pullFirst<<min(fails-1, 20), pullLongest)
}

// askPlatform asks for what comes after what is stored; a word says what is wrong.
func (s *Service) askPlatform(ctx context.Context, d data.District, c data.Connector, p *data.ConnectPull, secret data.Sealed) (page connect.Page, wrong string, err error) {
	if c.Account != p.Account {
		return page, pullKeyOver, nil // it has another key: the pull is to be set anew
	}
	l, err := s.link(asOperator(ctx, d.Code), d.Code, c.ID)
	if err != nil {
		return page, "", err
	}
	how := l.mapping.PullOf(p.Kind)
	address, err := how.Address(p.URL, p.Reached)
	if err != nil {
		return page, "", err
	}
	header := map[string]string{"Accept": "application/json"}
	switch {
	case how.Signed:
		u, err := url.Parse(address)
		if err != nil {
			return page, "", errors.New("the address cannot be read")
		}
		header[connect.HeaderTimestamp], header[connect.HeaderSignature] = connect.Sign([]byte(secret.Reveal()), s.now(), []byte(u.RequestURI()))
	case how.Header != "":
		header[how.Header] = secret.Reveal()
	default:
		header["Authorization"] = "Bearer " + secret.Reveal()
	}
	ctx, cancel := context.WithTimeout(ctx, pullLease/2)
	defer cancel()
	status, body, err := s.outward.Get(ctx, address, header, connect.MaxPullBytes)
	var told interface{ Fault() string }
	switch {
	case errors.As(err, &told):
		return page, told.Fault(), nil
	case err != nil:
		return page, "unreachable", nil
	case status != 200:
		return page, fmt.Sprintf("status_%d", status), nil
	}
	page, wrong = how.Read(body)
	return page, wrong, nil
}

// storePulled stores rows as if the platform had sent them with its key: in a session
// of its account, with what that may now.
func (s *Service) storePulled(ctx context.Context, d data.District, p *data.ConnectPull, token data.Token, rows []connect.Row) (n int, wrong string, err error) {
	seated, err := s.store.Gate().Seat(ctx, token.Hash())
	now := s.now()
	switch {
	case errors.Is(err, data.ErrNotFound):
		return 0, pullKeyOver, nil
	case err != nil:
		return 0, "", err
	case seated.Session.Ended(now), seated.Account.DisabledAt != nil && !seated.Account.DisabledAt.After(now), len(seated.Grants) == 0:
		return 0, pullKeyOver, nil
	}
	viewer, good := ViewerOf(seated, token).Asking(pullScopes[p.Kind], "", CapConnect)
	if !good {
		return 0, pullKeyOver, nil
	}
	ctx = WithViewer(ctx, viewer)
	take := s.ConnectVisits
	if p.Kind == data.ConnectCase {
		take = s.ConnectCases
	}
	for from := 0; from < len(rows); from += MaxConnectRows {
		part := rows[from:min(from+MaxConnectRows, len(rows))]
		in := make([]ConnectIn, len(part))
		for i, r := range part {
			in[i] = ConnectIn{Row: r, Unread: r == nil}
		}
		out, err := take(ctx, d.Code, "", in)
		switch CodeOf(err) {
		case CodeForbidden, CodeSignIn:
			return n, pullKeyOver, nil
		}
		if err != nil {
			return n, "", err
		}
		n += len(out)
		for i := range out {
			switch out[i].Status {
			case RecordStored:
				p.Stored++
			case RecordSame:
				p.Same++
			default:
				p.Refused++
			}
		}
	}
	if len(rows) == 0 {
		return 0, "", nil
	}
	return n, "", s.store.Gate().Touch(ctx, d.Code, seated.Session.ID)
}

// Pull is where a platform is to be asked for rows of a kind.
type Pull struct {
	Connector string
	Kind      string // data.ConnectVisit, data.ConnectCase
	URL       string
	Secret    string // by which the platform knows us
	Every     time.Duration
	Again     bool // begin anew, not where the last answer ended
}

// SetPull has a platform asked for what it tells of. What comes is stored in a session
// of its own of the account of the platform's key, which ends with the pull.
func (s *Service) SetPull(ctx context.Context, district string, p Pull) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	l, err := s.link(ctx, district, p.Connector)
	if err != nil {
		return err
	}
	plain := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case pullScopes[p.Kind] == "":
		return invalid("kind: want visits or cases")
	case s.outward == nil:
		return invalid("nobody asks other houses here")
	case len(p.Secret) < 16 || len(p.Secret) > 4096 || strings.ContainsFunc(p.Secret, plain):
		return invalid("secret: want 16 to 4096 letters, digits and signs, without spaces")
	case p.Every < minPull || p.Every > maxPull || p.Every%time.Second != 0:
		return invalid("every: want 30s to 24h, in whole seconds")
	case l.connector.Account == "":
		return invalid("what a platform tells of is taken within the area of its key: give it one (sanse connect set --account)")
	}
	if err := s.outward.Check(p.URL); err != nil {
		return invalid("address: %s", err)
	}
	areas, err := s.pushAreas(ctx, l.Code, l.connector)
	if err != nil {
		return err
	}
	if len(areas) == 0 {
		return invalid("the key of the platform is over: make it another, and set that (sanse connect set --account)")
	}
	before, err := s.pullOf(ctx, l.Code, p.Connector, p.Kind)
	if err != nil {
		return err
	}
	id, token, err := newPullSession()
	if err != nil {
		return err
	}
	gate := s.store.Gate()
	if err := gate.OpenSession(ctx, l.Code, token.Hash(), data.Session{
		ID: id, Account: l.connector.Account, Kind: data.SessionKey, Stage: data.StageFull, Scopes: []string{pullScopes[p.Kind]}, ExpiresAt: s.now().Add(pullLife),
	}); err != nil {
		return err
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error {
		return tx.PutPull(l.Code, data.ConnectPull{
			Connector: p.Connector, Kind: p.Kind, URL: p.URL, Account: l.connector.Account, Session: id, Every: p.Every, Next: s.now(),
		}, data.PullSecrets{Secret: data.Sealed(p.Secret), Token: data.Sealed(token.Reveal())}, p.Again)
	})
	ended := before.Session
	if err != nil {
		ended = id // it is of no use
	}
	return errors.Join(err, s.endPullSession(ctx, l.Code, ended))
}

// pullLife is for how long the session of a pull is good at most: what it may ends
// with the role of its account, which holds for a year.
const pullLife = 10 * 365 * 24 * time.Hour

// newPullSession is the id and the token of the session of a pull. Nobody is told the
// token: the program alone uses it.
func newPullSession() (string, data.Token, error) {
	var b [8 + 32]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", "", fmt.Errorf("set pull: %w", err)
	}
	return "s" + hex.EncodeToString(b[:8]), data.Token(base64.RawURLEncoding.EncodeToString(b[8:])), nil
}

func (s *Service) endPullSession(ctx context.Context, district, session string) error {
	if session == "" {
		return nil
	}
	if err := s.store.Gate().Revoke(ctx, district, session); err != nil && !errors.Is(err, data.ErrNotFound) {
		return err
	}
	return nil
}

// pullOf is the pull of a platform of that kind; none: the zero value.
func (s *Service) pullOf(ctx context.Context, district, connector, kind string) (data.ConnectPull, error) {
	list, err := s.store.ConnectPulls(ctx, district)
	for _, p := range list {
		if p.Connector == connector && p.Kind == kind {
			return p, err
		}
	}
	return data.ConnectPull{}, err
}

// EndPull has a platform asked for rows of a kind no more.
func (s *Service) EndPull(ctx context.Context, district, connector, kind string) error {
	if err := mustOperate(ctx); err != nil {
		return err
	}
	p, err := s.pullOf(ctx, district, connector, kind)
	if err != nil {
		return err
	}
	if p.Connector == "" {
		return notFound("it is not asked for those")
	}
	err = s.store.Write(ctx, func(tx *data.Tx) error { return tx.DropPull(district, connector, kind) })
	return errors.Join(err, s.endPullSession(ctx, district, p.Session))
}

// Pulls lists where the platforms of a district are asked, and how that goes.
func (s *Service) Pulls(ctx context.Context, district string) ([]data.ConnectPull, error) {
	if err := mustOperate(ctx); err != nil {
		return nil, err
	}
	return s.store.ConnectPulls(ctx, district)
}
