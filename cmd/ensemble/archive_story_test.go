package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// unpacked returns what is in an archive, by name.
func unpacked(t *testing.T, raw []byte) map[string][]byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// E3: everything somebody has here is put together for them, and nobody else.
func TestAnArchiveHoldsWhatOneHas(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		secret, id := ada.posted("kept for myself")
		bo.call(bo, "POST", "/api/v1/statuses/"+bo.status(uri)["id"].(string)+"/bookmark", nil, 200)
		ada.call(ada, "POST", "/api/v1/statuses/"+id+"/favourite", nil, 200)
		made := func(p *person) (object, map[string][]byte) {
			a := p.post("/api/ensemble/v1/archives", nil)
			expect(t, "at first", a["state"], any("waiting"))
			n.settle()
			path := "/api/ensemble/v1/archives/" + a["id"].(string)
			a = p.get(path)
			expect(t, "at last", a["state"], any("ready"))
			status, raw := p.ask(p, "GET", path+"/file", nil)
			expect(t, "the file is given", status, 200)
			for _, other := range []*person{ada, bo, nil} {
				if other == nil || other.host == p.host && other != p {
					if status, _ := p.ask(other, "GET", path+"/file", nil); status != 401 && status != 404 {
						t.Errorf("somebody else is answered %d", status)
					}
				}
			}
			p.call(p, "POST", "/api/ensemble/v1/archives", nil, 429)
			return a, unpacked(t, raw)
		}
		a, box := made(ada)
		var outbox struct {
			TotalItems   int
			OrderedItems []struct {
				Type   string
				Object struct {
					ID         string
					Attachment []struct{ URL string }
				}
			}
		}
		if err := json.Unmarshal(box["outbox.json"], &outbox); err != nil {
			t.Fatal(err)
		}
		said := map[string]bool{}
		for _, i := range outbox.OrderedItems {
			said[i.Object.ID] = true
			for _, at := range i.Object.Attachment {
				if len(box[at.URL]) == 0 {
					t.Errorf("the file %s is not in the archive", at.URL)
				}
			}
		}
		if outbox.TotalItems != len(outbox.OrderedItems) || !said[uri] || !said[secret] {
			t.Errorf("the outbox holds %d, of which %v", outbox.TotalItems, said)
		}
		for name, has := range map[string]string{
			"likes.json": secret, "actor.json": `"outbox": "outbox.json"`, "collabs.json": uri, "following.csv": "Account address",
		} {
			if !strings.Contains(string(box[name]), has) {
				t.Errorf("%s does not have %s: %s", name, has, cutoff(box[name]))
			}
		}
		_, box = made(bo)
		for name, has := range map[string]string{"stamps.json": uri, "bookmarks.json": uri, "outbox.json": "Announce", "collabs.json": "accepted"} {
			if !strings.Contains(string(box[name]), has) {
				t.Errorf("bo's %s does not have %s: %s", name, has, cutoff(box[name]))
			}
		}
		cy.call(cy, "GET", "/api/ensemble/v1/archives/"+a["id"].(string), nil, 404)
		n.pass(8 * 24 * time.Hour)
		a = ada.get("/api/ensemble/v1/archives/" + a["id"].(string))
		expect(t, "after a week", a["state"], any("expired"))
		ada.call(ada, "GET", "/api/ensemble/v1/archives/"+a["id"].(string)+"/file", nil, 404)
	})
}

// bag makes a form of an archive.
func bag(t *testing.T, raw []byte, fields ...string) *upload {
	t.Helper()
	u := &upload{}
	w := multipart.NewWriter(&u.body)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("data", "archive.zip")
	if err == nil {
		_, err = part.Write(raw)
	}
	if err != nil {
		t.Fatal(err)
	}
	u.kind = w.FormDataContentType()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return u
}

