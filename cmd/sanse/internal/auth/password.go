package auth

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Lengths of passwords in characters: long enough that a guess is hopeless, and
// long enough for a whole sentence. Nothing is cut off.
const (
	MinPassword = 12
	MaxPassword = 128
)

// minUnguessed are the characters that must be left of a password when what is
// guessed first is taken away.
const minUnguessed = 5

//go:embed common.txt
var commonText string

// commonWords are the words that guesses begin with, the longest first.
var commonWords = sync.OnceValue(func() []string { //nolint:gochecknoglobals // read once, never changed
	var out []string
	for line := range strings.Lines(commonText) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
})

// WeakError says why a password is not taken, in words that may be shown.
type WeakError struct {
	Code   string // short, long, common
	Reason string
}

// Error returns the reason.
func (e *WeakError) Error() string { return e.Reason }

// CheckPassword refuses passwords that are guessed first, after NIST SP 800-63B
// (5.1.1.2) and OWASP ASVS (6.2): shorter than 12 characters, or made of nothing
// but well-known words, the words of the context (the login, the name, the
// district), rows of the keyboard, runs and repetitions. It asks for no digits and
// no signs: those make passwords that are hard to keep and easy to guess.
func CheckPassword(password string, context ...string) error {
	text := norm.NFKC.String(password)
	n := utf8.RuneCountInString(text)
	switch {
	case !utf8.ValidString(password):
		return &WeakError{"short", "the password is not text"}
	case n < MinPassword:
		return &WeakError{"short", fmt.Sprintf("the password must have at least %d characters; a few words in a row are easy to keep", MinPassword)}
	case n > MaxPassword:
		return &WeakError{"long", fmt.Sprintf("the password must have at most %d characters", MaxPassword)}
	}
	if unguessed(text, context) < minUnguessed {
		return &WeakError{"common", "the password is among those that are guessed first: it is made of well-known words, names, rows of the keyboard or repetitions"}
	}
	return nil
}

// unguessed counts the characters that are left when common words and those of
// the context are taken away, and runs (abcd, 4321) and repetitions (aaaa, k7k7k7)
// count as one of their parts.
func unguessed(text string, context []string) int {
	var known []string
	for _, c := range context {
		c = plain(c)
		for _, w := range append(strings.FieldsFunc(c, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), c) {
			if utf8.RuneCountInString(w) >= 2 {
				known = append(known, w)
			}
		}
	}
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	least := utf8.RuneCountInString(text)
	lower := plain(text)
	for _, spelling := range []string{lower, leet(lower)} {
		for _, w := range known {
			spelling = strings.ReplaceAll(spelling, w, "\x00")
		}
		for _, w := range commonWords() {
			spelling = strings.ReplaceAll(spelling, w, "\x00")
		}
		least = min(least, weigh(spelling))
	}
	return least
}

// plain is a text in lower case.
func plain(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// leet undoes the usual signs for letters.
func leet(s string) string {
	return strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").Replace(s)
}

// weigh counts the characters of a text that do not follow from those before:
// spaces and what was taken away (NUL) count nothing, nor does the same again, the
// next or the one before in a run of three or more, or what was there a period of
// up to four before twice in a row; a tail of digits counts at most two, as a year
// or a number at the end is guessed at once.
func weigh(text string) int {
	trimmed := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsDigit(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) })
	tail := min(2, utf8.RuneCountInString(text)-utf8.RuneCountInString(trimmed))
	if trimmed == "" || strings.Trim(trimmed, "\x00 ") == "" {
		return tail
	}
	r := []rune(trimmed)
	n := 0
	seen := map[rune]bool{}
	for i, c := range r {
		switch {
		case c == 0 || unicode.IsSpace(c):
		case i >= 2 && c-r[i-1] == r[i-1]-r[i-2] && one(c-r[i-1]):
		case repeats(r, i):
		default:
			n++
			seen[c] = true
		}
	}
	// Few letters over and over are not much, in whatever order.
	return min(n, 2*len(seen)) + tail
}

// one tells whether a step is to the next, the same or the one before.
func one(d rune) bool { return d >= -1 && d <= 1 }

// repeats tells whether the character at i goes on a repetition of period 1 to 6
// that has been whole once.
func repeats(r []rune, i int) bool {
	for period := 1; period <= 6; period++ {
		if i < 2*period-1 {
			break
		}
		same := true
		for k := range period {
			same = same && r[i-k] == r[i-k-period]
		}
		if same {
			return true
		}
	}
	return false
}

// CheckPIN refuses PINs that are not six to eight digits, or that are guessed
// first: one digit over and over, a run, a year, or what is repeated.
func CheckPIN(pin string) error {
	if len(pin) < 6 || len(pin) > 8 || strings.Trim(pin, "0123456789") != "" {
		return &WeakError{"short", "the PIN must be of six to eight digits"}
	}
	seen := map[rune]bool{}
	steps := map[int]bool{}
	for i, c := range pin {
		seen[c] = true
		if i > 0 {
			steps[(int(c)-int(pin[i-1])+10)%10] = true
		}
	}
	half := len(pin) / 2
	twice := len(pin)%2 == 0 && pin[:half] == pin[half:]
	if len(seen) < 3 || len(steps) == 1 || twice || slices.Contains([]string{"123321", "520131", "5201314", "1314520", "147258", "159753", "456789", "112233", "789456"}, pin) {
		return &WeakError{"common", "this PIN is among those that are guessed first"}
	}
	return nil
}
