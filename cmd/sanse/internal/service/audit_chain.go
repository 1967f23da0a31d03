package service

import (
	"context"
	"errors"
	"time"

	"sanse/data"
)

// chainEvery is how often a server looks whether there is enough of the audit to
// be chained, and anchorEvery how often the head of the chain goes to the log.
const (
	chainEvery  = time.Second
	anchorEvery = time.Hour
)

// ChainAudit chains a district's audit until the context ends, and once more
// then. The head of the chain goes to the log now and then: a log that is kept
// elsewhere is an anchor.
func (s *Service) ChainAudit(ctx context.Context, district string) {
	c := s.chaining(district)
	every, anchor := time.NewTicker(chainEvery), time.NewTicker(anchorEvery)
	defer every.Stop()
	defer anchor.Stop()
	for {
		select {
		case <-ctx.Done():
			c.made(c.Link(context.WithoutCancel(ctx)))
			return
		case <-every.C:
			c.step(ctx)
		case <-anchor.C:
			if a, ok := c.Head(); ok {
				s.log.Info("audit", "anchor", a.String())
			}
		}
	}
}

// chaining is the chaining of one audit, and who was told that it does not go on.
type chaining struct {
	*data.Linker
	s                *Service
	district         string
	since, told, err time.Time // since when it waits (0: it does not), when that was told, and when an error was
}

func (s *Service) chaining(district string) *chaining {
	return &chaining{Linker: s.store.Linker(district), s: s, district: district}
}

// complainAfter is how long the chain waits, or has been complained of, before
// somebody is told.
const complainAfter = time.Minute

// step chains what is due, and complains of a transaction that the chain has
// waited for for a minute, once a minute.
func (c *chaining) step(ctx context.Context) {
	now := c.s.now()
	switch waiting := c.made(c.LinkDue(ctx)); {
	case !waiting:
		c.since, c.told = time.Time{}, time.Time{}
		return
	case c.since.IsZero():
		c.since = now
	}
	if now.Sub(c.since) < complainAfter || now.Sub(c.told) < complainAfter {
		return
	}
	c.told = now
	h, ok, err := c.HeldUpBy(ctx)
	switch {
	case err != nil:
		c.made(0, true, err)
	case ok:
		c.s.log.Error("the audit cannot be chained: a transaction of the database server does not end",
			"district", c.district, "waiting", now.Sub(c.since).String(), "pid", h.PID, "running", h.For.Round(time.Second).String())
	}
}

// made complains of an error of the linker, once a minute, and tells whether the
// chain has to wait.
func (c *chaining) made(_ int, waiting bool, err error) bool {
	if now := c.s.now(); err != nil && !errors.Is(err, context.Canceled) && now.Sub(c.err) > complainAfter {
		c.s.log.Error("the audit could not be chained", "district", c.district, "error", err)
		c.err = now
	}
	return waiting
}

// LinkAudits is LinkAudit for all districts.
func (s *Service) LinkAudits(ctx context.Context) error {
	all, err := s.store.Districts(ctx)
	for _, d := range all {
		err = errors.Join(err, s.LinkAudit(ctx, d.Code))
	}
	return err
}

// LinkAudit chains what is there now, as far as it can be.
func (s *Service) LinkAudit(ctx context.Context, district string) error {
	_, _, err := s.store.Linker(district).Link(ctx)
	return err
}
