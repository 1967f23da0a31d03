package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// maxSecretBytes is the longest body of a request at the door.
const maxSecretBytes = 16 << 10

// atDoor registers an operation of signing in.
func atDoor[I, O any](api huma.API, method, id, path, summary string, f func(context.Context, *I) (*O, error)) {
	huma.Register(api, huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, MaxBodyBytes: maxSecretBytes,
		Errors: []int{
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity,
			http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable,
		},
	}, f)
}

func (s *Server) registerSessions(api huma.API) {
	atDoor(api, http.MethodGet, "sign-in-ways", "/v1/sign-in", "The ways in that this server has", s.getSignIn)
	atDoor(api, http.MethodGet, "me", "/v1/session", "Who is signed in, and what they may", s.getMe)
	atDoor(api, http.MethodPost, "sign-in", "/v1/session", "Sign in with a password", s.postSession)
	atDoor(api, http.MethodDelete, "sign-out", "/v1/session", "Sign out", s.deleteSession)
	atDoor(api, http.MethodPost, "sign-in-made-up", "/v1/session/made-up", "Look as somebody made up (on a demo's own machine)", s.postMadeUp)
	atDoor(api, http.MethodPost, "change-password", "/v1/session/password", "Another password; all other sessions end", s.postPassword)
	atDoor(api, http.MethodPost, "check-code", "/v1/session/totp", "The code of the authenticator, or a recovery code", s.postCode)
	atDoor(api, http.MethodPost, "enrol-code", "/v1/session/totp/enrol", "A secret for an authenticator", s.postEnrol)
	atDoor(api, http.MethodPost, "confirm-code", "/v1/session/totp/confirm", "The first code of the authenticator, for recovery codes", s.postConfirm)
	atDoor(api, http.MethodPut, "set-pin", "/v1/session/pin", "A PIN for coming back on a phone", s.putPIN)
	atDoor(api, http.MethodPost, "check-pin", "/v1/session/pin", "Come back on a phone", s.postPIN)
	atDoor(api, http.MethodGet, "sessions", "/v1/sessions", "One's own sessions", s.getSessions)
	atDoor(api, http.MethodDelete, "end-session", "/v1/sessions/{id}", "End one of one's own sessions", s.deleteOwnSession)
}

// here is the door, or why there is none.
func (s *Server) here() (*Door, error) {
	if s.door == nil {
		return nil, huma.NewError(http.StatusNotFound, "nobody signs in to this server")
	}
	return s.door, nil
}

// step is the door and the token of a session that takes a step: it brings the
// session's word along, which only our own pages know.
func (s *Server) step(ctx context.Context) (*Door, data.Token, error) {
	d, err := s.here()
	if err != nil {
		return nil, "", err
	}
	v := visitOf(ctx)
	switch {
	case v.token == "":
		return nil, "", s.atTheDoor(auth.ErrSignIn)
	case !auth.SameCSRF(v.token, v.csrf):
		return nil, "", newProblem(http.StatusForbidden, problemCSRF, errForeign.Error())
	}
	return d, v.token, nil
}

// Cookies are what an answer has a browser keep.
type Cookies struct {
	SetCookie    []http.Cookie `header:"Set-Cookie"`
	CacheControl string        `header:"Cache-Control"`
}

type signedIn[T any] struct {
	Cookies
	Body T
}

func (s *Server) getSignIn(ctx context.Context, _ *struct{}) (*answer[SignInWays], error) {
	district, err := s.service.District(ctx, s.district)
	if err != nil {
		return nil, s.problem(err)
	}
	out := SignInWays{District: district.Code, Name: district.Name, MadeUp: district.MadeUp, OIDC: []OIDCWay{}, People: []DemoSeat{}}
	if s.door == nil {
		return answerOf(out), nil
	}
	out.Public = s.door.Public
	for _, p := range s.door.Providers {
		out.OIDC = append(out.OIDC, OIDCWay{p.ID(), p.Name()})
	}
	people, grants, err := s.door.Entry.People(ctx)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	for _, a := range people {
		// One seat says who it is: those made up have one, or one for each area.
		i := slices.IndexFunc(grants, func(g data.Grant) bool { return g.Account == a.ID })
		if i < 0 {
			continue
		}
		seat, err := s.seats(ctx, grants[i:i+1])
		if err != nil {
			return nil, s.problem(err)
		}
		out.People = append(out.People, DemoSeat{a.ID, seat[0], a.Name.Reveal()})
	}
	return answerOf(out), nil
}

