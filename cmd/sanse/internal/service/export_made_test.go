package service

import "context"

// MadeOnce keeps numbers by name.
type MadeOnce struct{ madeOnce[string, int] }

// NewMadeOnce keeps so many.
func NewMadeOnce(most int) *MadeOnce { return &MadeOnce{madeOnce[string, int]{most: most}} }

// Get asks for one.
func (m *MadeOnce) Get(ctx context.Context, k string, stale func(string) bool, work func() (int, error)) (int, error) {
	return m.get(ctx, k, stale, work)
}

// Size is how many are kept.
func (m *MadeOnce) Size() int { return m.size() }

// SuppliesKept is of how many questions the supply is kept.
func (s *Service) SuppliesKept() int { return s.supplies.size() }
