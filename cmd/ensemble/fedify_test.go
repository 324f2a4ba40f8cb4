package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fay is a server of one person that is written with Fedify, another implementation
// of ActivityPub. See testdata/fedify/peer.mjs.
type fay struct {
	t     *testing.T
	actor string
	mu    sync.Mutex
	in    io.Writer
	out   *bufio.Scanner
}

// TestAPeerWrittenWithFedify has a server of another make follow, receive and fetch a
// post by two people of ours, answer it, and check what we signed.
func TestAPeerWrittenWithFedify(t *testing.T) {
	one, two := newProcess(t, "one", "sqlite"), newProcess(t, "two", "sqlite")
	for _, p := range []*process{one, two} {
		p.start()
		p.ready()
	}
	f := newFay(t, one.origin)
	ada, bo := one.person("ada"), two.person("bo")
	f.follows(ada)
	f.follows(bo)
	t.Run("follow", func(t *testing.T) { f.at(t).isFollowed(ada) })
	t.Run("post", func(t *testing.T) { f.at(t).hears(ada) })
	t.Run("collab", func(t *testing.T) { f.at(t).hearsBoth(ada, bo) })
	t.Run("answers", func(t *testing.T) { f.at(t).answers(ada) })
	t.Run("quoted", func(t *testing.T) { f.at(t).quotes(ada) })
	t.Run("quotes", func(t *testing.T) { f.at(t).isQuoted(ada) })
	t.Run("collections", func(t *testing.T) { f.at(t).counts(ada) })
	t.Run("unfollow", func(t *testing.T) { f.at(t).leaves(ada) })
	if problems, _ := f.do(object{"do": "seen"})["problems"].([]any); len(problems) > 0 {
		t.Errorf("Fedify refused: %v", problems)
	}
}

func newFay(t *testing.T, ensemble string) *fay {
	t.Helper()
	folder := filepath.Join("testdata", "fedify")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "@fedify", "fedify")); err != nil {
		if os.Getenv("ENSEMBLE_NEEDS_PEER") != "" {
			t.Fatal("Fedify is not installed: .ci/peer does that, and could not")
		}
		t.Skip("Fedify is not installed: 'make test' does that, where npm is")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	cmd := exec.Command("node", "peer.mjs", port, ensemble)
	cmd.Dir = folder
	f := &fay{t: t}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // it ends with its input
		if t.Failed() {
			t.Logf("the peer said: %s", said.String())
		}
	})
	f.in, f.out = in, bufio.NewScanner(out)
	f.out.Buffer(nil, 16<<20)
	f.actor, _ = f.answer()["actor"].(string)
	if f.actor == "" {
		t.Fatalf("the peer did not start: %s", said.String())
	}
	return f
}

// at returns f with the test that it speaks for.
func (f *fay) at(t *testing.T) *fay {
	return &fay{t: t, actor: f.actor, in: f.in, out: f.out}
}

// try has the peer do something, and returns what it answers, or its error in words.
func (f *fay) try(order object) (object, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	raw, err := json.Marshal(order)
	if err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(f.in, "%s\n", raw); err != nil {
		return nil, err
	}
	answer := f.answer()
	if why, bad := answer["error"]; bad || answer == nil {
		return nil, fmt.Errorf("%v: %v", order, why)
	}
	return answer, nil
}

func (f *fay) answer() (out object) {
	f.t.Helper()
	if !f.out.Scan() {
		f.t.Errorf("the peer ended: %v", f.out.Err())
		return nil
	}
	if err := json.Unmarshal(f.out.Bytes(), &out); err != nil {
		f.t.Errorf("the peer said %q", f.out.Text())
	}
	return out
}

