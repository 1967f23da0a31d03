package print

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// A4 upright, in millimetres, and what is left free round it.
const (
	Width  = 210.0
	Height = 297.0
	Margin = 12.0
)

// Color is red, green and blue, 0 to 255.
type Color struct{ R, G, B uint8 }

// The colours of the house on paper: they differ in lightness, so that a page
// printed in grey can be read.
var (
	Ink   = Color{28, 32, 38}
	Muted = Color{104, 112, 122}
	Rule  = Color{205, 210, 216}
	Soft  = Color{241, 243, 246}
	White = Color{255, 255, 255}
)

// Align says where a text stands in its width.
type Align string

// The alignments.
const (
	Left   Align = "L"
	Centre Align = "C"
	Right  Align = "R"
)

// Style is how a text is written. Size is in points; 0 stands for 9.
type Style struct {
	Size  float64
	Color Color
	Align Align // "" stands for Left
	Bold  bool  // written twice, a little apart: collections hold one weight
}

// About is what the file says of itself.
type About struct {
	Title    string
	Language string    // "zh-CN", "en"
	Made     time.Time // the file says it was made then
	Mark     Mark
}

// Mark is what every page says of who took it.
type Mark struct {
	Line   string // at the foot; empty: nothing
	Across string // faintly across; empty: nothing
	Hidden string // among the file's properties, of letters, digits and :_.%- alone
}

// Page is an A4 page, upright, and those before it; see Turn. Places and lengths
// are millimetres from its upper left corner. The first error is kept; Write
// returns it.
type Page struct {
	pdf    *fpdf.Fpdf
	font   *Font
	common map[rune]bool // what the font of the page can show; the rest is written with another
	mark   Mark
}

// The fonts of a page.
const (
	commonFont = "text"
	wholeFont  = "rare"
)

// New begins a page.
func New(font *Font, about About) (*Page, error) {
	if font == nil {
		return nil, errors.New("begin a page: no font given")
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(Margin, Margin, Margin)
	pdf.SetCellMargin(0)
	pdf.SetTitle(about.Title, true)
	pdf.SetLang(about.Language)
	pdf.SetCreator("Sanse", true)
	pdf.SetCreationDate(about.Made)
	pdf.SetModificationDate(about.Made)
	pdf.SetKeywords(about.Mark.Hidden, false)
	pdf.SetCatalogSort(true) // the same page is the same file
	face, common := font.common()
	pdf.AddUTF8FontFromBytes(commonFont, "", face)
	pdf.AddPage()
	if err := pdf.Error(); err != nil {
		return nil, fmt.Errorf("begin a page: %w", err)
	}
	return &Page{pdf: pdf, font: font, common: common, mark: about.Mark}, nil
}

// Turn begins the next page: what is written from now on stands there.
func (p *Page) Turn() {
	p.stamp()
	p.pdf.AddPage()
}

// stamp writes the mark over a page that is done.
func (p *Page) stamp() {
	if p.mark.Line != "" {
		p.Paragraph(Margin, Height-9.5, Width-2*Margin, Style{Size: 6.5, Color: Muted}, 2, p.mark.Line)
	}
	if p.mark.Across == "" {
		return
	}
	const faint, turned, size, room = .11, 32.0, 19.0, 190.0
	p.pdf.SetAlpha(faint, "Normal")
	for _, y := range []float64{Height / 5, Height / 2, Height * 4 / 5} {
		p.pdf.TransformBegin()
		p.pdf.TransformRotate(turned, Width/2, y)
		p.Text((Width-room)/2, y, room, Style{Size: size, Color: Ink, Align: Centre}, p.mark.Across)
		p.pdf.TransformEnd()
	}
	p.pdf.SetAlpha(1, "Normal")
}

// Lines is how many lines Paragraph needs for a text in a width, and how high
// they are.
func (p *Page) Lines(w float64, s Style, text string) (n int, height float64) {
	text = p.font.shown(text)
	p.use(s, text)
	_, size := p.pdf.GetFontSize()
	n = len(p.lines(text, w))
	return n, float64(n) * size * 1.35
}

// Write writes the pages as a PDF.
func (p *Page) Write(w io.Writer) error {
	p.stamp()
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("write a page: %w", err)
	}
	return nil
}

