package api

import (
	"errors"
	"net/http"
	"sync"

	"sanse/cmd/sanse/internal/auth"
	"sanse/cmd/sanse/internal/service"
	"sanse/data"
)

// Seated is the access of a server at which everybody looks as somebody made up
// does, without signing in: through a session of theirs, which is opened anew when
// it ends, so that the database is asked as for anybody.
func Seated(entry *auth.Entry, account string) Access {
	return &seated{entry: entry, account: account}
}

type seated struct {
	entry   *auth.Entry
	account string

	mu    sync.Mutex
	token data.Token
}

// Viewer implements Access.
func (s *seated) Viewer(r *http.Request) (service.Viewer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" {
		got, err := s.entry.Seat(r.Context(), s.token)
		if err == nil {
			return service.ViewerOf(got, s.token), nil
		}
		var stage *auth.StageError
		if !errors.Is(err, auth.ErrSignIn) && !errors.As(err, &stage) {
			return service.Viewer{}, err
		}
	}
	opened, err := s.entry.SignInMadeUp(r.Context(), s.account, false, auth.From{Agent: "sanse serve --as"})
	if err != nil {
		return service.Viewer{}, err
	}
	s.token = opened.Token
	return service.ViewerOf(opened.Seated, opened.Token), nil
}
