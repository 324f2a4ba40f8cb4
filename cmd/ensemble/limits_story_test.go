package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ensemble/federation/sign"
	"ensemble/models"
)

// chosen is a server whose operator chose these limits.
func chosen(limits string) func(*nodeConfig) {
	return func(c *nodeConfig) {
		l, err := models.ParseLimits(limits)
		if err != nil {
			panic(err)
		}
		c.Site.Limits = l
	}
}

// knocks posts body, signed by v, from an address, and returns the whole answer.
func (v *villain) knocks(s *server, body []byte, from string, tweaks ...func(*http.Request)) *http.Response {
	v.n.t.Helper()
	r := httptest.NewRequest("POST", "https://"+s.host+"/inbox", bytes.NewReader(body))
	r.Header.Set("Content-Type", activityKind)
	r.RequestURI = ""
	if err := sign.Sign(r, body, v.key, sign.Cavage, v.n.now()); err != nil {
		v.n.t.Fatal(err)
	}
	in := httptest.NewRequest("POST", "/inbox", bytes.NewReader(body))
	in.Header, in.Host, in.RemoteAddr = r.Header, s.host, from+":1234"
	for _, tweak := range tweaks {
		tweak(in)
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, in)
	return w.Result()
}

func forwarded(as string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("X-Forwarded-For", as) }
}

func unsigned(r *http.Request) { r.Header.Del("Signature") }

// tooMany sees that an answer says when to come again.
func tooMany(t *testing.T, what string, resp *http.Response) {
	t.Helper()
	wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	if resp.StatusCode != 429 || wait < 1 || resp.Header.Get("X-RateLimit-Remaining") != "0" || resp.Header.Get("X-RateLimit-Reset") == "" {
		t.Errorf("%s: %d %v, want 429 and when to come again", what, resp.StatusCode, resp.Header)
	}
}

// A server that says too much is told to wait; others are heard meanwhile.
func TestOneServerCannotFillTheInbox(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test", chosen("server_activities=5"))
		mallory, eve := n.evil()
		_, abroad := n.rogue("other.test", "honest")
		say := func(v *villain, from string, tweaks ...func(*http.Request)) *http.Response {
			return v.knocks(two, marshal(n.t, v.does("Frobnicate", "https://evil.test/thing", nil)), from, tweaks...)
		}
		for i := range 5 {
			by := []*villain{mallory, eve}[i%2] // it is the server that counts
			expect(n.t, "within the limit", say(by, fmt.Sprint("198.51.100.", i)).StatusCode, 202)
		}
		tooMany(n.t, "one more", say(mallory, "198.51.100.9"))
		tooMany(n.t, "of another address, as it says", say(eve, "198.51.100.9", forwarded("192.0.2.1")))
		expect(n.t, "of another server", say(abroad[0], "198.51.100.9").StatusCode, 202)
		n.pass(2 * time.Minute)
		expect(n.t, "later", say(mallory, "198.51.100.9").StatusCode, 202)
	})
}

// Signatures that do not hold cost requests to find that out, so an address has only
// so many; who is known is heard from there all the same.
func TestStrangersAreLimitedByAddress(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test", chosen("address_strangers=4"), func(c *nodeConfig) { c.Proxies = []string{"10.0.0.0/8"} })
		mallory, eve := n.evil()
		say := func(v *villain, from string, tweaks ...func(*http.Request)) *http.Response {
			return v.knocks(two, marshal(n.t, v.does("Frobnicate", "https://evil.test/thing", nil)), from, tweaks...)
		}
		expect(n.t, "who is known", say(mallory, "203.0.113.9").StatusCode, 202)
		for range 4 {
			expect(n.t, "without a signature", say(mallory, "203.0.113.9", unsigned).StatusCode, 401)
		}
		tooMany(n.t, "one more", say(mallory, "203.0.113.9", unsigned))
		tooMany(n.t, "who says it comes from elsewhere", say(mallory, "203.0.113.9", unsigned, forwarded("192.0.2.7")))
		before := eve.count(eve.uri)
		tooMany(n.t, "an unknown key", say(eve, "203.0.113.9"))
		expect(n.t, "fetches of the unknown key", eve.count(eve.uri)-before, 0)
		expect(n.t, "who is known, from there", say(mallory, "203.0.113.9").StatusCode, 202)
		expect(n.t, "the unknown, from elsewhere", say(eve, "203.0.113.10").StatusCode, 202)

		// A proxy that is trusted tells two callers apart, and cannot be told a lie by one.
		for range 4 {
			expect(n.t, "behind a proxy", say(mallory, "10.0.0.1", unsigned, forwarded("192.0.2.8")).StatusCode, 401)
		}
		tooMany(n.t, "one more behind it", say(mallory, "10.0.0.1", unsigned, forwarded("192.0.2.55, 192.0.2.8")))
		expect(n.t, "somebody else behind it", say(mallory, "10.0.0.1", unsigned, forwarded("192.0.2.9")).StatusCode, 401)
	})
}