func (f *fay) do(order object) object {
	f.t.Helper()
	out, err := f.try(order)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

// got waits for an activity that fits, which Fedify has verified.
func (f *fay) got(what string, fits func(object) bool) (found object) {
	f.t.Helper()
	f.until(what, func() bool {
		all, _ := f.do(object{"do": "seen"})["seen"].([]any)
		for _, one := range all {
			if a, ok := one.(object); ok && fits(a) {
				found = a
				return true
			}
		}
		return false
	})
	return found
}

func (f *fay) until(what string, ready func() bool) {
	f.t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); time.Sleep(100 * time.Millisecond) {
		if ready() {
			return
		}
	}
	f.t.Fatalf("%s did not come about: %v", what, f.do(object{"do": "seen"})["problems"])
}

func (f *fay) follows(who *caller) {
	f.t.Helper()
	asked := f.do(object{"do": "follow", "actor": who.actor()})
	accepted := f.got("Accept of "+who.name, func(a object) bool {
		return a["type"] == "Accept" && a["actor"] == who.actor() && (a["object"] == asked["id"] || strings.Contains(fmt.Sprint(a["json"]), fmt.Sprint(asked["id"])))
	})
	f.t.Logf("%s was accepted by %s", asked["id"], accepted["id"])
}

// actor returns the address of c, as c's own server says it.
func (c *caller) actor() string {
	c.t.Helper()
	var doc struct {
		Links []struct{ Rel, Href string }
	}
	status, raw, err := c.ask("GET", "/.well-known/webfinger?resource=acct:"+c.name+"@"+c.domain, "", nil, "")
	if err != nil || status != 200 || json.Unmarshal(raw, &doc) != nil {
		c.t.Fatalf("webfinger of %s: %d %s %v", c.name, status, raw, err)
	}
	for _, l := range doc.Links {
		if l.Rel == "self" {
			return l.Href
		}
	}
	c.t.Fatalf("webfinger of %s has no actor: %s", c.name, raw)
	return ""
}

// isFollowed has a person here follow the peer, by its handle.
func (f *fay) isFollowed(ada *caller) {
	host := strings.TrimPrefix(f.actor[:strings.Index(f.actor, "/users/")], "http://")
	found := ada.do("GET", "/api/v2/search?resolve=true&type=accounts&q=fay@"+host, nil, "")
	accounts, _ := found["accounts"].([]any)
	if len(accounts) != 1 || accounts[0].(object)["display_name"] != "Fay of Fedify" {
		f.t.Fatalf("search found %v", found)
	}
	id := accounts[0].(object)["id"].(string)
	ada.do("POST", "/api/v1/accounts/"+id+"/follow", object{}, "")
	f.got("Follow by ada", func(a object) bool { return a["type"] == "Follow" && a["actor"] == ada.actor() })
	f.until("the Accept", func() bool {
		list, _ := ada.do("GET", "/api/v1/accounts/relationships?id[]="+id, nil, "")["list"].([]object)
		return len(list) == 1 && list[0]["following"] == true
	})
	f.do(object{"do": "post", "text": "<p>Hello from another make</p>"})
	f.until("the post at home", func() bool {
		list, _ := ada.do("GET", "/api/v1/timelines/home", nil, "")["list"].([]object)
		return slices.ContainsFunc(list, func(s object) bool { return strings.Contains(fmt.Sprint(s["content"]), "another make") })
	})
}

func (f *fay) hears(ada *caller) {
	posted := ada.do("POST", "/api/v1/statuses", object{"status": "Alone, to Fedify too", "spoiler_text": "Careful", "language": "en"}, "alone")
	heard := f.got("Create", func(a object) bool { return a["type"] == "Create" && a["object"] == posted["uri"] })
	if !strings.Contains(fmt.Sprint(heard["json"]), "Careful") {
		f.t.Errorf("the Create has no warning: %v", heard["json"])
	}
	got := f.do(object{"do": "fetch", "url": posted["uri"]})
	if got["kind"] != "Note" || got["id"] != posted["uri"] || !strings.Contains(fmt.Sprint(got["content"]), "Alone, to Fedify too") {
		f.t.Errorf("Fedify reads %v", got)
	}
	if who := got["attributions"].([]any); len(who) != 1 || who[0] != ada.actor() {
		f.t.Errorf("attributed to %v", who)
	}
}

