package reports_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"sanse/planner"
	"sanse/reports"
	"sanse/reports/ledger"
)

func workExample() reports.Work {
	minutes, rating := 42, 4.25
	grades := map[string]ledger.Tally{"red": {Residents: 2, Required: 30, InTime: 28, Missed: 2, Done: 31, Owed: 1}, "blue": {Residents: 9, Required: 9, InTime: 7, Open: 2, Done: 8}}
	count := func(zh, en string, n int) reports.WorkCount {
		return reports.WorkCount{Label: reports.Label{Chinese: zh, English: en}, N: n}
	}
	return reports.Work{
		About: reports.About{District: "990101", Name: "第一网格", MadeUp: true, Made: "2026-11-23 10:00"}, Labels: reports.Labels{"red": {Chinese: "红", English: "red"}, "blue": {Chinese: "蓝", English: "blue"}},
		Path: []string{"试验区", "一镇"}, First: planner.NewDate(2026, 11, 1), Last: planner.NewDate(2026, 11, 30), Today: planner.NewDate(2026, 11, 23), Month: true,
		Account: ledger.Row{Tally: ledger.Tally{Residents: 11, Required: 39, InTime: 35, Missed: 2, Open: 2, Done: 39, Owed: 1}, Grades: grades}, Grades: []string{"red", "blue"}, Records: 1,
		Seen: 39, NotSeen: []reports.WorkCount{count("敲门没人应", "nobody answered", 3)}, Found: []reports.WorkCount{count("燃气：有异味", "gas: smells", 1)},
		Ladders: reports.WorkLadders{Stepped: 4, Covered: 2, Lapsed: 2, Closed: 1},
		Cases:   reports.WorkCases{Kinds: []reports.WorkCount{count("一般", "general", 2), count("漏访", "missed visit", 2)}, InTime: 3, Late: 1, Minutes: &minutes, Closed: 2, Open: 3, OverOpen: 1},
		Changes: []reports.WorkChange{{Was: "blue", Grade: "red", N: 1}}, Rating: &rating, Rated: 8,
	}
}

func sentences(w *reports.Work) string {
	var b strings.Builder
	for _, s := range w.Sections() {
		for _, l := range s.Lines {
			b.WriteString(l.Chinese + "\n" + l.English + "\n")
		}
	}
	return b.String()
}

func TestAWorkReportSaysWhatWasCounted(t *testing.T) {
	w := workExample()
	all := w.Under().Chinese + w.Under().English + sentences(&w)
	for _, want := range []string{
		"试验区 · 一镇 · 第一网格，2026-11-01 至 2026-11-30（截至 2026-11-23，还没结束）", "应走访 39 次：按时完成 35 次，漏访 2 次，未到期 2 次；按时率 94.6%。", "35 were made in time, 2 were missed",
		"红：2 人，应走访 30 次", "期末欠访 1 人", "上门记录 42 条：见到本人 39 条，没见到 3 条。", "敲门没人应 3", "燃气：有异味 1", "4 次走访到期当天转到补位：2 次当天做到，2 次漏访。", "1 次因外出、住院等原因结束。",
		"新增事件 4 件：一般 2，漏访 2。", "按时响应 3 件，超时 1 件；响应时间中位数 42 分钟。", "期末未办结 3 件，其中 1 件已超时限。", "调整等级 1 人次：蓝→红 1。", "评价 8 条，平均 4.2 分",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the report does not say %q:\n%s", want, all)
		}
	}
}

func TestAWorkReportSaysThatThereWasNone(t *testing.T) {
	w := reports.Work{First: planner.NewDate(2026, 11, 2), Last: planner.NewDate(2026, 11, 8), Today: planner.NewDate(2026, 11, 23)}
	all := sentences(&w)
	for _, want := range []string{"还没有走访记录，不评判", "没有上门记录", "没有发现要处理的情况", "没有走访转到补位", "没有新的事件", "没有调整等级", "不足 5 条，不显示"} {
		if !strings.Contains(all, want) {
			t.Errorf("the report does not say %q:\n%s", want, all)
		}
	}
	if strings.Contains(w.Under().English, "not over") || w.Title().Chinese != "网格工作周报" {
		t.Errorf("%+v, %+v", w.Title(), w.Under())
	}
}

func TestAWorkReportIsWrittenAsFiles(t *testing.T) {
	w := workExample()
	var book bytes.Buffer
	if err := reports.WriteWorkWorkbook(&book, w); err != nil || !bytes.HasPrefix(book.Bytes(), []byte("PK")) {
		t.Errorf("the workbook: %v", err)
	}
	font := pageFont(t)
	for _, english := range []bool{false, true} {
		var page bytes.Buffer
		if err := reports.WriteWorkPDF(&page, w, font, english, time.Unix(1, 0)); err != nil || !bytes.HasPrefix(page.Bytes(), []byte("%PDF")) {
			t.Errorf("the page: %v", err)
		}
	}
}
