package service

import "context"

// ChainStep returns what ChainAudit does each second.
func (s *Service) ChainStep(district string) func(context.Context) { return s.chaining(district).step }
