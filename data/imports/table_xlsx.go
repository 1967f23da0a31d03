package imports

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbookTable streams the rows of one worksheet. Numbers come raw, dates as
// serial numbers.
type workbookTable struct {
	base      string
	file      *excelize.File
	rows      *excelize.Rows
	sheet     string
	line      int
	second    *excelize.Rows // reads the same sheet once more, formatted; opened when asked for
	at        int            // its line
	size      int64
	total     int64 // rows that the sheet says it has; 0: it does not say
	since1904 bool
}

// Bounds against a small file that unpacks to a disk full of zeros. Sheets of a
// million honest rows unpack to some 30 times their size.
const (
	maxUnzipped      = 4 << 30
	maxUnzippedRAM   = 32 << 20
	maxUnzippedTimes = 150
	smallUnzipped    = 64 << 20 // up to which the times do not matter
	maxZipped        = 10_000   // files in it
)

// unpacks refuses a workbook that says itself that it unpacks to much more than
// any table does. One that lies about it meets excelize's own bounds.
func unpacks(path string, size int64) (err error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, z.Close()) }()
	if len(z.File) > maxZipped {
		return fmt.Errorf("it holds %d files", len(z.File))
	}
	var sum uint64
	for _, f := range z.File {
		// Each on its own, lest the sum of two overflows.
		if sum = sum + min(f.UncompressedSize64, maxUnzipped); sum > maxUnzipped || sum > max(smallUnzipped, maxUnzippedTimes*uint64(size)) {
			return errors.New("it unpacks to far more than a table of its size holds")
		}
	}
	return nil
}

func openWorkbook(path, sheet string) (table, error) {
	base := filepath.Base(path)
	fail := func(reason string, err error) (table, error) {
		return nil, &InputError{Path: base, Reason: reason, Err: err}
	}
	info, err := os.Stat(path)
	if err != nil {
		return fail("read file", err)
	}
	if err := unpacks(path, info.Size()); err != nil {
		return fail("open workbook", err)
	}
	f, err := excelize.OpenFile(path, excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: maxUnzippedRAM,
	})
	if err != nil {
		return fail("open workbook", err)
	}
	names := f.GetSheetList()
	switch {
	case len(names) == 0:
		return fail("the workbook has no sheet", f.Close())
	case sheet == "":
		sheet = names[0]
	case !slices.Contains(names, sheet):
		return fail("no sheet "+quote(sheet)+"; there are "+quoteAll(names), f.Close())
	}
	rows, err := f.Rows(sheet)
	if err != nil {
		return fail("read sheet "+quote(sheet), errors.Join(err, f.Close()))
	}
	t := &workbookTable{base: base, file: f, rows: rows, sheet: sheet, size: info.Size()}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		t.since1904 = *props.Date1904
	}
	if dim, err := f.GetSheetDimension(sheet); err == nil {
		if _, last, ok := strings.Cut(dim, ":"); ok {
			if _, row, err := excelize.CellNameToCoordinates(last); err == nil {
				t.total = int64(row)
			}
		}
	}
	return t, nil
}

func (t *workbookTable) next() (record, error) {
	for t.rows.Next() {
		t.line++
		cells, err := t.rows.Columns()
		if err != nil {
			return record{}, &InputError{Path: t.base, Reason: "read sheet " + quote(t.sheet), Err: err}
		}
		if allBlank(cells) {
			continue
		}
		return record{line: t.line, cells: cells}, nil
	}
	if err := t.rows.Error(); err != nil {
		return record{}, &InputError{Path: t.base, Reason: "read sheet " + quote(t.sheet), Err: err}
	}
	return record{}, io.EOF
}

// done counts rows and scales them to bytes: a packed file has no better
// measure.
func (t *workbookTable) done() (int64, int64) {
	if t.total <= 0 {
		return 0, t.size
	}
	return min(t.size, t.size*int64(t.line)/t.total), t.size
}

func (t *workbookTable) epoch1904() bool { return t.since1904 }

func (t *workbookTable) describe(r *Report) { r.Encoding, r.Sheet = "XLSX", t.sheet }

// number compares the raw cell with the formatted one: excelize shows fifteen
// digits of a number and leaves text alone. The second reading only ever goes
// forward, so a whole file of such questions costs one more pass.
func (t *workbookTable) number(rec record, column int) bool {
	if t.second == nil {
		rows, err := t.file.Rows(t.sheet)
		if err != nil {
			return false
		}
		t.second = rows
	}
	for t.at < rec.line {
		if !t.second.Next() {
			return false
		}
		t.at++
		if t.at < rec.line {
			continue
		}
		cells, err := t.second.Columns(excelize.Options{RawCellValue: false})
		return err == nil && column < len(cells) && cells[column] != rec.cells[column]
	}
	return false
}

func (t *workbookTable) close() error {
	var err error
	if t.second != nil {
		err = t.second.Close()
	}
	return errors.Join(err, t.rows.Close(), t.file.Close())
}

func joinClose(err error, c io.Closer) error {
	if closeErr := c.Close(); closeErr != nil {
		return errors.Join(err, closeErr)
	}
	return err
}

func quote(s string) string { return "“" + s + "”" }

func quoteAll(ss []string) string {
	qs := make([]string, len(ss))
	for i, s := range ss {
		qs[i] = quote(s)
	}
	return strings.Join(qs, ", ")
}
