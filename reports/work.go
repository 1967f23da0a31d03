package reports

import (
	"fmt"
	"strings"

	"sanse/planner"
	"sanse/reports/ledger"
)

// Work is the work report of an area for a week or a month: what was asked for and done,
// what was found, who covered what, what became of cases and grades. It writes itself
// from the records; nobody stands in it.
type Work struct {
	About       About // of the area
	Labels      Labels
	Path        []string // names of the areas above
	First, Last planner.Date
	Today       planner.Date
	Month       bool // it is of a month, else of a week
	Account     ledger.Row
	Grades      []string
	Records     planner.Date // the first day of which a visit is known; 0: none is
	Seen        int          // records in which somebody was seen, of those that stand
	NotSeen     []WorkCount  // why nobody was, most first
	Found       []WorkCount  // answers that somebody has to look into, most first
	Ladders     WorkLadders
	Cases       WorkCases
	Changes     []WorkChange
	Rating      *float64 // mean, 1 to 5; nil: of too few to be told
	Rated       int
	Marked      Marked
}

// WorkCount is how many there were of something.
type WorkCount struct {
	Label
	N int
}

// WorkLadders are the visits of the last day of a window that were not made by the hour.
type WorkLadders struct {
	Stepped int // that went to somebody else
	Covered int // of these, made by midnight
	Lapsed  int // of these, not made
	Closed  int // ended for a reason that somebody gave
}

// WorkCases are the cases of an area.
type WorkCases struct {
	Kinds    []WorkCount // opened in the period, most first
	InTime   int         // of these, answered by their deadline
	Late     int         // of these, answered later, or over it and not answered
	Minutes  *int        // median to the answer; nil: none was answered
	Closed   int         // closed in the period, whenever they were opened
	Open     int         // open at the end of the period, or now
	OverOpen int         // of these, over their deadline now
}

// WorkChange is how many residents came from one grade to another.
type WorkChange struct {
	Was, Grade string
	N          int
}

// WorkSection is a part of the report in plain sentences.
type WorkSection struct {
	Title Label
	Lines []Label
}

// Title is what the report is called.
func (w *Work) Title() Label {
	if w.Month {
		return Label{"网格工作月报", "Work report of a month"}
	}
	return Label{"网格工作周报", "Work report of a week"}
}

// Under says of where and when it is, and how far it reaches.
func (w *Work) Under() Label {
	zh := fmt.Sprintf("%s，%s 至 %s", strings.Join(append(append([]string{}, w.Path...), w.About.Name), " · "), w.First, w.Last)
	en := fmt.Sprintf("%s, %s to %s", w.About.Name, w.First, w.Last)
	if w.Last >= w.Today {
		zh, en = zh+fmt.Sprintf("（截至 %s，还没结束）", w.Today), en+fmt.Sprintf(" (as of %s, not over yet)", w.Today)
	}
	return Label{zh, en}
}

// Sections are the report in plain sentences. What there was none of is said in a
// sentence too.
func (w *Work) Sections() []WorkSection {
	return []WorkSection{w.visits(), w.records(), w.found(), w.ladders(), w.cases(), w.grades(), w.ratings()}
}

func section(zh, en string) WorkSection { return WorkSection{Title: Label{zh, en}} }

func (s *WorkSection) say(zh, en string) { s.Lines = append(s.Lines, Label{zh, en}) }

