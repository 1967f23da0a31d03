package imports

import (
	"errors"
	"io"

	"sanse/planner"
)

// What the fuzz targets and the tests of single values reach.
var (
	ParseShifts     = parseShifts
	ParseRules      = func(s string) ([]planner.Policy, error) { return parseRules(s, false) }
	ParseDateRanges = parseDateRanges
	ParseIDNumber   = parseIDNumber
	ParsePhone      = parsePhone
	Mask            = maskLoose
	CSVCell         = csvCell
)

// ParseDate reads a date of a workbook that counts from 1900.
func ParseDate(s string) (planner.Date, error) { return parseDate(s, false) }

// ReadCSV returns the rows that can be read.
func ReadCSV(r io.Reader) (rows [][]string, lines []int, bad int, err error) {
	p, err := newCSVParser(r)
	if err != nil {
		return nil, nil, 0, err
	}
	for {
		rec, err := p.read()
		if errors.Is(err, io.EOF) {
			return rows, lines, bad, nil
		}
		if err != nil {
			return rows, lines, bad, err
		}
		if rec.bad != "" {
			bad++
			continue
		}
		rows = append(rows, append([]string(nil), rec.cells...))
		lines = append(lines, rec.line)
	}
}

// ReadHeader maps the headers of a kind.
func ReadHeader(k Kind, cells []string) (map[string]int, error) {
	h, err := readHeader(columnsOf[k], cells)
	return h.at, err
}
