package reports

import (
	"fmt"
	"io"
	"time"

	"sanse/reports/print"
)

// The sheets of the workbook of a work report, in order.
const (
	SheetWork       = "工作报告 Work report"
	SheetWorkVisits = "走访 Visits"
)

// WriteWorkWorkbook writes a work report as an XLSX workbook, Chinese first: the
// sentences, and the visits by grade as numbers.
func WriteWorkWorkbook(w io.Writer, in Work) error {
	title := in.Title()
	return writeBook(w, in.About.Name+" "+title.Chinese+" "+title.English, in.About.Note, in.Marked, &in, []bookSheet[Work]{{SheetWork, writeWorkSentences}, {SheetWorkVisits, writeWorkVisits}})
}

func writeWorkSentences(b *book, s *sheet, in *Work) {
	s.table(b, 0, []column{{"内容", "Part", 22}, {"说明", "In Chinese", 70}, {"", "In English", 76}})
	under := in.Under()
	s.add(0, b.str(in.Title().Chinese), b.long(under.Chinese), b.long(under.English))
	for _, part := range in.Sections() {
		for i, line := range part.Lines {
			name := ""
			if i == 0 {
				name = part.Title.Chinese + " " + part.Title.English
			}
			s.add(34, b.str(name), b.long(line.Chinese), b.long(line.English))
		}
	}
}

func writeWorkVisits(b *book, s *sheet, in *Work) {
	s.table(b, 1, ledgerColumns)
	s.add(0, ledgerCells(b, "合计 All", &in.Account.Tally)...)
	for _, g := range in.Grades {
		if t, ok := in.Account.Grades[g]; ok {
			words := in.Labels.Of(g)
			s.add(0, ledgerCells(b, words.Chinese+" "+words.English, &t)...)
		}
	}
}

// WriteWorkPDF writes a work report as A4 pages, in Chinese or English, made at a time.
func WriteWorkPDF(w io.Writer, in Work, font *print.Font, english bool, made time.Time) error {
	pick, language := func(l Label) string { return l.Chinese }, "zh-CN"
	if english {
		pick, language = func(l Label) string { return l.English }, "en"
	}
	p, err := print.New(font, print.About{Title: in.About.Name + " " + pick(in.Title()), Language: language, Made: made, Mark: in.Marked.print(english)})
	if err != nil {
		return fmt.Errorf("print the work report: %w", err)
	}
	const width = print.Width - 2*print.Margin
	y := 12.0
	p.Text(print.Margin, y, width, print.Style{Size: 18, Color: print.Ink, Bold: true}, pick(in.Title()))
	y = p.Paragraph(print.Margin, y+9, width, print.Style{Size: 10.5, Color: print.Muted}, 0, pick(in.Under())) + 1
	if in.About.MadeUp {
		y = p.Paragraph(print.Margin, y, width, print.Style{Size: 9, Color: print.Muted}, 0, pick(Label{"其中人员均为虚构。", "The people are made up."})) + 1
	}
	y = in.printVisits(p, pick, y+4)
	for _, part := range in.Sections() {
		if y > print.Height-40 {
			p.Turn()
			y = print.Margin
		}
		p.Text(print.Margin, y, width, print.Style{Size: 12, Color: print.Ink, Bold: true}, pick(part.Title))
		y += 6.5
		for _, line := range part.Lines {
			style := print.Style{Size: 10, Color: print.Ink}
			if _, h := p.Lines(width, style, pick(line)); y+h > print.Height-16 {
				p.Turn()
				y = print.Margin
			}
			y = p.Paragraph(print.Margin, y, width, style, 0, pick(line)) + 1.2
		}
		y += 4
	}
	p.Paragraph(print.Margin, y+2, width, print.Style{Size: 8.5, Color: print.Muted}, 0, pick(Label{
		"本报告由记录自动生成，" + in.About.Made + "。只统计区域，不涉及个人。", "This report writes itself from the records, " + in.About.Made + ". It counts areas; nobody stands in it.",
	}))
	return p.Write(w)
}

// printVisits writes the table of visits by grade and returns where it ends.
func (w *Work) printVisits(p *print.Page, pick func(Label) string, y float64) float64 {
	columns := []print.Column{{Head: pick(Label{"等级", "Grade"}), Width: 26, Align: print.Left}}
	for _, c := range ledgerColumns[1:] {
		columns = append(columns, print.Column{Head: pick(Label{c.chinese, c.english}), Width: 20, Align: print.Right})
	}
	var rows [][]print.Cell
	add := func(name string, n []int, share *float64) {
		row := []print.Cell{print.Plain(name)}
		for _, x := range n {
			row = append(row, print.Plain(fmt.Sprint(x)))
		}
		rows = append(rows, append(row, print.Plain(shareText(share))))
	}
	t := &w.Account.Tally
	add(pick(Label{"合计", "All"}), []int{t.Residents, t.Required, t.InTime, t.Missed, t.Open, t.Done, t.Owed}, t.Share())
	for _, g := range w.Grades {
		if t, ok := w.Account.Grades[g]; ok {
			add(pick(w.Labels.Of(g)), []int{t.Residents, t.Required, t.InTime, t.Missed, t.Open, t.Done, t.Owed}, t.Share())
		}
	}
	below, _ := p.Table(print.Margin, y, print.Height-20, 9, columns, rows)
	return below + 7
}
