package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A mastodon is a small server that people can sign in at for others, as they can at
// Mastodon, and that knows nothing of ensemble/1. Its bad moods are set by a story.
type mastodon struct {
	*rogue
	mu      sync.Mutex
	apps    map[string]string     // secrets, by client_id
	codes   map[string]url.Values // what was asked for them
	tokens  map[string]string     // whose
	revoked []string
	serial  int

	signsIn string                      // who does
	says    func(object) object         // what verify_credentials answers
	instead map[string]http.HandlerFunc // by path
}

func (n *network) mastodon(host string, names ...string) (*mastodon, []*villain) {
	n.t.Helper()
	r, all := n.rogue(host, names...)
	m := &mastodon{
		rogue: r, apps: map[string]string{}, codes: map[string]url.Values{}, tokens: map[string]string{}, signsIn: names[0],
		says: func(o object) object { return o }, instead: map[string]http.HandlerFunc{},
	}
	for _, v := range all {
		v.appears(object{"interactionPolicy": nil})
	}
	n.mu.Lock()
	n.handlers[host] = m
	n.mu.Unlock()
	return m, all
}

func (m *mastodon) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other := m.instead[q.URL.Path]; other != nil {
		other(w, q)
		return
	}
	refuse := func(why string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":%q}`, why)
	}
	answer := func(v object) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(v)
	}
	m.serial++
	switch q.Method + " " + q.URL.Path {
	case "POST /api/v1/apps":
		id := fmt.Sprintf("app-%d", m.serial)
		m.apps[id] = "secret of " + id
		answer(object{"id": "1", "client_id": id, "client_secret": m.apps[id], "redirect_uri": q.PostFormValue("redirect_uris")})
	case "POST /oauth/token":
		asked := m.codes[q.PostFormValue("code")]
		delete(m.codes, q.PostFormValue("code"))
		sum := sha256.Sum256([]byte(q.PostFormValue("code_verifier")))
		switch {
		case asked == nil:
			refuse("invalid_grant")
		case m.apps[q.PostFormValue("client_id")] != q.PostFormValue("client_secret"), asked.Get("client_id") != q.PostFormValue("client_id"),
			asked.Get("redirect_uri") != q.PostFormValue("redirect_uri"), base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge"):
			refuse("invalid_client")
		default:
			token := fmt.Sprintf("token-%d", m.serial)
			m.tokens[token] = asked.Get("who")
			answer(object{"access_token": token, "token_type": "Bearer", "scope": "read:accounts", "created_at": 1})
		}
	case "GET /api/v1/accounts/verify_credentials":
		who := m.tokens[strings.TrimPrefix(q.Header.Get("Authorization"), "Bearer ")]
		if who == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(m.says(object{"id": "7", "username": who, "acct": who, "url": "https://" + m.host + "/@" + who, "uri": "https://" + m.host + "/users/" + who}))
	case "POST /oauth/revoke":
		m.revoked = append(m.revoked, q.PostFormValue("token"))
		delete(m.tokens, q.PostFormValue("token"))
		answer(object{})
	default:
		m.rogue.ServeHTTP(w, q)
	}
}

// live returns how many tokens still let anybody in.
func (m *mastodon) live() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.tokens)
}

// mood changes m.
func (m *mastodon) mood(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}

// approve is what the person does on their own server: the address to go back to.
func (m *mastodon) approve(t *testing.T, at string) *url.URL {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil || u.Host != m.host || u.Path != "/oauth/authorize" {
		t.Fatalf("sent to %s", at)
	}
	q := u.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("state") == "" || q.Get("response_type") != "code" {
		t.Fatalf("asked for %v", q)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.serial++
	code := fmt.Sprintf("code-%d", m.serial)
	q.Set("who", m.signsIn)
	m.codes[code] = q
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		t.Fatal(err)
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	return back
}

// A browser visits pages of one server and keeps its cookies. It runs no scripts.
type browser struct {
	*server
	t       *testing.T
	cookies map[string]string
}

func (s *server) browser() *browser { return &browser{s, s.net.t, map[string]string{}} }

// visit asks for a page, with a form if there is one.
func (b *browser) visit(method, path string, form url.Values, header ...string) (status int, body, location string) {
	b.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Host = b.host
	r.Header.Set("Accept", "text/html")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c.Value
		if c.Value != "" && (!c.HttpOnly || !c.Secure || c.SameSite == http.SameSiteNoneMode) {
			b.t.Errorf("a cookie for anybody: %v", c)
		}
	}
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

// submits reads the one form of a page and sends it, and returns where that leads.
func (b *browser) submits(path string) (location string) {
	b.t.Helper()
	status, page, _ := b.visit("GET", path, nil)
	_, rest, ok := strings.Cut(page, `<form method="post" action="`)
	if status != 200 || !ok {
		b.t.Fatalf("%s: %d %s", path, status, cutoff([]byte(page)))
	}
	action, rest, _ := strings.Cut(rest, `"`)
	_, rest, _ = strings.Cut(rest, `name="digest" value="`)
	digest, _, _ := strings.Cut(rest, `"`)
	status, page, location = b.visit("POST", action, url.Values{"digest": {digest}})
	if status != 303 {
		b.t.Fatalf("POST %s: %d %s", action, status, cutoff([]byte(page)))
	}
	return location
}

// comesBack follows the way back from the other server.
func (b *browser) comesBack(at *url.URL) (status int, page string) {
	b.t.Helper()
	status, page, location := b.visit("GET", at.RequestURI(), nil)
	if status != 303 {
		return status, page
	}
	status, page, _ = b.visit("GET", location, nil)
	return status, page
}

func pathOf(link any) string {
	u, _ := url.Parse(link.(string))
	return u.Path
}

// handles are the credits confirmed by sign-in under a Status.
func confirmedUnder(s object) (out []string) {
	for _, c := range s["confirmed"].([]any) {
		c := c.(object)
		out = append(out, c["account"].(object)["acct"].(string)+": "+c["text"].(string))
	}
	slices.Sort(out)
	return out
}
