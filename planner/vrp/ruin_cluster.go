package vrp

// cluster takes all visits of the clients nearest to one out, on all days: a
// neighbourhood moves to other days together or not at all, for a worker who
// comes for one of them would come for the others on another day.
func (s *state) cluster(o *settings, visits float64, seed int32) {
	m := s.m
	if s.rng.float() < o.large {
		visits *= o.factor
	}
	left := int(s.rng.float()*2*visits) + 1
	for _, c := range s.around(seed) {
		if left <= 0 {
			return
		}
		if s.rng.below(8) == 0 && c != seed {
			continue
		}
		for d := range m.days {
			if s.on[int(c)*m.days+d] != away {
				s.remove(c, d)
				left--
			}
		}
		s.lose(c)
	}
}
