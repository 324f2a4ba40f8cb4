package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"ensemble/activities/account"
	"ensemble/activities/graph"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/stream"
	"ensemble/web/strict"
)

var here = models.Site{Domain: "one.example", Origin: "https://one.example", Title: "One", Loose: true, MailFrom: "no-reply@one.example"}

// A server is the API over a database of its own. A token is a name, and after a
// slash the scopes if they are not all.
type server struct {
	*testing.T
	db     *store.DB
	router *gin.Engine
	disk   *files.Disk
	now    time.Time
	people map[string]*models.Account
	finder *finder
	api    *api.API
	client string // by which app everybody asks; "" for none
}

// finder knows what a test puts in.
type finder struct {
	accounts map[string]*models.Account
	things   map[models.IRI]models.ID
	kind     string
	away     bool // other servers do not answer
}

func (f *finder) Lookup(_ context.Context, acct string) (*models.Account, error) {
	if a := f.accounts[acct]; a != nil {
		return a, nil
	}
	if f.away {
		return nil, models.Errorf(models.Unreachable, "no answer")
	}
	return nil, models.Errorf(models.NotFound, "nobody is called %s", acct)
}

func (f *finder) Resolve(_ context.Context, uri models.IRI) (string, models.ID, error) {
	if id := f.things[uri]; id != 0 {
		return f.kind, id, nil
	}
	return "", 0, models.Errorf(models.NotFound, "there is no %s", uri)
}

func (f *finder) Fresh(_ context.Context, name string) (*models.Account, error) {
	if a := f.accounts[name]; a != nil {
		return a, nil
	}
	return nil, models.Errorf(models.NotFound, "there is no %s", name)
}

// each tells a story on both dialects, with people who live here.
func each(t *testing.T, story func(s *server), people ...string) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := &server{T: t, now: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.UTC), people: map[string]*models.Account{}}
		s.db = storetest.New(t, dialect, here, func() time.Time { return s.now })
		var err error
		if s.disk, err = files.NewDisk(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.disk.Close() })
		s.finder = &finder{accounts: map[string]*models.Account{}, things: map[models.IRI]models.ID{}}
		a := &api.API{Finder: s.finder, Files: s.disk, Hub: stream.New(), Doubt: s.doubt}
		t.Cleanup(a.Hub.Close)
		s.api = a
		calls := &call.Server{DB: s.db, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), Who: s.who, Secret: []byte("secret"), Heard: s.heard}
		gin.SetMode(gin.ReleaseMode)
		s.router = gin.New()
		s.router.NoRoute(func(g *gin.Context) { g.JSON(http.StatusNotFound, gin.H{"error": "no such route"}) })
		for _, r := range a.Routes() {
			s.router.Handle(r.Method, r.Path, calls.Handle(r))
		}
		for _, name := range people {
			s.person(name)
		}
		story(s)
	})
}

func (s *server) who(tx *store.Tx, bearer string) (*models.Token, *models.Account, *models.User, error) {
	name, scopes, some := strings.Cut(bearer, "/")
	if !some {
		scopes = "read write follow push"
	}
	t := &models.Token{Hash: bearer, ClientID: s.client, Scopes: scopes, LastUsedAt: &tx.Now}
	if name == "app" {
		return t, nil, nil, nil
	}
	if s.people[name] == nil {
		return nil, nil, nil, models.Errorf(models.Unauthed, "the access token is invalid")
	}
	me, err := store.Get[models.Account](tx, s.people[name].ID)
	if err != nil {
		return nil, nil, nil, err
	}
	u, err := store.One[models.User](tx, "account_id = ?", me.ID)
	return t, me, u, err
}

// heard is told of a parameter that was looked for.
func (s *server) heard(r *call.Route, name string) {
	if err := decoder(s.T).Asks(r.Method, r.Path, name); err != nil {
		s.Errorf("%v", err)
	}
}

// doubt is told of a page that is not what it would be if it were made anew.
func (s *server) doubt(kept, fresh []byte) {
	s.Errorf("what was kept is\n%s\nand not\n%s", kept, fresh)
}

func (s *server) do(fn func(tx *store.Tx) error) {
	s.Helper()
	if err := s.db.Tx(context.Background(), fn); err != nil {
		s.Fatal(err)
	}
}

func (s *server) person(name string) *models.Account {
	s.Helper()
	s.do(func(tx *store.Tx) (err error) {
		spec := account.Spec{Username: name, Email: name + "@one.example", Locale: "en"}
		s.people[name], err = account.Create(tx, spec, "no hash", models.KeyPair{RSAPublic: "pem", Ed25519Multibase: "z"})
		return err
	})
	s.now = s.now.Add(time.Second)
	return s.people[name]
}

