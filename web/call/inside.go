package call

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

// Pages, and what runs in them, are clients of the API as apps are: they see what any
// app would, by the same rules. Only they are known by the cookie of a browser, and
// may do whatever the person may.

type innerKey struct{}

// An inner is where a call of the API from within comes from.
type inner struct {
	browser *http.Request // with the cookie
	page    bool          // it is a part of a page, and that was counted
}

// everything is what the person behind a page may do. A push needs a token of an app's
// own.
const everything = "read write follow profile admin:read admin:write"

// FromBrowser returns r as a call of the API at path by whoever is signed in with the
// browser that sent it. It is for what runs in our pages, so r must come from one of
// them: the error is Forbidden for what another site made a browser send.
func FromBrowser(site models.Site, r *http.Request, path string) (*http.Request, error) {
	if err := first(fromHere(site, r), ours(site, r)); err != nil {
		return nil, err
	}
	in := r.Clone(context.WithValue(r.Context(), innerKey{}, &inner{browser: r}))
	in.URL.Path, in.URL.RawPath = path, ""
	in.Header.Del("Authorization")
	return in, nil
}

// ours refuses what did not come from a page of ours, whatever it asks: a browser says
// where from (Fetch Metadata), and for a WebSocket the origin (RFC 6455 §10.2).
func ours(site models.Site, r *http.Request) error {
	from, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	if from != "" && from != "same-origin" && from != "none" || origin != "" && origin != site.Origin {
		return models.Errorf(models.Forbidden, "this was asked by another site")
	}
	return nil
}

// A Reply is what the API answered from within.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte
}

// Ask calls the API as whoever is signed in with this page, and returns the answer;
// params are its query or, where something is to be changed, a form. It must not be
// called within a transaction: what it calls has one of its own. Its error is a
// *Failure with what the API refused.
func (c *Call) Ask(method, path string, params url.Values) (*Reply, error) {
	if method == http.MethodGet {
		return c.send(method, path+"?"+params.Encode(), "", nil)
	}
	return c.send(method, path, "application/x-www-form-urlencoded", strings.NewReader(params.Encode()))
}

// AskJSON is Ask with a body of JSON.
func (c *Call) AskJSON(method, path string, body any) (*Reply, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", path, err)
	}
	return c.send(method, path, jsonType, bytes.NewReader(b))
}

// AskFiles is Ask with files of this call: files has the names under which they are
// sent on, by those under which they came. One that did not come is left out.
func (c *Call) AskFiles(method, path string, params url.Values, files map[string]string) (*Reply, error) {
	out, in := io.Pipe()
	form := multipart.NewWriter(in)
	go func() { in.CloseWithError(c.writeForm(form, params, files)) }()
	reply, err := c.send(method, path, form.FormDataContentType(), out)
	out.CloseWithError(io.ErrClosedPipe) // whoever still writes is done
	return reply, err
}

func (c *Call) writeForm(form *multipart.Writer, params url.Values, files map[string]string) error {
	for name, values := range params {
		for _, v := range values {
			if err := form.WriteField(name, v); err != nil {
				return err
			}
		}
	}
	for from, to := range files {
		if err := writeFile(form, c.File(from), to); err != nil {
			return err
		}
	}
	return form.Close()
}

func writeFile(form *multipart.Writer, sent *multipart.FileHeader, name string) error {
	if sent == nil {
		return nil
	}
	file, err := sent.Open()
	if err != nil {
		return fmt.Errorf("open an upload: %w", err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	kind := sent.Header.Get("Content-Type")
	if kind == "" {
		kind = "application/octet-stream"
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {mime.FormatMediaType("form-data", map[string]string{"name": name, "filename": sent.Filename})},
		"Content-Type":        {kind},
	})
	if err != nil {
		return err
	}
	_, err = io.Copy(part, file)
	return err
}

func (c *Call) send(method, target, kind string, body io.Reader) (*Reply, error) {
	switch {
	case c.Tx != nil:
		return nil, fmt.Errorf("%s %s was asked within a transaction", method, target)
	case c.server == nil || c.server.Inner == nil:
		return nil, Fail(http.StatusNotFound, "", "there is no API here")
	}
	ctx := context.WithValue(c.Ctx(), innerKey{}, &inner{browser: c.Request, page: true})
	r, err := http.NewRequestWithContext(ctx, method, c.Site.Origin+target, body)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", target, err)
	}
	r.RemoteAddr, r.Host, r.RequestURI = c.Request.RemoteAddr, c.Request.Host, target
	for _, name := range []string{"Accept-Language", "User-Agent", "X-Forwarded-For", "Idempotency-Key"} {
		if v := c.GetHeader(name); v != "" {
			r.Header.Set(name, v)
		}
	}
	if lang := c.Str("lang"); lang != "" { // as Language has it
		r.Header.Set("Accept-Language", lang)
	} else if c.User != nil && c.User.Locale != "" {
		r.Header.Set("Accept-Language", c.User.Locale)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	w := &recorder{Reply: Reply{Header: http.Header{}}}
	c.server.Inner.ServeHTTP(w, r)
	if w.Status >= http.StatusBadRequest {
		return nil, w.failure()
	}
	return &w.Reply, nil
}

// failure is what the API said instead of an answer.
func (r *Reply) failure() error {
	var said errorJSON
	if err := json.Unmarshal(r.Body, &said); err != nil || said.Error == "" {
		said.Error = http.StatusText(r.Status)
	}
	return &Failure{Status: r.Status, Code: said.Code, Text: said.Error}
}

// Fetch asks the API as Ask does, and reads its JSON answer as a T.
func Fetch[T any](c *Call, method, path string, params url.Values) (T, error) {
	var got T
	r, err := c.Ask(method, path, params)
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal(r.Body, &got); err != nil {
		return got, fmt.Errorf("read the answer of %s: %w", path, err)
	}
	return got, nil
}

// A recorder keeps an answer.
type recorder struct {
	Reply
	body bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.Reply.Header }

func (w *recorder) WriteHeader(status int) {
	if w.Status == 0 {
		w.Status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	n, err := w.body.Write(b)
	w.Body = w.body.Bytes()
	return n, err
}

// inner returns where a call from within comes from, nil for others.
func (c *Call) inner() *inner {
	in, _ := c.Request.Context().Value(innerKey{}).(*inner)
	return in
}

// enter finds out who asks from within.
func (c *Call) enter(in *inner) (err error) {
	var session *models.Session
	if c.server.Browser != nil {
		session, c.Me, c.User, err = c.server.Browser(c.Tx, in.browser)
	}
	switch {
	case err != nil:
		return err
	case c.Me == nil && c.route.Who == Anyone:
		return c.count(Address(c.ClientIP()))
	case c.Me == nil:
		return first(c.tooOften(), models.Refuse(models.Unauthed, "signed_out", "you need to sign in to do that"))
	}
	c.Token = &models.Token{Hash: session.Bearer(), AccountID: c.Me.ID, Scopes: everything}
	if err := first(c.count(c.Me.ID.String()), c.granted()); err != nil || !c.writes {
		return err
	}
	_, err = store.Add(c.Tx, &models.ActiveWeek{Week: models.WeekOf(c.Tx.Now), AccountID: c.Me.ID})
	return err
}
