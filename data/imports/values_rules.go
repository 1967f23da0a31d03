package imports

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"sanse/planner"
)

var errRule = errors.New("not a rule: want “every 2 days”, “2 a week”, “2 a month”, “working days” or “once 2026-12-01..2026-12-15” (每2天, 每周2次, 每月2次, 工作日, 一次 2026-12-01..2026-12-15)")

// parseRules reads how often something is to be done, several rules with
// semicolons between, all of which hold. Each may end with the weekdays allowed
// in a week ("每周2次 周一、周四 | 周二、周五") and the days from which to which it
// holds, which “once” needs.
func parseRules(s string, since1904 bool) ([]planner.Policy, error) {
	var out []planner.Policy
	for _, part := range strings.FieldsFunc(fold(s), func(r rune) bool { return strings.ContainsRune(";\n\r。", r) }) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := parseRule(part, since1904)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, errRule
	}
	return out, nil
}

var (
	ruleSpan = regexp.MustCompile(`(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?)\s*(?:\.\.+|至|到|~|—|–|-| to )\s*(\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*[日号]?)$`)

	ruleDays    = regexp.MustCompile(`^(?:每隔?\s*(\d+)\s*[天日](?:\s*(?:1|一)?次)?|(\d+)\s*[天日]\s*(?:1|一)?次|every\s+(\d+)\s+days?)`)
	ruleDaily   = regexp.MustCompile(`^(?:每天|每日|天天|daily|every\s*day)(?:\s*(?:1|一)?次)?`)
	ruleWeekday = regexp.MustCompile(`^(?:每个?工作日|工作日|(?:every\s+|each\s+)?working\s+days?)(?:\s*(?:1|一)?次)?`)
	ruleWeek    = regexp.MustCompile(`^(?:每周\s*(?:(\d+)\s*次)?|(\d+)\s*(?:times\s+)?(?:a|per|each)\s+week|weekly)`)
	ruleMonth   = regexp.MustCompile(`^(?:每个?月\s*(?:(\d+)\s*次)?|(\d+)\s*(?:times\s+)?(?:a|per|each)\s+month|monthly)`)
	ruleOnce    = regexp.MustCompile(`^(?:一次性?|1\s*次|单次|once)`)
)

// chineseCounts are the words for small numbers that stand before 天 and 次.
var chineseCounts = regexp.MustCompile(`[一二两三四五六七]([天日次])`)

func parseRule(s string, since1904 bool) (planner.Policy, error) {
	var p planner.Policy
	if m := ruleSpan.FindStringSubmatchIndex(s); m != nil {
		from, err1 := parseDate(s[m[2]:m[3]], since1904)
		to, err2 := parseDate(s[m[4]:m[5]], since1904)
		if err := errors.Join(err1, err2); err != nil {
			return p, err
		}
		if to < from {
			return p, errors.New("the rule ends before it begins")
		}
		p.From, p.To = &from, &to
		s = strings.TrimSpace(s[:m[0]])
	}
	s = strings.ToLower(s)
	if once := ruleOnce.FindString(s); once == "" {
		s = chineseCounts.ReplaceAllStringFunc(s, func(w string) string {
			r := []rune(w)
			return strconv.Itoa(map[rune]int{'一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7}[r[0]]) + string(r[1])
		})
	}
	rest, counted := "", false
	count := func(re *regexp.Regexp) (int, bool) {
		m := re.FindStringSubmatch(s)
		if m == nil {
			return 0, false
		}
		rest = s[len(m[0]):]
		for _, g := range m[1:] {
			if n, err := strconv.Atoi(g); err == nil {
				counted = true
				return n, true
			}
		}
		return 1, true
	}
	bound := func(n, most int) error {
		if n < 1 || n > most {
			return fmt.Errorf("%d is not possible: want 1 to %d", n, most)
		}
		return nil
	}
	var err error
	if n, ok := count(ruleDays); ok {
		p.EveryDays, err = n, bound(n, 3660)
	} else if _, ok := count(ruleDaily); ok {
		p.EveryDays = 1
	} else if _, ok := count(ruleWeekday); ok {
		p.PerWeek, p.Patterns = 5, [][]int{{1, 2, 3, 4, 5}}
	} else if n, ok := count(ruleWeek); ok {
		p.PerWeek, err = n, bound(n, 7)
	} else if n, ok := count(ruleMonth); ok {
		p.PerMonth, err = n, bound(n, 28)
	} else if _, ok := count(ruleOnce); ok {
		if p.Once = true; p.From == nil {
			return p, errors.New("“once” needs the days from which to which: “once 2026-12-01..2026-12-15”")
		}
	} else {
		return p, errRule
	}
	if err != nil {
		return p, err
	}
	rest = strings.Trim(rest, " ,、:()\t")
	if rest == "" {
		return p, nil
	}
	if p.Patterns != nil {
		return p, errRule
	}
	for _, part := range strings.FieldsFunc(rest, func(c rune) bool { return c == '|' || c == '/' || c == '或' }) {
		days, err := parseWeekdays(strings.NewReplacer("、", ",", "，", ",", "至", "-", "到", "-").Replace(part))
		if err != nil {
			return p, errRule
		}
		if p.PerWeek > len(days) {
			return p, fmt.Errorf("%d a week do not fit on %d weekdays", p.PerWeek, len(days))
		}
		p.Patterns = append(p.Patterns, days)
	}
	if p.PerWeek > 0 && !counted { // 每周一、四 is twice
		p.PerWeek = len(p.Patterns[0])
		for _, days := range p.Patterns {
			p.PerWeek = min(p.PerWeek, len(days))
		}
	}
	return p, nil
}
