package vrp_test

import (
	"strings"
	"testing"

	"sanse/planner/vrp"
)

func TestValidateTakesWhatIsSound(t *testing.T) {
	p, _ := rich()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	for name, p := range map[string]*vrp.Problem{
		"a day of nothing": {Days: 1},
		"clients without shifts": {
			Days: 3, Profiles: []vrp.Profile{{Time: [][]int32{{0}}}},
			Clients: []vrp.Client{{Rule: vrp.Once{}, Who: []vrp.Choice{}, Windows: [][]vrp.Window{nil, {}, {{From: 5, To: 5}}}}},
		},
	} {
		if err := p.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestValidateFindsEveryPlantedError(t *testing.T) {
	tests := []struct {
		want  string
		plant func(*vrp.Problem)
	}{
		{"days: 0, want at least 1", func(p *vrp.Problem) { p.Days = 0 }},
		{"wait cost: -1 is negative", func(p *vrp.Problem) { p.WaitCost = -1 }},
		{"unserved: -1 is negative", func(p *vrp.Problem) { p.Unserved = -1 }},
		{"profile 1: times of 4 places, profile 0 has 5", func(p *vrp.Problem) { p.Profiles[1].Time = p.Profiles[1].Time[:4] }},
		{"profile 1: row 2 of the times has 3 entries, want 5", func(p *vrp.Problem) {
			p.Profiles[1].Time = append([][]int32{}, p.Profiles[1].Time...)
			p.Profiles[1].Time[2] = p.Profiles[1].Time[2][:3]
		}},
		{"profile 1: costs of 4 places, times of 5", func(p *vrp.Problem) { p.Profiles[1].Cost = p.Profiles[1].Cost[:4] }},
		{"profile 1: row 0 of the costs has 2 entries, want 5", func(p *vrp.Problem) { p.Profiles[1].Cost[0] = p.Profiles[1].Cost[0][:2] }},
		{"the time from place 1 to place 2 is -2", func(p *vrp.Problem) { p.Profiles[0].Time[1][2] = -2 }},
		{"the time from place 1 to place 2 is 1073741824", func(p *vrp.Problem) { p.Profiles[0].Time[1][2] = 1 << 30 }},
		{"the cost from place 1 to place 2 is -5, below 0", func(p *vrp.Problem) { p.Profiles[1].Cost[1][2] = -5 }},
		{"worker 2: max tasks -1 is negative", func(p *vrp.Problem) { p.Workers[2].MaxTasks = -1 }},
		{"shift 1: worker 3, there are 3", func(p *vrp.Problem) { p.Shifts[1].Worker = 3 }},
		{"shift 1: day 2, there are 2", func(p *vrp.Problem) { p.Shifts[1].Day = 2 }},
		{"shift 1: profile -1, there are 2", func(p *vrp.Problem) { p.Shifts[1].Profile = -1 }},
		{"shift 1 start: place 5, there are 5", func(p *vrp.Problem) { p.Shifts[1].Start = 5 }},
		{"shift 1 end: place -2, there are 5", func(p *vrp.Problem) { p.Shifts[1].End = -2 }},
		{"shift 1: ends (99) before it begins (100)", func(p *vrp.Problem) { p.Shifts[1].To = 99 }},
		{"shift 1: from -1 to 400", func(p *vrp.Problem) { p.Shifts[1].From = -1 }},
		{"shift 1: max time is -1", func(p *vrp.Problem) { p.Shifts[1].MaxTime = -1 }},
		{"shift 1: max travel is -1", func(p *vrp.Problem) { p.Shifts[1].MaxTravel = -1 }},
		{"shift 1: max tasks -1 is negative", func(p *vrp.Problem) { p.Shifts[1].MaxTasks = -1 }},
		{"shift 1: fixed cost -1 is negative", func(p *vrp.Problem) { p.Shifts[1].Fixed = -1 }},
		{"shift 3: a capacity of 2 dimensions, others have 1", func(p *vrp.Problem) { p.Shifts[3].Capacity = []int32{1, 2} }},
		{"shift 3: capacity: -4 in dimension 0", func(p *vrp.Problem) { p.Shifts[3].Capacity[0] = -4 }},
		{"shift 0: break 1 is -5", func(p *vrp.Problem) { p.Shifts[0].Breaks[1].Service = -5 }},
		{"shift 0: break 1: no window", func(p *vrp.Problem) { p.Shifts[0].Breaks[1].Windows = []vrp.Window{} }},
		{"shift 0: break 0: window 1 begins (130) before the one before it ends (130)", func(p *vrp.Problem) { p.Shifts[0].Breaks[0].Windows[1].From = 130 }},
		{"client 2: place 7, there are 5", func(p *vrp.Problem) { p.Clients[2].Place = 7 }},
		{"client 2: service is -1", func(p *vrp.Problem) { p.Clients[2].Service = -1 }},
		{"client 2: setup is -1", func(p *vrp.Problem) { p.Clients[2].Setup = -1 }},
		{"client 2: setup and service come to 2^30 or more", func(p *vrp.Problem) { p.Clients[2].Setup = 1<<30 - 10 }},
		{"client 0: deliver has 2 dimensions, capacities have 1", func(p *vrp.Problem) { p.Clients[0].Deliver = []int32{1, 1} }},
		{"client 0: pickup: -1 in dimension 0", func(p *vrp.Problem) { p.Clients[0].Pickup = []int32{-1} }},
		{"client 0: windows of 1 days, want 2", func(p *vrp.Problem) { p.Clients[0].Windows = p.Clients[0].Windows[:1] }},
		{"client 0: day 0: window 0 ends (109) before it begins (110)", func(p *vrp.Problem) { p.Clients[0].Windows[0][0].To = 109 }},
		{"client 0: day 0: window 1 begins (115) before the one before it ends (120)", func(p *vrp.Problem) { p.Clients[0].Windows[0][1].From = 115 }},
		{"client 0: day 0: window 0 is -1 to 120", func(p *vrp.Problem) { p.Clients[0].Windows[0][0].From = -1 }},
		{"client 2: costs of 1 days, want 2", func(p *vrp.Problem) { p.Clients[2].DayCost = p.Clients[2].DayCost[:1] }},
		{"client 2: a crew of 3, want 1 or 2", func(p *vrp.Problem) { p.Clients[2].Crew = 3 }},
		{"client 0: who: worker 3, there are 3", func(p *vrp.Problem) { p.Clients[0].Who[1].Worker = 3 }},
		{"client 0: worker 0 twice under who", func(p *vrp.Problem) { p.Clients[0].Who[1].Worker = 0 }},
		{"client 0: who is not by ascending cost at 1", func(p *vrp.Problem) { p.Clients[0].Who[1].Cost = 2 }},
		{"client 1: kept 1 is of day 2 and worker 0", func(p *vrp.Problem) { p.Clients[1].Kept[1].Day = 2 }},
		{"client 1: kept 1 is of day 0 and worker -2", func(p *vrp.Problem) { p.Clients[1].Kept[1].Worker = -2 }},
		{"client 0: rule: none", func(p *vrp.Problem) { p.Clients[0].Rule = nil }},
		{"client 0: rule: none", func(p *vrp.Problem) { p.Clients[0].Rule = (*vrp.Automaton)(nil) }},
		{"client 0: rule: day 2, there are 2", func(p *vrp.Problem) { p.Clients[0].Rule = vrp.Once{Days: []int{2}} }},
		{"client 0: rule: day 0 after day 1, want ascending", func(p *vrp.Problem) { p.Clients[0].Rule = &vrp.Once{Days: []int{1, 0}} }},
		{"client 1: rule: set 1 has no days", func(p *vrp.Problem) { p.Clients[1].Rule = vrp.Patterns{Sets: [][]int{{1}, {}}} }},
		{"client 1: rule: day 1 after day 1, want ascending", func(p *vrp.Problem) { p.Clients[1].Rule = &vrp.Patterns{Sets: [][]int{{1, 1}}} }},
		{"client 4: rule: 2 layers, want one more than the 2 days", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Layer = []int32{0, 2} }},
		{"client 4: rule: layers from 0 to 3, want 0 to the 2 states", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Layer[2] = 3 }},
		{"client 4: rule: layer 0 begins at state 0, the one after at 0", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Layer[1] = 0 }},
		{"client 4: rule: state 0 of day 0 leads to 0 and 1, want 1 to 1", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Steps[0].Skip = 0 }},
		{"client 4: rule: state 1 of day 1 leads to 2 and 3, want 2 to 2", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Steps[1].Visit = 3 }},
		{"costs: a solution could cost 2^61 or more", func(p *vrp.Problem) { p.Clients[1].Kept[0].Cost = -vrp.Never }},
		{"costs: a solution could cost 2^61 or more", func(p *vrp.Problem) { p.Clients[0].Who[0].Cost = -1 << 63 }},
		{"costs: a solution could cost 2^61 or more", func(p *vrp.Problem) { p.Clients[4].Rule.(*vrp.Automaton).Steps[0].VisitCost = vrp.Never }},
		{"costs: a solution could cost 2^61 or more", func(p *vrp.Problem) { p.WaitCost = vrp.Never / 4 }},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			p, _ := rich()
			tt.plant(p)
			if err := p.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestValidateSpellsOutTwentyFindings(t *testing.T) {
	p, _ := rich()
	for _, row := range p.Profiles[0].Time {
		for j := range row {
			row[j] = -7
		}
	}
	err := p.Validate()
	if err == nil {
		t.Fatal("no finding")
	}
	lines := strings.Split(err.Error(), "\n")
	if last := lines[len(lines)-1]; len(lines) != 21 || last != "and 30 more" {
		t.Errorf("%d lines, the last %q, want 20 and the count of the rest, of two profiles of 25 entries", len(lines), last)
	}
}
