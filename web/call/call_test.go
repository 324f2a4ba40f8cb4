package call_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/limit"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/call"
)

func TestKindsBecomeStatuses(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	for kind, want := range map[models.Kind]int{
		models.Invalid: 422, models.Unauthed: 401, models.Forbidden: 403, models.NotFound: 404, models.Gone: 410,
		models.Conflict: 409, models.TooMany: 429, models.Unreachable: 503,
	} {
		h := handler(s, call.Route{Method: "GET", Path: "/", Who: call.Anyone, Handler: func(*call.Call) (any, error) {
			return nil, models.Refuse(kind, "some_code", "a sentence")
		}})
		status, body, _ := ask(h, "GET", "/", "")
		if status != want || body != `{"error":"a sentence","code":"some_code"}` {
			t.Errorf("%s: got %d %s, want %d", kind, status, body, want)
		}
	}
	h := handler(s, call.Route{Method: "GET", Path: "/", Who: call.Anyone, Handler: func(*call.Call) (any, error) {
		return nil, errors.New("the password of the database is 1234")
	}})
	if status, body, _ := ask(h, "GET", "/", ""); status != 500 || strings.Contains(body, "1234") {
		t.Errorf("an internal error: got %d %s", status, body)
	}
}

func TestWhoMayCall(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	h := handler(s,
		call.Route{Method: "GET", Path: "/mine", Scope: "read:statuses", Handler: name},
		call.Route{Method: "GET", Path: "/all", Who: call.Anyone, Scope: "read:statuses", Handler: name},
		call.Route{Method: "GET", Path: "/write", Scope: "write:statuses", Handler: name},
		call.Route{Method: "GET", Path: "/app", Who: call.App, Handler: name},
		call.Route{Method: "GET", Path: "/stream", QueryToken: true, Handler: name},
	)
	for _, c := range []struct {
		name, target, token string
		status              int
		body                string
	}{
		{"nobody asks for their own", "/mine", "", 401, ""},
		{"a stranger's token", "/mine", "forged", 401, ""},
		{"a token that may", "/mine", "reader", 200, `"alice"`},
		{"an app asks for a person's own", "/mine", "app", 422, ""},
		{"a parent scope does not reach across", "/write", "reader", 403, ""},
		{"a parent scope reaches its child", "/write", "writer", 200, `"alice"`},
		{"anyone", "/all", "", 200, `""`},
		{"anyone with a forged token", "/all", "forged", 401, ""},
		{"an app", "/app", "app", 200, `""`},
		{"no token at all where an app is wanted", "/app", "", 401, ""},
		{"a token in the query of a stream", "/stream?access_token=reader", "", 200, `"alice"`},
		{"a token in the query of something else", "/mine?access_token=reader", "", 401, ""},
	} {
		head := []string{}
		if c.token != "" {
			head = []string{"Authorization", "Bearer " + c.token}
		}
		status, body, header := ask(h, "GET", c.target, "", head...)
		if status != c.status || (c.body != "" && body != c.body) {
			t.Errorf("%s: got %d %s, want %d %s", c.name, status, body, c.status, c.body)
		}
		if status == 401 && header.Get("WWW-Authenticate") == "" {
			t.Errorf("%s: a 401 without WWW-Authenticate", c.name)
		}
	}
}

func name(c *call.Call) (any, error) {
	if c.Me == nil {
		return "", nil
	}
	return c.Me.Username, nil
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		have, want string
		ok         bool
	}{
		{"", "", true},
		{"", "read", false},
		{"read", "read:accounts", true},
		{"read:accounts", "read", false},
		{"read:acc", "read:accounts", false},
		{"profile", "profile read:accounts", true},
		{"follow", "write:follows", true},
		{"follow", "write:statuses", false},
		{"readwrite", "read", false},
	} {
		if got := call.Grants(c.have, c.want); got != c.ok {
			t.Errorf("Grants(%q, %q): got %v", c.have, c.want, got)
		}
	}
}

