package reports

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"

	"sanse/planner"
	"sanse/reports/print"
)

// DaySlips are slips to cut and to leave at the doors of a day, by which whoever lives
// there rates the visit. Whoever else finds one learns nothing: neither who lives there
// nor what the visit was for.
type DaySlips struct {
	Date    planner.Date
	Slips   []Slip
	English bool
	Site    string // such as https://HOST
	Mark    Marked
}

// Slip is one of them. Door is its number on the sheet of the day, by which whoever
// visits knows it.
type Slip struct {
	Door int
	Code string
}

// Faces are the words for ratings from 1 to 5.
var Faces = [5]Label{{"很不满意", "very poor"}, {"不满意", "poor"}, {"一般", "fair"}, {"满意", "good"}, {"很满意", "very good"}}

// Slips stand in two columns of five.
const (
	slipColumns, slipRows   = 2, 5
	slipWidth, slipHeight   = (print.Width - 2*print.Margin) / slipColumns, 52.0
	slipTop, slipQR, slipIn = 14.0, 29.0, 4.0
)

// WriteDaySlips writes slips as PDF, made at a time. The mark of who took them stands at
// the foot of each page, and not across it: slips are given away.
func WriteDaySlips(w io.Writer, in DaySlips, font *print.Font, made time.Time) error {
	say := func(zh, en string) string { return Label{zh, en}.in(in.English) }
	mark := in.Mark.print(in.English)
	mark.Across = ""
	title := say("评价条 ", "Rating slips ") + in.Date.String()
	p, err := print.New(font, print.About{Title: title, Language: say("zh-CN", "en"), Made: made, Mark: mark})
	if err != nil {
		return fmt.Errorf("print rating slips: %w", err)
	}
	head := func() {
		p.Text(print.Margin, 5.5, 0, print.Style{Size: 8.5, Color: print.Muted}, title+say(
			"　沿线剪开，按走访单上的序号留给住户。", "  Cut along the lines and leave each at the door of its number on the day's sheet."))
	}
	head()
	for i, s := range in.Slips {
		if i > 0 && i%(slipColumns*slipRows) == 0 {
			p.Turn()
			head()
		}
		at := i % (slipColumns * slipRows)
		if err := drawSlip(p, print.Margin+float64(at%slipColumns)*slipWidth, slipTop+float64(at/slipColumns)*slipHeight, &in, s); err != nil {
			return err
		}
	}
	if len(in.Slips) == 0 {
		p.Text(print.Margin, slipTop, 0, print.Style{Size: 11, Color: print.Muted}, say("这一天没有安排走访。", "Nothing is planned on this day."))
	}
	return p.Write(w)
}

func drawSlip(p *print.Page, x, y float64, in *DaySlips, s Slip) error {
	say := func(zh, en string) string { return Label{zh, en}.in(in.English) }
	for _, l := range [][4]float64{
		{x, y, x + slipWidth, y},
		{x, y + slipHeight, x + slipWidth, y + slipHeight},
		{x, y, x, y + slipHeight},
		{x + slipWidth, y, x + slipWidth, y + slipHeight},
	} {
		p.Line(l[0], l[1], l[2], l[3], print.Rule)
	}
	left, words := x+slipIn, slipWidth-slipQR-3*slipIn
	p.Text(left, y+3.5, words, print.Style{Size: 13, Color: print.Ink, Bold: true}, say("今天的上门怎么样？", "How was the visit?"))
	p.Paragraph(left, y+10.5, words, print.Style{Size: 9, Color: print.Ink}, 4, say(
		"请用手机扫右边的码评价，家人也可以，30 天内有效。不方便用手机的，在下面打 √，下次交给来访的人。",
		"Scan the code with a phone to rate it, within 30 days; a relative may too. Or tick a face below and hand this back next time."))
	p.Text(left, y+29, words, print.Style{Size: 8.5, Color: print.Muted}, in.Date.String()+say("　第 ", "  No. ")+strconv.Itoa(s.Door)+say(" 张", ""))
	p.Text(left, y+33, slipWidth-2*slipIn, print.Style{Size: 7.5, Color: print.Muted}, say("码：", "Code: ")+grouped(s.Code))
	code, err := qr.Encode(in.Site+"/r#"+s.Code, qr.M, qr.Auto)
	if err != nil {
		return fmt.Errorf("draw the code of a slip: %w", err)
	}
	n := code.Bounds().Dx()
	qx, qy, m := x+slipWidth-slipQR-2, y+3.0, slipQR/float64(n)
	for row := range n {
		for col := 0; col < n; col++ {
			from := col
			for col < n {
				if r, _, _, _ := code.At(col, row).RGBA(); r != 0 {
					break
				}
				col++
			}
			if col > from {
				p.Box(qx+float64(from)*m, qy+float64(row)*m, float64(col-from)*m, m, print.Color{})
			}
		}
	}
	for k, word := range Faces {
		w := (slipWidth - 2*slipIn) / float64(len(Faces))
		cx := left + w*(float64(k)+.5)
		drawFace(p, cx, y+41.5, k)
		p.Text(cx-w/2, y+46, w, print.Style{Size: 7.5, Color: print.Ink, Align: print.Centre}, word.in(in.English))
	}
	return nil
}

// grouped is a code as somebody can read and type it.
func grouped(code string) string {
	var b strings.Builder
	for i, c := range code {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// drawFace draws a face in lines, from 0, the saddest, to 4.
func drawFace(p *print.Page, cx, cy float64, mood int) {
	const r, steps = 3.4, 28
	arc := func(x, y, rx, ry, from, to float64) {
		for i := range steps {
			a, b := from+(to-from)*float64(i)/steps, from+(to-from)*float64(i+1)/steps
			p.Line(x+rx*math.Cos(a), y+ry*math.Sin(a), x+rx*math.Cos(b), y+ry*math.Sin(b), print.Ink)
		}
	}
	arc(cx, cy, r, r, 0, 2*math.Pi)
	for _, side := range []float64{-1.2, 1.2} {
		p.Box(cx+side-.25, cy-1.2, .5, .7, print.Ink)
	}
	bend := float64(mood-2) * .55 // downwards is a smile: y grows downwards
	mouth := cy + 1.1
	if bend < 0 {
		mouth = cy + 1.8
	}
	arc(cx, mouth, 1.5, bend, 0, math.Pi)
}
