package service

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"sanse/data"
)

// maxReview is the most characters of a review number.
const maxReview = 60

// SetReviewNumber sets the number under which the district's maps were reviewed
// (审图号) and returns it as it is printed; empty takes it away. It is for
// administrators.
func (s *Service) SetReviewNumber(ctx context.Context, district, number string) (string, error) {
	if err := mustMay(ctx, CapSettings, district); err != nil {
		return "", err
	}
	number = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(number), "审图号："))
	if utf8.RuneCountInString(number) > maxReview || !utf8.ValidString(number) || strings.ContainsFunc(number, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", invalid("a review number is a line of at most %d characters", maxReview)
	}
	err := s.store.Write(ctx, func(tx *data.Tx) error { return tx.SetReviewNumber(district, number) })
	if errors.Is(err, data.ErrNotFound) {
		return "", notFound("there is no district %s here", Own(district))
	}
	return number, err
}