// seats are grants with the names of their areas.
func (s *Server) seats(ctx context.Context, grants []data.Grant) ([]SeatView, error) {
	var codes []string
	for _, g := range grants {
		if g.Area != "" {
			codes = append(codes, g.Area)
		}
	}
	names, err := s.service.AreaNames(ctx, s.district, codes...)
	if err != nil && service.CodeOf(err) != service.CodeNotFound { // a district without areas yet
		return nil, err
	}
	out := []SeatView{}
	for _, g := range grants {
		out = append(out, SeatView{string(g.Role), g.Area, names[g.Area], g.Body})
	}
	return out, nil
}

// me tells who a session is of. The holder alone is told.
func (s *Server) me(ctx context.Context, seated data.Seated, token data.Token) (Me, error) {
	session, a := seated.Session, seated.Account
	viewer := service.ViewerOf(seated, token)
	out := Me{
		Account: a.ID, Login: a.Login, Name: a.Name.Reveal(), Session: session.ID, Kind: string(session.Kind), Stage: string(session.Stage),
		Visitor: viewer.Visitor, Roles: []SeatView{}, Areas: append([]string{}, viewer.Areas...), May: viewer.Capabilities(),
		ExpiresAt: clock(session.ExpiresAt), IdleSeconds: int(session.Idle.Seconds()), CSRF: auth.CSRFOf(token),
		TOTP: a.TOTPOn, PIN: a.PIN != "", MustChange: a.MustChange, Password: a.Password != "", MadeUp: s.door.Entry.MadeUp(a),
	}
	if session.Stage != data.StageFull {
		return out, nil
	}
	var err error
	out.Roles, err = s.seats(ctx, seated.Grants)
	return out, err
}

// opened answers with who has come in, and the cookies of their session.
func (s *Server) opened(ctx context.Context, o auth.Opened) (*signedIn[Me], error) {
	me, err := s.me(ctx, o.Seated, o.Token)
	if err != nil {
		return nil, s.problem(err)
	}
	return &signedIn[Me]{s.door.opening(o), me}, nil
}

// opening are the cookies of a session. They last as long as the browser keeps its
// own windows in mind, or as the session of a phone.
func (d *Door) opening(o auth.Opened) Cookies {
	life := o.Seated.Session.ExpiresAt.Sub(d.Now())
	if o.Seated.Session.Kind == data.SessionPage {
		life = 0 // until the browser is closed
	}
	out := Cookies{[]http.Cookie{d.cookie(cookieSession, o.Token.Reveal(), life, http.SameSiteStrictMode)}, fresh}
	if o.Device != "" {
		out.SetCookie = append(out.SetCookie, d.cookie(cookieDevice, o.Device, deviceLife, http.SameSiteStrictMode))
	}
	return out
}

// meAnswer is who is signed in; nobody is 204, for a page that asks first of all
// has nothing to be refused.
type meAnswer struct {
	Status       int
	CacheControl string `header:"Cache-Control"`
	Body         *Me
}

func (s *Server) getMe(ctx context.Context, _ *struct{}) (*meAnswer, error) {
	if s.door == nil {
		me := s.fixedMe(ctx)
		return &meAnswer{http.StatusOK, fresh, &me}, nil
	}
	v, nobody := visitOf(ctx), &meAnswer{Status: http.StatusNoContent, CacheControl: fresh}
	if v.key != "" {
		return nil, s.atTheDoor(auth.ErrSignIn)
	}
	if v.token == "" {
		return nobody, nil
	}
	seated, err := s.door.Entry.Glance(ctx, v.token)
	var stage *auth.StageError
	switch {
	case errors.Is(err, auth.ErrSignIn), seated.Session.Kind == data.SessionKey:
		return nobody, nil
	case err != nil && !errors.As(err, &stage):
		return nil, s.atTheDoor(err)
	}
	me, err := s.me(ctx, seated, v.token)
	if err != nil {
		return nil, s.problem(err)
	}
	return &meAnswer{http.StatusOK, fresh, &me}, nil
}