// A prepared handler talks to the network outside any transaction, and answers
// within one.
func TestPrepare(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect)
		h := handler(s, call.Route{Method: "POST", Path: "/", Scope: "write", Prepare: func(c *call.Call) (call.Handler, error) {
			if c.Tx != nil || c.Me == nil {
				return nil, fmt.Errorf("prepare: a transaction is open, or nobody asks")
			}
			found := c.Me.Username
			return func(c *call.Call) (any, error) {
				if c.Tx == nil {
					return nil, errors.New("no transaction")
				}
				return found, store.Put(c.Tx, &models.Setting{Name: "found", Value: found})
			}, nil
		}})
		if status, body, _ := ask(h, "POST", "/", "", "Authorization", "Bearer writer"); status != 200 || body != `"alice"` {
			t.Errorf("got %d %s", status, body)
		}
	})
}

// A handler that fails, or was asked nonsense, leaves nothing behind.
func TestNothingIsKeptOfAFailure(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	put := func(c *call.Call) error {
		return store.Put(c.Tx, &models.Setting{Name: "trace", Value: "left"})
	}
	h := handler(s,
		call.Route{Method: "POST", Path: "/error", Who: call.Anyone, Handler: func(c *call.Call) (any, error) {
			if err := put(c); err != nil {
				return nil, err
			}
			return nil, models.Errorf(models.Conflict, "no")
		}},
		call.Route{Method: "POST", Path: "/nonsense", Who: call.Anyone, Handler: func(c *call.Call) (any, error) {
			c.Int("n", 0)
			return nil, put(c)
		}},
		call.Route{Method: "POST", Path: "/view", Who: call.Anyone, Handler: func(c *call.Call) (any, error) {
			return func() {}, put(c) // no JSON can say that
		}},
	)
	for target, want := range map[string]int{"/error": 409, "/nonsense?n=many": 422, "/view": 500} {
		if status, body, _ := ask(h, "POST", target, ""); status != want {
			t.Errorf("%s: got %d %s, want %d", target, status, body, want)
		}
	}
	err := s.DB.Read(context.Background(), func(tx *store.Tx) error {
		n, err := store.Count[models.Setting](tx, "name = 'trace'")
		if n != 0 {
			t.Error("a failure left a trace")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func counter(n *atomic.Int64) call.Handler {
	return func(c *call.Call) (any, error) {
		if c.Str("status") == "fail" {
			return nil, models.Errorf(models.Invalid, "no")
		}
		id := models.NewID(c.Tx.Now)
		n.Add(1)
		return map[string]string{"id": id.String()}, store.Put(c.Tx, &models.Setting{Name: id.String(), Value: "post"})
	}
}

func TestIdempotency(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		var made atomic.Int64
		s := newServer(t, dialect)
		h := handler(s, call.Route{Method: "POST", Path: "/statuses", Scope: "write", Handler: counter(&made)},
			call.Route{Method: "POST", Path: "/other", Scope: "write", Handler: counter(&made)})
		post := func(path, key, body, kind string) (int, string) {
			status, answer, _ := ask(h, "POST", path, body, "Authorization", "Bearer writer", "Idempotency-Key", key, "Content-Type", kind)
			return status, answer
		}
		var wg sync.WaitGroup
		answers := make([]string, 12)
		for i := range answers {
			wg.Go(func() {
				status, body := post("/statuses", "one", "status=hello", formBody)
				answers[i] = fmt.Sprint(status, body)
			})
		}
		wg.Wait()
		for _, a := range answers {
			if a != answers[0] || !strings.HasPrefix(a, "200") {
				t.Errorf("two answers to one request: %s and %s", answers[0], a)
			}
		}
		if made.Load() != 1 {
			t.Errorf("12 requests with one key made %d things", made.Load())
		}
		if _, body := post("/statuses", "one", `{"status":"hello"}`, jsonBody); "200"+body != strings.Replace(answers[0], "200 ", "200", 1) {
			t.Errorf("the same as JSON: got %s, want %s", body, answers[0])
		}
		if status, _ := post("/statuses", "one", "status=bye", formBody); status != 422 {
			t.Errorf("another body: got %d", status)
		}
		if status, _ := post("/other", "one", "status=bye", formBody); status != 200 {
			t.Errorf("another route: got %d", status)
		}
		if status, _ := post("/statuses", "two", "status=fail", formBody); status != 422 {
			t.Errorf("a refused one: got %d", status)
		}
		if status, _ := post("/statuses", "two", "status=hello", formBody); status != 200 {
			t.Errorf("a refused one is forgotten: got %d", status)
		}
		if made.Load() != 3 {
			t.Errorf("made %d things, want 3", made.Load())
		}
	})
}

func TestLimits(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite")
	c := &clock{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	s.People = &limit.Limiter{Max: 2, Window: 5 * time.Minute, Now: c.now}
	s.Addresses = &limit.Limiter{Max: 1, Window: 5 * time.Minute, Now: c.now}
	h := handler(s, call.Route{Method: "GET", Path: "/", Who: call.Anyone, Handler: name},
		call.Route{Method: "GET", Path: "/free", Who: call.Anyone, Unmetered: true, Handler: name})
	want := func(what string, status int, target string, head ...string) http.Header {
		t.Helper()
		got, body, header := ask(h, "GET", target, "", head...)
		if got != status {
			t.Errorf("%s: got %d %s, want %d", what, got, body, status)
		}
		return header
	}
	header := want("the first with a token", 200, "/", "Authorization", "Bearer reader")
	if header.Get("X-RateLimit-Limit") != "2" || header.Get("X-RateLimit-Remaining") != "1" ||
		header.Get("X-RateLimit-Reset") != "2026-01-02T03:06:35.000Z" {
		t.Errorf("headers: %v", header)
	}
	want("the second", 200, "/", "Authorization", "Bearer reader")
	want("the third", 429, "/", "Authorization", "Bearer reader")
	want("another token of the same person", 429, "/", "Authorization", "Bearer writer")
	want("an app by itself", 200, "/", "Authorization", "Bearer app")
	want("the first forged one", 401, "/", "Authorization", "Bearer forged")
	want("a second forged one counts for the address", 429, "/", "Authorization", "Bearer forged2")
	want("and so does none", 429, "/")
	want("what is not counted", 200, "/free")
	c.at = c.at.Add(5 * time.Minute)
	want("a new window", 200, "/", "Authorization", "Bearer reader")
}

func TestAnAddressIsOneCaller(t *testing.T) {
	t.Parallel()
	if call.Address("2001:db8::1") != call.Address("2001:db8::ffff:1") || call.Address("::ffff:10.0.0.1") != "10.0.0.1" {
		t.Error("addresses of one caller count as several")
	}
}

func TestPreviewAddresses(t *testing.T) {
	t.Parallel()
	now, secret := time.Unix(1_800_000_000, 0), []byte("secret")
	path := call.PreviewPath(secret, 7, call.Small, 9, now.Add(call.PreviewFor))
	_, q, _ := strings.Cut(path, "&s=")
	sum, _, _ := strings.Cut(q, "&")
	e := now.Add(call.PreviewFor).Unix()
	for _, c := range []struct {
		name   string
		secret string
		id     models.ID
		size   string
		viewer models.ID
		e      int64
		at     time.Time
		ok     bool
	}{
		{"as it was signed", "secret", 7, "small", 9, e, now, true},
		{"another picture", "secret", 8, "small", 9, e, now, false},
		{"another size", "secret", 7, "original", 9, e, now, false},
		{"another viewer", "secret", 7, "small", 10, e, now, false},
		{"a longer time", "secret", 7, "small", 9, e + 1, now, false},
		{"when it is over", "secret", 7, "small", 9, e, now.Add(call.PreviewFor), false},
		{"another secret", "other", 7, "small", 9, e, now, false},
		{"no secret", "", 7, "small", 9, e, now, false},
	} {
		if got := call.PreviewHolds([]byte(c.secret), c.id, c.size, c.viewer, c.e, sum, c.at); got != c.ok {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

// multipartForm returns a body and its type.
func multipartForm(t *testing.T, fields [][2]string, file string) (string, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	if file != "" {
		part, err := w.CreateFormFile("file", "picture.png")
		if err == nil {
			_, err = part.Write([]byte(file))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}
