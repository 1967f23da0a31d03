package form

// Reference returns the form of districts that have none of their own: three
// things are asked (health, meals, family), three are checked (water, power, gas)
// and three are cleared (clutter, rubbish, the passage).
func Reference() *Form {
	cleared := func(untouched Choice) []Choice {
		return []Choice{
			{"clear", "通畅整洁", "clear", false}, {"cleared", "已当场清理", "cleared just now", false}, untouched,
		}
	}
	return &Form{
		ID: "reference-1",
		Items: []Item{
			{"health", Ask, "身体", "Health", []Choice{
				{"good", "良好", "well", false},
				{"as_usual", "和往常一样", "as usual", false},
				{"worse", "比上次差", "worse than before", true},
				{"urgent", "需要马上就医", "needs a doctor now", true},
			}},
			{"meals", Ask, "吃饭", "Meals", []Choice{
				{"regular", "按时吃", "regular", false}, {"irregular", "有一顿没一顿", "irregular", true}, {"none", "没人做饭", "nobody cooks", true},
			}},
			{"family", Ask, "家人", "Family", []Choice{
				{"in_touch", "常联系", "in touch", false}, {"seldom", "很少联系", "seldom in touch", true}, {"none", "没有家人", "has none", false},
			}},
			{"water", Check, "用水", "Water", []Choice{
				{"fine", "正常", "fine", false}, {"leak", "漏水", "leaking", true}, {"off", "停水", "off", true},
			}},
			{"power", Check, "用电", "Power", []Choice{
				{"fine", "正常", "fine", false}, {"unsafe", "线路有隐患", "wiring unsafe", true}, {"off", "停电", "off", true},
			}},
			{"gas", Check, "用气", "Gas", []Choice{
				{"fine", "正常", "fine", false}, {"none", "不用燃气", "has none", false}, {"unsafe", "有隐患", "unsafe", true}, {"smell", "闻到气味", "smells of gas", true},
			}},
			{"clutter", Clear, "杂物", "Clutter", cleared(Choice{"piled", "堆积未清", "piled up", true})},
			{"rubbish", Clear, "垃圾", "Rubbish", cleared(Choice{"piled", "堆积未清", "piled up", true})},
			{"passage", Clear, "通道", "Passage", cleared(Choice{"blocked", "堵塞", "blocked", true})},
		},
		NoCode: []Choice{
			{"no_camera", "手机不能扫码", "the phone cannot scan", false},
			{"no_code", "门上没有码", "there is no code", false},
			{"damaged", "码已损坏", "the code is damaged", false},
			{"met_outside", "在门外见到", "met outside", false},
			{"declined", "对方不愿扫码", "they would rather not", false},
			{"other", "其他", "other", false},
		},
		NotSeen: []Choice{
			{"no_answer", "无人应门", "nobody answered", true},
			{"away", "外出", "away", false},
			{"hospital", "住院", "in hospital", false},
			{"refused", "拒绝走访", "refused", false},
			{"moved", "已搬走", "moved", false},
			{"deceased", "已去世", "deceased", false},
			{"other", "其他", "other", false},
		},
		Postpone: []Choice{
			{"asked", "对方要求改期", "they asked for another day", false},
			{"weather", "天气", "weather", false},
			{"way", "道路不通", "the way is closed", false},
			{"ill", "走访人身体不适", "the visitor is unwell", false},
			{"other", "其他", "other", false},
		},
	}
}
