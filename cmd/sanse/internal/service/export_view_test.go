package service

import "testing"

// ViewIsMade tells whether everybody in a district has been read for the pages.
func (s *Service) ViewIsMade(t *testing.T, district string) bool {
	t.Helper()
	s.viewing <- struct{}{}
	defer func() { <-s.viewing }()
	return s.views[district] != nil
}

// HeadsKept is how many counts of who lives where are kept.
func (s *Service) HeadsKept() int { return s.heads.size() }

// Looks returns what looks, each time it is called, as KeepWarm does.
func (s *Service) Looks(t *testing.T, district string) func() {
	var at warmth
	return func() {
		t.Helper()
		if err := s.lookWarm(t.Context(), district, &at); err != nil {
			t.Fatal(err)
		}
	}
}

// HeadsCounted is the data version of which a district was counted last; 0: never.
func (s *Service) HeadsCounted(t *testing.T, district string) (last int64) {
	t.Helper()
	s.heads.mu.Lock()
	defer s.heads.mu.Unlock()
	for k := range s.heads.kept {
		if k.district == district {
			last = max(last, k.version)
		}
	}
	return last
}