// E3: posts are brought along quietly: once, with their dates and files, and nobody
// hears of it.
func TestPostsAreBroughtAlong(t *testing.T) {
	story(t, func(n *network) {
		ada, bo, cy := trio(n)
		uri := published(ada, bo, nil)
		first := ada.post("/api/v1/statuses", object{"status": "a picture #cats", "media_ids": []string{ada.picture("two mugs")}, "language": "fr"})
		ada.post("/api/v1/statuses", object{"status": "more of it", "in_reply_to_id": first["id"], "visibility": "private"})
		ada.post("/api/v1/statuses", object{"status": "psst @bo@two.test", "visibility": "direct"})
		a := ada.post("/api/ensemble/v1/archives", nil)
		n.settle()
		_, raw := ada.ask(ada, "GET", "/api/ensemble/v1/archives/"+a["id"].(string)+"/file", nil)
		n.pass(time.Hour)
		dan := bo.server.born("dan")
		cy.follows(dan)
		before := len(cy.list("/api/v1/timelines/home?limit=40"))
		said := dan.outbounds()
		for range 2 { // the second time nothing is new
			i := dan.one("POST", "/api/ensemble/v1/imports/posts", bag(t, raw, "visibility", "unlisted"), 200)
			n.settle()
			i = dan.get("/api/ensemble/v1/imports/" + i["id"].(string))
			expect(t, "the import", i["state"], any("finished"))
			expect(t, "done", i["done"], any(3.0))
			expect(t, "failed", i["failed"], any(1.0))
		}
		for _, f := range dan.list("/api/ensemble/v1/imports/" + dan.list("/api/ensemble/v1/imports")[0]["id"].(string) + "/failures") {
			t.Log(f)
		}
		posts := dan.list("/api/v1/accounts/" + dan.id.String() + "/statuses?limit=40")
		expect(t, "how many there are", len(posts), 3)
		expect(t, "the newest is an answer to the one before", posts[0]["in_reply_to_id"], posts[1]["id"])
		expect(t, "for whom it is", posts[0]["visibility"], any("private"))
		expect(t, "for whom the other is", posts[1]["visibility"], any("unlisted"))
		expect(t, "its language", posts[1]["language"], any("fr"))
		expect(t, "when it was said", posts[1]["created_at"].(string)[:19], first["created_at"].(string)[:19])
		expect(t, "that it is a copy", posts[1]["imported_from"], first["uri"])
		file := posts[1]["media_attachments"].([]any)[0].(object)
		expect(t, "what the picture shows", file["description"], any("two mugs"))
		if !strings.HasPrefix(file["url"].(string), "https://two.test/media/") {
			t.Errorf("the picture is at %s", file["url"])
		}
		expect(t, "that the joint post names nobody else", posts[2]["imported_from"], any(uri))
		expect(t, "its co-authors", len(posts[2]["coauthors"].([]any)), 0)
		if strings.Contains(posts[2]["content"].(string), "bo") {
			t.Errorf("it says %s", posts[2]["content"])
		}
		expect(t, "who was told elsewhere", len(cy.list("/api/v1/timelines/home?limit=40")), before)
		expect(t, "what was said to other servers", dan.outbounds(), said)
		for _, p := range []*person{bo, ada} {
			for _, note := range p.list("/api/v1/notifications") {
				if note["account"].(object)["username"] == "dan" && note["type"] != "follow" {
					t.Errorf("%s was told: %v", p.name, note["type"])
				}
			}
		}
		if t.Failed() {
			return
		}
		failed := dan.list("/api/ensemble/v1/imports/" + dan.list("/api/ensemble/v1/imports")[0]["id"].(string) + "/failures")
		expect(t, "why one was not", failed[0]["code"], any("import_direct"))
		dan.one("POST", "/api/ensemble/v1/imports/posts", bag(t, []byte("no zip")), 422)
		dan.one("POST", "/api/ensemble/v1/imports/posts", bag(t, raw, "visibility", "aliens"), 422)
	})
}

// outbounds is how much p's account has said to other servers.
func (p *person) outbounds() (n int) {
	p.t.Helper()
	p.do(func(tx *store.Tx) (err error) {
		n, err = store.Count[models.Outbound](tx, "account_id = ?", p.id)
		return err
	})
	return n
}
