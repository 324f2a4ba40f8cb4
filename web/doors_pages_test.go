package web_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
)

// keeps is a server whose alice looks after it, in a role.
func (s *server) keeps(role models.Role, lang string) (cookie string) {
	s.Helper()
	s.put(&models.User{AccountID: s.alice.ID, Email: "alice@one.example", Role: role, Locale: lang, CreatedAt: s.db.Now()})
	return s.signIn("alice")
}

// rows counts what is kept of a kind.
func rows[T any](s *server, where string, args ...any) (n int) {
	s.Helper()
	err := s.db.Read(context.Background(), func(tx *store.Tx) (err error) {
		n, err = store.Count[T](tx, where, args...)
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// A sending is a form, and what comes of it: a redirect that says done, or a page that
// says why not, in English and in French.
type sending struct {
	path   string
	fields url.Values
	done   string
	status int
	en, fr string
}

// alert is what a page says first.
func alert(body string) string {
	_, after, _ := strings.Cut(body, `role="alert">`)
	said, _, _ := strings.Cut(after, "<")
	return said
}

// sends sends each form in both languages of the refusal.
func (s *server) sends(cookie string, all ...sending) {
	s.Helper()
	for _, f := range all {
		if f.done != "" {
			if w := s.form(cookie, f.path, f.fields); w.Code != 303 || !strings.HasSuffix(w.Header().Get("Location"), "done="+f.done) {
				s.Errorf("%s %v: %d %s", f.path, f.fields, w.Code, w.Body)
			}
			continue
		}
		for lang, want := range map[string]string{"en": f.en, "fr": f.fr} {
			w := s.form(cookie, f.path, f.fields, "Accept-Language", lang)
			if w.Code != f.status || !strings.Contains(w.Body.String(), want) {
				s.Errorf("%s %v in %s: %d, want %d and %q in %s", f.path, f.fields, lang, w.Code, f.status, want, alert(w.Body.String()))
			}
			for name, typed := range f.fields {
				if f.status == 422 && name != "severity" && !strings.Contains(w.Body.String(), typed[0]) {
					s.Errorf("%s: what was typed is gone: %s", f.path, typed[0])
				}
			}
		}
	}
}

// Every form about who may come in does what it says, or says why not, and is nobody's
// who may not send it.
func TestFormsOfTheDoors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		const emails, networks, invites = "/admin/doors/email", "/admin/doors/networks", "/admin/doors/invites"
		good := map[string]url.Values{
			emails: {"domain": {"throwaway.example"}}, invites: {"max_uses": {"2"}, "days": {"7"}},
			networks: {"ip": {"192.0.2.0/24"}, "severity": {"sign_up_block"}, "comment": {"Robots."}, "expires_in": {"86400"}},
		}
		for _, role := range []models.Role{models.RoleUser, models.RoleSupport, models.RoleFinance} {
			cookie := s.keeps(role, "en")
			for path, fields := range good {
				if w := s.form(cookie, path, fields); w.Code != 403 {
					t.Errorf("%s at %s: %d", role, path, w.Code)
				}
			}
		}
		if n := rows[models.EmailDomainBlock](s, "id > 0") + rows[models.IPBlock](s, "id > 0") + rows[models.InviteCode](s, "id > 0"); n != 0 {
			t.Fatalf("%d rules by who may make none", n)
		}
		cookie := s.keeps(models.RoleModerator, "")
		s.sends(cookie,
			sending{path: emails, fields: good[emails], done: "email_added"},
			sending{path: emails, fields: url.Values{"domain": {"Looked.example"}, "allow_with_approval": {"true"}}, done: "email_added"},
			sending{path: emails, fields: good[emails], status: 422, en: "There is a rule for this domain already.", fr: "Il y a déjà une règle pour ce domaine."},
			sending{path: emails, fields: url.Values{"domain": {"not a domain"}}, status: 422, en: "This is no domain of e-mail addresses.", fr: "Ce n’est pas un domaine d’adresses électroniques."},
			sending{path: networks, fields: good[networks], done: "network_added"},
			sending{path: networks, fields: good[networks], status: 422, en: "There is a rule for this network already.", fr: "Il y a déjà une règle pour ce réseau."},
			sending{path: networks, fields: url.Values{"ip": {"0.0.0.0/0"}, "severity": {"no_access"}}, status: 422, en: "This network is too wide", fr: "Ce réseau est trop vaste"},
			sending{path: networks, fields: url.Values{"ip": {"my neighbour"}, "severity": {"no_access"}}, status: 422, en: "An IP address or a network is wanted", fr: "Indiquez une adresse IP ou un réseau"},
			sending{path: networks, fields: url.Values{"ip": {"192.0.3.7"}, "severity": {"dislike"}}, status: 422, en: "Choose what this network may not do.", fr: "Choisissez ce que ce réseau ne peut pas faire."},
			sending{path: invites, fields: good[invites], done: "invite_made"},
			sending{path: invites, fields: url.Values{"max_uses": {"20000"}}, status: 422, en: "An invitation is used up to 10000 times", fr: "Une invitation sert au plus 10000 fois"},
			sending{path: invites, fields: url.Values{"max_uses": {"3"}, "days": {"99999"}}, status: 422, en: "up to 3650", fr: "jusqu’à 3650"},
		)
		if n, m := rows[models.EmailDomainBlock](s, "domain = 'looked.example' AND allow_with_approval"), rows[models.IPBlock](s, "id > 0"); n != 1 || m != 1 {
			t.Errorf("%d rules for addresses, %d for networks", n, m)
		}
		for path, field := range map[string]string{emails: "drop", networks: "drop", invites: "revoke"} {
			for _, id := range []string{"42", "x", "-1", "99999999999999999999"} {
				if w := s.form(cookie, path, url.Values{field: {id}}); w.Code != 404 {
					t.Errorf("%s %s: %d", path, id, w.Code)
				}
			}
		}
		s.sends(cookie,
			sending{path: emails, fields: url.Values{"drop": {one[models.EmailDomainBlock](s, "domain = 'throwaway.example'").ID.String()}}, done: "email_dropped"},
			sending{path: networks, fields: url.Values{"drop": {one[models.IPBlock](s, "id > 0").ID.String()}}, done: "network_dropped"},
			sending{path: invites, fields: url.Values{"revoke": {one[models.InviteCode](s, "id > 0").ID.String()}}, done: "invite_revoked"})
		for _, path := range []string{emails, networks, invites} {
			for _, lang := range []string{"en", "fr"} {
				if w := s.ask("GET", path, "Cookie", cookie, "Accept-Language", lang); w.Code != 200 || !strings.Contains(w.Body.String(), `lang="`+lang+`"`) {
					t.Errorf("%s in %s: %d", path, lang, w.Code)
				}
			}
		}
	})
}

