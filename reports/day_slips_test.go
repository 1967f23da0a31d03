package reports_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"sanse/reports"
)

func TestSlipsAreTenToAPageAndAreGivenAwayWithoutAMarkAcross(t *testing.T) {
	font := pageFont(t)
	in := reports.DaySlips{Date: 20500, Site: "https://sanse.example", Mark: reports.Marked{Number: "E-77", Account: "a0000000000000001", At: "2026-02-16 08:00", Until: "2026-05-17"}}
	for n, pages := range map[int]int{0: 1, 10: 1, 11: 2} {
		in.Slips = nil
		for i := range n {
			in.Slips = append(in.Slips, reports.Slip{Door: i + 1, Code: strings.Repeat("b", 26) + string("cdfghjkmnpq"[i])})
		}
		for _, in.English = range []bool{true, false} {
			var file bytes.Buffer
			if err := reports.WriteDaySlips(&file, in, font, time.Unix(1, 0)); err != nil {
				t.Fatal(err)
			}
			if got := bytes.Count(file.Bytes(), []byte("/Type /Page\n")); got != pages {
				t.Errorf("%d slips are on %d pages, want %d", n, got, pages)
			}
			if bytes.Contains(file.Bytes(), []byte("/ca ")) {
				t.Error("something is written faintly across the slips")
			}
			if dir := os.Getenv("SLIPS"); dir != "" && n == 11 && !in.English {
				if err := os.WriteFile(dir+"/slips.pdf", file.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	in.Site = strings.Repeat("x", 3000)
	if err := reports.WriteDaySlips(&bytes.Buffer{}, in, font, time.Unix(1, 0)); err == nil {
		t.Error("an address that no code holds is printed")
	}
}
