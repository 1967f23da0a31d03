package print_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/image/font/gofont/goregular"

	"sanse/reports/print"
)

var made = time.Date(2026, 12, 1, 8, 0, 0, 0, time.UTC)

func latin(t *testing.T) *print.Font {
	t.Helper()
	f, err := print.ReadFont(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func page(t *testing.T, f *print.Font) *print.Page {
	t.Helper()
	p, err := print.New(f, print.About{Title: "A page", Language: "en", Made: made})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// collection packs a font as the only face of a collection, its tables where
// they lie in the collection.
func collection(face []byte) []byte {
	const at = 16
	b := make([]byte, at, at+len(face))
	copy(b, "ttcf")
	binary.BigEndian.PutUint32(b[4:], 0x00010000)
	binary.BigEndian.PutUint32(b[8:], 1)
	binary.BigEndian.PutUint32(b[12:], at)
	b = append(b, face...)
	for i := range int(binary.BigEndian.Uint16(face[4:])) {
		record := b[at+12+16*i+8:]
		binary.BigEndian.PutUint32(record, binary.BigEndian.Uint32(record)+at)
	}
	return b
}

func TestAFontIsTakenFromACollection(t *testing.T) {
	f, err := print.ReadFont(collection(goregular.TTF))
	if err != nil {
		t.Fatal(err)
	}
	if !f.Has("Grid 7, ½") || f.Has("网格") {
		t.Error("the face of the collection has other glyphs than the font")
	}
	var b bytes.Buffer
	p := page(t, f)
	p.Text(20, 20, 0, print.Style{}, "Grid 7")
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
}

func TestBytesThatAreNoFontAreRefused(t *testing.T) {
	cut := collection(goregular.TTF)
	for name, b := range map[string][]byte{
		"nothing": nil, "a text": []byte("this is no font at all"), "PostScript outlines": append([]byte("OTTO"), goregular.TTF[4:]...),
		"a collection cut off": cut[:len(cut)/2], "a collection of nothing": cut[:14],
	} {
		if _, err := print.ReadFont(b); err == nil {
			t.Errorf("%s: taken for a font", name)
		}
	}
}

func TestTheSamePageIsTheSameFile(t *testing.T) {
	var files [2]bytes.Buffer
	for i := range files {
		p := page(t, latin(t))
		p.Text(12, 12, 100, print.Style{Size: 14, Bold: true}, "Shortfall")
		p.Table(12, 30, 60, 8, []print.Column{{"Standard", 60, print.Left}, {"Short", 20, print.Right}},
			[][]print.Cell{{print.Plain("meals"), {Text: "3", Share: .4, Bar: print.Muted}}})
		p.Map(12, 80, 80, 80, []print.Shape{{Boundary: square(0), Fill: print.Soft, Label: "A"}, {Boundary: square(.01), Fill: print.Rule}}, []print.Dot{{At: orb.Point{104.2, 30.8}, Color: print.Ink}})
		if err := p.Write(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("two files of one page differ")
	}
	if !bytes.HasPrefix(files[0].Bytes(), []byte("%PDF-1.")) || bytes.Count(files[0].Bytes(), []byte("/Type /Page\n")) != 1 {
		t.Error("want a PDF of one page")
	}
}

func square(east float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{104.2 + east, 30.8}, {104.21 + east, 30.8}, {104.21 + east, 30.81}, {104.2 + east, 30.81}, {104.2 + east, 30.8}}}}
}

func TestATableSaysWhatItHasNoRoomFor(t *testing.T) {
	p := page(t, latin(t))
	var rows [][]print.Cell
	for range 50 {
		rows = append(rows, []print.Cell{print.Plain("row")})
	}
	below, left := p.Table(12, 100, 200, 9, []print.Column{{"Head", 50, print.Left}}, rows)
	if below > 200 || left == 0 || left >= 50 {
		t.Errorf("table ends at %.1f mm, %d rows left out", below, left)
	}
	if _, left := p.Table(12, 100, 290, 9, []print.Column{{"Head", 50, print.Left}}, rows[:5]); left != 0 {
		t.Errorf("%d rows of five left out with room for all", left)
	}
}

func TestAMapKeepsItsProportions(t *testing.T) {
	p := page(t, latin(t))
	// At 30.8° north a degree of longitude is 0.859 of one of latitude: a square
	// of degrees that is 50 mm high is 43 mm wide.
	if below := p.Map(12, 12, 100, 50, []print.Shape{{Boundary: square(0), Fill: print.Soft}}, nil); math.Abs(below-62) > .1 {
		t.Errorf("a high map ends at %.2f mm, want 62", below)
	}
	if below := p.Map(12, 12, 43, 100, []print.Shape{{Boundary: square(0), Fill: print.Soft}}, nil); math.Abs(below-62) > .2 {
		t.Errorf("a map 43 mm wide ends at %.2f mm, want 62", below)
	}
	if below := p.Map(12, 12, 100, 50, nil, nil); below != 12 {
		t.Errorf("a map of nothing ends at %v", below)
	}
}

func TestAParagraphIsBrokenAndCut(t *testing.T) {
	p := page(t, latin(t))
	text := strings.Repeat("Six communities have no station. ", 20)
	all := p.Paragraph(12, 12, 80, print.Style{}, 0, text)
	cut := p.Paragraph(12, 12, 80, print.Style{}, 3, text)
	if all < 40 || cut > 27 || cut < 20 {
		t.Errorf("the whole ends at %.1f mm, three lines of it at %.1f mm", all, cut)
	}
}

func TestWhatTheFontDoesNotHaveKeepsNoPageFromBeingPrinted(t *testing.T) {
	p := page(t, latin(t))
	// Beyond the plane that the PDF is written with, and within it but not in the font.
	p.Text(12, 12, 0, print.Style{}, "\U00020BB7\U0001F600 网格 grid")
	p.Paragraph(12, 20, 60, print.Style{}, 0, "\U00020BB7 first\nsecond")
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	if latin(t).Has("\U0001F600") {
		t.Error("the font is said to show what it has not")
	}
}

func TestChineseIsWrittenWithAFontOfTheMachine(t *testing.T) {
	b, err := os.ReadFile("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
	if err != nil {
		t.Skip("fonts-wqy-microhei is not installed")
	}
	f, err := print.ReadFont(b)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Has("服务圈与缺口：15分钟步行，还差 3 处") {
		t.Error("the font has not all of a Chinese sentence")
	}
	var out bytes.Buffer
	p := page(t, f)
	p.Text(12, 12, 0, print.Style{Size: 16}, "服务圈与缺口")
	if err := p.Write(&out); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 200_000 {
		t.Errorf("a line of text is %d bytes: the whole font is in the file", out.Len())
	}
}

func TestARareCharacterIsWrittenWithTheWholeFont(t *testing.T) {
	b, err := os.ReadFile("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
	if err != nil {
		t.Skip("fonts-wqy-microhei is not installed")
	}
	f, err := print.ReadFont(b)
	if err != nil {
		t.Fatal(err)
	}
	fonts := func(text string) int {
		var out bytes.Buffer
		p := page(t, f)
		p.Text(12, 12, 0, print.Style{}, "姓名")
		p.Paragraph(12, 20, 60, print.Style{}, 0, text)
		if err := p.Write(&out); err != nil {
			t.Fatal(err)
		}
		return bytes.Count(out.Bytes(), []byte("/FontFile2 "))
	}
	// Of GB 2312, and of the characters that came after it.
	if common, rare := fonts("李娜，住在3号楼2单元"), fonts("王喆，李珺瑭"); common != 1 || rare != 2 {
		t.Errorf("common names take %d fonts, rare ones %d; want 1 and 2", common, rare)
	}
}
