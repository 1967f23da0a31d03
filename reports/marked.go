package reports

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"sanse/reports/print"
)

// Marked is what a file that leaves the house says of who took it. The zero value
// says nothing: files that everybody gets are the same for all.
type Marked struct {
	Number  string // of the export, opaque
	Account string // opaque: an auditor knows whose it is
	At      string // local, as it is to be shown
	Until   string // the last day on which it is good
	Purpose Label
	Hidden  string // what stands among the file's properties; sealed later (package mark)
}

// Line is what stands at the foot of every page.
func (m *Marked) Line(english bool) string {
	if m.Number == "" {
		return ""
	}
	if english {
		return fmt.Sprintf("Taken by account %s at %s for %s · good until %s · number %s · destroy it then, do not pass it on", m.Account, m.At, m.Purpose.English, m.Until, m.Number)
	}
	return fmt.Sprintf("由账号 %s 于 %s 导出 · 用途：%s · 有效至 %s · 编号 %s · 到期请销毁，请勿外传", m.Account, m.At, m.Purpose.Chinese, m.Until, m.Number)
}

// Copied is what stands on a copy that is made for the one it tells of, who may keep
// it and pass it on.
func (m *Marked) Copied() string {
	if m.Number == "" {
		return ""
	}
	return fmt.Sprintf("由账号 %s 于 %s 应本人要求制作，交本人 · 编号 %s", m.Account, m.At, m.Number)
}

// Across is what stands faintly across every page.
func (m *Marked) Across() string {
	if m.Number == "" {
		return ""
	}
	day, _, _ := strings.Cut(m.At, " ")
	return m.Account + " · " + m.Number + " · " + day
}

// acrossPage is what a page on the screen has across it, some times over.
func (m *Marked) acrossPage() []string {
	return []string{m.Across(), m.Across(), m.Across(), m.Across()}
}

func (m *Marked) print(english bool) print.Mark {
	return print.Mark{Line: m.Line(english), Across: m.Across(), Hidden: m.Hidden}
}

// SheetExport is the last sheet of a workbook that says who took it.
const SheetExport = "导出 Export"

// writeMarked writes the last sheet.
func writeMarked(b *book, s *sheet, m *Marked) {
	s.table(b, 0, []column{{"项目", "Item", 20}, {"内容", "Value", 60}, {"", "", 44}})
	for _, r := range [][3]string{
		{"导出编号", m.Number, "Number of the export"},
		{"账号", m.Account, "Account"},
		{"导出时间", m.At, "Taken at"},
		{"用途", m.Purpose.Chinese + " " + m.Purpose.English, "For"},
		{"有效至", m.Until, "Good until; destroy it then"},
	} {
		s.add(0, b.str(r[0]), b.str(r[1]), b.str(r[2]))
	}
	s.add(34, b.str("说明"), b.long("真实数字，只供对本区域负责的人使用，请勿外传；按编号可追查。"), b.long("True numbers, for those who answer for the area; not to be passed on. The number leads back to who took it."))
}

// foot has every printed sheet say who took the workbook.
func (m *Marked) foot(f *excelize.File, sheet string) error {
	if m.Number == "" {
		return nil
	}
	line := strings.ReplaceAll(m.Line(false), "&", "&&")
	return f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L&7" + line})
}

// ReviewText says the review number of a map as it is printed on it; empty for
// none.
func ReviewText(number string) string {
	if number == "" {
		return ""
	}
	return "审图号：" + number
}
