package reports

import "sanse/planner"

// Label is what people call a thing, in both languages of the pages.
type Label struct {
	Chinese string
	English string
}

// Labels gives the words for keys: grades, kinds, services, reasons, levels.
// A key that is missing is shown by the words of the reference district, and
// failing that as it is.
type Labels map[string]Label

// Of returns the words for a key.
func (l Labels) Of(key string) Label {
	if w, ok := l[key]; ok {
		return w
	}
	if w, ok := referenceLabel(key); ok {
		return w
	}
	return Label{Chinese: key, English: key}
}

func referenceLabel(key string) (Label, bool) {
	switch key {
	case "red":
		return Label{"红", "Red"}, true
	case "yellow":
		return Label{"黄", "Yellow"}, true
	case "blue":
		return Label{"蓝", "Blue"}, true
	case "district":
		return Label{"区", "District"}, true
	case "town":
		return Label{"镇街", "Town"}, true
	case "community":
		return Label{"村社区", "Community"}, true
	case "grid":
		return Label{"一般网格", "Grid"}, true
	case "micro-grid":
		return Label{"微网格", "Micro-grid"}, true
	case "master-grid":
		return Label{"总网格", "Master grid"}, true
	case "task-force":
		return Label{"工作专班", "Task force"}, true
	case "meals":
		return Label{"助餐", "Meals"}, true
	case "bathing":
		return Label{"助浴", "Bathing"}, true
	case "clinic":
		return Label{"医疗", "Clinic"}, true
	case "day_care":
		return Label{"日间照料", "Day care"}, true
	case "rehabilitation":
		return Label{"康复", "Rehabilitation"}, true
	case "children_home":
		return Label{"儿童之家", "Children's home"}, true
	case "department_cadre":
		return Label{"部门干部", "Department cadre"}, true
	case "community_cadre":
		return Label{"村社区干部", "Community cadre"}, true
	case "grid_worker":
		return Label{"网格员", "Grid worker"}, true
	case "life_service_worker":
		return Label{"生活服务员", "Life-service worker"}, true
	case "volunteer":
		return Label{"志愿者", "Volunteer"}, true
	case "lone_elder":
		return Label{"独居老人", "Lone elder"}, true
	case "child_in_difficulty":
		return Label{"困境儿童", "Child in difficulty"}, true
	case "no_visitor_in_scope":
		return Label{"辖区内无走访人员", "Nobody may visit"}, true
	case "no_visitor_working":
		return Label{"期限内无人上班", "Nobody works in the window"}, true
	case "visit_too_long":
		return Label{"单次走访超出班次", "Visit fits no shift"}, true
	case "unreachable":
		return Label{"步行无法到达", "No way on foot"}, true
	case "absent":
		return Label{"本人外出", "Resident away"}, true
	case "no_free_time":
		return Label{"班次已满", "All shifts are full"}, true
	case "rule_impossible":
		return Label{"规则无法满足", "Rule cannot be met"}, true
	case "search_gap":
		return Label{"未找到安排", "Planner found no place"}, true
	}
	return Label{}, false
}

// About says what a report is of; it is shown on the first page of each file.
type About struct {
	District    string // code
	Name        string
	MadeUp      bool   // the people are invented
	Note        string // what is made up, in whole sentences
	Attribution string // who is to be named for the map, "© OpenStreetMap contributors"
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
