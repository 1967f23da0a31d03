package reports

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"sanse/reports/print"
)

// WriteProcessingPDF writes the record as a PDF of A4 pages in Chinese, made at a
// time, with room for the assessment's judgement and its signatures.
func WriteProcessingPDF(w io.Writer, r *ProcessingRecord, font *print.Font, made time.Time, marked Marked) error {
	p, err := print.New(font, print.About{Title: r.Handler + " 个人信息处理活动记录", Language: "zh-CN", Made: made, Mark: marked.print(false)})
	if err != nil {
		return fmt.Errorf("print the processing record: %w", err)
	}
	d := &processingPrint{Page: p, y: 11}
	d.head(r)
	for i, s := range r.sections() {
		d.section(fmt.Sprintf("%d　%s", i+1, s.title), s.columns, s.rows)
	}
	d.list(fmt.Sprintf("%d　安全措施", len(r.sections())+1), r.Measures)
	d.signatures()
	return p.Write(w)
}

// processingPrint writes the parts of the record, from sheet to sheet.
type processingPrint struct {
	*print.Page
	y float64
}

const (
	processingBottom = print.Height - 14
	processingSize   = 8.5
	processingPad    = .8
)

// room begins another sheet where less than h is left.
func (d *processingPrint) room(h float64) {
	if d.y+h > processingBottom {
		d.Turn()
		d.y = print.Margin
	}
}

func (d *processingPrint) head(r *ProcessingRecord) {
	d.Text(print.Margin, d.y, 140, print.Style{Size: 17, Color: print.Ink, Bold: true}, "个人信息处理活动记录")
	d.Text(150, d.y+2.5, 0, print.Style{Size: 9, Color: print.Muted, Align: print.Right}, "制作日期 "+r.Made)
	d.Text(print.Margin, d.y+8.5, 0, print.Style{Size: 8.5, Color: print.Muted}, "Record of processing of personal information, for the impact assessment (PIPL art. 54–56)")
	note := "个人信息处理者：" + r.Handler + "。本记录供个人信息保护影响评估使用（个人信息保护法第55、56条），评估报告与处理情况记录至少保存三年。"
	if r.MadeUp {
		note += "其中人员均为虚构。"
	}
	d.y = d.Paragraph(print.Margin, d.y+14, print.Width-2*print.Margin, print.Style{Size: 10, Color: print.Ink}, 0, note) + 3
}

// processingSection is a table of the record.
type processingSection struct {
	title   string
	columns []print.Column
	rows    [][]string
}

func (r *ProcessingRecord) sections() []processingSection {
	yes := func(b bool, text string) string {
		if b {
			return text
		}
		return ""
	}
	left := func(head string, width float64) print.Column {
		return print.Column{Head: head, Width: width, Align: print.Left}
	}
	purposes := processingSection{title: "处理目的与依据", columns: []print.Column{left("目的", 44), left("依据", 122), left("单独同意", 20)}}
	for _, p := range r.Purposes {
		purposes.rows = append(purposes.rows, []string{p.Name, p.Basis, yes(p.Consent, "需要")})
	}
	kinds := processingSection{title: "个人信息种类", columns: []print.Column{left("种类", 56), left("对象", 30), left("敏感", 16), left("保存方式", 84)}}
	for _, k := range r.Kinds {
		kinds.rows = append(kinds.rows, []string{k.Name, k.Of, yes(k.Sensitive, "是"), k.Stored})
	}
	recipients := processingSection{title: "可接触的角色", columns: []print.Column{left("角色", 40), left("可见内容", 146)}}
	for _, v := range r.Recipients {
		recipients.rows = append(recipients.rows, []string{v.Name, v.Sees})
	}
	retention := processingSection{title: "保存期限", columns: []print.Column{left("数据", 36), {Head: "天", Width: 14, Align: print.Right}, left("理由", 66), left("依据", 70)}}
	for _, v := range r.Retention {
		retention.rows = append(retention.rows, []string{v.Name, strconv.Itoa(v.Days), v.Basis + yes(v.Set, "（本区规定）"), v.Source})
	}
	requests := processingSection{title: "权利请求办理情况", columns: []print.Column{left("请求", 60), left("状态", 60), {Head: "件数", Width: 30, Align: print.Right}}}
	for _, v := range r.Requests {
		requests.rows = append(requests.rows, []string{v.Name, requestStatusZH[v.Status], strconv.Itoa(v.Count)})
	}
	risks := processingSection{title: "对个人权益的影响与应对", columns: []print.Column{left("风险", 62), left("应对", 94), left("剩余风险（评估填写）", 30)}}
	for _, v := range r.Risks {
		risks.rows = append(risks.rows, []string{v.Risk, v.Measure, ""})
	}
	return []processingSection{purposes, kinds, recipients, retention, requests, risks}
}

