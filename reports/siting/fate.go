package siting

import "slices"

// groupsOf numbers the places with an idle site among some sites: the group of
// each, or None, and which are idle. What is beside no idle site is free.
func groupsOf(p *Problem, ids []int32) (group []int32, idle []bool, groups int) {
	group, idle = slices.Repeat([]int32{None}, len(ids)), make([]bool, len(ids))
	of := map[int32]int32{}
	for i, s := range ids {
		if q := &p.Sites[s]; q.Status == Idle {
			idle[i] = true
			if _, ok := of[q.Place]; !ok && q.Place > 0 {
				of[q.Place] = int32(groups)
				groups++
			}
		}
	}
	for i, s := range ids {
		if g, ok := of[p.Sites[s].Place]; ok {
			group[i] = g
		}
	}
	return group, idle, groups
}

// fate is what has been decided about a site.
type fate int8

const (
	open  fate = iota // nothing yet
	taken             // it is in
	shut              // it is out
)

// followBeside draws from the fates of some sites what they mean for those
// beside them: a new one that is in has all idle ones in, an idle one that is out
// has all new ones out. False: the fates contradict each other.
func followBeside(group []int32, idle []bool, groups int, fates []fate) bool {
	if groups == 0 {
		return true
	}
	newIn, idleOut := make([]bool, groups), make([]bool, groups)
	for j, f := range fates {
		if g := group[j]; g != None {
			newIn[g] = newIn[g] || f == taken && !idle[j]
			idleOut[g] = idleOut[g] || f == shut && idle[j]
		}
	}
	for j, f := range fates {
		g := group[j]
		switch {
		case g == None:
		case idle[j] && newIn[g]:
			if f == shut {
				return false
			}
			fates[j] = taken
		case !idle[j] && idleOut[g]:
			if f == taken {
				return false
			}
			fates[j] = shut
		}
	}
	return true
}

// undecided counts the sites that are open.
func undecided(fates []fate) int {
	n := 0
	for _, f := range fates {
		if f == open {
			n++
		}
	}
	return n
}