// fixedMe is the one viewer of a server without a door.
func (s *Server) fixedMe(ctx context.Context) Me {
	viewer := service.ViewerFrom(ctx)
	out := Me{Stage: string(data.StageFull), Kind: string(data.SessionPage), Roles: []SeatView{}, Areas: append([]string{}, viewer.Areas...), May: viewer.Capabilities()}
	for _, seat := range viewer.Seats {
		out.Roles = append(out.Roles, SeatView{Role: string(seat.Role), Area: seat.Area, Body: seat.Body})
	}
	return out
}

type signInInput struct {
	Body struct {
		Login    string `json:"login" maxLength:"256"`
		Password string `json:"password" maxLength:"1024"`
		Phone    bool   `json:"phone,omitempty" doc:"a session for a phone: two weeks, with a PIN after a while"`
	}
}

func (s *Server) postSession(ctx context.Context, in *signInInput) (*signedIn[Me], error) {
	d, err := s.here()
	if err != nil {
		return nil, err
	}
	o, err := d.Entry.SignIn(ctx, auth.Attempt{Login: in.Body.Login, Password: in.Body.Password, Phone: in.Body.Phone, From: visitOf(ctx).from})
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return s.opened(ctx, o)
}

type madeUpInput struct {
	Body struct {
		ID    string `json:"id" maxLength:"64"`
		Phone bool   `json:"phone,omitempty"`
	}
}

func (s *Server) postMadeUp(ctx context.Context, in *madeUpInput) (*signedIn[Me], error) {
	d, err := s.here()
	if err != nil {
		return nil, err
	}
	o, err := d.Entry.SignInMadeUp(ctx, in.Body.ID, in.Body.Phone, visitOf(ctx).from)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return s.opened(ctx, o)
}

type gone struct {
	Cookies
	ClearSiteData string `header:"Clear-Site-Data"`
}

