package web_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/activities/setup"
	"ensemble/models"
	"ensemble/models/store"
)

// Who has the address that was printed becomes the owner, signed in, once; others are
// told where it stands, and afterwards there is no such page.
func TestSetupMakesTheOwner(t *testing.T) {
	t.Parallel()
	s := newServer(t, "sqlite", withAPI)
	get := func(path string) *httptest.ResponseRecorder {
		return s.ask("GET", path, "Accept", "text/html", "Accept-Language", "fr")
	}
	for _, path := range []string{"/setup", "/setup?token=", "/setup?token=WRONG"} {
		if w := get(path); w.Code != 403 || !strings.Contains(w.Body.String(), "adresse de sa mise en route") || strings.Contains(w.Body.String(), "<form") {
			t.Errorf("%s answers %d: %s", path, w.Code, w.Body)
		}
	}
	var word string
	if err := s.db.Tx(context.Background(), func(tx *store.Tx) (err error) { word, err = setup.Begin(tx); return err }); err != nil {
		t.Fatal(err)
	}
	if w := get("/setup?token=" + word); w.Code != 200 || !strings.Contains(w.Body.String(), `name="password"`) || !strings.Contains(w.Body.String(), "&amp;lang=en") || w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the form answers %d: %s", w.Code, w.Body)
	}
	const good = "&username=olga&email=olga@one.example&password=a+long+password"
	for body, want := range map[string]int{
		"token=WRONG" + good: 403, good: 403,
		"token=" + word + "&username=alice&email=x@one.example&password=a+long+password":    422,
		"token=" + word + "&username=no+name&email=nowhere&password=short":                  422,
		"token=" + word + "&username=olga&email=alice@one.example&password=a+long+password": 409,
		"token=" + word: 422,
	} {
		if w := s.fillIn("/setup", body, ""); w.Code != want || strings.Contains(w.Body.String(), "long password") {
			t.Errorf("%s answers %d, not %d: %s", body, w.Code, want, w.Body)
		}
	}
	w := s.fillIn("/setup", "lang=fr&token="+word+good, "")
	if w.Code != 303 || w.Header().Get("Location") != "/admin/setup/server" || len(w.Result().Cookies()) == 0 {
		t.Fatalf("it answers %d, and leads to %q: %s", w.Code, w.Header().Get("Location"), w.Body)
	}
	cookie := w.Result().Cookies()[0]
	if w := s.ask("GET", "/admin/setup/server", "Accept", "text/html", "Cookie", cookie.Name+"="+cookie.Value); w.Code != 200 || !strings.Contains(w.Body.String(), `lang="fr"`) {
		t.Errorf("the owner sees %d: %s", w.Code, w.Body)
	}
	if err := s.db.Read(context.Background(), func(tx *store.Tx) error {
		u, err := store.One[models.User](tx, "email = 'olga@one.example'")
		if err == nil && (u.Role != models.RoleOwner || u.Locale != "fr") {
			t.Errorf("the owner is %+v", u)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if w := get("/setup?token=" + word); w.Code != 404 {
		t.Errorf("with an owner it answers %d", w.Code)
	}
	if w := s.fillIn("/setup", "token="+word+"&username=eve&email=eve@one.example&password=a+long+password", ""); w.Code != 404 {
		t.Errorf("a second owner gets %d", w.Code)
	}
}
