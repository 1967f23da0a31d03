package imports

import (
	"os"
	"path/filepath"
	"strings"
)

// record is one row of a table.
type record struct {
	line  int // where it begins, 1 the first
	cells []string
	bad   string // why the row as a whole cannot be read; empty: it can
}

// table reads records one after the other.
type table interface {
	// next returns the next record, or io.EOF. Other errors end the reading.
	// The record is valid until the next call.
	next() (record, error)
	// done is how far the reading has come, out of total.
	done() (done, total int64)
	// describe puts into the report how the file was read.
	describe(*Report)
	// epoch1904 tells that serial dates count from 1904 (old workbooks of
	// Macs), not from 1900.
	epoch1904() bool
	// number tells that a cell of the record last read is stored as a number,
	// so that digits beyond the fifteenth are not those that were typed.
	number(rec record, column int) bool
	close() error
}

// openTable opens a CSV file or a workbook, told apart by the name and, as
// names lie, by the first bytes.
func openTable(path, sheet string) (table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &InputError{Reason: "open file", Err: err}
	}
	head := make([]byte, 8)
	n, _ := f.Read(head) // a file of no bytes is reported by the CSV reader
	head = head[:n]
	base := filepath.Base(path)
	switch {
	case strings.HasPrefix(string(head), "PK\x03\x04"):
		if err := f.Close(); err != nil {
			return nil, &InputError{Path: base, Reason: "close file", Err: err}
		}
		return openWorkbook(path, sheet)
	case strings.HasPrefix(string(head), "\xD0\xCF\x11\xE0"):
		err = &InputError{Path: base, Reason: "this is an old .xls workbook or one with a password: save it as .xlsx without one"}
	case strings.EqualFold(filepath.Ext(path), ".xlsx"):
		err = &InputError{Path: base, Reason: "the name says .xlsx, but this is no workbook"}
	case sheet != "":
		err = &InputError{Path: base, Reason: "a sheet was named, but this is no workbook"}
	}
	if err != nil {
		return nil, joinClose(err, f)
	}
	t, err := newCSVTable(f)
	if err != nil {
		return nil, joinClose(err, f)
	}
	return t, nil
}
