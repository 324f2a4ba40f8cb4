package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/oauth"
	"ensemble/web/openapi"
	"ensemble/web/strict"
)

// A walker goes over the whole table of routes, and looks at the database between.
type walker struct {
	*server
	table         []call.Route
	document      *strict.Decoder
	mine, theirs  string // tokens: of who walks, and of somebody else
	reader        *storetest.Reader
	before        map[string]string
	belongings    []string // IDs of what is theirs alone
	names         []string // of every parameter that some route reads
	asked, failed int
}

// walk runs fn on either dialect, over a server with two people and what one of them
// keeps to themselves.
func walk(t *testing.T, fn func(w *walker)) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		w := &walker{names: parameters(t)}
		var err error
		w.server = newServer(t, dialect, func(c *web.Config) {
			a := &api.API{Files: c.Files.(*files.Disk), Finder: nobody{}}
			c.API, c.Limit = a.Routes(), -1
			if w.document, err = strict.New(c.API); err != nil {
				t.Fatal(err)
			}
			c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
			w.table = web.Routes(*c)
		})
		w.mine, w.theirs = w.owner("ada"), w.owner("bo")
		w.leave()
		w.reader = storetest.NewReader(t, w.db)
		w.before = w.reader.Contents(t)
		fn(w)
		t.Logf("%d requests", w.asked)
	})
}

// nobody finds nothing.
type nobody struct{}

func (nobody) Lookup(context.Context, string) (*models.Account, error) { return nil, none }
func (nobody) Fresh(context.Context, string) (*models.Account, error)  { return nil, none }
func (nobody) Resolve(context.Context, models.IRI) (string, models.ID, error) {
	return "", 0, none
}

var none = models.Errorf(models.NotFound, "there is no such thing")

// owner makes somebody who may do everything, and returns their token.
func (w *walker) owner(name string) string {
	w.Helper()
	token := name + "'s"
	err := w.db.Tx(context.Background(), func(tx *store.Tx) error {
		who, err := account.Create(tx, account.Spec{Username: name, Email: name + "@one.example", Locale: "en"}, "no hash", models.KeyPair{RSAPublic: "pem", Ed25519Multibase: "z"})
		if err != nil {
			return err
		}
		if _, err := store.Set[models.User](tx, map[string]any{"role": models.RoleOwner}, "account_id = ?", who.ID); err != nil {
			return err
		}
		return store.Put(tx, &models.Token{
			ID: models.NewID(tx.Now), Hash: oauth.Hash(token), ClientID: "x", AccountID: who.ID, Scopes: strings.Join(everyScope, " "),
			CreatedAt: tx.Now, LastUsedAt: &tx.Now,
		})
	})
	if err != nil {
		w.Fatal(err)
	}
	return token
}

// leave has the other one leave things that are nobody else's business.
func (w *walker) leave() {
	w.Helper()
	for _, c := range []struct{ path, form string }{
		{"/api/v1/statuses", "status=for+followers&visibility=private"},
		{"/api/v1/statuses", "status=to+nobody&visibility=direct"},
		{"/api/v1/statuses", "status=which&visibility=private&poll[options][]=a&poll[options][]=b&poll[expires_in]=3600"},
		{"/api/v1/statuses", "status=later&scheduled_at=" + w.db.Now().Add(time.Hour).Format(time.RFC3339)},
		{"/api/v2/media", ""},
		{"/api/v1/lists", "title=mine"},
		{"/api/v2/filters", "title=mine&context[]=home&keywords_attributes[][keyword]=x"},
		{"/api/v1/featured_tags", "name=mine"},
	} {
		kind, body := "application/x-www-form-urlencoded", c.form
		if strings.HasSuffix(c.path, "/media") {
			kind, body = picture(w.T)
		}
		status, raw := w.send("POST", c.path, w.theirs, kind, body)
		if status != 200 {
			w.Fatalf("POST %s: %d %s", c.path, status, raw)
		}
		for _, found := range regexp.MustCompile(`"id":"([0-9]+)"`).FindAllStringSubmatch(strings.SplitN(string(raw), `"account":`, 2)[0], -1) {
			w.belongings = append(w.belongings, found[1])
		}
	}
}

func picture(t *testing.T) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "a.png")
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(part, image.NewRGBA(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	m.Close()
	return m.FormDataContentType(), b.String()
}

// parameters finds the names in the source.
func parameters(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, folder := range []string{"api", "app", "oauth"} {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`c\.(?:Str|Strs|Int|ID|IDs|Bool|BoolOr|Time|Objects|Float|Has)\("([^"]+)"|given\(c, "([^"]+)"`).FindAllSubmatch(raw, -1) {
				names = append(names, string(m[1])+string(m[2]))
			}
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) < 60 {
		t.Fatalf("found the names of %d parameters alone", len(names))
	}
	return names
}

