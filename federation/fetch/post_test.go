package fetch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"ensemble/federation/fetch"
	"ensemble/federation/sign"
	"ensemble/models"
)

func TestPostIsSigned(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	s.on("/inbox", func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sig, err := sign.Parse(r, body, "http", s.host, o.now())
		if err != nil {
			t.Error(err)
			return
		}
		pub, err := sign.ParsePublic(ourKeys()[0])
		if err == nil {
			err = sig.Verify(pub)
		}
		if err != nil || sig.KeyID != o.alice.KeyID || string(body) != `{"a":1}` || r.Header.Get("Content-Type") != activityJSON {
			t.Errorf("got %v by %s: %s", err, sig.KeyID, body)
		}
		w.WriteHeader(202)
	})
	if err := o.Post(t.Context(), s.iri("/inbox"), o.alice, []byte(`{"a":1}`)); err != nil || s.count("/inbox") != 1 {
		t.Errorf("got %v after %d requests", err, s.count("/inbox"))
	}
}

func TestPostIsRefused(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	for status, want := range map[int]models.Kind{
		200: "", 201: "", 202: "", 204: "",
		404: models.Gone, 410: models.Gone, 401: models.Forbidden, 403: models.Forbidden,
		400: models.Invalid, 405: models.Invalid, 413: models.Invalid, 422: models.Invalid, 302: models.Invalid, 308: models.Invalid,
		429: models.Unreachable, 500: models.Unreachable, 502: models.Unreachable, 503: models.Unreachable, 408: models.Unreachable,
	} {
		s.on("/inbox", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "120")
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			if status != 204 {
				_, _ = io.WriteString(w, `{"error":"no\u0020\nthanks"}`)
			}
		})
		err := o.Post(t.Context(), s.iri("/inbox"), o.alice, []byte(`{}`))
		if kind(err) != want || err != nil && !strings.HasPrefix(err.Error(), s.host) {
			t.Errorf("%d: got %q: %v, want %q", status, kind(err), err, want)
		}
		if got := fetch.RetryAfter(err); want == models.Unreachable && got != 2*time.Minute || want != models.Unreachable && got != 0 {
			t.Errorf("%d: come again after %v", status, got)
		}
	}
	if s.count("/elsewhere") != 0 {
		t.Error("a redirect of a POST was followed")
	}
}

func TestARefusalThatTellsMoreIsTold(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	for _, c := range []struct {
		cavage, rfc9421 int
		want            models.Kind
	}{{400, 401, models.Invalid}, {401, 400, models.Invalid}, {401, 422, models.Invalid}, {403, 401, models.Forbidden}, {401, 401, models.Forbidden}} {
		s.on("/inbox", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Signature-Input") != "" {
				w.WriteHeader(c.rfc9421)
			} else {
				w.WriteHeader(c.cavage)
			}
		})
		if err := o.Post(t.Context(), s.iri("/inbox"), o.alice, []byte(`{}`)); kind(err) != c.want {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	if p := o.peer(t, s.host); p != nil {
		t.Errorf("a dialect was remembered: %+v", p)
	}
}
