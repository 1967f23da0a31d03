package vrp

// maxCache bounds the entries of the cache of a thread: 16 bytes each.
const maxCache = 1 << 24

// entry is what scan said of a client and a route with this stamp.
type entry struct {
	delta int64
	stamp uint32
	at    int32
}

// insertion is scan with a memory: a route that has not changed since it was
// last asked about this client is not looked at again.
func (s *state) insertion(k, c int32) (int64, int32) {
	if s.cache == nil {
		return s.scan(k, c)
	}
	e := &s.cache[int(c)*len(s.routes)+int(k)]
	if stamp := s.stamps[k]; e.stamp != stamp {
		e.delta, e.at = s.scan(k, c)
		e.stamp = stamp
	}
	return e.delta, e.at
}

// cached returns the entries of a client for a range of routes; nil where
// there is no cache.
func (s *state) cached(c, from, to int32) []entry {
	if s.cache == nil {
		return nil
	}
	base := int(c) * len(s.routes)
	return s.cache[base+int(from) : base+int(to)]
}
