package service

import (
	"context"
	"time"
)

// LookAtRelease is one look of KeepRelease.
func (s *Service) LookAtRelease(ctx context.Context, district string) (time.Duration, error) {
	return s.lookAtRelease(ctx, district)
}
