package call

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"ensemble/models"
)

// An Answer is what a handler returns when JSON with status 200 is not what it
// means.
type Answer struct {
	Status   int    // 0 means 200
	Type     string // content type; "" means JSON
	Body     []byte
	Header   http.Header // more headers; may be nil
	Location string      // of a redirect
	written  bool
}

const jsonType = "application/json; charset=utf-8"

// Written is the answer of a Free handler that wrote to c.Writer itself.
var Written = Answer{written: true}

// Status answers with view as JSON, under another status than 200.
func Status(status int, view any) (Answer, error) {
	a, err := encode(view)
	if err != nil {
		return Answer{}, err
	}
	a.Status = status
	return *a, nil
}

// Raw answers with bytes.
func Raw(contentType string, body []byte) Answer { return Answer{Type: contentType, Body: body} }

// HTML answers with a page.
func HTML(status int, page []byte) Answer {
	return Answer{Status: status, Type: "text/html; charset=utf-8", Body: page}
}

// Redirect answers with another address, which is to be asked by GET.
func Redirect(to string) Answer { return Answer{Status: http.StatusSeeOther, Location: to} }

// encode writes a view down as an Answer.
func encode(view any) (*Answer, error) {
	switch v := view.(type) {
	case Answer:
		return &v, nil
	case *Answer:
		return v, nil
	case nil:
		return &Answer{Type: jsonType, Body: []byte("{}")}, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(view); err != nil {
		return nil, fmt.Errorf("write the view: %w", err)
	}
	return &Answer{Type: jsonType, Body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}, nil
}

// A Failure is an error with an HTTP status of its own, for what models.Kind has no
// word for.
type Failure struct {
	Status int
	Code   string
	Text   string // a sentence for whoever called
}

func (f *Failure) Error() string { return f.Text }

// Fail returns an error with an HTTP status of its own.
func Fail(status int, code, format string, args ...any) error {
	return &Failure{Status: status, Code: code, Text: fmt.Sprintf(format, args...)}
}

// StatusOf returns the HTTP status for an error.
func StatusOf(err error) int {
	var f *Failure
	if errors.As(err, &f) {
		return f.Status
	}
	if errors.Is(err, models.ErrFull) {
		return http.StatusInsufficientStorage
	}
	switch models.KindOf(err) {
	case "":
		return http.StatusOK
	case models.Invalid:
		return http.StatusUnprocessableEntity
	case models.Unauthed:
		return http.StatusUnauthorized
	case models.Forbidden:
		return http.StatusForbidden
	case models.NotFound:
		return http.StatusNotFound
	case models.Gone:
		return http.StatusGone
	case models.Conflict:
		return http.StatusConflict
	case models.TooMany:
		return http.StatusTooManyRequests
	case models.Unreachable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

type errorJSON struct {
	Error       string `json:"error"`
	Code        string `json:"code,omitempty"`
	Description string `json:"error_description,omitempty"`
}

// somethingWrong is all that strangers learn of our own mistakes.
const somethingWrong = "something went wrong here; it is not your doing, and it was noted"

func (s *Server) write(c *Call, a *Answer, err error) {
	if err == nil {
		a.send(c)
		return
	}
	if errors.Is(err, context.Canceled) && c.Ctx().Err() != nil {
		c.Status(499) // nobody is there to read it
		return
	}
	status, text := StatusOf(err), Sentence(err)
	if status == http.StatusInsufficientStorage {
		s.log().ErrorContext(c.Ctx(), "no room to write", "route", c.FullPath(), "request", RequestID(c.Ctx()), "err", err)
	}
	if status == http.StatusInternalServerError {
		s.log().ErrorContext(c.Ctx(), "call failed", "method", c.Request.Method, "route", c.FullPath(),
			"request", RequestID(c.Ctx()), "err", err)
		text = somethingWrong
	}
	s.refusal(c, status, CodeOf(err), text).send(c)
}

func (s *Server) refusal(c *Call, status int, code, text string) Answer {
	if c.route.Page {
		if s.ErrorPage != nil {
			return s.ErrorPage(c, status, code, text)
		}
		return Answer{Status: status, Type: "text/plain; charset=utf-8", Body: []byte(text + "\n")}
	}
	if status == http.StatusUnauthorized {
		c.Header("WWW-Authenticate", `Bearer realm="Ensemble"`)
	}
	if s.Words != nil && code != "" {
		text = cmp.Or(s.Words(c, code), text)
	}
	a, err := Status(status, errorJSON{Error: text, Code: code})
	if err != nil {
		return Answer{Status: status}
	}
	return a
}

func (a Answer) send(c *Call) {
	if a.written {
		return
	}
	h := c.Writer.Header()
	for name, values := range a.Header {
		h[name] = values
	}
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-store")
	}
	if a.Location != "" {
		h.Set("Location", a.Location)
	}
	status := a.Status
	if status == 0 {
		status = http.StatusOK
	}
	if a.Type == "" {
		a.Type = jsonType
	}
	c.Data(status, a.Type, a.Body)
}

func (s *Server) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// Sentence returns the part of err that is meant for whoever called.
func Sentence(err error) string {
	var m *models.Error
	if errors.As(err, &m) {
		return m.Text
	}
	return err.Error()
}

// CodeOf returns the code that says to programs why something was refused, "" for none.
func CodeOf(err error) string {
	var f *Failure
	if errors.As(err, &f) {
		return f.Code
	}
	return models.CodeOf(err)
}

type requestID struct{}

// WithRequestID returns a context that carries the ID of a request, for the log.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestID{}, id)
}

// RequestID returns the ID of the request, "" outside one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestID{}).(string)
	return id
}