// use has what comes next written in a style, with a font that has the text.
func (p *Page) use(s Style, text string) {
	if s.Size == 0 {
		s.Size = 9
	}
	name := commonFont
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && !p.common[r] }) {
		name = wholeFont
		p.pdf.AddUTF8FontFromBytes(name, "", p.font.face) // once; it knows by the name
	}
	p.pdf.SetFont(name, "", s.Size)
	p.pdf.SetTextColor(int(s.Color.R), int(s.Color.G), int(s.Color.B))
}

// Text writes one line into a width, its top at y, and cuts what does not fit,
// with an ellipsis. A width of 0 is all there is up to the margin.
func (p *Page) Text(x, y, w float64, s Style, text string) {
	text = p.font.shown(text)
	p.use(s, text)
	if w == 0 {
		w = Width - Margin - x
	}
	text = p.fit(text, w)
	_, size := p.pdf.GetFontSize()
	put := func(dx float64) {
		p.pdf.SetXY(x+dx, y)
		p.pdf.CellFormat(w, size*1.2, text, "", 0, string(s.Align), false, 0, "")
	}
	put(0)
	if s.Bold {
		put(.12)
	}
}

// fit cuts a text that is wider than w.
func (p *Page) fit(text string, w float64) string {
	if p.pdf.GetStringWidth(text) <= w+.01 {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.pdf.GetStringWidth(string(runes)+"…") > w {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

// Paragraph writes a text in as many lines as it needs, at most limit (0: no
// limit), and returns the y below it.
func (p *Page) Paragraph(x, y, w float64, s Style, limit int, text string) float64 {
	text = p.font.shown(text)
	p.use(s, text)
	_, size := p.pdf.GetFontSize()
	lines := p.lines(text, w)
	for i, line := range lines {
		if limit > 0 && i == limit-1 && len(lines) > limit {
			line += "…"
		}
		if limit > 0 && i == limit {
			break
		}
		p.Text(x, y, w, s, line)
		y += size * 1.35
	}
	return y
}

// lines breaks a text: between words of Latin letters, anywhere in Chinese, but
// no line begins with what closes.
func (p *Page) lines(text string, w float64) []string {
	var out []string
	var line []rune
	flush := func(n int) {
		out = append(out, string(line[:n]))
		line = append([]rune(nil), line[n:]...)
		for len(line) > 0 && line[0] == ' ' {
			line = line[1:]
		}
	}
	for _, r := range text {
		if r == '\n' {
			flush(len(line))
			continue
		}
		line = append(line, r)
		for p.pdf.GetStringWidth(string(line)) > w && len(line) > 1 {
			flush(breakAt(line))
		}
	}
	if len(line) > 0 {
		flush(len(line))
	}
	return out
}

// breakAt is where to break a line whose last rune is too much: at least 1.
func breakAt(line []rune) int {
	for n := len(line) - 1; n > len(line)/2; n-- {
		if closes(line[n]) {
			continue
		}
		if line[n-1] == ' ' || line[n] >= 0x2e80 || line[n-1] >= 0x2e80 {
			return n
		}
	}
	return len(line) - 1
}

func closes(r rune) bool {
	switch r {
	case '，', '。', '；', '：', '、', '！', '？', '）', '》', '」', '”', '％', '%', ',', '.', ';', ':', ')':
		return true
	}
	return false
}

// Box fills a rectangle.
func (p *Page) Box(x, y, w, h float64, c Color) {
	p.pdf.SetFillColor(int(c.R), int(c.G), int(c.B))
	p.pdf.Rect(x, y, w, h, "F")
}

// Line draws a thin line.
func (p *Page) Line(x1, y1, x2, y2 float64, c Color) {
	p.pdf.SetDrawColor(int(c.R), int(c.G), int(c.B))
	p.pdf.SetLineWidth(.15)
	p.pdf.Line(x1, y1, x2, y2)
}
