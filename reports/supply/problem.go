package supply

// Unknown is the capacity of a facility of which nobody knows how many it takes.
const Unknown = -1

// None stands for no facility.
const None = -1

// Problem is who asks for places, and where there are some.
type Problem struct {
	// Weight of each demand: how many people ask for a place each; ≥ 0.
	Weight []int64
	// Class of each demand, 0 the first to be served; nil: all are of one class.
	Class []uint8
	// Capacity of each facility: places for one person each, ≥ 0, or Unknown.
	Capacity []int64
	Ways     Ways
}

// Ways are the facilities in reach of each demand: those of demand d are
// Facility[First[d]:First[d+1]], none of them twice, with their costs beside
// them: seconds on foot, as a rule, ≥ 0.
type Ways struct {
	First    []int // demands + 1
	Facility []int32
	Cost     []int32
}

// Within returns the ways that cost no more than so much.
func (w *Ways) Within(cost int32) Ways {
	out := Ways{First: make([]int, len(w.First))}
	for d := range len(w.First) - 1 {
		for e := w.First[d]; e < w.First[d+1]; e++ {
			if w.Cost[e] <= cost {
				out.Facility, out.Cost = append(out.Facility, w.Facility[e]), append(out.Cost, w.Cost[e])
			}
		}
		out.First[d+1] = len(out.Facility)
	}
	return out
}

// class is the class of a demand.
func (p *Problem) class(d int) int {
	if p.Class == nil {
		return 0
	}
	return int(p.Class[d])
}

// longest is the largest cost of all ways, 0 without any.
func (p *Problem) longest() int64 {
	var most int32
	for _, c := range p.Ways.Cost {
		most = max(most, c)
	}
	return int64(most)
}

// unserved is the cost of a person who gets no place, by class. To serve one more
// of a class, at worst every facility passes one person on to the next and
// somebody of a later class loses a place: the cost of that many longest ways
// apart makes it always pay, so the least cost serves the most, class by class.
func (p *Problem) unserved() []int64 {
	classes := 1
	for _, c := range p.Class {
		classes = max(classes, int(c)+1)
	}
	each := (int64(len(p.Capacity)) + 1) * (p.longest() + 1)
	out := make([]int64, classes)
	for c := range out {
		out[c] = int64(classes-c) * each
	}
	return out
}
