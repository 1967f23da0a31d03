package auth_test

import (
	"net/netip"
	"strconv"
	"testing"
	"time"

	"sanse/cmd/sanse/internal/auth"
)

func TestEachKeyIsHeldToTheRateApart(t *testing.T) {
	l := auth.NewLimiter(auth.Rate{Burst: 2, Every: time.Minute}, 3)
	now := time.Unix(1_800_000_000, 0)
	take := func(key string, want time.Duration) {
		t.Helper()
		if wait, ok := l.Take(key, now); ok != (want == 0) || wait.Round(time.Second) != want {
			t.Errorf("%s: %v %v, want %v", key, wait, ok, want)
		}
	}
	take("a", 0)
	take("a", 0)
	take("a", time.Minute)
	take("b", 0)
	now = now.Add(20 * time.Second)
	take("a", 40*time.Second) // what was refused is not counted
	now = now.Add(40 * time.Second)
	take("a", 0)
	take("a", time.Minute)
	l.Forget("a")
	take("a", 0)
	take("a", 0)
	take("a", time.Minute)
	// Many others are remembered in its place.
	for i := range 3 {
		take(strconv.Itoa(i), 0)
	}
	take("a", 0)
}

func TestOnlyATrustedProxyIsBelievedWhoItAsksFor(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, c := range map[string]struct {
		remote    string
		forwarded []string
		want      string
	}{
		"no proxy":                                {"203.0.113.9:4711", nil, "203.0.113.9"},
		"a stranger who says to be a proxy":       {"203.0.113.9:4711", []string{"198.51.100.1"}, "203.0.113.9"},
		"a proxy":                                 {"10.0.0.1:80", []string{"198.51.100.1"}, "198.51.100.1"},
		"a proxy behind a proxy":                  {"10.0.0.1:80", []string{"198.51.100.1, 10.0.0.2"}, "198.51.100.1"},
		"what the client wrote itself":            {"10.0.0.1:80", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		"what the client wrote itself, apart":     {"10.0.0.1:80", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		"a proxy that says nothing":               {"10.0.0.1:80", nil, "10.0.0.1"},
		"a proxy that says what is no address":    {"10.0.0.1:80", []string{"unknown"}, "10.0.0.1"},
		"IPv6":                                    {"[2001:db8::1]:80", nil, "2001:db8::1"},
		"IPv6 through a proxy":                    {"[fd00::1]:80", []string{"2001:db8::2"}, "2001:db8::2"},
		"IPv6 with a port":                        {"[fd00::1]:80", []string{"[2001:db8::2]:99"}, "2001:db8::2"},
		"IPv4 as IPv6":                            {"[::ffff:203.0.113.9]:80", nil, "203.0.113.9"},
		"nothing":                                 {"", nil, "invalid IP"},
		"all proxies: the one that is furthest":   {"10.0.0.1:80", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		"a list cut by what is no address at all": {"10.0.0.1:80", []string{"198.51.100.1, x, 10.0.0.2"}, "10.0.0.2"},
	} {
		if got := auth.Client(c.remote, c.forwarded, trusted).String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestOnlyTheNeighbourhoodOfAnAddressIsKept(t *testing.T) {
	for addr, want := range map[string]string{"203.0.113.9": "203.0.113.0/24", "2001:db8:1:2::3": "2001:db8:1::/48"} {
		if got := auth.Neighbourhood(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s: %s", addr, got)
		}
	}
	if got := auth.Neighbourhood(netip.Addr{}); got != "" {
		t.Error(got)
	}
}
