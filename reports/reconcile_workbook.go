package reports

import (
	"fmt"
	"io"
	"strings"
)

// ReconcileBook is what the workbook of a reconciliation is made from.
type ReconcileBook struct {
	About  About
	Marked Marked
	Reconciliation
}

// The sheets of the workbook of a reconciliation, in order.
const (
	SheetReconcile        = "对账 Reconciliation"
	SheetReconcileMatched = "已匹配 Matched"
	SheetReconcileNoVisit = "有任务无走访 No visit"
	SheetReconcileNoTask  = "有走访无任务 No task"
	SheetReconcileCases   = "事件 Cases"
	SheetReconcileRefused = "被拒 Refused"
)

// WriteReconcileWorkbook writes a reconciliation as an XLSX workbook, Chinese first:
// the counts, and the rows behind each. People stand in it by opaque id.
func WriteReconcileWorkbook(w io.Writer, in ReconcileBook) error {
	title := fmt.Sprintf("%s 与平台 %s 对账 Reconciliation %s – %s", in.About.Name, in.Platform, in.From, in.To)
	return writeBook(w, title, in.About.Note, in.Marked, &in, []bookSheet[ReconcileBook]{
		{SheetReconcile, writeReconcileCounts},
		{SheetReconcileMatched, func(b *book, s *sheet, in *ReconcileBook) { writeReconcileTasks(b, s, in.Matched) }},
		{SheetReconcileNoVisit, func(b *book, s *sheet, in *ReconcileBook) { writeReconcileTasks(b, s, in.NoVisit) }},
		{SheetReconcileNoTask, writeReconcileVisits},
		{SheetReconcileCases, writeReconcileCases},
		{SheetReconcileRefused, writeReconcileRefused},
	})
}

func writeReconcileCounts(b *book, s *sheet, in *ReconcileBook) {
	s.table(b, 0, []column{{"项目", "Figure (Chinese)", 34}, {"Figure", "English", 44}, {"数", "Count", 12}})
	c := in.Counts
	for _, row := range []struct {
		zh, en string
		n      int
		alarm  bool
	}{
		{"下发任务", "tasks told to the platform", c.Sent, false},
		{"撤回任务", "tasks withdrawn", c.Withdrawn, false},
		{"平台已确认", "tasks that the platform has, as they are", c.Acknowledged, false},
		{"收到走访", "visits received", c.Received, false},
		{"其中未见到人", "of these: nobody was seen", c.NotSeen, false},
		{"走访与任务匹配", "visits that are a task", c.Matched, false},
		{"有走访无任务", "visits without a task", c.NoTask, true},
		{"任务已在本系统完成", "tasks made here, or by file", c.MadeHere, false},
		{"有任务无走访（日期已过）", "tasks without a visit, of days that are over", c.NoVisit, true},
		{"未到期任务", "tasks of today and later, open", c.Open, false},
		{"收到事件", "cases received", c.Cases, false},
		{"事件阶段不一致", "cases whose stages differ", c.Differ, true},
		{"仅本系统有的事件", "cases that are ours alone", c.OnlyOurs, false},
		{"被拒行", "rows refused", c.Refused, true},
	} {
		n := b.num(row.n)
		if row.alarm {
			n = b.alarm(row.n)
		}
		s.add(0, b.str(row.zh), b.str(row.en), n)
	}
	s.add(0, b.str("时段"), b.str("period"), b.str(in.From.String()+" – "+in.To.String()))
	s.add(0, b.str("来源"), b.str("source"), b.str("三色 Sanse "+in.About.Made))
}

func writeReconcileTasks(b *book, s *sheet, list []ReconcileTask) {
	s.table(b, 1, []column{{"任务", "Task", 20}, {"对象", "Resident", 16}, {"走访人员", "Visitor", 16}, {"区域", "Area", 20}, {"日期", "Day", 12}, {"最迟", "Due by", 12}, {"平台走访号", "Their visit", 20}, {"已确认", "Acknowledged", 14}})
	for i := range list {
		t := &list[i]
		acked := "否 no"
		if t.Acknowledged {
			acked = "是 yes"
		}
		s.add(0, b.str(t.ID), b.str(t.Resident+t.Job), b.str(t.Visitor), b.str(t.Area), b.day(t.Day), b.day(t.DueBy), b.str(t.Visit), b.str(acked))
	}
}

func writeReconcileVisits(b *book, s *sheet, in *ReconcileBook) {
	s.table(b, 1, []column{{"平台走访号", "Their visit", 22}, {"对象", "Resident", 16}, {"区域", "Area", 20}, {"日期", "Day", 12}})
	for i := range in.NoTask {
		v := &in.NoTask[i]
		s.add(0, b.str(v.ID), b.str(v.Resident), b.str(v.Area), b.day(v.Day))
	}
}

func writeReconcileCases(b *book, s *sheet, in *ReconcileBook) {
	s.table(b, 1, []column{{"平台事件号", "Their case", 22}, {"本系统事件", "Our case", 22}, {"区域", "Area", 20}, {"平台阶段", "Their stage", 14}, {"本系统阶段", "Our stage", 14}})
	for _, list := range [][]ReconcileCase{in.Differ, in.OnlyOurs} {
		for i := range list {
			c := &list[i]
			s.add(0, b.str(c.ID), b.str(c.Case), b.str(c.Area), b.str(c.Theirs), b.str(c.Ours))
		}
	}
}

func writeReconcileRefused(b *book, s *sheet, in *ReconcileBook) {
	s.table(b, 0, []column{{"类别", "Kind", 12}, {"原因", "Reason", 16}, {"行数", "Rows", 10}, {"平台编号", "Their numbers", 80}})
	for i := range in.Refused {
		f := &in.Refused[i]
		s.add(0, b.str(f.Kind), b.str(f.Code), b.alarm(f.N), b.long(strings.Join(f.IDs, " ")))
	}
}