func (s *Server) deleteSession(ctx context.Context, _ *struct{}) (*gone, error) {
	d, token, err := s.step(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.Entry.SignOut(ctx, token); err != nil && !errors.Is(err, auth.ErrSignIn) {
		return nil, s.atTheDoor(err)
	}
	// Whoever signs in next at this browser finds nothing of what was shown.
	return &gone{Cookies{[]http.Cookie{d.cookie(cookieSession, "", 0, http.SameSiteStrictMode)}, fresh}, `"cache"`}, nil
}

type passwordInput struct {
	Body struct {
		Old string `json:"old" maxLength:"1024"`
		New string `json:"new" maxLength:"1024"`
	}
}

func (s *Server) postPassword(ctx context.Context, in *passwordInput) (*signedIn[Me], error) {
	return s.stepped(ctx, func(d *Door, token data.Token) (auth.Opened, error) {
		return d.Entry.ChangePassword(ctx, token, in.Body.Old, in.Body.New)
	})
}

// stepped takes a step of signing in and answers with the session that comes of it.
func (s *Server) stepped(ctx context.Context, f func(*Door, data.Token) (auth.Opened, error)) (*signedIn[Me], error) {
	d, token, err := s.step(ctx)
	if err != nil {
		return nil, err
	}
	o, err := f(d, token)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return s.opened(ctx, o)
}

type codeInput struct {
	Body struct {
		Code string `json:"code" maxLength:"64"`
	}
}

func (s *Server) postCode(ctx context.Context, in *codeInput) (*signedIn[Me], error) {
	return s.stepped(ctx, func(d *Door, token data.Token) (auth.Opened, error) {
		return d.Entry.CheckCode(ctx, token, in.Body.Code, visitOf(ctx).from)
	})
}

// EnrolmentView is what an authenticator needs to know.
type EnrolmentView struct {
	Secret string `json:"secret" doc:"base32, to be typed"`
	URI    string `json:"uri" doc:"otpauth://"`
	SVG    string `json:"svg" doc:"the uri as a QR code"`
}

// EnrolBody is what whoever is signed in fully shows before an authenticator is tied
// to the account.
type EnrolBody struct {
	Password string `json:"password,omitempty" maxLength:"1024" doc:"of this house's, where there is one"`
}

type enrolInput struct{ Body *EnrolBody }

func (s *Server) postEnrol(ctx context.Context, in *enrolInput) (*answer[EnrolmentView], error) {
	d, token, err := s.step(ctx)
	if err != nil {
		return nil, err
	}
	password := ""
	if in.Body != nil {
		password = in.Body.Password
	}
	e, err := d.Entry.BeginTOTP(ctx, token, password)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	return answerOf(EnrolmentView{e.Secret, e.URI, e.SVG}), nil
}

// Confirmed is who is signed in now, with what to keep in a safe place.
type Confirmed struct {
	Me
	Recovery []string `json:"recovery" doc:"codes for whoever has lost the authenticator, each good once, shown this once"`
}

func (s *Server) postConfirm(ctx context.Context, in *codeInput) (*signedIn[Confirmed], error) {
	d, token, err := s.step(ctx)
	if err != nil {
		return nil, err
	}
	o, codes, err := d.Entry.ConfirmTOTP(ctx, token, in.Body.Code)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	me, err := s.me(ctx, o.Seated, o.Token)
	if err != nil {
		return nil, s.problem(err)
	}
	return &signedIn[Confirmed]{d.opening(o), Confirmed{me, codes}}, nil
}

type setPINInput struct {
	Body struct {
		PIN      string `json:"pin" maxLength:"16"`
		Password string `json:"password,omitempty" maxLength:"1024"`
	}
}

func (s *Server) putPIN(ctx context.Context, in *setPINInput) (*struct{}, error) {
	d, token, err := s.step(ctx)
	if err != nil {
		return nil, err
	}
	return nil, s.atTheDoor(d.Entry.SetPIN(ctx, token, in.Body.PIN, in.Body.Password))
}

type pinInput struct {
	Body struct {
		PIN string `json:"pin" maxLength:"16"`
	}
}

func (s *Server) postPIN(ctx context.Context, in *pinInput) (*signedIn[Me], error) {
	return s.stepped(ctx, func(d *Door, token data.Token) (auth.Opened, error) { return d.Entry.CheckPIN(ctx, token, in.Body.PIN) })
}

// SessionList is one's own sessions.
type SessionList struct {
	Items []SessionView `json:"items"`
}

func (s *Server) getSessions(ctx context.Context, _ *struct{}) (*answer[SessionList], error) {
	d, err := s.here()
	if err != nil {
		return nil, err
	}
	viewer := service.ViewerFrom(ctx)
	all, err := d.Entry.Store.Sessions(ctx, s.district, viewer.Account)
	if err != nil {
		return nil, s.atTheDoor(err)
	}
	out := SessionList{Items: []SessionView{}}
	for _, v := range all {
		if v.Ended(d.Now()) && v.Kind != data.SessionPhone {
			continue
		}
		out.Items = append(out.Items, SessionView{
			v.ID, string(v.Kind), string(v.Stage), clock(v.CreatedAt), clock(v.SeenAt), clock(v.ExpiresAt), v.Address, v.Agent.Reveal(), v.ID == viewer.Session,
		})
	}
	return answerOf(out), nil
}

type sessionPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) deleteOwnSession(ctx context.Context, in *sessionPath) (*struct{}, error) {
	d, err := s.here()
	if err != nil {
		return nil, err
	}
	return nil, s.atTheDoor(d.Entry.EndSession(ctx, service.ViewerFrom(ctx).Account, in.ID))
}
