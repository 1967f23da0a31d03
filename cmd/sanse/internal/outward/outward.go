package outward

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"

	"sanse/cmd/sanse/internal/loopback"
)

// Options say where a client may go. The zero value goes to public addresses over
// https.
type Options struct {
	// Private lets it connect to addresses of the house's own network as well, such as
	// 10.0.0.0/8, and to this machine: the operator says so, never a district.
	Private bool
	// Loopback lets it speak http to this machine: for tests.
	Loopback bool
	Timeout  time.Duration // of a request in all; 0: ten seconds
}

const (
	usualTimeout = 10 * time.Second
	dialTimeout  = 5 * time.Second
	// maxAnswer is how much of an answer is read, so that the connection can be used
	// again; nothing of it is kept.
	maxAnswer  = 4 << 10
	maxAddress = 2048
)

// Client asks. It is safe for concurrent use.
type Client struct {
	opt  Options
	http *http.Client
}

// What is wrong with an address, and what becomes of a request. None of them repeats
// anything of the address.
var (
	ErrAddress     = &Error{"address", "want an https address with a host, without a name, a password or a fragment"}
	ErrForbidden   = &Error{"forbidden", "the address lies in a network that this program does not go to (the operator can allow the house's own: --private-hooks)"}
	ErrUnreachable = &Error{"unreachable", "nobody could be reached there"}
	ErrLate        = &Error{"late", "no answer came in time"}
	ErrTooLarge    = &Error{"too_large", "the answer is larger than is read"}
)

// Error is what went wrong, in words of the program's own.
type Error struct{ fault, text string }

// Error says it to people.
func (e *Error) Error() string { return e.text }

// Fault says it to programs, in a word.
func (e *Error) Fault() string { return e.fault }

// New returns a client.
func New(opt Options) *Client {
	c := &Client{opt: opt}
	dialer := &net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !c.may(at.Addr()) {
			return ErrForbidden
		}
		return nil
	}}
	c.http = &http.Client{
		Timeout: cmp.Or(opt.Timeout, usualTimeout),
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: cmp.Or(opt.Timeout, usualTimeout),
			MaxResponseHeaderBytes: 16 << 10, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c
}

// never are networks that no message goes to whoever allows it: they hold the
// machine's own metadata (that of some clouds lies in the middle of a house's
// networks, of one among the public ones), nobody, everybody, or other addresses in
// disguise.
var never = prefixes("0.0.0.0/8", "100.100.100.200/32", "168.63.129.16/32", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/3", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fd00:ec2::254/128", "fd20:ce::254/128")

// public are all addresses of IPv6 that are given to anybody: what lies outside of
// them and of the house's is nobody's, or an address of IPv4 in one of its disguises.
var public = netip.MustParsePrefix("2000::/3")

// house are networks of a house's own, and this machine.
var house = prefixes("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "::1/128", "fc00::/7")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// may tells whether the client connects to an address.
func (c *Client) may(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	for _, p := range never {
		if p.Contains(at) {
			return false
		}
	}
	for _, p := range house {
		if p.Contains(at) {
			return c.opt.Private || c.opt.Loopback && at.IsLoopback()
		}
	}
	return at.Is4() || public.Contains(at)
}

// Check tells whether the client would go to an address, as far as the address
// itself says: a name may stand for anything.
func (c *Client) Check(address string) error {
	_, err := c.parse(address)
	return err
}

func (c *Client) parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Opaque != "" {
		return nil, ErrAddress
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !c.opt.Loopback || !loopback.Names(u.Host)) {
		return nil, ErrAddress
	}
	if at, err := netip.ParseAddr(u.Hostname()); err == nil && !c.may(at) {
		return nil, ErrForbidden
	}
	return u, nil
}

// Post sends a body and returns the status of the answer, of which nothing else is
// kept. A redirect is an answer like others. What went wrong is one of the errors of
// this package.
func (c *Client) Post(ctx context.Context, address string, header map[string]string, body []byte) (int, error) {
	answer, err := c.do(ctx, http.MethodPost, address, header, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // what they say is not for us; the status is
	return answer.StatusCode, nil
}

// Get asks and returns the status of the answer and, of a good one (200), what it
// holds: most bytes, once they are unpacked; of a larger one nothing, which is
// ErrTooLarge. All of it must come in time. The rest is as with Post.
func (c *Client) Get(ctx context.Context, address string, header map[string]string, most int64) (int, []byte, error) {
	answer, err := c.do(ctx, http.MethodGet, address, header, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer) // as with Post
		return answer.StatusCode, nil, nil
	}
	if answer.ContentLength > most {
		return answer.StatusCode, nil, ErrTooLarge
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, most+1))
	switch {
	case err != nil:
		return answer.StatusCode, nil, plain(ctx, err)
	case int64(len(body)) > most:
		return answer.StatusCode, nil, ErrTooLarge
	}
	return answer.StatusCode, body, nil
}

func (c *Client) do(ctx context.Context, method, address string, header map[string]string, body io.Reader) (*http.Response, error) {
	u, err := c.parse(address)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, ErrAddress
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	request.Header.Set("User-Agent", "sanse")
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, plain(ctx, err)
	}
	return answer, nil
}

// plain is an error without the address, which errors of net/http repeat.
func plain(ctx context.Context, err error) error {
	var timeout net.Error
	switch {
	case errors.Is(err, ErrForbidden):
		return ErrForbidden
	case ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.As(err, &timeout) && timeout.Timeout():
		return ErrLate
	}
	return ErrUnreachable
}
