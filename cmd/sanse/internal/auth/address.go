package auth

import (
	"net/netip"
	"strings"
)

// Client finds the address that a request came from: that of the connection, or,
// where that is a trusted proxy, the last address in its X-Forwarded-For that is
// no trusted proxy. What a client wrote there itself stands before that and is
// not believed. The zero Addr stands for one that cannot be told.
func Client(remote string, forwarded []string, trusted []netip.Prefix) netip.Addr {
	at := parseAddr(remote)
	if !within(at, trusted) {
		return at
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := parseAddr(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			break
		}
		at = hop
		if !within(hop, trusted) {
			break
		}
	}
	return at
}

// Through tells whether a connection is a trusted proxy's, or one of this machine.
func Through(remote string, trusted []netip.Prefix) bool {
	a := parseAddr(remote)
	return within(a, trusted) || a.IsLoopback()
}

func parseAddr(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

func within(a netip.Addr, prefixes []netip.Prefix) bool {
	for _, p := range prefixes {
		if a.IsValid() && p.Contains(a) {
			return true
		}
	}
	return false
}

// Neighbourhood is the part of an address that is kept: the /24 of an IPv4
// address, the /48 of an IPv6 one. It tells one house from another and not one
// person; whoever has one IPv6 address mostly has a whole /64 of them.
func Neighbourhood(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