func shareText(share *float64) string {
	if share == nil {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", *share*100)
}

func (w *Work) visits() WorkSection {
	s := section("走访", "Visits")
	t := &w.Account.Tally
	if w.Records == 0 || w.Last < w.Records {
		s.say("这段时间还没有走访记录，不评判。", "No visit is known of these days: nothing is judged.")
		return s
	}
	s.say(fmt.Sprintf("在册 %d 人。应走访 %d 次：按时完成 %d 次，漏访 %d 次，未到期 %d 次；按时率 %s。", t.Residents, t.Required, t.InTime, t.Missed, t.Open, shareText(t.Share())),
		fmt.Sprintf("%d residents. %d visits were required: %d were made in time, %d were missed, %d are still open; %s in time.", t.Residents, t.Required, t.InTime, t.Missed, t.Open, shareText(t.Share())))
	for _, g := range w.Grades {
		if r, ok := w.Account.Grades[g]; ok {
			name := w.Labels.Of(g)
			s.say(fmt.Sprintf("%s：%d 人，应走访 %d 次，按时完成 %d 次，漏访 %d 次，欠访 %d 人。", name.Chinese, r.Residents, r.Required, r.InTime, r.Missed, r.Owed),
				fmt.Sprintf("%s: %d residents, %d required, %d in time, %d missed, %d owed.", name.English, r.Residents, r.Required, r.InTime, r.Missed, r.Owed))
		}
	}
	s.say(fmt.Sprintf("实际走访 %d 次（见到人，一天算一次）。期末欠访 %d 人。", t.Done, t.Owed),
		fmt.Sprintf("%d visits were made (somebody was seen, a day once). %d residents are owed a visit at the end.", t.Done, t.Owed))
	return s
}

// listed writes counts one after the other.
func listed(list []WorkCount) (zh, en string) {
	var a, b []string
	for _, c := range list {
		a, b = append(a, fmt.Sprintf("%s %d", c.Chinese, c.N)), append(b, fmt.Sprintf("%s %d", c.English, c.N))
	}
	return strings.Join(a, "，"), strings.Join(b, ", ")
}

func total(list []WorkCount) (n int) {
	for _, c := range list {
		n += c.N
	}
	return n
}

func (w *Work) records() WorkSection {
	s := section("上门记录", "At the door")
	missed := total(w.NotSeen)
	if w.Seen+missed == 0 {
		s.say("没有上门记录。", "There is no record of a visit.")
		return s
	}
	s.say(fmt.Sprintf("上门记录 %d 条：见到本人 %d 条，没见到 %d 条。", w.Seen+missed, w.Seen, missed), fmt.Sprintf("%d records: somebody was seen in %d, nobody in %d.", w.Seen+missed, w.Seen, missed))
	if missed > 0 {
		zh, en := listed(w.NotSeen)
		s.say("没见到的原因："+zh+"。", "Why nobody was seen: "+en+".")
	}
	return s
}

func (w *Work) found() WorkSection {
	s := section("发现的情况", "What was found")
	if len(w.Found) == 0 {
		s.say("没有发现要处理的情况。", "Nothing was found that has to be looked into.")
		return s
	}
	zh, en := listed(w.Found)
	s.say("要处理的情况："+zh+"。", "To be looked into: "+en+".")
	return s
}

func (w *Work) ladders() WorkSection {
	s := section("三级补位", "Covered by the ladder")
	l := &w.Ladders
	if l.Stepped == 0 {
		s.say("没有走访转到补位。", "No visit went to somebody else.")
	} else {
		s.say(fmt.Sprintf("%d 次走访到期当天转到补位：%d 次当天做到，%d 次漏访。", l.Stepped, l.Covered, l.Lapsed), fmt.Sprintf("%d visits went to somebody else on their last day: %d were made by midnight, %d lapsed.", l.Stepped, l.Covered, l.Lapsed))
	}
	if l.Closed > 0 {
		s.say(fmt.Sprintf("%d 次因外出、住院等原因结束。", l.Closed), fmt.Sprintf("%d ended because the resident was away, in hospital or the like.", l.Closed))
	}
	return s
}

func (w *Work) cases() WorkSection {
	s := section("事件", "Cases")
	c := &w.Cases
	if n := total(c.Kinds); n == 0 {
		s.say("没有新的事件。", "No case was opened.")
	} else {
		zh, en := listed(c.Kinds)
		s.say(fmt.Sprintf("新增事件 %d 件：%s。", n, zh), fmt.Sprintf("%d cases were opened: %s.", n, en))
		zh, en = fmt.Sprintf("按时响应 %d 件，超时 %d 件", c.InTime, c.Late), fmt.Sprintf("%d were answered in time, %d were not", c.InTime, c.Late)
		if c.Minutes != nil {
			zh, en = zh+fmt.Sprintf("；响应时间中位数 %d 分钟", *c.Minutes), en+fmt.Sprintf("; the median to the answer is %d minutes", *c.Minutes)
		}
		s.say(zh+"。", en+".")
	}
	s.say(fmt.Sprintf("办结 %d 件。期末未办结 %d 件，其中 %d 件已超时限。", c.Closed, c.Open, c.OverOpen), fmt.Sprintf("%d were closed. %d are open at the end, of which %d are over their deadline.", c.Closed, c.Open, c.OverOpen))
	return s
}

func (w *Work) grades() WorkSection {
	s := section("定级", "Grades")
	if len(w.Changes) == 0 {
		s.say("没有调整等级。", "No grade was changed.")
		return s
	}
	var list []WorkCount
	for _, c := range w.Changes {
		was, now := w.Labels.Of(c.Was), w.Labels.Of(c.Grade)
		list = append(list, WorkCount{Label{was.Chinese + "→" + now.Chinese, was.English + " to " + now.English}, c.N})
	}
	zh, en := listed(list)
	s.say(fmt.Sprintf("调整等级 %d 人次：%s。", total(list), zh), fmt.Sprintf("%d changes of grade: %s.", total(list), en))
	return s
}

func (w *Work) ratings() WorkSection {
	s := section("满意度", "Satisfaction")
	switch {
	case w.Rating != nil:
		s.say(fmt.Sprintf("评价 %d 条，平均 %.1f 分（满分 5 分）。", w.Rated, *w.Rating), fmt.Sprintf("%d ratings, %.1f of 5 on average.", w.Rated, *w.Rating))
	default:
		s.say("评价不足 5 条，不显示。", "There are fewer than five ratings: they are not told.")
	}
	return s
}
