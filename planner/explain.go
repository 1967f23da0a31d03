package planner

// Explain lists what the plan's visits leave out, each with a reason.
func Explain(p *Problem, plan *Plan) []Unplanned {
	visits := plan.visitDays()
	out := []Unplanned{}
	for i := range p.Residents {
		r := &p.Residents[i]
		rules, err := RulesFor(p, r)
		if err != nil {
			continue
		}
		for _, m := range missingVisits(p, r, rules, visits[r.ID]) {
			for range m.count {
				out = append(out, Unplanned{Resident: r.ID, DueBy: m.due, Owed: m.owed, Reason: ReasonSearchGap, Detail: "a visit may fit"})
			}
		}
	}
	return out
}
