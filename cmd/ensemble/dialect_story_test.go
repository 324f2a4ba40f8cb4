package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
)

// A spoken request is one of those that a story's servers signed.
type spoken struct {
	method, host, key string
	scheme            sign.Scheme
	status            int
}

// eavesdrop returns the signed requests to a host since it was asked last.
func (n *network) eavesdrop() func(method, host string) string {
	var mu sync.Mutex
	var all []spoken
	n.after(func(r *http.Request, resp *http.Response) error {
		if !sign.Signed(r) {
			return nil
		}
		s := spoken{method: r.Method, host: r.URL.Host, scheme: sign.Cavage, key: "rsa", status: resp.StatusCode}
		if in := r.Header.Get("Signature-Input"); in != "" {
			s.scheme = sign.RFC9421
			if strings.Contains(in, `#ed25519-key"`) && strings.Contains(in, `alg="ed25519"`) {
				s.key = "ed25519"
			}
		}
		mu.Lock()
		defer mu.Unlock()
		all = append(all, s)
		return nil
	})
	return func(method, host string) string {
		mu.Lock()
		defer mu.Unlock()
		var out []string
		var rest []spoken
		for _, s := range all {
			if s.method != method || s.host != host {
				rest = append(rest, s)
				continue
			}
			out = append(out, fmt.Sprintf("%s %s %d", s.scheme, s.key, s.status))
		}
		all = rest
		return strings.Join(out, ", ")
	}
}

// answers has page answer for one address of a rogue, whatever the method.
func (n *network) answers(at string, page http.HandlerFunc) {
	host := models.IRI(at).Host()
	n.mu.Lock()
	defer n.mu.Unlock()
	others := n.handlers[host]
	n.handlers[host] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(at, host+r.URL.Path) {
			page(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// Servers that say that they verify RFC 9421 are spoken to with Ed25519; one that
// does not take it is spoken to as before, and asked again a month later.
func TestEd25519BetweenServers(t *testing.T) {
	story(t, func(n *network) {
		heard := n.eavesdrop()
		ada, bo, _ := trio(n)
		for _, host := range []string{"one.test", "two.test"} {
			if first := heard("GET", host); !strings.HasPrefix(first, "cavage rsa 200") {
				t.Errorf("of %s nothing was known, and it was asked so: %s", host, first)
			}
			heard("POST", host)
		}
		said := func(want string) {
			t.Helper()
			ada.post("/api/v1/statuses", object{"status": "@bo@two.test hello"})
			n.settle()
			expect(t, "to two", heard("POST", "two.test"), want)
		}
		const usual, old = "rfc9421 ed25519 202", "cavage rsa 202"
		said(usual)
		expect(t, "bo is told", len(bo.notices("mention")), 1)
		published(ada, bo, nil)
		for _, host := range []string{"one.test", "two.test"} {
			all := heard("POST", host) + ", " + heard("GET", host)
			if strings.Contains(all, "rsa") || !strings.Contains(all, "rfc9421 ed25519 200") {
				t.Errorf("a collab has %s asked so: %s", host, all)
			}
		}

		n.only("two.test", "Digest") // draft-cavage alone
		said("rfc9421 ed25519 401, " + "rfc9421 rsa 401, " + old)
		said(old)
		n.only("two.test", "")
		said(old)
		n.pass(31 * 24 * time.Hour)
		heard("POST", "two.test")
		said(usual)
		if p := rowsOf[models.Peer](ada.server, "host = 'two.test'")[0]; !p.Verifies || !p.Multikeys {
			t.Errorf("one knows of two: %+v", p)
		}
	})
}

// What others say they verify, and what they were seen to, decides how they are
// spoken to.
func TestEd25519WithOthers(t *testing.T) {
	story(t, func(n *network) {
		bo := n.join("two.test").born("bo")
		me := rowsOf[models.Account](bo.server, "uri = ?", bo.uri)[0]
		heard := n.eavesdrop()
		rfc := object{"type": "Link", "href": "https://datatracker.ietf.org/doc/html/rfc9421"}
		for _, c := range []struct {
			host    string
			actor   object
			takes   func(rfc, ed bool) bool
			letters []string
		}{
			{ // it says so, and does not find the key
				"a.test", object{"generator": object{"type": "Application", "implements": []any{rfc}}},
				func(rfc, ed bool) bool { return rfc && !ed },
				[]string{"rfc9421 ed25519 401, cavage rsa 401, rfc9421 rsa 202", "rfc9421 rsa 202"},
			},
			{ // it says nothing, has such keys, and was seen to
				"b.test", nil,
				func(rfc, _ bool) bool { return rfc },
				[]string{"cavage rsa 401, rfc9421 rsa 202", "rfc9421 ed25519 202", "rfc9421 ed25519 202"},
			},
			{ // it says nothing, and has no such keys
				"c.test", object{"assertionMethod": nil},
				func(rfc, _ bool) bool { return rfc },
				[]string{"cavage rsa 401, rfc9421 rsa 202", "rfc9421 rsa 202"},
			},
			{ // it was never heard of
				"d.test", object{"assertionMethod": nil},
				func(_, ed bool) bool { return !ed },
				[]string{"cavage rsa 202", "cavage rsa 202"},
			},
			{ // it hears nobody
				"e.test", object{"implements": []any{rfc}},
				func(_, _ bool) bool { return false },
				[]string{"rfc9421 ed25519 401, cavage rsa 401, rfc9421 rsa 401", "rfc9421 ed25519 401, cavage rsa 401, rfc9421 rsa 401"},
			},
		} {
			_, all := n.rogue(c.host, "pat")
			pat := all[0]
			pat.appears(c.actor)
			at := "https://" + c.host + "/letters"
			n.answers(at, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(bytes.NewReader(body))
				sig, err := sign.Parse(r, body, "https", c.host, n.now())
				if err != nil {
					t.Errorf("%s cannot read a signature: %v", c.host, err)
					return
				}
				ed := strings.HasSuffix(string(sig.KeyID), "#ed25519-key")
				key, err := sign.ParsePublic(me.PublicKey)
				if ed {
					key, err = sign.ParseMultikey(me.Assertions[0].Multibase)
				}
				switch {
				case err != nil || sig.Verify(key) != nil:
					t.Errorf("%s: the signature by %s does not hold", c.host, sig.KeyID)
					w.WriteHeader(http.StatusBadRequest)
				case c.takes(sig.Scheme == sign.RFC9421, ed):
					w.WriteHeader(http.StatusAccepted)
				default:
					w.WriteHeader(http.StatusUnauthorized)
				}
			})
			bo.knows(pat.person())
			for i, want := range c.letters {
				_ = bo.fed.Peers.Post(t.Context(), models.IRI(at), me, []byte("{}"))
				expect(t, fmt.Sprintf("letter %d to %s", i+1, c.host), heard("POST", c.host), want)
			}
		}
	})
}
