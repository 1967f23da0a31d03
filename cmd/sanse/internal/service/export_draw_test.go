package service

import "testing"

// AwaitDrawing returns when a drawing is over.
func (s *Service) AwaitDrawing(t *testing.T, draft, job int64) {
	t.Helper()
	for _, j := range s.drawings.jobs {
		if j.draft == draft && j.id == job {
			<-j.ended
			return
		}
	}
	t.Fatalf("there is no drawing %d", job)
}
