package main

import (
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// certificate is read anew when its files change, so that a renewed one needs no
// restart.
type certificate struct {
	certFile, keyFile string
	log               *slog.Logger
	now               func() time.Time

	mu     sync.Mutex
	cert   *tls.Certificate
	looked time.Time
	stamp  [2]time.Time // when the files were changed last
}

// lookEvery is how often the files are looked at.
const lookEvery = 5 * time.Second

// secured puts TLS before a listener: 1.2 at least, and nothing that Go's own
// choice leaves out.
func secured(l net.Listener, certFile, keyFile string, log *slog.Logger, now func() time.Time) (net.Listener, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, log: log, now: now}
	if _, err := c.get(nil); err != nil {
		return nil, badInput(err, "the certificate cannot be used")
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}), nil
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); c.cert == nil || now.Sub(c.looked) >= lookEvery {
		c.looked = now
		if err := c.read(); err != nil {
			if c.cert == nil {
				return nil, err
			}
			// Half of a pair is there while it is being renewed.
			c.log.Warn("the certificate cannot be read anew; the one before is kept", "error", err)
		}
	}
	return c.cert, nil
}

func (c *certificate) read() error {
	var stamp [2]time.Time
	for i, name := range []string{c.certFile, c.keyFile} {
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		stamp[i] = info.ModTime()
	}
	if c.cert != nil && stamp == c.stamp {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return err
	}
	c.cert, c.stamp = &cert, stamp
	return nil
}
