package geo

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Unit is one unit (单元) of a building: a stair with the doors on it.
type Unit struct {
	Building string // id
	Name     string // as UnitName writes it: "2", "A"
}

func (u Unit) compare(v Unit) int {
	return cmp.Or(cmp.Compare(u.Building, v.Building), compareUnitNames(u.Name, v.Name))
}

// compareUnitNames puts numbers before words, and 2 before 10.
func compareUnitNames(a, b string) int {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Or(cmp.Compare(m, n), cmp.Compare(a, b))
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

// UnitName writes the name of a unit so that the same unit is always written
// the same: "2单元", "２ 单元", "二单元", "第2单元", "unit 02" and "2单元501号" are all
// "2"; "a座" is "A". It is empty for a name that says nothing.
func UnitName(s string) string {
	s = strings.ToUpper(width.Fold.String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	for {
		shorter := plainUnit(s)
		if shorter == s {
			return s
		}
		s = shorter
	}
}

// plainUnit takes one thing away from a name that says nothing.
func plainUnit(s string) string {
	if before, _, ok := strings.Cut(s, "单元"); ok {
		return before
	}
	for _, word := range [...]string{"第", "UNIT"} {
		if cut, ok := strings.CutPrefix(s, word); ok {
			return cut
		}
	}
	for _, word := range [...]string{"门洞", "门", "座", "栋", "梯", "号"} {
		if cut, ok := strings.CutSuffix(s, word); ok {
			return cut
		}
	}
	if n, ok := chineseNumber(s); ok {
		return strconv.Itoa(n)
	}
	if isNumber(s) && len(s) > 1 && s[0] == '0' {
		return s[1:]
	}
	return s
}

// isNumber tells that a text is made of the digits 0 to 9.
func isNumber(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// chineseNumber reads 一 to 九十九.
func chineseNumber(s string) (int, bool) {
	digit := func(s string) (int, bool) {
		i := slices.Index([]string{"一", "二", "三", "四", "五", "六", "七", "八", "九"}, s)
		return i + 1, i >= 0
	}
	tens, ones, ten := strings.Cut(s, "十")
	if !ten {
		return digit(s)
	}
	n := 10
	if tens != "" {
		t, ok := digit(tens)
		if !ok {
			return 0, false
		}
		n = 10 * t
	}
	if ones != "" {
		o, ok := digit(ones)
		if !ok {
			return 0, false
		}
		n += o
	}
	return n, true
}

// Marks of a list of units; ids of buildings that hold one cannot be listed.
const (
	betweenBuildings = ";"
	betweenUnits     = ","
	beforeUnits      = ":"
)

// maxUnits bounds the units that one area lists.
const maxUnits = 10_000

// ParseUnits reads a list of units: "B12:1-3,5; B13:2". Between buildings stand
// semicolons (；) or line breaks, between a building and its units the last colon
// (：), between units commas (，、); numbers that follow each other may be written
// as a range (-, ~, 至). Each unit is written as UnitName writes it. The list is
// sorted by building and unit, each once.
func ParseUnits(s string) ([]Unit, error) {
	s = strings.NewReplacer("；", ";", "\n", ";", "：", ":").Replace(s)
	marks := strings.NewReplacer("，", ",", "、", ",", "～", "-", "~", "-", "—", "-", "–", "-", "－", "-", "至", "-")
	var out []Unit
	for entry := range strings.SplitSeq(s, betweenBuildings) {
		if entry = strings.TrimSpace(entry); entry == "" {
			continue
		}
		i := strings.LastIndex(entry, beforeUnits)
		if i < 0 {
			return nil, fmt.Errorf("%q: want a building, a colon and its units, such as B12:1-3", entry)
		}
		building := strings.TrimSpace(entry[:i])
		if building == "" {
			return nil, fmt.Errorf("%q: no building before the colon", entry)
		}
		before := len(out)
		for word := range strings.SplitSeq(marks.Replace(entry[i+1:]), betweenUnits) {
			if word = strings.TrimSpace(word); word == "" {
				continue
			}
			names, err := unitRange(word)
			if err != nil {
				return nil, err
			}
			if len(out)+len(names) > maxUnits {
				return nil, fmt.Errorf("more than %d units", maxUnits)
			}
			for _, n := range names {
				out = append(out, Unit{building, n})
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("%q: no units after the colon", entry)
		}
	}
	slices.SortFunc(out, Unit.compare)
	return slices.Compact(out), nil
}

// unitRange reads "2", "2单元", "1-3" or "A".
func unitRange(word string) ([]string, error) {
	if from, to, ok := strings.Cut(word, "-"); ok {
		a, b := UnitName(from), UnitName(to)
		if isNumber(a) && isNumber(b) {
			m, errA := strconv.Atoi(a)
			n, errB := strconv.Atoi(b)
			if errA != nil || errB != nil || m > n || n-m >= maxUnits {
				return nil, fmt.Errorf("%q is no range of units", word)
			}
			var out []string
			for k := m; k <= n; k++ {
				out = append(out, strconv.Itoa(k))
			}
			return out, nil
		}
	}
	name := UnitName(word)
	if !listable(name) {
		return nil, fmt.Errorf("%q names no unit", word)
	}
	return []string{name}, nil
}

// FormatUnits writes a list of units as ParseUnits reads it, sorted, in the
// shortest way.
func FormatUnits(units []Unit) string {
	list := slices.Clone(units)
	slices.SortFunc(list, Unit.compare)
	list = slices.Compact(list)
	var b strings.Builder
	for i := 0; i < len(list); {
		building := list[i].Building
		if i > 0 {
			b.WriteString(betweenBuildings)
		}
		b.WriteString(building + beforeUnits)
		for first := true; i < len(list) && list[i].Building == building; first = false {
			if !first {
				b.WriteString(betweenUnits)
			}
			j := i
			for j+1 < len(list) && list[j+1].Building == building && follows(list[j].Name, list[j+1].Name) {
				j++
			}
			b.WriteString(list[i].Name)
			switch {
			case j == i+1:
				b.WriteString(betweenUnits + list[j].Name)
			case j > i:
				b.WriteString("-" + list[j].Name)
			}
			i = j + 1
		}
	}
	return b.String()
}

// follows tells that b is the number after a.
func follows(a, b string) bool {
	m, errA := strconv.Atoi(a)
	n, errB := strconv.Atoi(b)
	return errA == nil && errB == nil && n == m+1
}

// JoinUnits returns the units of several lists, sorted, each once; nil where
// there are none.
func JoinUnits(lists ...[]Unit) []Unit {
	out := slices.Concat(lists...)
	slices.SortFunc(out, Unit.compare)
	return slices.Compact(out)
}

// listable tells that a name can stand in a list of units.
func listable(name string) bool {
	return name != "" && UnitName(name) == name && !strings.ContainsAny(name, ";；:：,，、-—–－~～至")
}

// checkUnits refuses units where they cannot be, and those that could not be
// written and read again.
func checkUnits(a *Area) error {
	if len(a.Units) > 0 && a.Level != LevelMicroGrid {
		return fmt.Errorf("lists units, but is a %s: only micro-grids share buildings", a.Level)
	}
	for _, u := range a.Units {
		switch {
		case u.Building == "" || u.Building != strings.TrimSpace(u.Building) || strings.ContainsAny(u.Building, ";；：\n"):
			return fmt.Errorf("lists a unit of building %q, which is no id that can be listed", u.Building)
		case !listable(u.Name):
			return fmt.Errorf("lists a unit of building %q that is called %q", u.Building, u.Name)
		}
	}
	return nil
}
