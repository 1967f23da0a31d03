package vrp

import "math"

// firstCycle is the length of the first annealing without a time limit. Each
// next one is twice as long and starts from the best solution, so that what a
// run has found does not depend on when it is to end.
const firstCycle = 128

// counted runs the chains for a number of iterations each.
func (r *run) counted(limit int, fleet bool) error {
	length := firstCycle
	for done := 0; done < limit; length *= 2 {
		if fleet {
			n := min(length, limit-done)
			stop, err := r.round(func(c *chain) bool { return r.fightFleet(c, n, 1) })
			if err != nil || stop {
				return err
			}
			done += n
			r.share()
		}
		n := min(length, limit-done)
		stop, err := r.round(func(c *chain) bool { return r.countedCycle(c, n, length) })
		if err != nil || stop {
			return err
		}
		done += n
		r.share()
	}
	return nil
}

// countedCycle makes the first n iterations of an annealing of that length.
func (r *run) countedCycle(c *chain, n, length int) (stop bool) {
	t := c.temperatures(float64(length))
	for i := range n {
		if i%pollEvery == 0 {
			if _, stop := r.poll(c, pollEvery); stop {
				return true
			}
		}
		r.step(c, t.at(float64(i)/float64(length)))
	}
	return false
}

// marks are the shares of a timed annealing at which the chains share what they
// found: late enough for them to have looked at different places first.
var marks = [...]float64{0.6, 0.8, 1}

// mostPerVisit is how many iterations a visit an annealing is worth at most;
// with time for more than twice as many there is a second one.
const mostPerVisit = 30000

// timed runs the chains until the budget is spent.
func (r *run) timed(limit int, fleet bool) error {
	from, _ := r.poll(r.chains[0], 0)
	if fleet {
		share := from + (1-from)*r.chains[0].set.fleet
		stop, err := r.round(func(c *chain) bool { return r.fightFleet(c, limit, share) })
		if err != nil || stop {
			return err
		}
		r.share()
		from = share
	}
	// A little greedy search tells how many iterations there is time for.
	trial := from + (1-from)*0.02
	stop, err := r.round(func(c *chain) bool {
		before := c.done
		stop := r.timedCycle(c, from, trial, trial, limit, temperatures{1, 1})
		c.pace = float64(c.done-before) / (trial - from)
		return stop
	})
	if err != nil || stop {
		return err
	}
	from = trial
	visits := r.chains[0].s.visits()
	cycles := 1
	if per := r.chains[0].pace * (1 - from) / visits; per > 2*mostPerVisit {
		cycles = int(per / mostPerVisit)
	}
	for i := range min(cycles, 4) {
		n := float64(min(cycles, 4) - i)
		to := from + (1-from)/n
		for _, mark := range marks {
			until := from + (to-from)*mark
			stop, err := r.round(func(c *chain) bool {
				return r.timedCycle(c, from, to, until, limit, c.temperatures(c.pace*(to-from)))
			})
			if err != nil || stop {
				return err
			}
			r.share()
		}
		from = to
	}
	return nil
}

// timedCycle runs a part of an annealing that takes the budget from one share
// spent to another, until the share until.
func (r *run) timedCycle(c *chain, from, to, until float64, limit int, t temperatures) (stop bool) {
	for i := 0; ; i++ {
		if i%pollEvery == 0 {
			spent, stop := r.poll(c, pollEvery)
			if stop || c.done >= limit {
				return true
			}
			spent = max(spent, float64(c.done)/float64(limit))
			if spent >= until {
				return false
			}
			c.temp = t.at(min(1, (spent-from)/(to-from)))
		}
		r.step(c, c.temp)
	}
}

// temperatures are those at which an annealing begins and ends.
type temperatures struct{ hot, cold float64 }

// at returns the temperature when that share of the annealing is over.
func (t temperatures) at(share float64) float64 {
	return t.hot * math.Pow(t.cold/t.hot, share)
}

// longSearch is the number of iterations a visit from which on ruins have their
// full size.
const longSearch = 1000

// temperatures returns those of an annealing of n iterations: the fewer, the
// less it can mend of what it breaks, and the cooler it begins. They are in mean
// legs, for legs alone are traded against each other. For the same reason it sets
// the size of ruins.
func (c *chain) temperatures(n float64) temperatures {
	n /= c.s.visits()
	c.s.bold = max(c.set.shortest, min(1, math.Sqrt(n/longSearch)))
	hot := c.set.hot * n / c.set.perVisit
	return temperatures{c.leg * max(2*c.set.cold, min(c.set.hot, hot)), c.leg * c.set.cold}
}
