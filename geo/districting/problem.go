package districting

// None stands for no zone, no parent, no unit.
const None = -1

// Graph is n units and which of them touch, in compressed rows: the neighbours
// of unit u are To[First[u]:First[u+1]], ascending, each pair listed from both
// sides. Units that meet in a point only are not neighbours.
type Graph struct {
	First []int32 // n+1
	To    []int32
	// Border is the length in metres of each shared border, beside To; nil:
	// every one counts 1.
	Border []float64
	// Barrier, beside To, marks neighbours with something between them that no
	// zone may cross (a river, a railway, a motorway, a wall); nil: none. A zone
	// may hold both units only if it also holds a way round.
	Barrier []bool
	// Area is each unit's area in square metres; nil: not known, and
	// compactness is not measured.
	Area []float64
	// Outer is the length in metres of each unit's border that it shares with no
	// unit; nil: none.
	Outer []float64
}

// Units returns the number of units.
func (g *Graph) Units() int { return max(0, len(g.First)-1) }

// Weight is something that zones should have the same amount of.
type Weight struct {
	Name string
	Of   []int64 // by unit, ≥ 0
	// Tolerance is the share by which a zone may be above or below its target:
	// 0.05 is five per cent.
	Tolerance float64
	// Least and Most bound a zone instead where Most > 0: then Tolerance is not
	// used, and the middle of the two stands for the target where shares are told.
	Least, Most int64
}

// Goal says what a good drawing is among those that keep to the rules.
type Goal string

// The goals.
const (
	CutEdges Goal = "cut-edges" // as few pairs of neighbours in two zones as possible
	Compact  Goal = "compact"   // zones as round as possible: the shortest borders for their areas
)

// Problem is what to draw.
type Problem struct {
	Graph
	// Parent is the parent of each unit, 0 and up: a zone lies in one parent.
	// Nil: all in parent 0.
	Parent []int32
	// Zones is the number of zones in each parent. The zones of parent 0 have
	// the first numbers, and so on. A zone's target of a weight is its
	// parent's sum divided by its parent's zones.
	Zones []int
	// Weights to balance, the most important first; at most MaxWeights.
	Weights []Weight
	// Locked is the zone that each unit stays in, or None; nil: none are locked.
	Locked []int32
	// Closed marks zones that get no unit beside their locked ones; nil: none.
	// They are not balanced, and neither they nor their units count in targets.
	Closed []bool
	// Today is the zone that each unit is in now, or None; nil: nothing is known.
	Today []int32
	// Stay is what it costs that the whole of the first weight lies elsewhere than
	// Today, in units of the goal (cut edges, or metres of border); 0: nothing.
	Stay float64
	Goal Goal
}

// MaxWeights is the number of weights at most.
const MaxWeights = 5

// Options are the settings of Solve; the zero value is the default.
type Options struct {
	Seed uint64
	// Iterations bounds the moves that each thread tries, give or take some
	// thousand; 0: a number that grows with the problem, unless Budget is set;
	// below 0: a first drawing only.
	Iterations int
	// Budget, if set, ends the search as well.
	Budget Budget
	// Threads that search side by side; 0 stands for 1.
	Threads int
	// From is a drawing to start from, the zone of each unit; nil: none. What
	// breaks the rules in it is mended first.
	From []int32
	// Progress, if set, is called now and then from one goroutine at a time.
	Progress func(Progress)
}

// Budget says how much of a run is over: 0 at the beginning, 1 or more to stop.
// It is asked by one goroutine at a time, every few thousand moves (of large
// parents: every move for two units); best is as of the last look at all parents.
type Budget interface {
	Spent(iterations int, best Cost) float64
}

// Progress tells how far Solve is.
type Progress struct {
	Iterations int
	Best       Cost
	Zone       []int32 // of each unit in the best drawing so far; good during the call only
	Spent      float64
}

// Cost judges a drawing; of two, the one with less Excess is better, then the
// one with less of Goal + Stay.
type Cost struct {
	// Excess is by how much zones break their bounds, as shares of their targets,
	// summed over zones and weights; 0: all are kept.
	Excess float64
	// Goal counts cut edges, or measures the border between zones in metres.
	Goal float64
	// Stay is the cost of units that lie elsewhere than today.
	Stay float64
}

// Drawing is a division of all units.
type Drawing struct {
	Zone    []int32 // of each unit
	Cost    Cost
	Metrics Metrics
	// Forbids says what stands in the way where Excess is above 0.
	Forbids []Obstacle
}

// Metrics measures a drawing, whoever made it.
type Metrics struct {
	CutEdges     int
	BorderMetres float64 // between zones
	PolsbyPopper float64 // mean of 4π·area/perimeter² over zones; 0 if not known
	Parts        int     // connected parts of all zones; the number of zones if each is contiguous
	BarrierPairs int     // pairs of neighbours across a barrier in one zone
	Moved        int     // units elsewhere than today
	Zones        []ZoneMetrics
}

// ZoneMetrics measures one zone.
type ZoneMetrics struct {
	Parent       int32
	Units        int
	Parts        int
	PolsbyPopper float64
	Sums         []int64   // by weight
	Off          []float64 // by weight: share above (+) or below (−) the target
}

// ObstacleKind says what forbids a bound.
type ObstacleKind string

// The kinds of obstacles.
const (
	ObstacleUnit    ObstacleKind = "unit"    // one unit alone weighs more than a zone may
	ObstacleBarrier ObstacleKind = "barrier" // what barriers or gaps enclose cannot be divided so
	ObstacleLock    ObstacleKind = "lock"    // locked units alone are too much, or cut off too little
	ObstacleSum     ObstacleKind = "sum"     // the parent as a whole has too much or too little for its zones
	ObstacleSearch  ObstacleKind = "search"  // nothing is known to forbid it: the search found none
)

// Obstacle is why a bound cannot be kept, or is not.
type Obstacle struct {
	Kind   ObstacleKind
	Parent int32
	Zone   int32 // or None
	Weight int
	Units  []int32 // the units that it is about
	Short  int64   // amount of the weight by which it fails at least
}