// one returns the row that there is.
func one[T any](s *server, where string, args ...any) (row *T) {
	s.Helper()
	err := s.db.Read(context.Background(), func(tx *store.Tx) (err error) { row, err = store.One[T](tx, where, args...); return err })
	if err != nil {
		s.Fatal(err)
	}
	return row
}

// waits makes somebody who asks to be let in.
func (s *server) waits(name string, confirmed bool) *models.Account {
	s.Helper()
	a := s.account(name, "")
	a.State = models.AccountPending
	up := &models.SignUp{AccountID: a.ID, Email: name + "@one.example", Reason: "I draw <b>things</b>.", NeedsApproval: true, CreatedAt: s.db.Now()}
	if confirmed {
		now := s.db.Now()
		up.ConfirmedAt = &now
	}
	s.put(a, up)
	return a
}

// A moderator lets people in and turns them away; nobody else does, and nobody twice.
func TestFormsOfSignUps(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		s := newServer(t, dialect, withAPI)
		zoe, max := s.waits("zoe", true), s.waits("max", true)
		decide := func(do string, id string) url.Values {
			return url.Values{"do": {do}, "account_id": {id}, "text": {"Advertising."}}
		}
		for _, role := range []models.Role{models.RoleUser, models.RoleSupport} {
			if w := s.form(s.keeps(role, "en"), "/admin/doors", decide("approve", zoe.ID.String())); w.Code != 403 {
				t.Errorf("%s: %d", role, w.Code)
			}
		}
		cookie := s.keeps(models.RoleModerator, "en")
		if w := s.ask("GET", "/admin/doors", "Cookie", cookie); !strings.Contains(w.Body.String(), "I draw &lt;b&gt;things&lt;/b&gt;.") {
			t.Errorf("why they want to be here: %d %s", w.Code, w.Body)
		}
		for _, id := range []string{"", "42", "x", "../roles"} {
			if w := s.form(cookie, "/admin/doors", decide("approve", id)); w.Code != 404 {
				t.Errorf("nobody (%s) is let in: %d", id, w.Code)
			}
		}
		s.sends(cookie,
			sending{path: "/admin/doors", fields: decide("approve", zoe.ID.String()), done: "sign_up_approve"},
			sending{path: "/admin/doors", fields: decide("reject", max.ID.String()), done: "sign_up_reject"})
		for _, do := range []string{"approve", "reject"} {
			if w := s.form(cookie, "/admin/doors", decide(do, zoe.ID.String())); w.Code != 403 {
				t.Errorf("%s of who is in: %d", do, w.Code)
			}
		}
		if n, m := rows[models.Account](s, "username = 'zoe' AND state = 'active'"), rows[models.Account](s, "username = 'max'"); n != 1 || m != 0 {
			t.Errorf("zoe is in: %d; max is there: %d", n, m)
		}
		if w := s.ask("GET", "/admin/doors", "Cookie", cookie); !strings.Contains(w.Body.String(), "Nobody waits to be let in.") {
			t.Errorf("the end of the queue: %s", w.Body)
		}
	})
}

