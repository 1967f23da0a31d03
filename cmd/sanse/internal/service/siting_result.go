package service

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"sanse/reports/siting"
)

// Siting is how far a search for sites is, and the best that it has found.
type Siting struct {
	Job     int64
	State   SitingState
	Message string  // of one that failed
	Spent   float64 // share of the time that is over
	Result  *SitingResult
}

// SitingResult is an answer: the sites in the order in which to open them.
type SitingResult struct {
	Goal             siting.Goal
	Sites            []ChosenSite
	Objective, Bound int64
	Gap              float64 // |objective − bound| / bound: it is off the best possible by no more
	Proven           bool
	// Reached is the weight of those served, by what stands too; Total that of all
	// who are asked for; Hopeless of those whom no site could reach, and Unplaced
	// of those whom no street is near: both are in Total.
	Reached, Total, Hopeless, Unplaced int64
	Candidates                         int     // sites to choose from
	Apart                              float64 // metres between those that were made; 0: they were given
	Chinese, English                   string  // the answer in a sentence
}

// ChosenSite is a step of an answer.
type ChosenSite struct {
	Rank     int
	ID       string
	Status   string // new, idle, planned
	Facility string // its id, if there is one
	Location orb.Point
	// Gain is what it brings after those before it, After what is reached with it:
	// weight, or for LeastTotal and LeastWorst seconds.
	Gain, After int64
	Share       float64 // of Total that is covered with it; −1: the goal covers nobody
	Price       int64
	Capacity    int64 // 0: as many as come
	Load        int64 // whom it serves in the answer; 0 without capacities
}

// report is the search as others see it.
func (j *sitingJob) report() Siting {
	j.showing.Lock()
	defer j.showing.Unlock()
	j.mu.Lock()
	out := Siting{Job: j.id, State: j.state, Message: j.message, Spent: min(1, j.spent), Result: j.outcome}
	progress, seen := j.progress, j.seen
	j.mu.Unlock()
	if out.State == SitingDone {
		out.Spent = 1
	}
	if out.Result == nil && seen && progress.Objective >= 0 {
		if j.shown == nil || j.shown.Objective != progress.Objective || j.shown.Bound != progress.Bound {
			j.shown = siting.Finish(j.problem, progress)
		}
		out.Result = j.result(j.shown)
	}
	return out
}

// result tells of a solution.
func (j *sitingJob) result(s *siting.Solution) *SitingResult {
	p := j.problem
	out := &SitingResult{
		Goal: p.Goal, Sites: []ChosenSite{}, Objective: s.Objective, Bound: s.Bound, Gap: s.Gap, Proven: s.Proven(),
		Reached: s.Reached, Total: j.total(), Hopeless: s.Hopeless, Unplaced: j.unplaced, Apart: j.apart,
	}
	for _, site := range p.Sites {
		if site.Status != siting.Kept {
			out.Candidates++
		}
	}
	load := map[int32]int64{}
	for _, l := range s.Loads {
		load[l.Site] += l.Weight
	}
	for k, step := range s.Steps {
		at, site := &j.sites[step.Site], &p.Sites[step.Site]
		c := ChosenSite{
			Rank: k + 1, ID: at.ID, Status: "new", Facility: at.Facility, Location: at.Location, Gain: step.Gain, After: step.After,
			Share: -1, Price: site.Price, Load: load[step.Site],
		}
		switch {
		case site.Status == siting.Idle:
			c.Status = "idle"
		case at.Facility != "":
			c.Status = "planned"
		}
		if p.Radius > 0 {
			c.Share = float64(step.After) / float64(out.Total)
		}
		if p.Capacity != nil && p.Capacity[step.Site] != siting.None {
			c.Capacity = p.Capacity[step.Site]
		}
		out.Sites = append(out.Sites, c)
	}
	out.say(j.ask.Minutes, j.farthest, p.Capacity != nil)
	return out
}

// say puts the answer into a sentence.
func (r *SitingResult) say(minutes, farthest int, limited bool) {
	var zh, en strings.Builder
	n := len(r.Sites)
	noun := "sites"
	if n == 1 {
		noun = "site"
	}
	if n == 0 {
		zh.WriteString("没有能改善的新址")
		en.WriteString("No site would make it better")
	} else {
		fmt.Fprintf(&zh, "%d 个新址", n)
		fmt.Fprintf(&en, "%d %s", n, noun)
	}
	switch r.Goal {
	case siting.MostCovered, siting.AllCovered:
		share := 100 * float64(r.Reached) / float64(max(1, r.Total))
		if limited {
			fmt.Fprintf(&zh, "，共 %d 人中 %d 人（%.1f%%）步行 %d 分钟内有位", r.Total, r.Reached, share, minutes)
			fmt.Fprintf(&en, "; %d of %d (%.1f %%) find room within %d minutes on foot", r.Reached, r.Total, share, minutes)
			break
		}
		fmt.Fprintf(&zh, "，共 %d 人中 %d 人（%.1f%%）步行 %d 分钟内可达", r.Total, r.Reached, share, minutes)
		fmt.Fprintf(&en, "; %d of %d (%.1f %%) are within %d minutes on foot", r.Reached, r.Total, share, minutes)
	case siting.LeastTotal:
		mean := float64(r.Objective) / float64(max(1, r.Total-r.Unplaced)) / 60
		fmt.Fprintf(&zh, "，平均步行 %.1f 分钟", mean)
		fmt.Fprintf(&en, "; the walk is %.1f minutes on average", mean)
		if alone := r.Total - r.Unplaced - r.Reached; alone > 0 {
			fmt.Fprintf(&zh, "（%d 人无处可去，按 %d 分钟计）", alone, 2*farthest/60)
			fmt.Fprintf(&en, " (%d who are served nowhere count as %d minutes)", alone, 2*farthest/60)
		}
	case siting.LeastWorst:
		if r.Objective > int64(farthest) {
			fmt.Fprintf(&zh, "，仍有人离所有设施超过 %d 分钟", farthest/60)
			fmt.Fprintf(&en, "; somebody is still more than %d minutes from all", farthest/60)
			break
		}
		worst := math.Ceil(float64(r.Objective) / 60)
		fmt.Fprintf(&zh, "，最远的人步行 %.0f 分钟", worst)
		fmt.Fprintf(&en, "; whoever walks farthest walks %.0f minutes", worst)
	}
	switch {
	case r.Proven:
		zh.WriteString("，已证明最优。")
		en.WriteString("; no choice is better.")
	case r.Gap < 1:
		// Rounded up, so that it is true.
		gap := math.Ceil(r.Gap*1000-1e-9) / 10
		fmt.Fprintf(&zh, "，距可能的最优不超过 %.1f%%。", gap)
		fmt.Fprintf(&en, "; within %.1f %% of the best possible.", gap)
	default:
		zh.WriteString("，界限尚未得出。")
		en.WriteString("; how good that is is not known yet.")
	}
	if r.Hopeless > 0 {
		fmt.Fprintf(&zh, "任何候选点都够不到 %d 人。", r.Hopeless)
		fmt.Fprintf(&en, " No candidate reaches %d of them.", r.Hopeless)
	}
	if r.Unplaced > 0 {
		fmt.Fprintf(&zh, "%d 人附近没有可走的路，未计入。", r.Unplaced)
		fmt.Fprintf(&en, " %d live near no street and are not reckoned with.", r.Unplaced)
	}
	r.Chinese, r.English = zh.String(), en.String()
}
