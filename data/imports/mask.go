package imports

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// privacy says how a column's values are masked on a screen.
type privacy uint8

const (
	public     privacy = iota // shown, shortened
	opaque                    // an id: shown unless it looks like something else
	nameLike                  // 李*
	numberLike                // 5101************12
	textLike                  // 幸福… the first two characters
	coordinate                // 104.3…: one decimal
)

const maxShown = 40

// mask makes a value fit for a screen.
func mask(value string, p privacy) string {
	value = strings.ToValidUTF8(value, "\uFFFD")
	value = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, value)
	if value == "" {
		return ""
	}
	switch p {
	case nameLike:
		return keep(value, 1, 0)
	case numberLike:
		return maskNumber(value)
	case textLike:
		return keep(value, 2, 0)
	case coordinate:
		if whole, fraction, ok := strings.Cut(value, "."); ok && isDigits(strings.TrimLeft(whole, "-+")) && len(whole) < 10 && fraction != "" {
			return whole + "." + fraction[:1] + "…"
		}
		return keep(value, 4, 0)
	case opaque:
		return maskLoose(value)
	}
	return shorten(value)
}

// maskLoose is for columns that should hold nothing personal, but might when
// the columns of a row have slipped: long numbers and words in other scripts
// than ASCII are masked.
func maskLoose(value string) string {
	digits := 0
	for _, r := range value {
		if r >= utf8.RuneSelf {
			return keep(value, 1, 0)
		}
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if digits >= 11 {
		return maskNumber(value)
	}
	return shorten(value)
}

func maskNumber(value string) string {
	switch n := utf8.RuneCountInString(value); {
	case n >= 15:
		return keep(value, 4, 2)
	case n >= 8:
		return keep(value, 3, 2)
	}
	return keep(value, 1, 0)
}

// keep shows so many characters at the front and the back and a star for each
// of the others.
func keep(value string, front, back int) string {
	rs := []rune(value)
	if len(rs) <= front+back {
		if len(rs) <= 1 {
			return "*"
		}
		front, back = 1, 0
	}
	hidden := len(rs) - front - back
	return string(rs[:front]) + strings.Repeat("*", min(hidden, 20)) + string(rs[len(rs)-back:])
}

func shorten(value string) string {
	rs := []rune(value)
	if len(rs) <= maxShown {
		return value
	}
	return string(rs[:maxShown-1]) + "…"
}

func isDigits(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
