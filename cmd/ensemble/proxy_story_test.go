package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"ensemble/models"
)

func drawing(t *testing.T, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, size, size))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fetchFile asks s for a file as a browser does.
func (s *server) fetchFile(address string) *httptest.ResponseRecorder {
	s.net.t.Helper()
	u, err := url.Parse(address)
	if err != nil || u.Host != s.host {
		s.net.t.Fatalf("%s is not an address of %s", address, s.host)
	}
	r := httptest.NewRequest("GET", u.RequestURI(), nil)
	r.Host = s.host
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// pictured publishes a post of v's with these files, and returns how p sees them.
func (v *villain) pictured(p *person, files ...string) (note object, seen []object) {
	v.n.t.Helper()
	var all []any
	for _, f := range files {
		all = append(all, object{"type": "Document", "mediaType": "image/png", "url": f})
	}
	note = v.writes("Look.", object{"attachment": all})
	if made := v.sends(p.server, v.does("Create", note, nil)); made != "applied" {
		v.n.t.Fatal(made)
	}
	for _, a := range p.seen(note["id"])["media_attachments"].([]any) {
		seen = append(seen, a.(object))
	}
	return note, seen
}

// Pictures of others come from our own server, under addresses that nobody can make
// up, and what is no picture does not come at all.
func TestFilesOfOthersComeFromHere(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test")
		bo := two.born("bo")
		mallory, _ := n.evil()
		_, far := n.rogue("far.test", "far")
		cat := drawing(t, 20)
		const at = "https://evil.test/cat.png"
		mallory.serveAs(at, "text/html", cat) // whatever it says that it is
		far[0].serveAs("https://far.test/cat.png", "image/png", cat)
		mallory.serveAs("https://evil.test/face.png", "image/png", cat)
		mallory.appears(object{"icon": object{"type": "Image", "url": "https://evil.test/face.png"}, "image": object{"type": "Image", "url": at}})
		mallory.followedBy(bo)

		bad := map[string]string{
			"a page":                    mallory.serveAs("https://evil.test/page.png", "image/png", []byte("<!doctype html><script>alert(1)</script>")),
			"a drawing with a script":   mallory.serveAs("https://evil.test/draw.svg", "image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)),
			"a document":                mallory.serveAs("https://evil.test/doc.png", activityKind, []byte(`{"id":"https://two.test/users/bo","type":"Person"}`)),
			"what is not there":         "https://evil.test/none.png",
			"the metadata of a cloud":   "https://169.254.169.254/latest/meta-data/",
			"a private address":         "https://10.0.0.1/cat.png",
			"a redirect to the inside":  mallory.on("https://evil.test/inside.png", redirects("https://127.0.0.1/cat.png")),
			"a redirect to plain http":  mallory.on("https://evil.test/plain.png", redirects("http://evil.test/cat.png")),
			"a redirect to itself":      mallory.on("https://evil.test/loop.png", redirects("https://evil.test/loop.png")),
			"one that is far too large": mallory.on("https://evil.test/large.png", endless(cat)),
			"one that says so beforehand": mallory.on("https://evil.test/huge.png", func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "99999999999")
				_, _ = w.Write(cat)
			}),
		}
		note, seen := mallory.pictured(bo, at, mallory.on("https://evil.test/away.png", redirects("https://far.test/cat.png")))
		for i, a := range seen {
			if a["remote_url"] != []any{at, "https://evil.test/away.png"}[i] {
				n.t.Errorf("remote_url: %v", a)
			}
			for _, key := range []string{"url", "preview_url"} {
				w := two.fetchFile(a[key].(string))
				h := w.Header()
				if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), cat) || h.Get("Content-Type") != "image/png" || h.Get("X-Content-Type-Options") != "nosniff" ||
					!strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Content-Disposition") == "" {
					n.t.Errorf("%d %s: %d %v", i, key, w.Code, h)
				}
			}
		}
		expect(n.t, "fetches of it", mallory.count(at), 1)
		who := bo.get("/api/v1/accounts/" + bo.knows(mallory.person()))
		for _, key := range []string{"avatar", "avatar_static", "header"} {
			expect(n.t, key, two.fetchFile(who[key].(string)).Code, 200)
		}

		for why, at := range bad {
			_, seen := mallory.pictured(bo, at)
			for range 2 {
				w := two.fetchFile(seen[0]["url"].(string))
				if w.Code != 404 || strings.Contains(w.Body.String(), "script") || !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
					n.t.Errorf("%s: %d %v %s", why, w.Code, w.Header(), cutoff(w.Body.Bytes()))
				}
			}
		}
		for _, once := range []string{"page.png", "none.png", "inside.png", "large.png"} {
			expect(n.t, "fetches of "+once, mallory.count("https://evil.test/"+once), 1)
		}

		// Nobody can make up an address, and none outlives what it is for.
		good := seen[0]["url"].(string)
		cut := strings.LastIndex(good, "/")
		other := seen[1]["url"].(string)
		for why, forged := range map[string]string{
			"another seal":  good[:cut+1] + strings.Repeat("A", len(good)-cut-1),
			"no seal":       good[:cut+1] + "x",
			"another's":     good[:cut] + other[strings.LastIndex(other, "/"):],
			"another kind":  strings.Replace(good, "/post/", "/account/", 1),
			"another slot":  strings.Replace(good, "/0/", "/1/", 1),
			"a strange one": strings.Replace(good, "/0/", "/-1/", 1),
		} {
			expect(n.t, why, two.fetchFile(forged).Code, 404)
		}
		remember[models.Peer](two, map[string]any{"blocked": true}, "host = 'evil.test'")
		expect(n.t, "of a blocked server", two.fetchFile(good).Code, 404)
		remember[models.Peer](two, map[string]any{"blocked": false}, "host = 'evil.test'")
		expect(n.t, "of one that is blocked no more", two.fetchFile(good).Code, 200)
		remember[models.Account](two, map[string]any{"state": models.AccountSuspended}, "uri = ?", mallory.uri)
		expect(n.t, "of the suspended", two.fetchFile(good).Code, 404)
		remember[models.Account](two, map[string]any{"state": models.AccountActive}, "uri = ?", mallory.uri)
		expect(n.t, "the deletion", mallory.sends(two, mallory.does("Delete", note["id"], nil)), "applied")
		expect(n.t, "of a deleted post", two.fetchFile(good).Code, 404)
	})
}

