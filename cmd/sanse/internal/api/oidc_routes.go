package api

import (
	"context"
	"errors"
	"html"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/auth"
)

func (s *Server) registerOIDC(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "oidc-start", Method: http.MethodGet, Path: "/v1/oidc/{id}/start", Summary: "Go to another house to sign in", DefaultStatus: http.StatusFound,
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}, s.getOIDCStart)
	atDoor(api, http.MethodGet, "oidc-callback", "/v1/oidc/{id}/callback", "Come back from another house", s.getOIDCCallback)
}

// provider is the house of that id.
func (s *Server) provider(id string) (*auth.Provider, error) {
	if s.door != nil {
		for _, p := range s.door.Providers {
			if p.ID() == id {
				return p, nil
			}
		}
	}
	return nil, huma.NewError(http.StatusNotFound, "no house of that name signs in for this one")
}

type oidcStart struct {
	ID     string `path:"id" maxLength:"32"`
	Return string `query:"return" maxLength:"512" doc:"a path of our own to go to afterwards"`
}

type redirect struct {
	Status   int
	Location string `header:"Location"`
	Cookies
}

func (s *Server) getOIDCStart(ctx context.Context, in *oidcStart) (*redirect, error) {
	p, err := s.provider(in.ID)
	if err != nil {
		return nil, err
	}
	address, cookie, err := p.Start(ctx, in.Return)
	if err != nil {
		s.log.Error("sign in elsewhere", "provider", p.ID(), "error", err)
		return nil, huma.NewError(http.StatusServiceUnavailable, "the house that signs in does not answer")
	}
	// It comes back from there by a link, so this cookie alone is not strict.
	c := s.door.cookie(cookieJourney, cookie, journeyLife, http.SameSiteLaxMode)
	return &redirect{http.StatusFound, address, Cookies{[]http.Cookie{c}, fresh}}, nil
}

type oidcCallback struct {
	ID    string `path:"id" maxLength:"32"`
	State string `query:"state" maxLength:"512"`
	Code  string `query:"code" maxLength:"4096"`
	Error string `query:"error" maxLength:"512"`
	// What else the protocol may add is taken and not used.
	Description string `query:"error_description" maxLength:"2048"`
	Issuer      string `query:"iss" maxLength:"512"`
	Session     string `query:"session_state" maxLength:"512"`
}

// onward is a page that goes on to another: the cookie of a session is strict, and
// a browser would not send it along on a way that began elsewhere.
type onward struct {
	Cookies
	ContentType string `header:"Content-Type"`
	Policy      string `header:"Content-Security-Policy"`
	Referrer    string `header:"Referrer-Policy"`
	Body        []byte
}

func (s *Server) getOIDCCallback(ctx context.Context, in *oidcCallback) (*onward, error) {
	p, err := s.provider(in.ID)
	if err != nil {
		return nil, err
	}
	d, v := s.door, visitOf(ctx)
	out := &onward{ContentType: "text/html; charset=utf-8", Policy: "default-src 'none'; frame-ancestors 'none'; base-uri 'none'", Referrer: "no-referrer"}
	out.CacheControl = fresh
	out.SetCookie = []http.Cookie{d.cookie(cookieJourney, "", 0, http.SameSiteLaxMode)}
	to := "/sign-in?error=oidc"
	var id auth.Identity
	if err = d.Entry.Arrive(v.from); err == nil {
		id, err = p.Finish(ctx, v.seed, in.State, in.Code)
	}
	if err == nil && in.Issuer != "" && in.Issuer != p.Issuer() {
		err = errors.Join(auth.ErrRefused, errors.New("the answer is of another issuer")) // RFC 9207
	}
	var opened auth.Opened
	if err == nil {
		opened, err = d.Entry.SignInAs(ctx, id, p.Vouches(), v.from)
	}
	var wait *auth.WaitError
	switch {
	case err == nil:
		to = id.Back
		out.SetCookie = append(out.SetCookie, d.opening(opened).SetCookie...)
	case errors.Is(err, auth.ErrRefused), errors.As(err, &wait):
		s.log.Warn("sign in elsewhere: refused", "provider", p.ID(), "error", err)
	default:
		s.log.Error("sign in elsewhere", "provider", p.ID(), "error", err)
	}
	out.Body = []byte(`<!doctype html><html lang="zh"><meta charset="utf-8"><title>三色</title><meta http-equiv="refresh" content="0;url=` +
		html.EscapeString(to) + `"><p><a href="` + html.EscapeString(to) + `">继续 / Go on</a></p></html>`)
	return out, nil
}
