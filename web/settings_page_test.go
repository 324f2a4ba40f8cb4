package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ensemble/models"
)

// attach sends a form of the settings with a file.
func (r *reader) attach(path, name, content string, fields ...string) *httptest.ResponseRecorder {
	r.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			r.Fatal(err)
		}
	}
	part, err := w.CreateFormFile(name, "file.csv")
	if err != nil {
		r.Fatal(err)
	}
	part.Write([]byte(content))
	w.Close()
	q := httptest.NewRequest("POST", path, &body)
	q.Header.Set("Content-Type", w.FormDataContentType())
	q.Header.Set("Cookie", r.cookie)
	q.Header.Set("Accept-Language", r.language)
	answer := httptest.NewRecorder()
	r.ServeHTTP(answer, q)
	return answer
}

// What is refused in the settings is said in words, and changes nothing.
func TestSettingsSayWhatWasRefused(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	const data = "/settings/data"
	for _, lang := range []string{"en", "fr"} {
		r.speak(lang)
		say := func(en, fr string) string { return map[string]string{"en": en, "fr": fr}[lang] }
		for what, c := range map[string]struct {
			got  *httptest.ResponseRecorder
			says string
		}{
			"no list":      {r.attach(data, "data", "", "form", "import", "type", "following", "mode", "merge"), say("nothing in that file", "rien à importer")},
			"bytes":        {r.attach(data, "data", "a\x00b", "form", "import", "type", "following", "mode", "merge"), say("not what was expected", "pas du type attendu")},
			"no archive":   {r.attach(data, "archive", "no zip", "form", "import_posts", "visibility", "private"), say("not what was expected", "pas du type attendu")},
			"no file":      {r.send(data, url.Values{"form": {"import_posts"}, "visibility": {"private"}}), say("Choose a file first", "Choisissez d’abord un fichier")},
			"no password":  {r.send("/settings/delete", url.Values{"form": {"delete"}, "password": {"wrong"}, "confirm": {"true"}}), say("not your password", "pas votre mot de passe")},
			"to nowhere":   {r.send("/settings/move", url.Values{"form": {"move"}, "moved_to_uri": {"@a@b.example"}, "password": {"x"}}), `role="alert"`},
			"no such form": {r.send(data, url.Values{"form": {"nothing"}}), ""},
			"no import":    {r.send(data, url.Values{"form": {"import_stop"}, "id": {"1"}}), `role="alert"`},
		} {
			if c.got.Code < 400 || c.got.Code >= 500 || !strings.Contains(c.got.Body.String(), c.says) {
				t.Errorf("%s in %s: %d %s", what, lang, c.got.Code, c.got.Body)
			}
		}
	}
	if w := r.get("/settings/data", 200); strings.Contains(w, "settings-more") {
		t.Error("something was imported")
	}
}

// A list that was brought along tells what came of each line, and the settings say who
// may make a duet.
func TestSettingsOfDataAndOfDuets(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.account("carol", "")
	if w := r.attach("/settings/data", "data", "Account address\ncarol@one.example\n", "form", "import", "type", "blocking", "mode", "merge"); w.Code != 303 {
		t.Fatalf("a list: %d %s", w.Code, w.Body)
	}
	r.says(r.get("/settings/data", 200), "Whom I block: 0 of 1", "under way", "Stop")
	var id models.ID
	for _, line := range strings.Split(r.get("/settings/data", 200), "\n") {
		if _, rest, ok := strings.Cut(line, `name="id" value="`); ok {
			id, _ = models.ParseID(rest[:strings.Index(rest, `"`)])
		}
	}
	if w := r.send("/settings/data", url.Values{"form": {"import_stop"}, "id": {id.String()}}); w.Code != 303 {
		t.Fatalf("stopped: %d %s", w.Code, w.Body)
	}
	r.says(r.get("/settings/data", 200), "stopped")
	r.put(&models.ImportRow{ImportID: id, Line: 7, State: models.RowFailed, Code: "import_unknown", Error: "nobody here is called that", Item: models.ImportItem{Acct: "zed@two.example"}})
	r.speak("fr")
	r.says(r.get("/settings/data", 200), "1 ligne n’a pas abouti", "Ligne 7", "Personne ne s’appelle ainsi")
	r.says(r.get("/settings/privacy", 200), "Qui peut faire un duo avec mes messages", "chaque souhait passe d’abord")
	if w := r.send("/settings/privacy", url.Values{"form": {"together"}, "can_collaborate": {"mutuals"}, "quote_policy": {"public"}, "duet_policy": {"manual"}}); w.Code != 303 {
		t.Fatalf("duets: %d %s", w.Code, w.Body)
	}
	r.says(r.get("/settings/privacy", 200), `<option value="manual" selected>On me demande`)
	r.says(r.get("/settings/move", 200), "Un par ligne")
}
