package reports

import (
	"fmt"
	"io"

	"sanse/planner"
	"sanse/reports/ledger"
)

// LedgerBook is what the workbook of a ledger is made from.
type LedgerBook struct {
	About    About // of the area
	Labels   Labels
	From, To planner.Date
	Records  planner.Date // the first day of which a visit is known; 0: none is
	Grades   []string
	Areas    []planner.Area // as Accounts
	Accounts []ledger.Account
	Marked   Marked
}

// The sheets of the workbook of a ledger, in order.
const (
	SheetLedger      = "台账 Ledger"
	SheetLedgerAreas = "各区域 Areas"
	SheetLedgerNotes = "说明 Notes"
)

// WriteLedgerWorkbook writes what was required, done and owed as an XLSX workbook,
// Chinese first: of the area by period and grade, of all areas in it, and what the words
// mean. Nobody stands in it.
func WriteLedgerWorkbook(w io.Writer, in LedgerBook) error {
	title := fmt.Sprintf("%s 走访台账 Ledger of visits %s – %s", in.About.Name, in.From, in.To)
	return writeBook(w, title, in.About.Note, in.Marked, &in, []bookSheet[LedgerBook]{
		{SheetLedger, writeLedgerPeriods}, {SheetLedgerAreas, writeLedgerAreas}, {SheetLedgerNotes, writeLedgerNotes},
	})
}

var ledgerColumns = []column{
	{"等级", "Grade", 14},
	{"人数", "Residents", 10},
	{"应走访", "Required", 10},
	{"按时完成", "In time", 11},
	{"漏访", "Missed", 10},
	{"未到期", "Open", 10},
	{"实际走访", "Done", 11},
	{"欠访人数", "Owed", 11},
	{"按时率", "On time", 10},
}

func ledgerCells(b *book, grade string, t *ledger.Tally) []any {
	return []any{b.str(grade), b.num(t.Residents), b.num(t.Required), b.num(t.InTime), b.alarm(t.Missed), b.num(t.Open), b.num(t.Done), b.alarm(t.Owed), b.onTime(t.Share())}
}

// ledgerRows writes the row of all grades and one for each.
func (in *LedgerBook) ledgerRows(b *book, s *sheet, row *ledger.Row, head ...any) {
	s.add(0, append(head[:len(head):len(head)], ledgerCells(b, "合计 All", &row.Tally)...)...)
	for _, g := range in.Grades {
		if t, ok := row.Grades[g]; ok {
			words := in.Labels.Of(g)
			s.add(0, append(head[:len(head):len(head)], ledgerCells(b, words.Chinese+" "+words.English, &t)...)...)
		}
	}
}

func writeLedgerPeriods(b *book, s *sheet, in *LedgerBook) {
	s.table(b, 2, append([]column{{"自", "From", 13}, {"至", "To", 13}}, ledgerColumns...))
	if len(in.Accounts) == 0 {
		return
	}
	a := &in.Accounts[0]
	for k := range a.Periods {
		p := &a.Periods[k]
		in.ledgerRows(b, s, &p.Row, b.day(p.First), b.day(p.Last))
	}
	if len(a.Periods) > 1 {
		in.ledgerRows(b, s, &a.Row, b.day(in.From), b.day(in.To))
	}
}

func writeLedgerAreas(b *book, s *sheet, in *LedgerBook) {
	s.table(b, 2, append([]column{{"区域", "Area", 26}, {"代码", "Code", 20}, {"自", "From", 13}, {"至", "To", 13}}, ledgerColumns...))
	for i := range in.Accounts {
		for k := range in.Accounts[i].Periods {
			p := &in.Accounts[i].Periods[k]
			in.ledgerRows(b, s, &p.Row, b.str(in.Areas[i].Name), b.str(in.Areas[i].Code), b.day(p.First), b.day(p.Last))
		}
	}
}

func writeLedgerNotes(b *book, s *sheet, in *LedgerBook) {
	s.table(b, 0, []column{{"项目", "Item", 20}, {"说明", "In Chinese", 60}, {"", "In English", 66}})
	since, records := "还没有走访记录", "No visit is known yet."
	if in.Records != 0 {
		since, records = fmt.Sprintf("已知的走访从 %s 开始，此前不评判。", in.Records), fmt.Sprintf("Visits are known from %s on; nothing before is judged.", in.Records)
	}
	about := in.About.Name + "，" + in.About.Made
	if in.About.MadeUp {
		about += "（虚构数据 made-up data）"
	}
	for _, r := range [][3]string{
		{"区域 Area", about, fmt.Sprintf("as of %s; %s", in.About.Today, in.About.District)},
		{"应走访 Required", "最迟日期落在这段时间的走访次数。", "Visits whose last day lies in the period, by the rules of that day."},
		{"按时完成 In time", "其中在窗口内完成的。", "Of these, made within their window."},
		{"漏访 Missed", "其中窗口已过、没有走访的。", "Of these, not made, and the window is over."},
		{"未到期 Open", "其中还没做、窗口还没到期的。", "Of these, not made yet, and the window is not over."},
		{"实际走访 Done", "这段时间里见到人的走访，一天只算一次，多走的也算。", "Visits of the period in which somebody was seen, a day once, those that nobody asked for too."},
		{"欠访人数 Owed", "期末时有窗口漏了、之后还没人去过的人，以及从未走访过的人。", "Residents with a window that closed without a visit and nobody there since, or never seen, at the end of the period."},
		{"按时率 On time", "按时完成 ÷（按时完成 + 漏访）。", "In time / (in time + missed)."},
		{"谁计在内 Who counts", "现在在册的对象，按现在住的区域计；等级按当天的。", "Those enrolled now, where they live now; grades are those of the day."},
		{"起点 Since", since, records},
	} {
		s.add(0, b.str(r[0]), b.long(r[1]), b.long(r[2]))
	}
}
