package vrp

import "slices"

// None stands for no place and no index.
const None = -1

// Never is the price of a day on which a client cannot be visited.
const Never int64 = 1 << 61

// Problem is what Solve solves. Slices may be shared between its parts.
type Problem struct {
	Days     int
	Profiles []Profile
	Workers  []Worker
	Shifts   []Shift
	Clients  []Client
	// WaitCost is the cost of a unit of time spent waiting on a route: from its
	// departure to its end, less travel, services with their setup, and breaks.
	WaitCost int64
	// Unserved is the least cost of a client's rule that means that visits are
	// missing: Solve tells missing visits from mere cost by it. 0: none does.
	Unserved int64
}

// Profile is one way of travelling. All profiles have the same places.
type Profile struct {
	// Time[i][j] is the travel time from place i to place j, -1: no way.
	Time [][]int32
	// Cost[i][j] is what that travel costs; nil: the time.
	Cost [][]int32
}

// Worker is somebody or something that works shifts.
type Worker struct {
	// MaxTasks bounds the visits on any one day over all shifts; 0: no bound.
	MaxTasks int
}

// Window is a span of time, both ends included, in which a service may begin.
type Window struct{ From, To int32 }

// Shift is room for one route: a worker on a day.
type Shift struct {
	Worker  int
	Day     int
	Profile int
	// Start and End are places; None: the route begins at its first stop, ends
	// at its last.
	Start, End int
	// The route leaves Start at From at the earliest and is at End, or done at
	// its last stop, at To at the latest.
	From, To int32
	// MaxTime bounds the time from leaving to the end, 0: no bound. MaxTravel
	// bounds the travel time, 0: no bound. MaxTasks bounds the visits, breaks
	// not counted, 0: no bound.
	MaxTime, MaxTravel int32
	MaxTasks           int
	// Capacity bounds the load in each dimension at every point of the route;
	// nil: no bound.
	Capacity []int32
	// Fixed is the cost of a route that visits anybody.
	Fixed int64
	// Breaks are taken on every route that visits anybody, in this order.
	Breaks []Break
}

// Break is a pause of a route, between two stops, which may be on the way, or at
// either end.
type Break struct {
	Windows []Window // in one of which it begins; nil: any time
	Service int32
}

// Client is a task: a place to be visited, once or on several days.
type Client struct {
	Place int
	// Service is the time of a visit. Setup is spent on top of it, from the
	// moment the visit begins, unless the visit before on the route, or for the
	// first one the Start, is at the same place.
	Service, Setup int32
	// Deliver is the load carried from the start of the route to the client,
	// Pickup from the client to its end, both in the dimensions of Capacity;
	// what is not given is 0.
	Deliver, Pickup []int32
	// Windows are the times at which a visit may begin, ascending, by day; nil:
	// any time on any day. A day's nil: any time; empty but not nil: never.
	Windows [][]Window
	// Rule prices the days.
	Rule Rule
	// DayCost is added to the cost of a visit on a day, once where Crew is 2;
	// nil: 0.
	DayCost []int64
	// Who may visit, by ascending cost; nil: every worker at no cost.
	Who []Choice
	// Kept changes the cost of a visit on a day by a worker, of whichever
	// worker where Worker is None (once where Crew is 2); entries add up. Below
	// 0: the visit is wanted (it is published or locked).
	Kept []Kept
	// Crew is the number of workers who must begin the visit at the same time:
	// 0 stands for 1, 2 is the most. Each of the two pays its own cost of Who
	// and Kept.
	Crew int
}

// Choice is a worker who may visit, and what it costs beyond the way.
type Choice struct {
	Worker int
	Cost   int64
}

// Kept is a change of cost of one possible visit.
type Kept struct {
	Day, Worker int
	Cost        int64
}

// Solution is a set of routes. A shift without a route stays at home.
type Solution struct {
	Routes []Route // by ascending shift
}

// Route is what a shift does.
type Route struct {
	Shift  int
	Depart int32 // from Start, as late as the first stop allows; without Start: the Begin of the first stop
	Stops  []Stop
	End    int32 // back at End, or done at the last stop
}

// Stop is a visit, or a break where Client is None.
type Stop struct {
	Client int
	Break  int   // index in the shift's Breaks where Client is None
	Begin  int32 // of the setup and service, or of the break
}

// Days returns the days on which each client is visited, ascending.
func (s *Solution) Days(p *Problem) [][]int {
	days := make([][]int, len(p.Clients))
	// Shifts are not ordered by day, and a crew's two stops are one visit.
	seen := make(map[[2]int]bool)
	for _, r := range s.Routes {
		for _, st := range r.Stops {
			key := [2]int{st.Client, p.Shifts[r.Shift].Day}
			if st.Client == None || seen[key] {
				continue
			}
			seen[key] = true
			days[st.Client] = append(days[st.Client], key[1])
		}
	}
	for _, d := range days {
		slices.Sort(d)
	}
	return days
}
