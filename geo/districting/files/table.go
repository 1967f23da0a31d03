package files

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// table reads CSV with a header, row by row.
type table struct {
	r      *csv.Reader
	header []string
	row    []string
	line   int
}

// aliases are the names of a column, lower case, the one that messages use first.
type aliases []string

var (
	cellNames      = aliases{"cell", "h3", "cell_id", "h3_index", "六边形", "格元", "单元"}
	communityNames = aliases{"community", "community_code", "村社区", "社区", "村社区代码", "社区代码"}
	idNames        = aliases{"id", "unit", "cell", "code", "编号", "代码", "单元", "六边形"}
	zoneNames      = aliases{"zone", "grid", "micro_grid", "网格", "微网格", "网格代码", "微网格代码"}
	zonesNames     = aliases{"zones", "grids", "k", "网格数", "微网格数", "数量"}
)

// isHeader tells whether a header is one of the names.
func (a aliases) isHeader(header string) bool {
	return slices.Contains(a, strings.ToLower(strings.TrimSpace(header)))
}

// newTable reads the header. Fields are separated by commas, or by semicolons or
// tabs if the header has more of those.
func newTable(r io.Reader) (*table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read table: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF"))
	if !utf8.Valid(text) {
		return nil, errors.New("the table is not UTF-8 text")
	}
	head, _, _ := bytes.Cut(text, []byte("\n"))
	comma := ','
	for _, c := range ";\t" {
		if bytes.Count(head, []byte(string(c))) > bytes.Count(head, []byte(string(comma))) {
			comma = c
		}
	}
	t := &table{r: csv.NewReader(bytes.NewReader(text))}
	t.r.Comma, t.r.FieldsPerRecord, t.r.ReuseRecord = comma, -1, true
	header, err := t.r.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the file is empty: its first line names the columns")
	}
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	for _, h := range header {
		t.header = append(t.header, strings.TrimSpace(h))
	}
	return t, nil
}

// column finds a column by its names; −1 if there is none, an error if two
// columns bear one.
func (t *table) column(names aliases) (int, error) {
	at := -1
	for i, h := range t.header {
		if !names.isHeader(h) {
			continue
		}
		if at >= 0 {
			return -1, fmt.Errorf("line 1: %q and %q both name the column %s", t.header[at], h, names[0])
		}
		at = i
	}
	return at, nil
}

// needed is column for one that a file cannot be without.
func (t *table) needed(names aliases) (int, error) {
	at, err := t.column(names)
	if err == nil && at < 0 {
		err = fmt.Errorf("line 1: there is no column %s, only %q", names[0], short(strings.Join(t.header, ",")))
	}
	return at, err
}

// next goes to the next row in which anything is written; false at the end.
func (t *table) next() (bool, error) {
	for {
		row, err := t.r.Read()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("read table: %w", err)
		}
		if slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			t.row = row
			t.line, _ = t.r.FieldPos(0)
			return true, nil
		}
	}
}

// cell is a field of the row, without the blanks around it; "" if the row ends
// before it.
func (t *table) cell(column int) string {
	if column < 0 || column >= len(t.row) {
		return ""
	}
	return strings.Clone(strings.TrimSpace(t.row[column]))
}
