package imports

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sanse/planner"
)

var errShifts = errors.New("not working hours: want weekdays and times, “1-5 08:30-10:30; 6 09:00-11:00” or “周一至周五 08:30-10:30；周六 09:00-11:00”")

// parseShifts reads the hours in which a visitor can make visits. Entries are
// separated by semicolons or line ends, each with its weekdays ("1-5",
// "周一至周五", "一、三、五", "周末", "Mon-Fri") and one or more spans of time
// ("08:30-10:30", "8：30至10：30"). They come back ordered by weekday and time.
func parseShifts(s string) ([]planner.Shift, error) {
	if len(s) > 2000 {
		return nil, errShifts
	}
	t := strings.ToLower(fold(s))
	t = strings.NewReplacer("～", "-", "~", "-", "—", "-", "–", "-", "－", "-", "至", "-", "到", "-", "，", ",", "、", ",", "；", ";", "\n", ";", "\r", ";", "：", ":", "。", ";").Replace(t)
	var out []planner.Shift
	for _, entry := range strings.Split(t, ";") {
		entry = strings.Trim(entry, " ,\t")
		if entry == "" {
			continue
		}
		first := clockSpan.FindStringIndex(entry)
		if first == nil {
			return nil, errShifts
		}
		days, err := parseWeekdays(entry[:first[0]])
		if err != nil {
			return nil, err
		}
		spans := clockSpan.FindAllStringSubmatch(entry[first[0]:], -1)
		if rest := strings.Trim(clockSpan.ReplaceAllString(entry[first[0]:], ""), " ,\t"); rest != "" {
			return nil, errShifts
		}
		for _, m := range spans {
			from, err1 := parseClock(m[1])
			to, err2 := parseClock(m[2])
			if err := errors.Join(err1, err2); err != nil {
				return nil, errShifts
			}
			if from >= to {
				return nil, fmt.Errorf("hours %s-%s end before they begin: a shift lies within one day", from, to)
			}
			for _, d := range days {
				out = append(out, planner.Shift{Weekday: d, From: from, To: to})
			}
		}
	}
	slices.SortFunc(out, func(a, b planner.Shift) int {
		if a.Weekday != b.Weekday {
			return a.Weekday - b.Weekday
		}
		return int(a.From - b.From)
	})
	for i := 1; i < len(out); i++ {
		if a, b := out[i-1], out[i]; a.Weekday == b.Weekday && b.From < a.To {
			return nil, fmt.Errorf("hours %s-%s and %s-%s of weekday %d overlap", a.From, a.To, b.From, b.To, a.Weekday)
		}
	}
	return out, nil
}

var clockSpan = regexp.MustCompile(`(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})`)

func parseClock(s string) (planner.Clock, error) {
	if len(s) == 4 {
		s = "0" + s
	}
	return planner.ParseClock(s)
}

var weekdayWords = map[string]int{
	"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7,
	"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7,
	"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7,
	"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
}

func parseWeekdays(s string) ([]int, error) {
	s = strings.Trim(s, " ,:\t")
	s = strings.NewReplacer("星期", "", "礼拜", "").Replace(s)
	switch strings.ReplaceAll(s, " ", "") {
	case "每天", "每日", "daily", "everyday":
		return []int{1, 2, 3, 4, 5, 6, 7}, nil
	case "工作日", "weekdays":
		return []int{1, 2, 3, 4, 5}, nil
	case "周末", "双休日", "weekend", "weekends":
		return []int{6, 7}, nil
	case "":
		return nil, errors.New("hours without a weekday: begin with the days, “1-5 08:30-10:30”")
	}
	s = strings.ReplaceAll(s, "周", "")
	s = regexpDash.ReplaceAllString(s, "-")
	set := [8]bool{}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		if strings.IndexFunc(word, func(r rune) bool { return !strings.ContainsRune("一二三四五六日天", r) }) < 0 {
			for _, r := range word { // 一三五
				set[weekdayWords[string(r)]] = true
			}
			continue
		}
		a, b, isRange := strings.Cut(word, "-")
		from, ok := weekdayWords[a]
		to := from
		if isRange {
			var ok2 bool
			to, ok2 = weekdayWords[b]
			ok = ok && ok2
		}
		if !ok {
			return nil, errShifts
		}
		for d := from; ; d = d%7 + 1 { // 6-1 is Saturday to Monday
			set[d] = true
			if d == to {
				break
			}
		}
	}
	var days []int
	for d := 1; d <= 7; d++ {
		if set[d] {
			days = append(days, d)
		}
	}
	if len(days) == 0 {
		return nil, errShifts
	}
	return days, nil
}

var regexpDash = regexp.MustCompile(`\s*-\s*`)