// far has one picture on another server.
type far struct{ picture []byte }

func (f far) File(context.Context, models.IRI, int64) (io.ReadCloser, error) {
	if f.picture == nil {
		return nil, models.Errorf(models.Unreachable, "nobody there")
	}
	return io.NopCloser(bytes.NewReader(f.picture)), nil
}

// upload sends a form with a file.
func (s *server) sendFile(cookie, path string, fields url.Values, name string, body []byte) *httptest.ResponseRecorder {
	s.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v[0]); err != nil {
			s.Fatal(err)
		}
	}
	f, err := m.CreateFormFile(name, "mug.png")
	if err == nil {
		_, err = f.Write(body)
	}
	if err != nil || m.Close() != nil {
		s.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

// Announcements and custom emoji are made, changed and taken away by who runs the house.
func TestFormsOfTheHouse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		var b bytes.Buffer
		if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 16, 16))); err != nil {
			t.Fatal(err)
		}
		remote := &far{}
		s := newServer(t, dialect, func(c *web.Config) {
			c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}, Remote: remote}).Routes()
		})
		house := s.account("one.example", "")
		house.System = true
		theirs := &models.Emoji{ID: models.NewID(s.db.Now()), Domain: "two.example", Shortcode: "blob", URI: "https://two.example/e/1", URL: "https://two.example/e/1.png", CreatedAt: s.db.Now()}
		s.put(house, theirs)
		const said, emoji = "/admin/house/announcements", "/admin/house/emoji"
		mug := url.Values{"shortcode": {"mug"}, "category": {"Kitchen"}}
		for _, role := range []models.Role{models.RoleUser, models.RoleSupport, models.RoleModerator} {
			cookie := s.keeps(role, "en")
			if w := s.form(cookie, said, url.Values{"text": {"Buy mugs."}}); w.Code != 403 {
				t.Errorf("%s announces: %d", role, w.Code)
			}
			if w := s.sendFile(cookie, emoji, mug, "image", b.Bytes()); w.Code != 403 {
				t.Errorf("%s adds an emoji: %d", role, w.Code)
			}
		}
		cookie := s.keeps(models.RoleAdmin, "")
		s.sends(cookie,
			sending{path: said, fields: url.Values{"text": {"Maintenance on *Sunday*."}, "ends_at": {"2099-01-01"}}, done: "announced"},
			sending{path: said, fields: url.Values{"text": {" "}}, status: 422, en: "An announcement needs words.", fr: "Une annonce ne peut pas être vide."},
			sending{path: emoji, fields: url.Values{"do": {"copy"}, "id": {theirs.ID.String()}}, status: 503, en: "could not be had", fr: "n’a pas fourni l’image"})
		if w := s.sendFile(cookie, emoji, mug, "image", b.Bytes()); w.Code != 303 {
			t.Fatalf("a new emoji: %d %s", w.Code, w.Body)
		}
		for name, send := range map[string]*httptest.ResponseRecorder{
			"no picture":   s.form(cookie, emoji, mug),
			"no name":      s.sendFile(cookie, emoji, url.Values{"shortcode": {"two mugs"}}, "image", b.Bytes()),
			"not a image":  s.sendFile(cookie, emoji, url.Values{"shortcode": {"text"}}, "image", []byte("hello")),
			"cut in half":  s.sendFile(cookie, emoji, url.Values{"shortcode": {"half"}}, "image", b.Bytes()[:20]),
			"long heading": s.sendFile(cookie, emoji, url.Values{"shortcode": {"long"}, "category": {strings.Repeat("x", 500)}}, "image", b.Bytes()),
		} {
			if send.Code != 422 || alert(send.Body.String()) == "" {
				t.Errorf("%s: %d %s", name, send.Code, alert(send.Body.String()))
			}
		}
		remote.picture = b.Bytes()
		ours := one[models.Emoji](s, "domain = ''")
		act := func(do string, e *models.Emoji) url.Values { return url.Values{"do": {do}, "id": {e.ID.String()}} }
		s.sends(cookie,
			sending{path: emoji, fields: act("disable", ours), done: "emoji_disable"},
			sending{path: emoji, fields: act("enable", ours), done: "emoji_enable"},
			sending{path: emoji, fields: act("copy", theirs), done: "emoji_copy"})
		if n := rows[models.Emoji](s, "domain = '' AND shortcode IN ('blob', 'mug') AND NOT disabled"); n != 2 {
			t.Errorf("%d emoji of ours", n)
		}
		for do, want := range map[string]int{"copy": 422, "drop": 422, "disable": 422} {
			e := theirs
			if do == "copy" {
				e = ours
			}
			if w := s.form(cookie, emoji, act(do, e)); w.Code != want {
				t.Errorf("%s of the wrong one: %d", do, w.Code)
			}
			if w := s.form(cookie, emoji, url.Values{"do": {do}, "id": {"42"}}); w.Code != 404 {
				t.Errorf("%s of none: %d", do, w.Code)
			}
		}
		s.sends(cookie,
			sending{path: emoji, fields: act("drop", ours), done: "emoji_drop"},
			sending{path: said, fields: url.Values{"drop": {one[models.Announcement](s, "id > 0").ID.String()}}, done: "announcement_dropped"})
		if w := s.form(cookie, said, url.Values{"drop": {"42"}}); w.Code != 404 {
			t.Errorf("an announcement that is none: %d", w.Code)
		}
		if n := rows[models.Announcement](s, "id > 0") + rows[models.Emoji](s, "shortcode = 'mug'"); n != 0 {
			t.Errorf("%d are still there", n)
		}
	})
}