// hearsBoth follows a post by two people from its Create to the stamp of the second.
func (f *fay) hearsBoth(ada, bo *caller) {
	bo.follows(ada)
	ada.follows(bo)
	x := ada.exchange(bo, 1)
	f.got("the joint post", func(a object) bool { return a["type"] == "Create" && a["object"] == x.post })
	f.got("Bo's Announce", func(a object) bool {
		return a["type"] == "Announce" && a["actor"] == bo.actor() && a["object"] == x.post
	})
	var got object
	f.until("both names", func() bool {
		got = f.do(object{"do": "fetch", "url": x.post})
		who, _ := got["attributions"].([]any)
		return len(who) == 2 && who[0] == ada.actor() && who[1] == bo.actor()
	})
	stamp := stampOf(got["document"], bo.actor())
	if !strings.HasPrefix(stamp, bo.origin+"/") {
		f.t.Fatalf("no stamp of Bo's server in %v", got["document"])
	}
	if held := f.do(object{"do": "prove", "url": stamp})["held"].([]any); len(held) != 1 || held[0] == nil || held[0].(object)["controller"] != bo.actor() {
		f.t.Errorf("the proof of %s holds by %v", stamp, held)
	}
	// An honest control: what was changed does not hold.
	if held, err := f.try(object{"do": "prove", "url": stamp, "spoil": "contentDigest"}); err == nil && held["held"].([]any)[0] != nil {
		f.t.Errorf("a stamp that was changed still holds: %v", held)
	}
}

// stampOf returns where the consent of actor is, in a Note of ours.
func stampOf(document any, actor string) string {
	doc, _ := document.(object)
	list, ok := doc["collaborators"].([]any)
	if !ok {
		list = []any{doc["collaborators"]}
	}
	for _, one := range list {
		if c, ok := one.(object); ok && c["collaborator"] == actor {
			stamp, _ := c["authorization"].(string)
			return stamp
		}
	}
	return ""
}

// answers has the peer like, boost, reply to and take back what it said of a post.
func (f *fay) answers(ada *caller) {
	posted := ada.do("POST", "/api/v1/statuses", object{"status": "Answer me"}, "answer")
	id, uri := posted["id"].(string), posted["uri"]
	status := func() object { return ada.do("GET", "/api/v1/statuses/"+id, nil, "") }
	like := f.do(object{"do": "like", "object": uri})
	f.do(object{"do": "boost", "object": uri})
	reply := f.do(object{"do": "reply", "object": uri, "text": "<p>I do</p>"})
	f.until("a like, a boost, a reply", func() bool {
		s := status()
		return s["favourites_count"] == 1.0 && s["reblogs_count"] == 1.0 && s["replies_count"] == 1.0
	})
	thread, _ := ada.do("GET", "/api/v1/statuses/"+id+"/context", nil, "")["descendants"].([]any)
	if len(thread) != 1 || thread[0].(object)["uri"] != reply["id"] {
		f.t.Errorf("the thread is %v", thread)
	}
	f.do(object{"do": "react", "object": uri, "emoji": "🍵"})
	f.until("the reaction", func() bool {
		r, _ := status()["reactions"].([]any)
		return len(r) == 1 && r[0].(object)["name"] == "🍵"
	})
	f.do(object{"do": "unlike", "object": uri, "id": like["id"]})
	f.do(object{"do": "remove", "id": reply["id"], "from": uri})
	f.until("neither like nor reply", func() bool {
		s := status()
		return s["favourites_count"] == 0.0 && s["replies_count"] == 0.0
	})
}

