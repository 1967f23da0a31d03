package api

import (
	"crypto/tls"
	"net/http"
)

// What every answer carries unless whoever makes it says otherwise: no answer is a
// page, runs or fetches anything, is framed, kept, guessed at or handed to pages
// from elsewhere. Our own pages, and reports that are shown as pages, have a policy
// of their own (OWASP ASVS 5.0.0, V3.4).
var headers = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "no-referrer"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()"},
	{"Cache-Control", fresh},
}

// onlyHTTPS has browsers come by HTTPS alone for a year, to this host and to all
// below it.
const onlyHTTPS = "max-age=31536000; includeSubDomains"

// secure puts the headers of every answer into one that is about to be made. Behind
// a proxy that ends HTTPS the server itself sees none: the door knows.
func (s *Server) secure(w http.ResponseWriter, came *tls.ConnectionState) {
	for _, h := range headers {
		w.Header().Set(h[0], h[1])
	}
	if came != nil || s.door != nil && s.door.Secure {
		w.Header().Set("Strict-Transport-Security", onlyHTTPS)
	}
}
