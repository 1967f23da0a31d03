package service

import (
	"testing"
)

// BrokenSiting is a search for sites that breaks while it runs.
func (s *Service) BrokenSiting(t *testing.T, district string) int64 {
	t.Helper()
	job, err := s.sitings.start(s, &sitingJob{district: district, scope: district})
	if err != nil {
		t.Fatal(err)
	}
	<-s.sitings.find(district, job).ended
	return job
}

// HoldSitings has so many searches be in preparation.
func (s *Service) HoldSitings(t *testing.T, n int) {
	t.Helper()
	s.sitings.mu.Lock()
	defer s.sitings.mu.Unlock()
	s.sitings.begins = n
}