// send asks with a body, and checks that no answer is a fault of ours and that every
// refusal is in Mastodon's words.
func (w *walker) send(method, target, token, kind, body string) (int, []byte) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	r := httptest.NewRequestWithContext(ctx, method, "/", strings.NewReader(body))
	path, query, _ := strings.Cut(target, "?")
	u, err := url.ParseRequestURI(path)
	if err != nil {
		return 400, nil // no HTTP server lets it through
	}
	u.RawQuery = query
	r.URL, r.RequestURI = u, target
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	w.asked++
	w.check(method+" "+short(target)+" "+short(body), path, rec)
	if err := w.document.Answers(method, u.EscapedPath(), rec.Code, rec.Body.Bytes()); err != nil && strings.HasPrefix(path, openapi.Prefix) {
		w.bad("a strict client stumbles: %v", err)
	}
	return rec.Code, rec.Body.Bytes()
}

func (w *walker) check(what, path string, rec *httptest.ResponseRecorder) {
	w.Helper()
	if rec.Header().Get("Access-Control-Allow-Origin") != "*" {
		w.bad("%s: no CORS header with %d", what, rec.Code)
	}
	switch {
	case rec.Code >= 500:
		w.bad("%s: got %d %s", what, rec.Code, rec.Body)
	case rec.Code >= 400 && (strings.HasPrefix(path, "/api/") || path == "/oauth/token" || path == "/oauth/revoke"):
		var e struct{ Error string }
		if err := json.Unmarshal(rec.Body.Bytes(), &e); err != nil || e.Error == "" {
			w.bad("%s: got %d, and no error in words: %s", what, rec.Code, rec.Body)
		}
	}
}

// bad is Errorf, until it is enough.
func (w *walker) bad(format string, args ...any) {
	w.Helper()
	if w.failed++; w.failed < 40 {
		w.Errorf(format, args...)
	}
}

// unchanged checks that nothing was written since it was asked last.
func (w *walker) unchanged(what string) {
	w.Helper()
	after := w.reader.Contents(w.T)
	if tables := storetest.Changed(w.before, after); len(tables) > 0 {
		w.bad("%s changed %s", what, tables)
	}
	w.before = after
}

func short(s string) string {
	if len(s) > 120 {
		s = s[:120] + fmt.Sprintf("… (%d bytes)", len(s))
	}
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "␀"), "?")
}

// fill puts value where the path has a parameter.
func fill(path, value string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if j := strings.IndexAny(p, ":*"); j >= 0 {
			parts[i] = p[:j] + value
		}
	}
	return strings.Join(parts, "/")
}

// streams never end by themselves, and have a test of their own.
func streams(r call.Route) bool { return strings.HasPrefix(r.Path, "/api/v1/streaming") }

func writes(r call.Route) bool { return r.Method != http.MethodGet }

func named(r call.Route) bool { return regexp.MustCompile(`:(\w*_)?id\b`).MatchString(r.Path) }

// Bodies and queries that nobody could mean are refused, and change nothing.
func TestMalformedRequestsChangeNothing(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("a[]=1&", 3000), "&")
	const form, asJSON = "application/x-www-form-urlencoded", "application/json"
	walk(t, func(w *walker) {
		for _, r := range w.table {
			if streams(r) {
				continue
			}
			path := fill(r.Path, "1")
			for _, c := range []struct{ query, kind, body string }{
				{"", asJSON, `{"status":`},
				{"", asJSON, `[1,2]`},
				{"", asJSON, strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)},
				{"", asJSON, strings.Repeat("[", 100_000)},
				{"", asJSON, `{"status":"a\u0000b"}`},
				{"", asJSON, `{"a":[` + strings.TrimSuffix(strings.Repeat("1,", 3000), ",") + `]}`},
				{"", form, many},
				{"", form, "status=%ff%fe"},
				{"", form, "status=%00"},
				{"", form, "%zz=1"},
				{"", "multipart/form-data", "x"},
				{"", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nx"},
				{"?" + many, "", ""},
				{"?status=%ff", "", ""},
				{"?%00=1", "", ""},
				{"?%zz", "", ""},
			} {
				if c.body != "" && !writes(r) {
					continue
				}
				if status, raw := w.send(r.Method, path+c.query, w.mine, c.kind, c.body); status < 400 && !r.Page && strings.HasPrefix(r.Path, "/api") {
					w.bad("%s %s%s %s: got %d %s", r.Method, path, short(c.query), short(c.body), status, raw)
				}
			}
			w.unchanged(r.Method + " " + r.Path + ", malformed,")
		}
	})
}

