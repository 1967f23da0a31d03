package service

import (
	"testing"

	"sanse/reports/reach"
)

// ReachSeconds are the walks to a service of the spots and the residents of a
// district, and ReachAreas where they are.
func (s *Service) ReachSeconds(t *testing.T, district, profile string, at *reach.Moment, of string) (spots, residents []int32) {
	t.Helper()
	r, err := s.reachAt(t.Context(), district, profile, at)
	if err != nil {
		t.Fatal(err)
	}
	all := r.index.Seconds(of)
	return all[:r.resident(0)], all[r.resident(0):]
}

// ReachAt is the reach at a moment, to be told from another by its address.
func (s *Service) ReachAt(t *testing.T, district, profile string, at *reach.Moment) any {
	t.Helper()
	r, err := s.reachAt(t.Context(), district, profile, at)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// HourReaches is how many reaches at a moment are kept, and the most that are.
func (s *Service) HourReaches() (kept, most int) { return s.hourReaches.size(), maxReaches }

// ReachIsKept tells whether asking twice measures once.
func (s *Service) ReachIsKept(t *testing.T, district, profile string) bool {
	t.Helper()
	one, err := s.reach(t.Context(), district, profile)
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.reach(t.Context(), district, profile)
	if err != nil {
		t.Fatal(err)
	}
	return one == two && s.reaches.size() <= maxReaches
}