// quotes has the peer ask to quote a post here, do so, and lose the consent (FEP-044f).
func (f *fay) quotes(ada *caller) {
	posted := ada.do("POST", "/api/v1/statuses", object{"status": "Quote me"}, "quote")
	mine, uri := "/api/v1/statuses/"+posted["id"].(string), posted["uri"]
	asked := f.do(object{"do": "quote", "object": uri, "text": "<p>Look</p>"})
	said := f.got("the consent", func(a object) bool {
		return a["type"] == "Accept" && a["actor"] == ada.actor() && strings.Contains(fmt.Sprint(a["json"]), asked["request"].(string))
	})
	stamp, _ := said["result"].(string)
	read := f.do(object{"do": "fetch", "url": stamp})
	doc, _ := read["document"].(object)
	if read["kind"] != "QuoteAuthorization" || doc["attributedTo"] != ada.actor() || doc["interactingObject"] != asked["id"] || doc["interactionTarget"] != uri {
		f.t.Errorf("the stamp is %v", read)
	}
	f.do(object{"do": "stamped", "id": asked["id"], "stamp": stamp, "object": uri})
	var quoting []object
	f.until("the quote", func() bool {
		quoting, _ = ada.do("GET", mine+"/quotes", nil, "")["list"].([]object)
		return len(quoting) == 1 && quoting[0]["uri"] == asked["id"] && quoting[0]["quote"].(object)["state"] == "accepted"
	})
	ada.do("POST", mine+"/quotes/"+quoting[0]["id"].(string)+"/revoke", object{}, "")
	f.got("the revocation", func(a object) bool { return a["type"] == "Delete" && strings.Contains(fmt.Sprint(a["json"]), stamp) })
	if _, err := f.try(object{"do": "fetch", "url": stamp}); err == nil {
		f.t.Errorf("%s still answers", stamp)
	}
}

// isQuoted has a person here quote a post of the peer, which gives its consent.
func (f *fay) isQuoted(ada *caller) {
	note := f.do(object{"do": "post", "text": "<p>To be quoted</p>"})["id"].(string)
	var there string
	f.until("the post", func() bool {
		found, _ := ada.do("GET", "/api/v2/search?resolve=true&type=statuses&q="+note, nil, "")["statuses"].([]any)
		if len(found) == 1 {
			there = found[0].(object)["id"].(string)
		}
		return there != ""
	})
	posted := ada.do("POST", "/api/v1/statuses", object{"status": "I quote", "quoted_status_id": there}, "quoting")
	f.got("the request", func(a object) bool { return a["type"] == "QuoteRequest" && a["object"] == note })
	f.until("the consent", func() bool {
		q, _ := ada.do("GET", "/api/v1/statuses/"+posted["id"].(string), nil, "")["quote"].(object)
		return q["state"] == "accepted"
	})
	got := f.do(object{"do": "fetch", "url": posted["uri"]})
	if doc := got["document"].(object); doc["quote"] != note || !strings.HasPrefix(fmt.Sprint(doc["quoteAuthorization"]), f.actor[:strings.Index(f.actor, "/users/")]) {
		f.t.Errorf("our quote is %v", doc)
	}
}

// counts walks our collections with Fedify's own walker.
func (f *fay) counts(ada *caller) {
	followers := f.do(object{"do": "items", "url": ada.actor() + "/followers"})
	if followers["total"] != 2.0 { // Bo and Fay
		f.t.Errorf("followers: %v", followers)
	}
	outbox := f.do(object{"do": "items", "url": ada.actor() + "/outbox"})
	if ids, _ := outbox["ids"].([]any); len(ids) == 0 || float64(len(ids)) != outbox["total"] {
		f.t.Errorf("the outbox says %v and has %d", outbox["total"], len(ids))
	}
}

func (f *fay) leaves(ada *caller) {
	before := f.do(object{"do": "items", "url": ada.actor() + "/followers"})["total"].(float64)
	var asked string
	all, _ := f.do(object{"do": "seen"})["seen"].([]any)
	for _, one := range all {
		if a := one.(object); a["type"] == "Accept" && a["actor"] == ada.actor() {
			asked, _ = a["object"].(string)
		}
	}
	f.do(object{"do": "unfollow", "actor": ada.actor(), "id": asked})
	f.until("one follower fewer", func() bool {
		return f.do(object{"do": "items", "url": ada.actor() + "/followers"})["total"] == before-1
	})
}
