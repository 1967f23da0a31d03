package service

import "testing"

// AwaitDrawing returns when a drawing is over.
func (s *Service) AwaitDrawing(t *testing.T, draft, job int64) {
	t.Helper()
	s.drawings.mu.Lock()
	var ended chan struct{}
	for _, j := range s.drawings.jobs {
		if j.draft == draft && j.id == job {
			ended = j.ended
		}
	}
	s.drawings.mu.Unlock()
	if ended == nil {
		t.Fatalf("there is no drawing %d", job)
	}
	<-ended
}
