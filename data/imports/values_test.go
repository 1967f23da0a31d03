package imports_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sanse/data/imports"
	"sanse/planner"
)

func TestDatesAreReadAsPeopleAndSpreadsheetsWriteThem(t *testing.T) {
	third := planner.NewDate(2026, 11, 3)
	for _, s := range []string{
		"2026-11-03", "2026-11-3", "2026/11/3", "2026.11.3", "2026年11月3日", "2026 年 11 月 3 号", "20261103", "46329", "46329.75",
		"2026-11-03 08:30", "2026-11-03T08:30:00Z", "2026-11-03T08:30:00+08:00", "２０２６－１１－０３", " 2026-11-03　",
	} {
		if got, err := imports.ParseDate(s); err != nil || got != third {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "11/3/2026", "3.11.2026", "2026-13-01", "2026-02-29", "26-11-03", "1", "999999", "4.6329E+4", "yesterday", "2026-11-03 noon"} {
		if got, err := imports.ParseDate(s); err == nil {
			t.Errorf("%q is taken for %v", s, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := planner.Date(rapid.Int32Range(int32(planner.NewDate(1930, 1, 1)), int32(planner.NewDate(2150, 1, 1))).Draw(t, "day"))
		serial := int(d - planner.NewDate(1899, 12, 30))
		for _, s := range []string{d.String(), fmt.Sprint(serial), strings.ReplaceAll(d.String(), "-", "")} {
			if got, err := imports.ParseDate(s); err != nil || got != d {
				t.Fatalf("%q: %v, %v, want %v", s, got, err, d)
			}
		}
	})
}

func TestWorkingHoursAreReadInBothLanguages(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"1-5 08:30-10:30; 6 09:00-11:00", "1 08:30-10:30 2 08:30-10:30 3 08:30-10:30 4 08:30-10:30 5 08:30-10:30 6 09:00-11:00"},
		{"周一至周三 8：30—10：30；周六 09:00~11:00", "1 08:30-10:30 2 08:30-10:30 3 08:30-10:30 6 09:00-11:00"},
		{"周一、周三 08:00-09:00，14:00-15:00", "1 08:00-09:00 1 14:00-15:00 3 08:00-09:00 3 14:00-15:00"},
		{"一三五 08:00-09:00", "1 08:00-09:00 3 08:00-09:00 5 08:00-09:00"},
		{"星期日 08:00到09:00", "7 08:00-09:00"},
		{"周末 08:00-09:00", "6 08:00-09:00 7 08:00-09:00"},
		{"Sat-Mon 08:00-09:00", "1 08:00-09:00 6 08:00-09:00 7 08:00-09:00"},
		{"6 20:00-24:00\n7 00:00-01:00", "6 20:00-24:00 7 00:00-01:00"},
		{"1 14:00-15:00; 1 08:00-09:00", "1 08:00-09:00 1 14:00-15:00"},
		{"", ""},
	} {
		shifts, err := imports.ParseShifts(c.text)
		var words []string
		for _, s := range shifts {
			words = append(words, fmt.Sprintf("%d %s-%s", s.Weekday, s.From, s.To))
		}
		if got := strings.Join(words, " "); err != nil || got != c.want {
			t.Errorf("%q: %s, %v\nwant %s", c.text, got, err, c.want)
		}
	}
	for _, s := range []string{"08:30-10:30", "0 08:00-09:00", "1-5", "1 8-9", "1 25:00-26:00", "1 10:00-09:00", "1 08:00-10:00; 1 09:00-11:00", "1 08:00-09:00 sharp", "someday 08:00-09:00"} {
		if shifts, err := imports.ParseShifts(s); err == nil {
			t.Errorf("%q is taken for %v", s, shifts)
		}
	}
}

func TestIDNumbersWithOneWrongDigitAreFoundOut(t *testing.T) {
	const good = "51019919400106001X"
	if got, err := imports.ParseIDNumber(" ５１０１９９19400106001x"); err != nil || got != good {
		t.Errorf("%q, %v", got, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, 16).Draw(t, "place")
		digit := byte('0' + rapid.IntRange(0, 9).Draw(t, "digit"))
		if good[at] == digit {
			return
		}
		wrong := good[:at] + string(digit) + good[at+1:]
		if _, err := imports.ParseIDNumber(wrong); err == nil {
			t.Fatalf("%s is taken", wrong)
		} else if strings.Contains(err.Error(), wrong) {
			t.Fatal("the reason holds the number")
		}
	})
}

func TestPhonesAreReadAsPeopleWriteThem(t *testing.T) {
	for s, want := range map[string]string{
		"19900000001": "19900000001", "199-0000-0001": "19900000001", "+86 199 0000 0001": "19900000001", "8619900000001": "19900000001",
		"(028) 8390-0001": "02883900001", "19900000001.0": "19900000001", "１９９00000001": "19900000001",
	} {
		if got, err := imports.ParsePhone(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"1.99E+10", "12", "a", "199/0000", "1990000000119900000002"} {
		if got, err := imports.ParsePhone(s); err == nil {
			t.Errorf("%q is taken for %q", s, got)
		}
	}
}
