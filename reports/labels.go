package reports

import "sanse/planner"

// Label is what people call a thing, in both languages of the pages.
type Label struct {
	Chinese string
	English string
}

// Labels gives the words for the keys of the district: grades, kinds, tiers,
// services. Levels and reasons have words of their own, which it may replace; a
// key without any words is shown as it is.
type Labels map[string]Label

// Of returns the words for a key.
func (l Labels) Of(key string) Label {
	if w, ok := l[key]; ok {
		return w
	}
	switch key {
	case "district":
		return Label{"区", "District"}
	case "town":
		return Label{"镇街", "Town"}
	case "community":
		return Label{"村社区", "Community"}
	case "grid":
		return Label{"一般网格", "Grid"}
	case "micro-grid":
		return Label{"微网格", "Micro-grid"}
	}
	switch planner.Reason(key) {
	case planner.ReasonNoVisitorInScope:
		return Label{"无人负责", "Nobody may visit"}
	case planner.ReasonNoVisitorWorking:
		return Label{"无人上班", "Nobody works in the window"}
	case planner.ReasonVisitTooLong:
		return Label{"时段太短", "Visit fits no shift"}
	case planner.ReasonUnreachable:
		return Label{"步行不可达", "No way on foot"}
	case planner.ReasonAbsent:
		return Label{"外出或暂停", "Away or paused"}
	case planner.ReasonNoFreeTime:
		return Label{"时间已满", "All shifts are full"}
	case planner.ReasonRuleImpossible:
		return Label{"规则无法满足", "Rule cannot be met"}
	case planner.ReasonSkillMissing:
		return Label{"缺少技能", "Skill missing"}
	case planner.ReasonWindowClosed:
		return Label{"可上门时段内无人上班", "Nobody works while the door is open"}
	case planner.ReasonNoSecondVisitor:
		return Label{"缺第二人", "No second visitor"}
	case planner.ReasonSearchGap:
		return Label{"未找到", "Planner found no place"}
	}
	return Label{Chinese: key, English: key}
}

// About says what a report is of; it is shown on the first page of each file.
type About struct {
	District    string // code
	Name        string
	MadeUp      bool   // the people are invented
	Note        string // what is made up, in whole sentences
	Attribution string // who is to be named for the map, "© OpenStreetMap contributors"
	Review      string // the review number (审图号) of the maps; empty: none
	Start       planner.Date
	Days        int
	// Today is the first day that has not happened yet for the figures: visits
	// before it are done or missed, from it on planned or due.
	Today planner.Date
	// Made is when the report was made, local, as it is to be shown.
	Made string
}

// End returns the last day of the plan.
func (a About) End() planner.Date { return a.Start + planner.Date(a.Days) - 1 }
