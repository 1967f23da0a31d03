package api

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// Types of problems that a page acts on.
const (
	problemSignIn  = "/problems/sign-in" // sign in (again)
	problemStage   = "/problems/stage"   // something is still asked for: stage says what
	problemRefused = "/problems/refused" // the login or the secret is wrong
	problemWait    = "/problems/wait"    // too many tries: Retry-After says how long
	problemWeak    = "/problems/weak"    // the secret is not good enough: code says why
	problemCSRF    = "/problems/csrf"    // ask for GET /v1/session and send its csrf
)

// doorProblem is a problem with what a page needs to go on.
type doorProblem struct {
	huma.ErrorModel
	Stage string `json:"stage,omitempty" doc:"what is still asked for: password, totp, enrol or pin"`
	Code  string `json:"code,omitempty" doc:"why a secret is not taken: short, long, common, time, scopes, login"`
}

func newProblem(status int, kind, detail string) *doorProblem {
	return &doorProblem{ErrorModel: huma.ErrorModel{Type: kind, Status: status, Title: http.StatusText(status), Detail: detail}}
}

// atTheDoor turns an error of signing in into what the client may read. Who does
// not know a secret learns nothing from it.
func (s *Server) atTheDoor(err error) error {
	var stage *auth.StageError
	var wait *auth.WaitError
	var weak *auth.WeakError
	var twice *data.TwiceError
	var missing *data.MissingError
	var invalid *data.InvalidError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wait):
		p := newProblem(http.StatusTooManyRequests, problemWait, wait.Error())
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {seconds(wait.For)}})
	case errors.Is(err, auth.ErrBusy):
		p := newProblem(http.StatusServiceUnavailable, problemWait, "many are signing in just now: try again")
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"2"}})
	case errors.Is(err, auth.ErrSignIn):
		return newProblem(http.StatusUnauthorized, problemSignIn, "sign in first")
	case errors.Is(err, auth.ErrRefused):
		return newProblem(http.StatusUnauthorized, problemRefused, auth.ErrRefused.Error())
	case errors.As(err, &stage):
		p := newProblem(http.StatusForbidden, problemStage, "signing in is not finished")
		p.Stage = string(stage.Stage)
		return p
	case errors.As(err, &weak):
		p := newProblem(http.StatusUnprocessableEntity, problemWeak, weak.Reason)
		p.Code = weak.Code
		return p
	case errors.Is(err, auth.ErrNotNow):
		return huma.NewError(http.StatusConflict, auth.ErrNotNow.Error())
	case errors.Is(err, auth.ErrSelf):
		return huma.NewError(http.StatusForbidden, auth.ErrSelf.Error())
	case errors.As(err, &twice):
		return huma.NewError(http.StatusConflict, "there is such an account already")
	case errors.As(err, &missing):
		return huma.NewError(http.StatusUnprocessableEntity, service.Tell("%s: what it names is not there", service.Own(missing.Column)))
	case errors.As(err, &invalid):
		return huma.NewError(http.StatusUnprocessableEntity, service.Tell("%s: this value is not allowed", service.Own(invalid.Rule)))
	case errors.Is(err, data.ErrClosed):
		return huma.NewError(http.StatusConflict, "the account is closed: its time is over and nobody is behind it any more; whoever comes back gets a new one")
	case errors.Is(err, data.ErrNotFound):
		return huma.NewError(http.StatusNotFound, "there is no such account, grant or session")
	}
	return s.problem(err)
}

// standing turns a refusal of the door to let somebody in at all into what the
// client may read.
func standing(err error) error {
	var stage *auth.StageError
	switch {
	case errors.As(err, &stage):
		p := newProblem(http.StatusForbidden, problemStage, service.MessageOf(err))
		p.Stage = string(stage.Stage)
		return p
	case service.CodeOf(err) == service.CodeStage:
		return newProblem(http.StatusForbidden, problemStage, service.MessageOf(err))
	}
	return newProblem(http.StatusUnauthorized, problemSignIn, service.MessageOf(err))
}
