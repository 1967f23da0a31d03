package imports

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"sanse/planner"
)

// cleanCell drops blanks of every width, marks without width and control
// characters at both ends of a cell.
func cleanCell(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u3000'
	})
}

// fold turns full-width digits, letters and punctuation into plain ones.
func fold(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return cleanCell(width.Fold.String(s))
		}
	}
	return cleanCell(s)
}

// parseCount reads a whole number, "30", "30.0" or "30分钟" with the unit given.
func parseCount(s string, units ...string) (int, error) {
	t := fold(s)
	for _, u := range units {
		t = cleanCell(strings.TrimSuffix(t, u))
	}
	if n, err := strconv.Atoi(t); err == nil {
		return n, nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1e9 || strings.ContainsAny(t, "xXpP_iInN") {
		return 0, errors.New("not a whole number")
	}
	return int(f), nil
}

// parseNumber reads a decimal number.
func parseNumber(s string) (float64, error) {
	t := strings.TrimSuffix(fold(s), "°")
	f, err := strconv.ParseFloat(t, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(t, "xXpP_") {
		return 0, errors.New("not a number")
	}
	return f, nil
}

var errDate = errors.New("not a date: want 2026-11-03, 2026/11/3, 2026年11月3日 or a spreadsheet's date")

// parseDate reads a date as people and spreadsheets write it, year first; a
// time of day after it is dropped. A bare number of five digits is a
// spreadsheet's serial date, of eight digits a date without marks.
func parseDate(s string, since1904 bool) (planner.Date, error) {
	t := fold(s)
	if f, err := strconv.ParseFloat(t, 64); err == nil {
		switch {
		case isDigits(t) && len(t) == 8:
			return dateOf(t[:4], t[4:6], t[6:])
		case f >= 10000 && f < 110000 && !strings.ContainsAny(t, "eExXpP_+"):
			days := planner.Date(math.Floor(f))
			if since1904 {
				return planner.NewDate(1904, time.January, 1) + days, nil
			}
			// Day 60 is the 29 February 1900 that never was; all later
			// days count from 1899-12-30.
			return planner.NewDate(1899, time.December, 30) + days, nil
		}
		return 0, errDate
	}
	m := datePattern.FindStringSubmatch(t)
	if m == nil {
		return 0, errDate
	}
	return dateOf(m[1], m[2], m[3])
}

var datePattern = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?:[T ]*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$`)

func dateOf(y, m, d string) (planner.Date, error) {
	yy, err1 := strconv.Atoi(y)
	mm, err2 := strconv.Atoi(m)
	dd, err3 := strconv.Atoi(d)
	if errors.Join(err1, err2, err3) != nil || yy < 1900 || yy > 2200 || mm < 1 || mm > 12 || dd < 1 || dd > 31 {
		return 0, errDate
	}
	day := planner.NewDate(yy, time.Month(mm), dd)
	if got := day.Time(); got.Day() != dd || int(got.Month()) != mm {
		return 0, errors.New("there is no such day")
	}
	return day, nil
}

// parseDateRanges reads single days and ranges, "2026-12-01..2026-12-05
// 2026-12-24". Ranges use "..", "~" or "至".
func parseDateRanges(s string, since1904 bool) ([]planner.DateRange, error) {
	t := fold(s)
	for _, sep := range []string{"至", "到", "～", "~", "—", "–"} {
		t = strings.ReplaceAll(t, sep, "..")
	}
	t = blanksAroundDots.ReplaceAllString(t, "..")
	var out []planner.DateRange
	for _, word := range splitList(t, " ") {
		a, b, isRange := strings.Cut(word, "..")
		from, err := parseDate(a, since1904)
		if err != nil {
			return nil, err
		}
		to := from
		if isRange {
			if to, err = parseDate(b, since1904); err != nil {
				return nil, err
			}
		}
		if to < from {
			return nil, errors.New("a range of dates ends before it begins")
		}
		if to-from > 3660 {
			return nil, errors.New("a range of dates is longer than ten years")
		}
		out = append(out, planner.DateRange{From: from, To: to})
	}
	return out, nil
}

var blanksAroundDots = regexp.MustCompile(`\s*\.\.\s*`)

// splitList cuts at the marks that people put between the items of a list.
// more adds marks, such as a blank where items hold none.
func splitList(s, more string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return strings.ContainsRune("、,;|，；\n\r\t"+more, r)
	})
}

// parseKinds reads the kinds of a resident: "独居老人、残疾人" or
// "lone_elder;disabled". Kinds that the vocabulary does not know are kept as
// they are: a district may define its own.
func parseKinds(s string, terms vocabulary) (kinds []string, unknown []string) {
	seen := map[string]bool{}
	for _, word := range splitList(s, "/／+") {
		word = cleanCell(word)
		if word == "" {
			continue
		}
		key, ok := terms.find(word)
		if !ok {
			key = word
			unknown = append(unknown, word)
		}
		if !seen[key] {
			seen[key] = true
			kinds = append(kinds, key)
		}
	}
	return kinds, unknown
}

const spreadsheetNumber = "a spreadsheet has turned the number into a decimal and its last digits are lost: format the column as text and enter the number again"

// looksRounded tells that digits went through a float: an exponent, decimals,
// or more than 15 digits with zeros behind the fifteenth.
func looksRounded(s string) bool {
	if len(s) < 5 || !strings.ContainsAny(s, "0123456789") {
		return false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil {
		return false
	}
	if strings.ContainsAny(s, "eE.") {
		return true
	}
	return len(s) > 15 && strings.Trim(s[15:], "0") == ""
}

// parseIDNumber checks a citizen's ID number (GB 11643-1999): 17 digits with
// a date of birth and a check character (ISO 7064 mod 11-2).
func parseIDNumber(s string) (string, error) {
	t := strings.ToUpper(strings.Trim(fold(s), "'’‘`"))
	t = strings.ReplaceAll(t, " ", "")
	if strings.ContainsAny(t, ".E") && looksRounded(t) {
		return "", errors.New(spreadsheetNumber)
	}
	if len(t) == 15 && isDigits(t) {
		return "", errors.New("an ID number of the first generation: the one of 18 characters is needed")
	}
	if len(t) != 18 || !isDigits(t[:17]) || t[17] != 'X' && (t[17] < '0' || t[17] > '9') {
		return "", errors.New("not an ID number: want 17 digits and a digit or X")
	}
	if idCheck(t) != t[17] {
		if looksRounded(t) {
			return "", errors.New(spreadsheetNumber)
		}
		return "", errors.New("not an ID number: the last character does not fit the others")
	}
	if _, err := dateOf(t[6:10], t[10:12], t[12:14]); err != nil {
		return "", errors.New("not an ID number: there is no such date of birth")
	}
	return t, nil
}

func idCheck(id string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(id[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// parsePhone checks a mobile or landline number: digits, with blanks, hyphens,
// brackets and a leading + or +86 allowed.
func parsePhone(s string) (string, error) {
	t := fold(s)
	if looksRounded(strings.ToUpper(t)) && strings.ContainsAny(t, "eE") {
		return "", errors.New(spreadsheetNumber)
	}
	t = strings.TrimSuffix(t, ".0")
	var b strings.Builder
	for i, r := range t {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0, strings.ContainsRune(" -()", r):
		default:
			return "", errors.New("not a phone number: want digits, one number a cell")
		}
	}
	d := b.String()
	if strings.HasPrefix(t, "+86") || len(d) == 13 && strings.HasPrefix(d, "861") {
		d = strings.TrimPrefix(d, "86")
	}
	if len(d) < 5 || len(d) > 16 {
		return "", fmt.Errorf("not a phone number: %d digits", len(d))
	}
	return d, nil
}

// checkID tells what is wrong with a record's id: it must be short and say
// nothing of the person.
func checkID(id string) error {
	if len(id) > 64 {
		return errors.New("an id is at most 64 bytes long")
	}
	up := strings.ToUpper(id)
	if strings.ContainsAny(up, ".E") && looksRounded(up) {
		return errors.New(spreadsheetNumber)
	}
	if _, err := parseIDNumber(id); err == nil {
		return errors.New("the id is a citizen's ID number: an id must say nothing of the person; give them one of its own and put the ID number into its own column")
	}
	for _, r := range id {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return errors.New("an id holds no control characters")
		}
	}
	return nil
}

// parseBool reads yes and no.
func parseBool(s string) (bool, error) {
	switch strings.ToLower(fold(s)) {
	case "", "0", "false", "no", "n", "否", "无", "f":
		return false, nil
	case "1", "true", "yes", "y", "是", "有", "t", "√":
		return true, nil
	}
	return false, errors.New("want yes or no (是 or 否)")
}
