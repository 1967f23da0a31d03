package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sanse/cmd/sanse/internal/auth"
	"sanse/data"
)

// maxRatingBytes is the longest body of a rating: 500 characters, however they are written.
const maxRatingBytes = 8 << 10

// ratingLimits hold whoever rates to a rate: an address, which a whole house or a
// neighbourhood of telephones may share, and a code, by which one changes one's mind a
// few times.
type ratingLimits struct {
	byAddress *auth.Limiter
	byCode    *auth.Limiter
}

func newRatingLimits() *ratingLimits {
	return &ratingLimits{
		byAddress: auth.NewLimiter(auth.Rate{Burst: 40, Every: 5 * time.Second}, remembered),
		byCode:    auth.NewLimiter(auth.Rate{Burst: 8, Every: time.Minute}, remembered),
	}
}

func (s *Server) registerRatings(api huma.API) {
	huma.Register(api, huma.Operation{
		OperationID: "rate-visit", Method: http.MethodPost, Path: "/v1/ratings",
		Summary:       "How a resident or a family rates a visit, by a code of it: without signing in",
		MaxBodyBytes:  maxRatingBytes,
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError},
	}, s.postRating)
}

// RatingBody is how somebody rates a visit. Lengths are checked by the service.
type RatingBody struct {
	Code   string `json:"code" maxLength:"100" doc:"what stands after the # of the code, as it is or as it was typed"`
	Rating int    `json:"rating" minimum:"1" maximum:"5"`
	By     string `json:"by" enum:"resident,family" doc:"who says so"`
	Words  string `json:"words,omitempty" maxLength:"2000" doc:"at most 500 characters; they are kept sealed"`
}

func (s *Server) postRating(ctx context.Context, in *struct{ Body RatingBody }) (*struct{}, error) {
	now := time.Now()
	if s.door != nil {
		now = s.door.Now()
	}
	wait, ok := s.ratings.byAddress.Take(auth.LimitKey(visitOf(ctx).from.Addr), now)
	if ok {
		wait, ok = s.ratings.byCode.Take(string(data.Token(in.Body.Code).Hash()), now)
	}
	if !ok {
		return nil, huma.ErrorWithHeaders(huma.NewError(http.StatusTooManyRequests, "too many ratings from here: wait a little"), http.Header{"Retry-After": {seconds(wait)}})
	}
	return nil, s.problem(s.service.RateVisit(ctx, s.district, in.Body.Code, in.Body.Rating, in.Body.By, in.Body.Words))
}