// By default a busy and honest server is not slowed down.
func TestAThousandActivitiesAMinutePass(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test")
		mallory, _ := n.evil()
		for i := range 1000 {
			resp := mallory.knocks(two, marshal(n.t, mallory.does("Frobnicate", "https://evil.test/thing", nil)), "203.0.113.9")
			if resp.StatusCode != 202 {
				n.t.Fatalf("activity %d: %d", i, resp.StatusCode)
			}
		}
		n.settle()
	})
}

// What leaves something behind for good is limited more strictly than other calls,
// and what peers read is limited by address.
func TestAppsAndDocumentsAreLimited(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test", chosen("address_apps=2,address_reads=3,address_calls=50"), func(c *nodeConfig) { c.Limit = 0 })
		two.born("bo")
		ask := func(method, path, body, from string) *http.Response {
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Accept", activityKind)
			r.Host, r.RemoteAddr = two.host, from+":1"
			w := httptest.NewRecorder()
			two.handler.ServeHTTP(w, r)
			return w.Result()
		}
		app := url.Values{"client_name": {"An app"}, "redirect_uris": {"https://app.example/back"}}.Encode()
		for range 2 {
			expect(n.t, "an app", ask("POST", "/api/v1/apps", app, "203.0.113.1").StatusCode, 200)
		}
		tooMany(n.t, "one more app", ask("POST", "/api/v1/apps", app, "203.0.113.1"))
		expect(n.t, "an app from elsewhere", ask("POST", "/api/v1/apps", app, "203.0.113.2").StatusCode, 200)
		expect(n.t, "another call", ask("GET", "/api/v2/instance", "", "203.0.113.1").StatusCode, 200)
		for range 3 {
			expect(n.t, "an actor", ask("GET", "/users/bo", "", "203.0.113.3").StatusCode, 200)
		}
		tooMany(n.t, "one more document", ask("GET", "/users/bo/outbox", "", "203.0.113.3"))
		expect(n.t, "a document for another", ask("GET", "/users/bo", "", "203.0.113.4").StatusCode, 200)
	})
}

// What an operator chose is kept to, and told to clients.
func TestLimitsThatAnOperatorChose(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test", chosen("uploads=2,mentions=3,tags=2,attachments=1,nesting=8,body=65536,requests=8"))
		bo := two.born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		limits := bo.get("/api/v2/instance")["configuration"].(object)
		expect(n.t, "attachments, as clients read it", limits["statuses"].(object)["max_media_attachments"], any(2.0))
		expect(n.t, "mentions, as clients read it", limits["ensemble"].(object)["limits"].(object)["mentions"], any(3.0))
		said := bo.refused("POST", "/api/v1/statuses", object{"status": "x", "media_ids": []string{bo.picture("a"), bo.picture("b"), bo.picture("c")}}, 422)
		if !strings.Contains(said, "2") {
			n.t.Errorf("the refusal does not say how many: %q", said)
		}

		var tags, files []any
		for i := range 10 {
			tags = append(tags, object{"type": "Mention", "href": fmt.Sprint("https://evil.test/users/v", i), "name": fmt.Sprint("@v", i, "@evil.test")},
				object{"type": "Hashtag", "name": fmt.Sprint("#t", i)})
			files = append(files, object{"type": "Image", "mediaType": "image/png", "url": fmt.Sprint("https://evil.test/", i, ".png")})
		}
		note := mallory.writes("Many.", object{"tag": tags, "attachment": files})
		expect(n.t, "a post with many of all", mallory.sends(two, mallory.does("Create", note, nil)), "applied")
		p := rowsOf[models.Post](two, "uri = ?", note["id"])[0]
		expect(n.t, "mentions", len(p.Mentions), 3)
		expect(n.t, "tags", len(p.Tags), 2)
		expect(n.t, "attachments", len(p.Attachments), 1)

		deep := mallory.does("Frobnicate", object{"a": object{"b": object{"c": object{"d": object{"e": object{"f": object{"g": object{}}}}}}}}, nil)
		expect(n.t, "too deep", mallory.posts(two, marshal(n.t, deep)), 400)
		large := mallory.does("Frobnicate", strings.Repeat("x", 65536), nil)
		expect(n.t, "too large", mallory.posts(two, marshal(n.t, large)), 413)
	})
}

// The table that operators read is the one that is kept to.
func TestEveryLimitIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/LIMITS.md")
	if err != nil {
		t.Fatal(err)
	}
	var all models.Limits
	for _, l := range all.All() {
		row := fmt.Sprintf("| `%s` | %s | %s |", l.Name, l.Help, thousands(l.Default))
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/LIMITS.md has no line %q", row)
		}
	}
}

func thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
