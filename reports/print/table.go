package print

// Column is a column of a table: its width in millimetres and where its cells
// stand.
type Column struct {
	Head  string
	Width float64
	Align Align
}

// Cell is a cell of a table. A Share from 0 to 1 is drawn as a bar behind the
// text, in the colour Bar; less than 0: none.
type Cell struct {
	Text  string
	Color Color
	Bold  bool
	Share float64
	Bar   Color
}

// Plain is a cell of text in ink, without a bar.
func Plain(text string) Cell { return Cell{Text: text, Color: Ink, Share: -1} }

// Table writes a table with its upper left corner at x, y and returns the y
// below it. Rows that would end below bottom are left out; left says how many.
func (p *Page) Table(x, y, bottom, size float64, columns []Column, rows [][]Cell) (below float64, left int) {
	const pad = .8
	height := size*.3528*1.2 + 1.5
	at := x
	total := 0.0
	for _, c := range columns {
		total += c.Width
	}
	p.Box(x, y, total, height, Soft)
	for _, c := range columns {
		p.Text(at+pad, y+.75, c.Width-2*pad, Style{Size: size, Color: Muted, Align: c.Align}, c.Head)
		at += c.Width
	}
	y += height
	for i, row := range rows {
		if y+height > bottom {
			return y, len(rows) - i
		}
		at = x
		for k, c := range columns {
			if k < len(row) {
				cell := row[k]
				if cell.Share >= 0 {
					p.Box(at+pad, y+height-1.1, c.Width-2*pad, .8, Soft)
					p.Box(at+pad, y+height-1.1, (c.Width-2*pad)*min(cell.Share, 1), .8, cell.Bar)
				}
				p.Text(at+pad, y+.5, c.Width-2*pad, Style{Size: size, Color: cell.Color, Align: c.Align, Bold: cell.Bold}, cell.Text)
			}
			at += c.Width
		}
		p.Line(x, y+height, x+total, y+height, Rule)
		y += height
	}
	return y, 0
}
