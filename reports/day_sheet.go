package reports

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"sanse/planner"
	"sanse/reports/print"
)

// DaySheet is a visitor's day on paper, for those who prefer it.
type DaySheet struct {
	Date    planner.Date
	Visitor string
	Area    string
	Doors   []SheetDoor
	English bool
	Mark    Marked
}

// SheetDoor is a door on the sheet. There is no grade on it: paper lies about.
type SheetDoor struct {
	Arrive  string // HH:MM; empty: not planned
	Name    string
	Phone   string
	Address string
	Note    string
	Why     Label
	Due     string
}

// rows are as high as two lines by hand.
const sheetRow = 16.5

// WriteDaySheet writes the sheet of a day as PDF, made at a time: the doors in their
// order, with room to write down what was found, to be typed in later.
func WriteDaySheet(w io.Writer, in DaySheet, font *print.Font, made time.Time) error {
	say := func(zh, en string) string { return Label{zh, en}.in(in.English) }
	lang := say("zh-CN", "en")
	title := say("今日走访 ", "Visits of ") + in.Date.String()
	p, err := print.New(font, print.About{Title: title, Language: lang, Made: made, Mark: in.Mark.print(in.English)})
	if err != nil {
		return fmt.Errorf("print the sheet of a day: %w", err)
	}
	const right = print.Width - print.Margin
	head := func() float64 {
		p.Text(print.Margin, 11, 130, print.Style{Size: 16, Color: print.Ink, Bold: true}, title)
		p.Text(120, 12.5, 0, print.Style{Size: 10, Color: print.Muted, Align: print.Right}, strings.Trim(in.Visitor+" · "+in.Area, " ·"))
		p.Text(print.Margin, 19.5, 0, print.Style{Size: 8.5, Color: print.Muted}, say(
			"见到本人打 √，没见到写原因。问：健康、吃饭、家人；查：水、电、气；清：杂物、垃圾、通道。走完请在系统补记，并销毁本页。",
			"Tick who was seen, write why who was not. Ask: health, meals, family; check: water, power, gas; clear: clutter, rubbish, passage. Type it in afterwards and destroy this sheet."))
		p.Line(print.Margin, 24.5, right, 24.5, print.Rule)
		return 26
	}
	y := head()
	for i := range in.Doors {
		d := &in.Doors[i]
		if y+sheetRow > print.Height-14 {
			p.Turn()
			y = head()
		}
		p.Text(print.Margin, y+.5, 8, print.Style{Size: 11, Color: print.Muted}, strconv.Itoa(i+1))
		p.Text(print.Margin+8, y+.5, 14, print.Style{Size: 11, Color: print.Ink, Bold: true}, d.Arrive)
		p.Text(print.Margin+23, y, 40, print.Style{Size: 12, Color: print.Ink, Bold: true}, d.Name)
		p.Text(print.Margin+64, y+.5, 34, print.Style{Size: 10, Color: print.Ink}, d.Phone)
		why := d.Why.in(in.English)
		if d.Due != "" {
			why = strings.Trim(why+say(" 最迟 ", " by ")+d.Due, " ")
		}
		p.Text(print.Margin+98, y+.5, 58, print.Style{Size: 9, Color: print.Muted}, why)
		p.Text(print.Margin+23, y+6, 130, print.Style{Size: 9.5, Color: print.Ink}, d.Address)
		if d.Note != "" {
			p.Text(print.Margin+23, y+10.8, 130, print.Style{Size: 8.5, Color: print.Muted}, strings.ReplaceAll(d.Note, "\n", " "))
		}
		box := right - 29
		for k, word := range []string{say("见到", "seen"), say("没见到", "not")} {
			x := box + float64(k)*15
			p.Line(x, y+1.2, x+4, y+1.2, print.Muted)
			p.Line(x, y+5.2, x+4, y+5.2, print.Muted)
			p.Line(x, y+1.2, x, y+5.2, print.Muted)
			p.Line(x+4, y+1.2, x+4, y+5.2, print.Muted)
			p.Text(x+5, y+1.2, 11, print.Style{Size: 8.5, Color: print.Ink}, word)
		}
		p.Line(box, y+13.5, right, y+13.5, print.Rule)
		y += sheetRow
		p.Line(print.Margin, y-1.5, right, y-1.5, print.Rule)
	}
	if len(in.Doors) == 0 {
		p.Text(print.Margin, y+4, 0, print.Style{Size: 11, Color: print.Muted}, say("这一天没有安排走访。", "Nothing is planned on this day."))
	}
	return p.Write(w)
}
