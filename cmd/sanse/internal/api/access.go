package api

import (
	"net/http"

	"sanse/cmd/sanse/internal/service"
)

// Access tells who sends a request, from its cookie or its key.
type Access interface {
	// Viewer is who asks. An error (service.CodeSignIn, service.CodeStage) is the
	// answer to all requests but those that are for whoever stands at the door.
	Viewer(r *http.Request) (service.Viewer, error)
}

// Fixed is the access of a server that takes all requests for one viewer's.
func Fixed(v service.Viewer) Access { return fixed{v} }

type fixed struct{ viewer service.Viewer }

func (f fixed) Viewer(*http.Request) (service.Viewer, error) { return f.viewer, nil }
