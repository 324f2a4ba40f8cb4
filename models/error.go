package models

import (
	"errors"
	"fmt"
)

// A Kind says what went wrong in terms that every edge can translate: web into
// an HTTP status, the inbox into "retry" or "drop".
type Kind string

// The kinds of failure. Internal is everything that is not the caller's doing.
const (
	Internal    Kind = "internal"
	Invalid     Kind = "invalid"     // what was asked makes no sense: 422
	Unauthed    Kind = "unauthed"    // nobody proved who they are: 401
	Forbidden   Kind = "forbidden"   // it is known who asks, and they may not: 403
	NotFound    Kind = "not found"   // there is no such thing for whoever asks: 404
	Gone        Kind = "gone"        // there was one, and never will be again: 410
	Conflict    Kind = "conflict"    // the thing is in another state: 409
	TooMany     Kind = "too many"    // a limit is reached: 429
	Unreachable Kind = "unreachable" // another server did not answer: try later
)

// Error is a failure whose text may be shown to the person who caused it. Any
// other error is Internal: it is logged for the operator and never shown.
type Error struct {
	Kind Kind
	Code string // machine-readable reason, stable across versions; may be ""
	Text string // a sentence in English; catalogues translate it by Code
}

func (e *Error) Error() string { return e.Text }

// Errorf returns an Error of the given kind.
func Errorf(k Kind, format string, args ...any) error {
	return &Error{Kind: k, Text: fmt.Sprintf(format, args...)}
}

// Refuse returns an Error of the given kind that carries a machine code too, so
// that the reason can travel between servers.
func Refuse(k Kind, code, format string, args ...any) error {
	return &Error{Kind: k, Code: code, Text: fmt.Sprintf(format, args...)}
}

// ErrFull says that there is no room to write anything down. It is Internal, so what
// met it is tried again; and whoever caused it may know.
var ErrFull = Refuse(Internal, "disk_full",
	"this server has no room left to keep anything, so nothing was changed: please try again later")

// KindOf returns the kind of err: "" for nil, and Internal for a stranger.
func KindOf(err error) Kind {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Kind
	default:
		return Internal
	}
}

// CodeOf returns the machine code of err, "" if it has none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
