package vrp

// Budget says how much of a run is over: 0 at the beginning, 1 or more to stop.
// It is asked by one goroutine at a time, every few iterations of a thread;
// iterations are those of all threads, best is the cost of the best solution
// so far.
type Budget interface {
	Spent(iterations int, best int64) float64
}

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations bounds the search of each thread; 0: a number that grows with
	// the problem, unless Budget is set; below 0: construction only. The same
	// problem, seed, iterations and threads give the same solution, and more
	// iterations never a worse one.
	Iterations int
	// Budget, if set, ends the search as well.
	Budget Budget
	// Threads that search side by side; 0 stands for 1.
	Threads int
	// From is a solution to start from; nil: none. What does not fit is left
	// out and inserted again.
	From *Solution
	// Progress, if set, is called now and then from one goroutine at a time.
	Progress func(Progress)
}

// Progress tells how far Solve is.
type Progress struct {
	Iterations int     // of all threads
	Best       Cost    // of the best solution so far
	Spent      float64 // of the run
}

// Cost is what a solution costs, in all and by term.
type Cost struct {
	Total  int64
	Rules  int64 // of the days chosen
	Visits int64 // who visits whom when
	Travel int64
	Wait   int64
	Fixed  int64
	Routes int // routes that visit anybody
	Missed int // clients whose rule costs Problem.Unserved or more
}

// Stats tells what Solve did.
type Stats struct {
	Cost       Cost
	Iterations int // of all threads
	Improved   int // how often the best got better
}