var requestStatusZH = map[string]string{"open": "待决定", "accepted": "已同意，待执行", "refused": "不予同意", "done": "已执行"}

// section writes a table; a table that a sheet does not hold goes on on the next,
// with its head again.
func (d *processingPrint) section(title string, columns []print.Column, rows [][]string) {
	d.room(22)
	d.Text(print.Margin, d.y, 0, print.Style{Size: 11, Color: print.Ink, Bold: true}, title)
	d.y += 6
	if len(rows) == 0 {
		d.Text(print.Margin, d.y, 0, print.Style{Size: processingSize, Color: print.Muted}, "无")
		d.y += 7
		return
	}
	d.tableHead(columns)
	for _, row := range rows {
		style := print.Style{Size: processingSize, Color: print.Ink}
		height := 0.0
		for k, text := range row {
			_, h := d.Lines(columns[k].Width-2*processingPad, style, text)
			height = max(height, h)
		}
		if d.y+height+1.6 > processingBottom {
			d.room(processingBottom)
			d.tableHead(columns)
		}
		x := print.Margin
		for k, text := range row {
			style.Align = columns[k].Align
			d.Paragraph(x+processingPad, d.y+.8, columns[k].Width-2*processingPad, style, 0, text)
			x += columns[k].Width
		}
		d.y += height + 1.6
		d.Line(print.Margin, d.y, x, d.y, print.Rule)
	}
	d.y += 5
}

func (d *processingPrint) tableHead(columns []print.Column) {
	x, height := print.Margin, 5.2
	for _, c := range columns {
		d.Box(x, d.y, c.Width, height, print.Soft)
		d.Text(x+processingPad, d.y+.8, c.Width-2*processingPad, print.Style{Size: processingSize, Color: print.Muted, Align: c.Align}, c.Head)
		x += c.Width
	}
	d.y += height
}

func (d *processingPrint) list(title string, items []string) {
	d.room(22)
	d.Text(print.Margin, d.y, 0, print.Style{Size: 11, Color: print.Ink, Bold: true}, title)
	d.y += 6
	for _, text := range items {
		d.room(12)
		d.y = d.Paragraph(print.Margin, d.y, print.Width-2*print.Margin, print.Style{Size: processingSize + .5, Color: print.Ink}, 0, "· "+text) + 1
	}
	d.y += 4
}

func (d *processingPrint) signatures() {
	d.room(44)
	d.Text(print.Margin, d.y, 0, print.Style{Size: 11, Color: print.Ink, Bold: true}, "评估结论与签字")
	d.y += 7
	for _, line := range []string{"结论（处理是否合法、正当、必要；措施是否与风险相适应）：", "评估人：　　　　　　　　　　　　日期：", "个人信息保护负责人：　　　　　　日期："} {
		d.Text(print.Margin, d.y, 0, print.Style{Size: 9.5, Color: print.Ink}, line)
		d.y += 7
		d.Line(print.Margin, d.y, print.Width-print.Margin, d.y, print.Rule)
		d.y += 4
	}
}