func redirects(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// endless is a picture that goes on for 20 MiB after its end.
func endless(head []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write(head)
		for range 20 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	}
}

// A crowd that wants one file makes one request, and the copies take no more room
// than they were given.
func TestCopiesAreFetchedOnceAndTakeLittleRoom(t *testing.T) {
	story(t, func(n *network) {
		const room = 3 << 20
		two := n.join("two.test", func(c *nodeConfig) { c.Cache = room })
		bo := two.born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		slow := mallory.on("https://evil.test/slow.png", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(200 * time.Millisecond)
			_, _ = w.Write(drawing(t, 20))
		})
		_, seen := mallory.pictured(bo, slow)
		var crowd sync.WaitGroup
		for range 30 {
			crowd.Go(func() {
				if w := two.fetchFile(seen[0]["url"].(string)); w.Code != 200 {
					n.t.Errorf("one of the crowd: %d", w.Code)
				}
			})
		}
		crowd.Wait()
		expect(n.t, "fetches", mallory.count(slow), 1)
		for i := range 8 {
			at := mallory.serveAs(fmt.Sprintf("https://evil.test/%d.png", i), "image/png", append(drawing(t, 20), make([]byte, 1<<20)...))
			_, seen := mallory.pictured(bo, at)
			expect(n.t, "a large one", two.fetchFile(seen[0]["url"].(string)).Code, 200)
			if size := two.cache.Size(); size > room {
				n.t.Errorf("the copies take %d bytes", size)
			}
		}
		expect(n.t, "what was dropped comes again", two.fetchFile(seen[0]["url"].(string)).Code, 200)
		expect(n.t, "fetches", mallory.count(slow), 2)
	})
}

// Where the proxy is switched off, files are linked where they are.
func TestFilesOfOthersMayBeLinked(t *testing.T) {
	story(t, func(n *network) {
		two := n.join("two.test", func(c *nodeConfig) { c.Direct = true })
		bo := two.born("bo")
		mallory, _ := n.evil()
		mallory.followedBy(bo)
		_, seen := mallory.pictured(bo, "https://evil.test/cat.png")
		expect(n.t, "url", seen[0]["url"], any("https://evil.test/cat.png"))
		r := httptest.NewRequest("GET", "/media/proxy/post/1/0/x", nil)
		w := httptest.NewRecorder()
		two.handler.ServeHTTP(w, r)
		expect(n.t, "the proxy", w.Code, 404)
	})
}
