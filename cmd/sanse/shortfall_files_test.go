package main

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"sanse/reports"
)

// The workbook says of every standard what the API says, and the page to print
// is one page.
func TestTheFilesOfAShortfallSayWhatTheBoardSays(t *testing.T) {
	d := done(t, andorra)
	c := serveDistrict(t, d)
	for _, lang := range []string{"zh", "en"} {
		a := c.ask("/v1/shortfall.pdf?lang=" + lang)
		if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.body, "%PDF-") {
			t.Fatalf("%s: %d %s", lang, a.status, clip(a.body))
		}
		if n := strings.Count(a.body, "/Type /Page\n"); n != 1 {
			t.Errorf("%s: %d pages", lang, n)
		}
		if name := a.header.Get("Content-Disposition"); !strings.HasPrefix(name, `inline; filename="sanse-shortfall-`) {
			t.Errorf("%s: named %s", lang, name)
		}
	}
	code := text(readJSON(t, d.file("problem.json"))["district"])
	board := parseJSON(t, c.ask("/v1/shortfall").body)["rows"].([]any)
	book := shortfallBook(t, c, "/v1/shortfall.xlsx?area="+code)
	found := 0
	for _, v := range board {
		row := v.(object)
		name := text(row["name"].(object)["zh"])
		for _, cells := range book[reports.SheetShortfall] {
			if len(cells) < 12 || cells[0] != name || !strings.HasPrefix(cells[2], "全部") {
				continue
			}
			found++
			for column, field := range map[int]string{6: "have", 7: "need", 10: "short"} {
				want := "–"
				if n, ok := row[field].(float64); ok {
					want = strconv.FormatFloat(n, 'f', -1, 64)
				}
				if cells[column] != want {
					t.Errorf("%s: %s is %s in the workbook, %s on the board", name, field, cells[column], want)
				}
			}
		}
	}
	if found != len(board) || found == 0 {
		t.Errorf("%d of %d standards are in the workbook", found, len(board))
	}
	public := shortfallBook(t, c, "/v1/shortfall.xlsx?as=public")
	if _, there := public[reports.SheetUncovered]; there || len(public) == 0 {
		t.Error("the workbook for outsiders counts residents")
	}
	for _, path := range []string{"/v1/shortfall.pdf?area=12", "/v1/shortfall.xlsx?area=12"} {
		if a := c.ask(path); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}

func shortfallBook(t *testing.T, c *client, path string) map[string][][]string {
	t.Helper()
	a := c.ask(path)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, a.status, clip(a.body))
	}
	f, err := excelize.OpenReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, s := range f.GetSheetList() {
		if out[s], err = f.GetRows(s, excelize.Options{RawCellValue: true}); err != nil {
			t.Fatal(err)
		}
	}
	return out
}
