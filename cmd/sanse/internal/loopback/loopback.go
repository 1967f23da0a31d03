package loopback

import (
	"net"
	"strings"
)

// Names tells whether a host, with or without a port, is this machine's loopback:
// localhost, an address in 127.0.0.0/8, or ::1. Any other name that somebody
// points at the loopback is refused, which is what keeps out DNS rebinding.
func Names(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	} else if inner, ok := strings.CutPrefix(host, "["); ok {
		host = strings.TrimSuffix(inner, "]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}
