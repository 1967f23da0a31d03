package imports_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"sanse/data/imports"
)

// again writes the files of a workbook once more, with the sheet made by sheet.
func again(t *testing.T, book []byte, path string, sheet func(io.Writer) error, more int) {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(out)
	for _, f := range from.File {
		w, err := z.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "xl/worksheets/sheet1.xml" && sheet != nil {
			if err := sheet(w); err != nil {
				t.Fatal(err)
			}
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range more {
		if _, err := z.Create("xl/more/" + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + ".xml"); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(z.Close(), out.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkbookThatUnpacksToADiskFullIsRefused(t *testing.T) {
	b := setup(t)
	f := excelize.NewFile()
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"编号", "等级", "经度", "纬度"}); err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := f.Write(&book); err != nil {
		t.Fatal(err)
	}
	zeros := func(w io.Writer) error {
		for range 300 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}
	// Entities are not expanded: what they stand for is not read from the machine.
	laughs := func(w io.Writer) error {
		_, err := io.WriteString(w, `<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY a "`+"haha"+`"><!ENTITY f SYSTEM "file:///etc/hostname">]>`+
			`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&f;&a;</t></is></c></row></sheetData></worksheet>`)
		return err
	}
	for _, c := range []struct {
		name  string
		sheet func(io.Writer) error
		more  int
	}{
		{"a sheet of zeros", zeros, 0},
		{"more files than any workbook has", nil, 10_001},
		{"entities", laughs, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "b.xlsx")
			again(t, book.Bytes(), path, c.sheet, c.more)
			_, err := b.run(imports.Residents, path)
			var input *imports.InputError
			if !errors.As(err, &input) {
				t.Errorf("%v, want an *InputError", err)
			}
		})
	}
}
