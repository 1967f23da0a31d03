package print

import (
	"math"

	"codeberg.org/go-pdf/fpdf"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/simplify"
)

// Shape is an area of a map. Boundaries are lon-lat degrees, WGS 84.
type Shape struct {
	Boundary orb.MultiPolygon
	Fill     Color
	Label    string // written in the middle of it where there is room
}

// Dot is a place of a map.
type Dot struct {
	At    orb.Point // lon-lat degrees, WGS 84
	Color Color
}

// Map draws areas and places into a rectangle from its top, north up, as large
// as they fit: longitudes are shortened as they are in the middle of the map. It
// returns the y below the map; y itself if there is nothing to draw.
func (p *Page) Map(x, y, w, h float64, shapes []Shape, dots []Dot) float64 {
	var all orb.Bound
	for i, s := range shapes {
		if b := s.Boundary.Bound(); i == 0 {
			all = b
		} else {
			all = all.Union(b)
		}
	}
	if len(shapes) == 0 || all.IsZero() {
		return y
	}
	narrow := math.Cos(all.Center().Lat() * math.Pi / 180)
	scale := math.Inf(1) // millimetres a degree of latitude
	if d := (all.Max.Lon() - all.Min.Lon()) * narrow; d > 0 {
		scale = min(scale, w/d)
	}
	if d := all.Max.Lat() - all.Min.Lat(); d > 0 {
		scale = min(scale, h/d)
	}
	if math.IsInf(scale, 1) {
		return y
	}
	at := func(q orb.Point) fpdf.PointType {
		return fpdf.PointType{X: x + w/2 + (q.Lon()-all.Center().Lon())*narrow*scale, Y: y + (all.Max.Lat()-q.Lat())*scale}
	}
	// A tenth of a millimetre is as fine as a printer draws.
	fine := simplify.DouglasPeucker(.1 / scale)
	p.pdf.SetLineWidth(.15)
	for _, s := range shapes {
		p.pdf.SetFillColor(int(s.Fill.R), int(s.Fill.G), int(s.Fill.B))
		p.pdf.SetDrawColor(255, 255, 255)
		for _, polygon := range s.Boundary {
			p.rings(polygon, fine, at)
		}
	}
	for _, s := range shapes {
		p.label(s, narrow*scale, at)
	}
	for _, d := range dots {
		c := at(d.At)
		p.pdf.SetFillColor(int(d.Color.R), int(d.Color.G), int(d.Color.B))
		p.pdf.SetDrawColor(255, 255, 255)
		p.pdf.Circle(c.X, c.Y, .8, "FD")
	}
	return y + (all.Max.Lat()-all.Min.Lat())*scale
}

// rings fills a polygon with its holes left out.
func (p *Page) rings(polygon orb.Polygon, fine *simplify.DouglasPeuckerSimplifier, at func(orb.Point) fpdf.PointType) {
	for _, ring := range polygon {
		line := fine.LineString(orb.LineString(ring).Clone())
		if len(line) < 4 {
			continue
		}
		for i, q := range line {
			c := at(q)
			if i == 0 {
				p.pdf.MoveTo(c.X, c.Y)
			} else {
				p.pdf.LineTo(c.X, c.Y)
			}
		}
		p.pdf.ClosePath()
	}
	p.pdf.DrawPath("FD*")
}

// dark tells whether ink is hard to read on a colour.
func (c Color) dark() bool {
	return 299*int(c.R)+587*int(c.G)+114*int(c.B) < 110_000
}

// label writes the name of a shape into the middle of its largest part, if it
// is wide enough for it.
func (p *Page) label(s Shape, mmADegree float64, at func(orb.Point) fpdf.PointType) {
	if s.Label == "" {
		return
	}
	var widest orb.Bound
	for i, polygon := range s.Boundary {
		if b := polygon.Bound(); i == 0 || b.Max.Lon()-b.Min.Lon() > widest.Max.Lon()-widest.Min.Lon() {
			widest = b
		}
	}
	style := Style{Size: 6.5, Color: Ink, Align: Centre}
	if s.Fill.dark() {
		style.Color = White
	}
	p.use(style, s.Label)
	text := p.pdf.GetStringWidth(s.Label)
	if text > (widest.Max.Lon()-widest.Min.Lon())*mmADegree*1.1 {
		return
	}
	c := at(widest.Center())
	p.Text(c.X-text/2-.5, c.Y-1.4, text+1, style, s.Label)
}
