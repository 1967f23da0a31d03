package service

import (
	"cmp"
	"errors"
	"fmt"
)

// Code sorts errors by what the caller can do about them.
type Code string

// The codes.
const (
	// CodeNo: the work was done and the answer is no (violations, refused rows).
	CodeNo Code = "no"
	// CodeInvalid: what was given cannot be used.
	CodeInvalid Code = "invalid"
	// CodeNotFound: what was named does not exist.
	CodeNotFound Code = "not_found"
	// CodeChanged: what was to be edited has been changed meanwhile.
	CodeChanged Code = "changed"
	// CodeForbidden: it is for those who answer for the people it tells of.
	CodeForbidden Code = "forbidden"
	// CodeSignIn: nobody knows who asks, or not any more.
	CodeSignIn Code = "sign_in"
	// CodeStage: who asks has signed in, but not yet in full.
	CodeStage Code = "stage"
	// CodeOutside: something outside failed: the database, the disk.
	CodeOutside Code = "outside"
)

// Error is what leaves the service: a code to branch on, a text that is safe
// to show to anybody, and the cause, which is for the log of the machine.
type Error struct {
	Code    Code
	Message string
	Err     error
	said    string // Message with what was given, for whoever gave it at the command line
}

// Error returns the text with what was given, followed by the cause where there is
// one: for who works on the machine itself. Who asks over HTTP is told Message.
func (e *Error) Error() string {
	said := cmp.Or(e.said, e.Message)
	if e.Err == nil {
		return said
	}
	if said == "" {
		return e.Err.Error()
	}
	return said + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// CodeOf returns the code of the first Error in err's chain, CodeOutside for
// any other error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeOutside
}

// MessageOf returns the text of err that is safe to show to anybody.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Message != "" {
		return e.Message
	}
	return "something outside the program failed; its log says what"
}

func invalid(format string, args ...any) error {
	return invalidCause(nil, format, args...)
}

func notFound(format string, args ...any) error {
	return &Error{Code: CodeNotFound, Message: Tell(format, args...), said: fmt.Sprintf(format, args...)}
}

func invalidCause(err error, format string, args ...any) error {
	return &Error{Code: CodeInvalid, Message: Tell(format, args...), said: fmt.Sprintf(format, args...), Err: err}
}
