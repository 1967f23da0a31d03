package grading

import "sanse/planner"

// Reference returns the rules from which a district may begin: three grades; what
// cannot wait speaks for red by itself, all else adds up.
func Reference(from planner.Date) Rules {
	return Rules{
		From: from, Grades: []string{"red", "yellow", "blue"}, LowerAfter: 30, AgainAfter: 30,
		Notes: []Note{
			{"discharged", "出院", "left hospital"},
			{"fell", "跌倒", "had a fall"},
			{"bereaved", "亲人离世", "lost somebody close"},
			{"carer_gone", "照料人离开", "the carer has gone"},
			{Born, "出生日期", "date of birth"},
		},
		Rules: []Rule{
			{"emergency", "30 日内有紧急事件", "an emergency within 30 days", "red", 0, []Condition{{Case: "emergency", Days: 30}}},
			{"discharged", "14 日内出院", "left hospital within 14 days", "red", 0, []Condition{{Noted: "discharged", Days: 14}}},
			{"unanswered", "连续三次无人应门", "three doors in a row unanswered", "red", 0, []Condition{{Unanswered: 3}}},
			{"urgent", "最近一次走访需要马上就医", "needed a doctor at the last visit", "red", 0, []Condition{{Found: "health", Answers: []string{"urgent"}, Days: 14}}},
			{"gas", "用气有隐患", "gas unsafe", "yellow", 0, []Condition{{Found: "gas", Answers: []string{"unsafe", "smell"}, Days: 31}}},
			{"lone", "独居", "lives alone", "", 2, []Condition{{Kind: "lone_elder"}}},
			{"aged", "80 岁以上", "80 or older", "", 2, []Condition{{Age: 80}}},
			{"disabled", "残疾", "disabled", "", 1, []Condition{{Kind: "disabled"}}},
			{"ill", "慢性病", "chronically ill", "", 1, []Condition{{Kind: "chronic_illness"}}},
			{"worse", "身体比上次差", "worse than before", "", 2, []Condition{{Found: "health", Answers: []string{"worse"}, Days: 31}}},
			{"meals", "吃饭没有着落", "no regular meals", "", 1, []Condition{{Found: "meals", Answers: []string{"irregular", "none"}, Days: 31}}},
			{"power", "用电有隐患", "wiring unsafe", "", 1, []Condition{{Found: "power", Answers: []string{"unsafe"}, Days: 31}}},
			{"fell", "30 日内跌倒", "a fall within 30 days", "", 3, []Condition{{Noted: "fell", Days: 30}}},
			{"bereaved", "90 日内亲人离世", "lost somebody close within 90 days", "", 2, []Condition{{Noted: "bereaved", Days: 90}}},
			{"carer_gone", "照料人离开", "the carer has gone", "", 3, []Condition{{Noted: "carer_gone", Days: 180}}},
			{"missed", "30 日内漏访两次", "two lapses within 30 days", "", 1, []Condition{{Lapses: 2, Days: 30}}},
		},
		Points: []Threshold{{8, "red"}, {5, "yellow"}},
	}
}
