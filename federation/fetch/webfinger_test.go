package fetch_test

import (
	"fmt"
	"strings"
	"testing"

	"ensemble/federation/fetch"
	"ensemble/models"
)

func TestLookup(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob := s.person("bob", nil)
	a, err := o.Lookup(t.Context(), "@bob@"+strings.ToUpper(s.host))
	if err != nil || a.URI != bob || s.total() != 2 {
		t.Errorf("got %v, %v after %d requests, want 2", a, err, s.total())
	}
	if _, err := o.Lookup(t.Context(), "bob@"+s.host); err != nil || s.total() != 2 {
		t.Errorf("again: %v after %d requests", err, s.total())
	}
	for range 3 {
		if _, err := o.Lookup(t.Context(), "nobody@"+s.host); kind(err) != models.NotFound || s.total() != 3 {
			t.Errorf("nobody: got %v after %d requests", err, s.total())
		}
	}
}

func TestWebFingerOfTheWrongType(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob := s.person("bob", nil)
	jrd := fmt.Sprintf(`{"subject":"acct:bob@%s","links":[{"rel":"self","type":%q,"href":%q}]}`, s.host, activityJSON, bob)
	s.serve("/.well-known/webfinger", "text/html", jrd)
	if _, err := o.Account(t.Context(), bob); code(err) != "content_type" {
		t.Errorf("a page: got %v", err)
	}
	o.clock.pass(freshEnough)
	s.serve("/.well-known/webfinger", jrdJSON, jrd+strings.Repeat(" ", 100<<10))
	if _, err := o.Account(t.Context(), bob); code(err) != "too_long" {
		t.Errorf("a huge answer: got %v", err)
	}
	// It may be answered by another server.
	o.clock.pass(freshEnough)
	other := newTheir(t, "three")
	other.serve("/finger", jrdJSON, jrd)
	s.on("/.well-known/webfinger", redirect(other.iri("/finger")))
	if a, err := o.Account(t.Context(), bob); err != nil || a.Acct() != "bob@"+s.host {
		t.Errorf("by another server: got %v, %v", a, err)
	}
}

func TestDoor(t *testing.T) {
	o, s := newOur(t, "sqlite"), newTheir(t, "two")
	bob := s.person("bob", nil)
	say := func(template string) {
		o.clock.pass(freshEnough)
		s.serve("/.well-known/webfinger", jrdJSON, fmt.Sprintf(`{"subject":"acct:bob@%s","links":[
			{"rel":"http://ostatus.org/schema/1.0/subscribe","template":%q},{"rel":"self","type":%q,"href":%q}]}`, s.host, template, activityJSON, bob))
	}
	good := strings.TrimSuffix(string(s.iri("/act")), "/act") + "/act?uri={uri}"
	for _, c := range []struct{ name, acct, template, want, code string }{
		{"as all have it", "@bob@" + s.host, good, strings.Replace(good, "{uri}", "https%3A%2F%2Fone.example%2F%40ada%3Fa%26b", 1), ""},
		{"no template", "bob@" + s.host, "", "", "no_door"},
		{"no place for the address", "bob@" + s.host, string(s.iri("/act")), "", "no_door"},
		{"a script", "bob@" + s.host, "javascript:alert('{uri}')", "", "no_door"},
		{"no handle", "bob", good, "", "handle"},
	} {
		say(c.template)
		got, err := o.Door(t.Context(), c.acct, "https://one.example/@ada?a&b")
		if string(got) != c.want || code(err) != c.code {
			t.Errorf("%s: got %q, %v", c.name, got, err)
		}
	}
}

const freshEnough = 6 * 60 * 1e9 // failures are forgotten by then

func TestParseFinger(t *testing.T) {
	const self = `{"rel":"self","type":"application/activity+json","href":"https://b.example/u"}`
	for _, c := range []struct {
		name, raw, acct string
		ok              bool
	}{
		{"as Mastodon writes it", `{"subject":"acct:bob@b.example","aliases":[],"links":[{"rel":"x"},` + self + `]}`, "bob@b.example", true},
		{"in capitals", `{"subject":"acct:Bob@B.Example.","links":[` + self + `]}`, "Bob@b.example", true},
		{"an international domain", `{"subject":"acct:bob@bücher.example","links":[` + self + `]}`, "bob@xn--bcher-kva.example", true},
		{"a subject that is no handle", `{"subject":"https://b.example/u","links":[` + self + `]}`, "", false},
		{"a subject in another script", `{"subject":"acct:bоb@b.example","links":[` + self + `]}`, "", false},
		{"a path in the domain", `{"subject":"acct:bob@b.example/x","links":[` + self + `]}`, "", false},
		{"a password", `{"subject":"acct:bob@a:b@b.example","links":[` + self + `]}`, "", false},
		{"no self", `{"subject":"acct:bob@b.example","links":[]}`, "", false},
		{"a page as self", `{"subject":"acct:bob@b.example","links":[{"rel":"self","type":"text/html","href":"https://b.example/u"}]}`, "", false},
		{"self by another scheme", `{"subject":"acct:bob@b.example","links":[{"rel":"self","type":"application/activity+json","href":"did:key:z"}]}`, "", false},
		{"nothing", ``, "", false},
	} {
		acct, href, ok := fetch.ParseFinger([]byte(c.raw))
		if ok != c.ok || ok && (acct != c.acct || href != "https://b.example/u") {
			t.Errorf("%s: got %q %q %v", c.name, acct, href, ok)
		}
	}
}

// FuzzWebFinger looks for a JRD whose reading is no handle and address.
func FuzzWebFinger(f *testing.F) {
	f.Add([]byte(`{"subject":"acct:bob@b.example","links":[{"rel":"self","type":"application/activity+json","href":"https://b.example/u"}]}`))
	f.Add([]byte(`{"subject":"acct:bob@[::1]:8080","links":[{"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"http://b:1/"}]}`))
	f.Add([]byte(`{"subject":"acct:a@xn--.example","links":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		acct, self, ok := fetch.ParseFinger(raw)
		if !ok {
			return
		}
		name, domain, _ := strings.Cut(acct, "@")
		if name == "" || domain == "" || strings.ContainsAny(acct, "/?#\\ \r\n\"<>%") || strings.Count(acct, "@") != 1 || domain != strings.ToLower(domain) {
			t.Errorf("the handle is %q", acct)
		}
		if models.IRI(self).Host() == "" || len(self) > 2048 {
			t.Errorf("the actor is %q", self)
		}
	})
}
