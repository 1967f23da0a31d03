package print

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// ErrFont is the error of bytes that are no font with TrueType outlines.
var ErrFont = errors.New("not a font with TrueType outlines")

// Font is a checked TrueType font.
type Font struct {
	face   []byte
	glyphs *sfnt.Font
	common func() (face []byte, has map[rune]bool) // see cut
}

// ReadFont takes a TrueType font (.ttf), or the first face of a collection
// (.ttc). Fonts with PostScript outlines (.otf) are refused: what makes the PDF
// cannot embed them.
func ReadFont(b []byte) (*Font, error) {
	face, err := firstFace(b)
	if err != nil {
		return nil, err
	}
	if len(face) < 4 || binary.BigEndian.Uint32(face) != 0x00010000 && string(face[:4]) != "true" {
		return nil, ErrFont
	}
	glyphs, err := sfnt.Parse(face)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFont, err)
	}
	f := &Font{face: face, glyphs: glyphs}
	f.common = sync.OnceValues(f.cut)
	return f, nil
}

// cut makes a font of the common characters alone: what makes the PDF reads all of a
// font for every file, and a font of the machine has fifty thousand glyphs. What is not
// in it is written with the whole font.
func (f *Font) cut() (face []byte, has map[rune]bool) {
	has = make(map[rune]bool)
	var set strings.Builder
	var buf sfnt.Buffer
	add := func(r rune) {
		if g, err := f.glyphs.GlyphIndex(&buf, r); err == nil && g != 0 && !has[r] {
			has[r] = true
			set.WriteRune(r)
		}
	}
	for _, block := range [][2]rune{{' ', 0x17F}, {0x2000, 0x22FF}} { // Latin; dashes, arrows, signs
		for r := block[0]; r <= block[1]; r++ {
			add(r)
		}
	}
	// The rows of GB 2312: punctuation, and the 6,763 characters of both levels.
	decode := simplifiedchinese.GBK.NewDecoder()
	for row := byte(0xA1); row <= 0xF7; row++ {
		for cell := byte(0xA1); cell <= 0xFE; cell++ {
			if text, err := decode.Bytes([]byte{row, cell}); err == nil {
				for _, r := range string(text) {
					add(r)
				}
			}
		}
	}
	return fpdf.UTF8CutFont(f.face, set.String()), has
}

// Has tells whether the font can show all of a text.
func (f *Font) Has(text string) bool {
	var buf sfnt.Buffer
	for _, r := range text {
		if r < ' ' {
			continue
		}
		if g, err := f.glyphs.GlyphIndex(&buf, r); err != nil || g == 0 || r > 0xFFFF {
			return false
		}
	}
	return true
}

// missing stands for what a font cannot show.
const missing = '?'

// shown is a text with a question mark for every character that the font does
// not have, or that lies beyond the plane that the PDF is written with: a rare
// name must not keep a page from being printed.
func (f *Font) shown(text string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if r == '\n' {
			return r
		}
		if g, err := f.glyphs.GlyphIndex(&buf, r); err != nil || g == 0 || r > 0xFFFF {
			return missing
		}
		return r
	}, text)
}

// firstFace returns a font as it is, and of a collection the first face as a
// font of its own: the table directory with the tables after it.
func firstFace(b []byte) ([]byte, error) {
	if len(b) < 16 || string(b[:4]) != "ttcf" {
		return b, nil
	}
	at := uint64(binary.BigEndian.Uint32(b[12:]))
	if at+12 > uint64(len(b)) {
		return nil, ErrFont
	}
	tables := uint64(binary.BigEndian.Uint16(b[at+4:]))
	head := 12 + 16*tables
	if at+head > uint64(len(b)) {
		return nil, ErrFont
	}
	out := append([]byte(nil), b[at:at+head]...)
	for i := range tables {
		record := out[12+16*i:]
		from, n := uint64(binary.BigEndian.Uint32(record[8:])), uint64(binary.BigEndian.Uint32(record[12:]))
		if from+n > uint64(len(b)) {
			return nil, ErrFont
		}
		binary.BigEndian.PutUint32(record[8:], uint32(len(out)))
		out = append(out, b[from:from+n]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out, nil
}