// What is not there, or cannot be, is not found; and what is somebody else's is as if
// it were not there.
func TestUnknownAndOthersThingsAreNotFound(t *testing.T) {
	walk(t, func(w *walker) {
		for _, r := range w.table {
			if streams(r) || !strings.Contains(r.Path, ":") {
				continue
			}
			for _, id := range []string{"1", "99999999999999999999999", "9223372036854775807", "-1", "0", "abc", "1.5", "%00", "%ff", strings.Repeat("9", 3000), "..%2f..", "%F0%9F%8D%B5"} {
				w.send(r.Method, fill(r.Path, id), w.mine, "", "")
			}
			if !named(r) {
				w.before = w.reader.Contents(w.T) // a tag, or an emoji, may be any word
				continue
			}
			w.unchanged(r.Method + " " + r.Path + ", of nothing,")
			for _, id := range w.belongings {
				status, raw := w.send(r.Method, fill(r.Path, id), w.mine, "", "")
				signIn := r.Page && status == 303 // pages know no tokens
				if status < 400 && !signIn && !strings.Contains(r.Path, "/admin/") && !mayName[r.Path] {
					w.bad("%s %s of somebody else's: got %d %s", r.Method, fill(r.Path, id), status, raw)
				}
			}
			w.unchanged(r.Method + " " + r.Path + ", of somebody else's,")
			if strings.HasPrefix(r.Path, "/api") && r.Who == call.Person {
				if status, raw := w.send(r.Method, fill(r.Path, w.belongings[0]), "", "", ""); status != 401 {
					w.bad("%s %s of nobody: got %d %s", r.Method, r.Path, status, raw)
				}
			}
		}
		w.unchanged("asking without a token")
	})
}

// mayName are the routes that answer the same for any ID, and change nothing.
var mayName = map[string]bool{
	"/api/v1/suggestions/:id": true, // not suggested: done
}

// Values of every kind, in every parameter that any route reads, are never a fault of
// ours.
func TestNonsenseIsNoFaultOfOurs(t *testing.T) {
	values := []string{
		"-1", "0", "1", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "1e400", "NaN", "abc", "true", "null",
		strings.Repeat("x", 70_000), strings.Repeat("🍵", 2000), "\u202e\u200b", "' OR 1=1 --", "<script>", "%", "_", "\\", "@@@", "#", "@ada", "@ada@one.example",
		"2026-01-02", "9999-12-31T23:59:59Z", "0000-01-01", "-1-1-1", "http://", "https://one.example/users/bo", "file:///etc/passwd", "javascript:1",
		"public", "private", "direct", "home", "account", "fr", "xx", "image/png", "all", "none", "warn", "hide", " ", "\n", "a\r\nb: c", "*", "?", "(", "[a",
	}
	walk(t, func(w *walker) {
		random := rand.New(rand.NewPCG(1, 2))
		one := func(of []string) string { return of[random.IntN(len(of))] }
		ids := append([]string{"1"}, w.belongings...)
		for _, r := range w.table {
			if streams(r) || strings.HasPrefix(r.Path, "/metrics") {
				continue
			}
			read := w.names
			for range 6 {
				v, o := url.Values{}, map[string]any{}
				for range 1 + random.IntN(4) {
					name, value := one(read), one(values)
					if random.IntN(6) == 0 {
						value = one(ids)
					}
					v.Add(name, value)
					o[name] = []any{value, []any{value}, map[string]any{"0": value}, map[string]any{"a": map[string]any{"b": value}}, 1, -1.5, true, nil, []any{}, []any{nil, map[string]any{"options": []any{value}}}}[random.IntN(10)]
				}
				path := fill(r.Path, one(ids))
				if !writes(r) || random.IntN(3) == 0 {
					path += "?limit=" + url.QueryEscape(one(values)) + "&" + one([]string{"max_id", "min_id", "since_id", "offset"}) + "=" + url.QueryEscape(one(values)) + "&" + v.Encode()
				}
				raw, err := json.Marshal(o)
				if err != nil {
					w.Fatal(err)
				}
				kind, body := "application/json", string(raw)
				switch random.IntN(4) {
				case 0:
					kind, body = "application/x-www-form-urlencoded", v.Encode()
				case 1:
					kind = one([]string{"text/plain", "application/xml", "application/octet-stream", ";;;", "application/json; charset=utf-16"})
				}
				w.send(r.Method, path, one([]string{w.mine, w.mine, w.theirs, ""}), kind, body)
			}
		}
	})
}
