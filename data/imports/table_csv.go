package imports

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// Bounds of one row, so that a quote that is never closed does not swallow the
// file.
const (
	maxRowBytes = 1 << 20
	maxRowLines = 200
)

// csvTable reads RFC 4180 with the habits of real files: a comma, semicolon or
// tab between fields, LF, CRLF or CR between rows, newlines inside quotes, a
// quote that stands alone in an unquoted field.
type csvTable struct {
	file     *os.File
	counter  *countingReader
	size     int64
	encoding string
	csvParser
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// newCSVTable takes over f.
func newCSVTable(f *os.File) (*csvTable, error) {
	fail := func(reason string, err error) (*csvTable, error) {
		return nil, &InputError{Path: filepath.Base(f.Name()), Reason: reason, Err: err}
	}
	info, err := f.Stat()
	if err != nil {
		return fail("read file", err)
	}
	if !info.Mode().IsRegular() {
		return fail("not a file that can be read twice: save it to a disk first", nil)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fail("read file", err)
	}
	enc, err := detectEncoding(f)
	if err != nil {
		return fail("read file", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fail("read file", err)
	}
	t := &csvTable{file: f, counter: &countingReader{r: f}, size: info.Size(), encoding: enc}
	var text io.Reader = t.counter
	if enc != encUTF8 && enc != encUTF8BOM {
		text = decoderOf(enc).NewDecoder().Reader(t.counter)
	}
	t.csvParser, err = newCSVParser(text)
	if err != nil {
		return fail("read file", err)
	}
	return t, nil
}

func (t *csvTable) next() (record, error) {
	rec, err := t.read()
	if err != nil && !errors.Is(err, io.EOF) {
		return rec, &InputError{Path: filepath.Base(t.file.Name()), Reason: "read rows", Err: err}
	}
	return rec, err
}

func (t *csvTable) done() (int64, int64) { return min(t.counter.n, t.size), t.size }

func (t *csvTable) describe(r *Report) { r.Encoding = t.encoding }

func (t *csvTable) epoch1904() bool { return false }

func (t *csvTable) number(record, int) bool { return false }

func (t *csvTable) close() error { return t.file.Close() }

// csvParser cuts text into records.
type csvParser struct {
	r     *bufio.Reader
	delim byte
	line  int    // of the next byte
	text  []byte // the fields of the record, one after the other
	ends  []int
	cells []string
}

func newCSVParser(r io.Reader) (csvParser, error) {
	p := csvParser{r: bufio.NewReaderSize(r, 1<<16), line: 1, delim: ','}
	head, err := p.r.Peek(1 << 15)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return p, err
	}
	skip := 0
	if bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")) {
		skip = 3
	}
	if rest := head[skip:]; len(rest) >= 6 && strings.EqualFold(string(rest[:4]), "sep=") && (rest[5] == '\n' || rest[5] == '\r') {
		// The directive that Excel writes and reads.
		p.delim = rest[4]
		skip += 6
		if rest[5] == '\r' && len(rest) > 6 && rest[6] == '\n' {
			skip++
		}
		p.line = 2
	} else {
		p.delim = sniffDelimiter(rest)
	}
	if _, err := p.r.Discard(skip); err != nil {
		return p, err
	}
	return p, nil
}

// sniffDelimiter counts candidates outside quotes in the first lines and takes
// the one of the line that has most; a comma where there is none.
func sniffDelimiter(head []byte) byte {
	var best byte = ','
	most := 0
	counts := map[byte]int{}
	quoted := false
	lines := 0
	for i := 0; i <= len(head); i++ {
		if i == len(head) || !quoted && head[i] == '\n' {
			for _, d := range []byte{',', ';', '\t'} {
				if counts[d] > most {
					best, most = d, counts[d]
				}
			}
			clear(counts)
			if lines++; lines == 3 {
				break
			}
			continue
		}
		switch head[i] {
		case '"':
			quoted = !quoted
		case ',', ';', '\t':
			if !quoted {
				counts[head[i]]++
			}
		}
	}
	return best
}

// read returns the next record, blank lines left out.
func (p *csvParser) read() (record, error) {
	for {
		rec, err := p.readRow()
		if err != nil || rec.bad != "" || !allBlank(rec.cells) {
			return rec, err
		}
	}
}

func (p *csvParser) readRow() (record, error) {
	p.text, p.ends = p.text[:0], p.ends[:0]
	rec := record{line: p.line}
	const (
		fieldStart = iota
		plain
		quoted
		quoteSeen // a quote inside quotes: the end of them, or half of an escaped one
	)
	state, quoteLine, any, stray := fieldStart, 0, false, false
	endField := func() { p.ends = append(p.ends, len(p.text)); state = fieldStart }
	for {
		b, err := p.r.ReadByte()
		if errors.Is(err, io.EOF) {
			if !any {
				return record{}, io.EOF
			}
			if state == quoted {
				rec.bad = fmt.Sprintf("a quote opened on line %d is never closed", quoteLine)
			}
			endField()
			break
		}
		if err != nil {
			return record{}, err
		}
		any = true
		if len(p.text) > maxRowBytes || p.line-rec.line > maxRowLines {
			if state == quoted {
				return record{}, fmt.Errorf("a quote opened on line %d is not closed within %d lines", quoteLine, maxRowLines)
			}
			return record{}, fmt.Errorf("the row on line %d is longer than %d bytes", rec.line, maxRowBytes)
		}
		newline := b == '\n' || b == '\r'
		if b == '\r' {
			// CRLF is one newline, and so is a lone CR.
			if next, err := p.r.Peek(1); err == nil && next[0] == '\n' {
				if _, err := p.r.Discard(1); err != nil {
					return record{}, err
				}
			}
			b = '\n'
		}
		if newline {
			p.line++
		}
		switch {
		case state == quoted:
			if b == '"' {
				state = quoteSeen
			} else {
				p.text = append(p.text, b)
			}
			continue
		case state == quoteSeen && b == '"':
			p.text = append(p.text, '"')
			state = quoted
			continue
		case newline:
			endField()
		case b == p.delim:
			endField()
			continue
		case state == quoteSeen:
			stray = true
			continue
		case state == fieldStart && b == '"':
			state, quoteLine = quoted, p.line
			continue
		default:
			p.text = append(p.text, b)
			state = plain
			continue
		}
		break
	}
	if stray {
		rec.bad = "text follows a closing quote: double the quotes inside a quoted field"
	}
	p.cells = p.cells[:0]
	all, from := string(p.text), 0
	for _, to := range p.ends {
		p.cells = append(p.cells, all[from:to])
		from = to
	}
	rec.cells = p.cells
	if rec.bad == "" {
		switch {
		case !utf8.ValidString(all):
			rec.bad = "the line holds bytes that are not UTF-8: save the file as UTF-8 again from its source"
		case strings.ContainsRune(all, utf8.RuneError):
			rec.bad = "the line holds characters that were lost when the file was converted: save it again from its source"
		case strings.IndexByte(all, 0) >= 0:
			rec.bad = "the line holds zero bytes"
		}
	}
	return rec, nil
}

func allBlank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}