// stranger is somebody elsewhere.
func (s *server) stranger(name string) *models.Account {
	s.Helper()
	a := &models.Account{
		ID: models.NewID(s.now), URI: models.IRI("https://two.example/users/" + name), Username: name, Domain: "two.example",
		Inbox: models.IRI("https://two.example/users/" + name + "/inbox"), State: models.AccountActive, CreatedAt: s.now, UpdatedAt: s.now,
	}
	s.do(func(tx *store.Tx) error { return errors.Join(store.Put(tx, a), post.Named(tx, a)) })
	s.people[name] = a
	return a
}

func (s *server) follow(who, whom string) {
	s.Helper()
	s.do(func(tx *store.Tx) error { return graph.Follow(tx, s.people[who], s.people[whom], true, false) })
}

// An answer is what came back.
type answer struct {
	*server
	what   string
	status int
	header http.Header
	body   any
	raw    string
}

// ask sends a request as who ("" for nobody). body is nil, a string that is a
// form, or something to send as JSON.
func (s *server) ask(who, method, path string, body any) *answer {
	s.Helper()
	var r io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case string:
		r, kind = strings.NewReader(b), "application/x-www-form-urlencoded"
	case *form:
		r, kind = &b.Buffer, b.kind
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.Fatal(err)
		}
		r = bytes.NewReader(raw)
	}
	req := httptest.NewRequest(method, path, r)
	req.Header.Set("Content-Type", kind)
	if who != "" {
		req.Header.Set("Authorization", "Bearer "+who)
	}
	return s.send(req)
}

func (s *server) send(req *http.Request) *answer {
	s.Helper()
	s.now = s.now.Add(time.Second)
	w := httptest.NewRecorder()
	s.router.ServeHTTP(w, req)
	a := &answer{server: s, what: req.Method + " " + req.URL.Path, status: w.Code, header: w.Header(), raw: w.Body.String()}
	d := json.NewDecoder(strings.NewReader(a.raw))
	if err := d.Decode(&a.body); err != nil && a.raw != "" {
		s.Errorf("%s: no JSON: %s", a.what, a.raw)
	}
	if err := decoder(s.T).Answers(req.Method, req.URL.Path, w.Code, w.Body.Bytes()); err != nil {
		s.Errorf("a strict client stumbles: %v", err)
	}
	return a
}

// entities are what strict clients demand.
var entities = sync.OnceValues(func() (*strict.Decoder, error) {
	return strict.New((&api.API{}).Routes())
})

func decoder(t testing.TB) *strict.Decoder {
	t.Helper()
	d, err := entities()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (s *server) get(who, path string) *answer {
	s.Helper()
	return s.ask(who, "GET", path, nil).is(200)
}

func (s *server) post(who, path string, body any) *answer {
	s.Helper()
	return s.ask(who, "POST", path, body).is(200)
}

// say posts a status and returns its ID.
func (s *server) say(who, form string) string {
	s.Helper()
	return s.post(who, "/api/v1/statuses", form).str("id")
}

func (a *answer) is(status int) *answer {
	a.Helper()
	if a.status != status {
		a.Fatalf("%s: got %d, want %d: %s", a.what, a.status, status, a.raw)
	}
	return a
}

// at walks into the answer: keys and indexes with dots between.
func (a *answer) at(path string) any {
	v := a.body
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if n, _ := fmt.Sscan(step, &i); n != 1 || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (a *answer) str(path string) string {
	s, _ := a.at(path).(string)
	return s
}

// has checks a value, as fmt prints it.
func (a *answer) has(path string, want any) *answer {
	a.Helper()
	if got := a.at(path); fmt.Sprint(got) != fmt.Sprint(want) {
		a.Errorf("%s: %s is %v, want %v", a.what, path, got, want)
	}
	return a
}

// holds checks the IDs of a list.
func (a *answer) holds(want ...string) *answer {
	a.Helper()
	got := []string{}
	rows, _ := a.body.([]any)
	for _, row := range rows {
		m, _ := row.(map[string]any)
		id, _ := m["id"].(string)
		got = append(got, id)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		a.Errorf("%s: got %q, want %q", a.what, got, want)
	}
	return a
}

// A form is a multipart body.
type form struct {
	bytes.Buffer
	kind string
}

// upload makes a form of fields and, under the name file, a picture.
func upload(t *testing.T, file string, fields ...string) *form {
	t.Helper()
	f := &form{}
	w := multipart.NewWriter(f)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(file, "picture.png")
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for i := range 80 {
		img.Set(i, i/2, color.RGBA{uint8(i), 200, 30, 255})
	}
	if err := png.Encode(part, img); err != nil {
		t.Fatal(err)
	}
	f.kind = w.FormDataContentType()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return f
}
