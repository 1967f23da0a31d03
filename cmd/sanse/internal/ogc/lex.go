package ogc

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error is a place in a filter that cannot be read.
type Error struct {
	At     int // of the character, from 1
	Reason string
}

// Error says where and why.
func (e *Error) Error() string { return fmt.Sprintf("at character %d: %s", e.At, e.Reason) }

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenName             // a word: a property, a keyword, a function
	tokenQuoted           // a property's name in double quotes
	tokenText             // a literal in single quotes
	tokenNumber           // with its sign
	tokenSign             // an operator, a bracket, a comma
)

type token struct {
	kind tokenKind
	text string // of a literal what it says, of a sign what it is
	at   int    // byte offset
}

// is tells whether a token is that keyword, in any case.
func (t token) is(word string) bool { return t.kind == tokenName && strings.EqualFold(t.text, word) }

// String says what kind of thing it is: what a filter says may be somebody's name,
// and is not repeated.
func (t token) String() string {
	switch t.kind {
	case tokenEnd:
		return "the end"
	case tokenName:
		return "a word"
	case tokenQuoted:
		return "a name in quotes"
	case tokenText:
		return "a text"
	case tokenNumber:
		return "a number"
	default:
		return fmt.Sprintf("%q", t.text)
	}
}

// lexer cuts a filter into tokens.
type lexer struct {
	text string
	at   int
}

// wrong is an error at a byte of the filter.
func (l *lexer) wrong(at int, format string, args ...any) error {
	return &Error{At: utf8.RuneCountInString(l.text[:min(at, len(l.text))]) + 1, Reason: fmt.Sprintf(format, args...)}
}

func (l *lexer) next() (token, error) {
	rest := strings.TrimLeftFunc(l.text[l.at:], unicode.IsSpace)
	l.at = len(l.text) - len(rest)
	if rest == "" {
		return token{kind: tokenEnd, at: l.at}, nil
	}
	at := l.at
	r, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '\'' || r == '"':
		return l.quoted(byte(r))
	case r >= '0' && r <= '9' || strings.ContainsRune("+-.", r) && len(rest) > 1 && strings.ContainsRune("0123456789.", rune(rest[1])):
		n := numberLength(rest)
		if n == 0 {
			return token{}, l.wrong(at, "this is no number")
		}
		l.at += n
		return token{tokenNumber, rest[:n], at}, nil
	case nameStart(r):
		n := strings.IndexFunc(rest, func(r rune) bool { return !nameStart(r) && r != '.' && !unicode.IsDigit(r) })
		if n < 0 {
			n = len(rest)
		}
		l.at += n
		return token{tokenName, rest[:n], at}, nil
	}
	for _, sign := range []string{"<>", "<=", ">=", "=", "<", ">", "(", ")", ","} {
		if strings.HasPrefix(rest, sign) {
			l.at += len(sign)
			return token{tokenSign, sign, at}, nil
		}
	}
	switch r {
	case '+', '-', '*', '/', '%', '^':
		return token{}, l.wrong(at, "arithmetic is not known here")
	case utf8.RuneError:
		return token{}, l.wrong(at, "this is no text in UTF-8")
	}
	return token{}, l.wrong(at, "this character has no meaning here")
}

func nameStart(r rune) bool { return r == '_' || r == ':' || unicode.IsLetter(r) }

// quoted reads a literal or a name in quotes; a quote that is doubled, or has a
// backslash before it, stands for itself.
func (l *lexer) quoted(quote byte) (token, error) {
	at := l.at
	var b strings.Builder
	for i := at + 1; i < len(l.text); i++ {
		c := l.text[i]
		next := byte(0)
		if i+1 < len(l.text) {
			next = l.text[i+1]
		}
		switch {
		case c == quote && next == quote, c == '\\' && next == quote:
			b.WriteByte(quote)
			i++
		case c == quote:
			l.at = i + 1
			if !utf8.ValidString(b.String()) {
				return token{}, l.wrong(at, "this is no text in UTF-8")
			}
			kind := tokenText
			if quote == '"' {
				kind = tokenQuoted
			}
			return token{kind, b.String(), at}, nil
		default:
			b.WriteByte(c)
		}
	}
	return token{}, l.wrong(at, "the quote is not closed")
}

// numberLength is how many bytes of text are a number.
func numberLength(text string) int {
	i := 0
	if text[0] == '+' || text[0] == '-' {
		i++
	}
	digits := func() int {
		from := i
		for i < len(text) && text[i] >= '0' && text[i] <= '9' {
			i++
		}
		return i - from
	}
	n := digits()
	if i < len(text) && text[i] == '.' {
		i++
		n += digits()
	}
	if n == 0 {
		return 0
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		before := i
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if digits() == 0 {
			i = before
		}
	}
	return i
}
