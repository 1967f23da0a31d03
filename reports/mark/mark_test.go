package mark_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"sanse/reports/mark"
)

var (
	at    = time.Unix(1_790_000_000, 0)
	taken = mark.Mark{District: "990201", Export: "x0123456789abcdef", Account: "a0123456789abcdef", At: at, Until: at.AddDate(0, 0, 14), Purpose: "meeting"}
)

// sealing stands for the store's key.
func sealing(m mark.Mark) func([]byte) ([]byte, error) {
	return func(digest []byte) ([]byte, error) {
		sum := sha256.Sum256([]byte(strings.Join(append(m.Facts(digest), "a key"), "\x00")))
		return sum[:], nil
	}
}

// workbook is a small one that holds the mark among its properties.
func workbook(t testing.TB, keywords string) []byte {
	t.Helper()
	f := excelize.NewFile()
	var b bytes.Buffer
	err := errors.Join(f.SetCellValue("Sheet1", "A1", "12 人"), f.SetDocProps(&excelize.DocProperties{Title: "t", Keywords: keywords}), f.Write(&b), f.Close())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// repacked is an archive with one part changed.
func repacked(t testing.TB, file []byte, name string, change func([]byte) []byte) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := b.ReadFrom(in); err != nil {
			t.Fatal(err)
		}
		content := b.Bytes()
		if f.Name == name {
			content = change(content)
		}
		p, err := w.Create(f.Name)
		if err == nil {
			_, err = p.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAMarkIsReadBackFromEveryFormOfFile(t *testing.T) {
	for name, file := range map[string][]byte{
		"pdf":      []byte("%PDF-1.3\n/Keywords (" + taken.Blank() + ")\n%%EOF"),
		"html":     []byte(`<meta name="sanse-mark" content="` + taken.Blank() + `"><p>12 人`),
		"geojson":  []byte(`{"type":"FeatureCollection","sanse_mark":"` + taken.Blank() + `","features":[]}`),
		"workbook": workbook(t, taken.Blank()),
	} {
		t.Run(name, func(t *testing.T) {
			sealed, digest, err := mark.Seal(file, taken, sealing(taken))
			if err != nil {
				t.Fatal(err)
			}
			f, err := mark.Read(sealed)
			if err != nil {
				t.Fatal(err)
			}
			want, err := sealing(f.Mark)(f.Digest)
			if err != nil {
				t.Fatal(err)
			}
			if f.Mark.Blank() != taken.Blank() || !f.Same() || !bytes.Equal(f.Digest, digest) || !bytes.Equal(f.Seal, want) {
				t.Errorf("%+v", f)
			}
			if _, _, err := mark.Seal(sealed, taken, sealing(taken)); !errors.Is(err, mark.ErrMark) {
				t.Errorf("a file is marked twice: %v", err)
			}
		})
	}
}

func TestAChangeOfTheContentIsFound(t *testing.T) {
	page := []byte(`<meta content="` + taken.Blank() + `"><p>12 人`)
	sealed, _, err := mark.Seal(page, taken, sealing(taken))
	if err != nil {
		t.Fatal(err)
	}
	book, _, err := mark.Seal(workbook(t, taken.Blank()), taken, sealing(taken))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file []byte
		same bool
	}{
		"another number":                   {bytes.Replace(sealed, []byte("12 人"), []byte("13 人"), 1), false},
		"something at the end":             {append(bytes.Clone(sealed), ' '), false},
		"a workbook packed anew":           {repacked(t, book, "", nil), true},
		"a workbook with another cell":     {repacked(t, book, "xl/sharedStrings.xml", func(b []byte) []byte { return bytes.Replace(b, []byte("12"), []byte("13"), 1) }), false},
		"a workbook with another title":    {repacked(t, book, "docProps/core.xml", func(b []byte) []byte { return bytes.Replace(b, []byte("<dc:title>t"), []byte("<dc:title>u"), 1) }), false},
		"a mark that says another account": {bytes.Replace(sealed, []byte("a0123456789abcdef"), []byte("a0123456789abcdee"), 1), false},
		"a mark that says another end":     {bytes.Replace(sealed, []byte("1791"), []byte("1799"), 1), false},
		"the page as it was":               {sealed, true},
		"the workbook as it was":           {book, true},
	} {
		f, err := mark.Read(c.file)
		if err != nil || f.Same() != c.same {
			t.Errorf("%s: same is %v, want %v (%v)", name, f.Same(), c.same, err)
		}
	}
}

func TestAFileWithoutAMarkTellsWhatIsInSight(t *testing.T) {
	var b *mark.Bare
	_, err := mark.Read(workbook(t, "x0123456789abcdef"))
	if !errors.Is(err, mark.ErrNone) || !errors.As(err, &b) || len(b.Numbers) != 1 || b.Numbers[0] != taken.Export {
		t.Errorf("%v", err)
	}
	for name, file := range map[string][]byte{"nothing": nil, "text": []byte("a list of people"), "a longer number": []byte("ax0123456789abcdef x0123456789abcdef0"), "a workbook": workbook(t, "")} {
		if _, err := mark.Read(file); !errors.Is(err, mark.ErrNone) || errors.As(err, &b) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := mark.Read([]byte("PK\x03\x04 and no archive")); err == nil || errors.Is(err, mark.ErrNone) {
		t.Errorf("a broken archive: %v", err)
	}
}

func TestWhatCannotBeMarkedIsRefused(t *testing.T) {
	other := taken
	other.Export = "x1"
	for name, c := range map[string]struct {
		file string
		m    mark.Mark
	}{
		"no place for it":         {"<p>12", taken},
		"two places":              {taken.Blank() + taken.Blank(), taken},
		"a number that is none":   {other.Blank(), other},
		"a workbook without room": {string(workbook(t, "")), taken},
	} {
		if _, _, err := mark.Seal([]byte(c.file), c.m, sealing(c.m)); !errors.Is(err, mark.ErrMark) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := mark.Seal([]byte(taken.Blank()), taken, func([]byte) ([]byte, error) { return []byte("short"), nil }); err == nil {
		t.Error("a short seal is taken")
	}
}

func TestWhoeverTookItIsReadBackWhateverTheyAreCalled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := taken
		m.Account, m.Purpose = rapid.String().Draw(t, "account"), rapid.StringN(0, 20, -1).Draw(t, "purpose")
		sealed, _, err := mark.Seal([]byte("<"+m.Blank()+">"), m, sealing(m))
		if err != nil {
			t.Fatal(err)
		}
		f, err := mark.Read(sealed)
		if err != nil || f.Account != m.Account || f.Purpose != m.Purpose || !f.At.Equal(m.At) || !f.Same() {
			t.Fatalf("%+v %v", f, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(taken.Blank()))
	f.Add(workbook(f, taken.Blank()))
	f.Fuzz(func(t *testing.T, file []byte) {
		if r, err := mark.Read(file); err == nil && r.Export == "" {
			t.Error("a mark of no export")
		}
	})
}
