package service

import "context"

// UnmatchedNeeds is what the shortfall asks of the ledger.
func (s *Service) UnmatchedNeeds(ctx context.Context, district string) ([]UnmatchedNeed, error) {
	return s.unmatchedNeeds(ctx, district)
}
