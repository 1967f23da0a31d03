package main

import (
	"fmt"
	"math"
	"os"
	"syscall"
	"time"

	"sanse/planner/formats"
)

// cpuTime is the processor time of this process so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// budget ends a run by time, processor or wall, or at its target, and keeps
// what the best solution was at half of the time.
type budget struct {
	limit  time.Duration
	start  time.Time
	wall   bool
	figure func(int64) formats.Figure
	// goal is the cost at which the run ends, goalVehicles the fleet that must
	// not be exceeded then; 0: none.
	goal         float64
	goalVehicles int
	trace        bool

	asked time.Time
	spent float64
	last  int64
	half  formats.Figure
}

// askEvery keeps the system calls few.
const askEvery = 2 * time.Millisecond

// Spent implements vrp.Budget.
func (b *budget) Spent(_ int, best int64) float64 {
	now := time.Now()
	if better := best < b.last; better || now.Sub(b.asked) >= askEvery {
		b.asked = now
		at := now.Sub(b.start)
		if !b.wall {
			at = cpuTime()
		}
		b.spent = float64(at) / float64(b.limit)
		if better {
			b.last = best
			f := b.figure(best)
			if b.trace {
				fmt.Fprintf(os.Stderr, "%.3f,%.4f,%d,%t\n", at.Seconds(), f.Cost, f.Vehicles, f.Complete)
			}
			if b.spent <= 0.5 {
				b.half = f
			}
			if b.reached(f) {
				b.goal = math.Inf(1) // reached: stays over
			}
		}
	}
	if math.IsInf(b.goal, 1) {
		return max(b.spent, 1)
	}
	return b.spent
}

// near is how close to the best known cost counts as reaching it: published
// costs have two decimals, and the solver rounds legs.
const near = 1e-5

func (b *budget) reached(f formats.Figure) bool {
	if b.goal == 0 || !f.Complete || b.goalVehicles > 0 && f.Vehicles > b.goalVehicles {
		return false
	}
	return f.Cost <= b.goal*(1+near)+0.005 || b.goalVehicles > 0 && f.Vehicles < b.goalVehicles
}
