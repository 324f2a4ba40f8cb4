package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/activities/collab"
	"ensemble/federation/sign"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// person is v as somebody that people elsewhere can look for.
func (v *villain) person() *person {
	return &person{server: &server{net: v.n, host: v.host}, t: v.n.t, name: v.name, uri: models.IRI(v.uri)}
}

// does is an activity of v's, as an honest server would write it; fields overwrite.
func (v *villain) does(verb string, what any, fields object) object {
	a := object{
		"@context": activityNS, "id": v.fresh("activities"), "type": verb, "actor": v.uri, "object": what,
		"published": v.n.at(), "to": []any{string(models.Public)},
	}
	maps.Copy(a, fields)
	return a
}

// posts signs body as v and posts it to the inbox of s; tweaks are made to the
// request once it is signed. It returns the status.
func (v *villain) posts(s *server, body []byte, tweaks ...func(*http.Request)) int {
	v.n.t.Helper()
	r, err := http.NewRequest("POST", "https://"+s.host+"/inbox", bytes.NewReader(body))
	if err != nil {
		v.n.t.Fatal(err)
	}
	r.Header.Set("Content-Type", activityKind)
	if err := sign.Sign(r, body, v.key, sign.Cavage, v.n.now()); err != nil {
		v.n.t.Fatal(err)
	}
	for _, tweak := range tweaks {
		tweak(r)
	}
	resp, err := v.n.RoundTrip(r)
	if err != nil {
		v.n.t.Fatal(err)
	}
	return resp.StatusCode
}

// sends has s take an activity in, which it must: 202 is the answer to all that is
// signed and has a shape. It waits for what follows, and returns what s made of it.
func (v *villain) sends(s *server, a object) string {
	v.n.t.Helper()
	if got := v.posts(s, marshal(v.n.t, a)); got != http.StatusAccepted {
		v.n.t.Fatalf("%s answers %d to %v", s.host, got, a)
	}
	v.n.settle()
	return s.made(a)
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// made returns the code of why s did not apply an activity, "applied" if it did,
// and "" if it never took it in.
func (s *server) made(a object) string {
	s.net.t.Helper()
	rows := rowsOf[models.Inbound](s, "uri = ?", a["id"])
	if len(rows) == 0 {
		return ""
	}
	code, _, _ := strings.Cut(rows[0].Outcome, ":")
	return code
}

// followedBy has p follow v, who welcomes it.
func (v *villain) followedBy(p *person) {
	v.n.t.Helper()
	id := p.knows(v.person())
	p.post("/api/v1/accounts/"+id+"/follow", nil)
	v.n.settle()
	for _, f := range v.told("Follow") {
		if f["actor"] == string(p.uri) {
			v.sends(p.server, v.does("Accept", f, nil))
		}
	}
	if rel := p.list("/api/v1/accounts/relationships?id[]=" + id); rel[0]["following"] != true {
		v.n.t.Fatalf("%s does not follow %s: %v", p.name, v.name, rel[0])
	}
}

// writes serves a post of v's, and returns it; fields overwrite.
func (v *villain) writes(text string, fields object) object {
	v.n.t.Helper()
	_, path, _ := strings.Cut(v.fresh("notes"), v.host)
	note := object{
		"@context": activityNS, "id": v.uri + path, "type": "Note", "attributedTo": v.uri, "content": "<p>" + text + "</p>",
		"published": v.n.at(), "to": []any{string(models.Public)}, "cc": []any{v.uri + "/followers"},
	}
	maps.Copy(note, fields)
	v.serve(note)
	return note
}

// A credit is a name under a note, with its stamp.
type credit struct{ who, role, stamp string }

// under returns note under names, in the dual form, and with mentions of them.
func under(note object, names ...credit) object {
	out := maps.Clone(note)
	var authors, listed, tags []any
	for _, c := range names {
		if c.role == "coauthor" {
			authors = append(authors, c.who)
		}
		l := object{"type": "Collaborator", "collaborator": c.who, "role": c.role}
		if c.stamp != "" {
			l["authorization"] = c.stamp
		}
		listed = append(listed, l)
		u, _ := url.Parse(c.who)
		tags = append(tags, object{"type": "Mention", "href": c.who, "name": "@" + c.who[strings.LastIndex(c.who, "/")+1:] + "@" + u.Host})
	}
	out["coAttributedTo"], out["collaborators"], out["tag"] = authors, listed, tags
	return out
}

// digestOf is what a co-author of note signs.
func digestOf(t *testing.T, note object) string {
	t.Helper()
	n, err := wire.DecodeNote(marshal(t, note))
	if err != nil {
		t.Fatal(err)
	}
	d, err := collab.Digest(n)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// stamps serves v's consent to note; fields overwrite.
func (v *villain) stamps(note object, fields object) string {
	v.n.t.Helper()
	return v.serve(v.stamp(note, fields))
}

// stamp is such a consent, served nowhere yet.
func (v *villain) stamp(note object, fields object) object {
	v.n.t.Helper()
	_, path, _ := strings.Cut(v.fresh("stamps"), v.host)
	doc := object{
		"@context": activityNS, "id": v.uri + path, "type": "CollaborationAuthorization", "attributedTo": v.uri,
		"interactingObject": note["id"], "interactionTarget": v.uri, "role": "coauthor", "revision": 1,
		"contentDigest": digestOf(v.n.t, note), "coversEdits": false, "published": v.n.at(),
	}
	maps.Copy(doc, fields)
	return doc
}

// offers is an Offer to p of note, which has the names under it already. It is as
// it should be; work, fields of the collaboration and of the activity overwrite.
func (v *villain) offers(p *person, note, fields, around object) object {
	v.n.t.Helper()
	work := maps.Clone(note)
	delete(work, "published")
	var invited []any
	for _, l := range note["collaborators"].([]any) {
		invited = append(invited, maps.Clone(l.(object)))
	}
	end := v.n.now().Add(7 * 24 * time.Hour).UTC().Format(time.RFC3339)
	c := object{
		"id": v.fresh("collaborations"), "type": "Collaboration", "attributedTo": v.uri, "revision": 1, "quorum": "all",
		"collaborationStatus": "offered", "endTime": end, "contentDigest": digestOf(v.n.t, note), "invitations": invited, "work": work,
	}
	maps.Copy(c, fields)
	a := v.does("Offer", c, object{"to": []any{string(p.uri)}, "target": string(p.uri), "endTime": end})
	maps.Copy(a, around)
	return a
}

// wins asks p honestly to stand under note, and returns the stamp that p gives.
func (v *villain) wins(p *person, note object, fields object) (collabURI, stamp string) {
	v.n.t.Helper()
	offer := v.offers(p, note, nil, nil)
	if got := v.sends(p.server, offer); got != "applied" {
		v.n.t.Fatalf("the honest offer: %s", got)
	}
	collabURI = offer["object"].(object)["id"].(string)
	p.acts(collabURI, "accept", fields, 200)
	for _, a := range slices.Backward(v.told("Accept")) {
		if a["object"] == offer["id"] {
			return collabURI, a["result"].(string)
		}
	}
	v.n.t.Fatalf("%s did not send a stamp: %v", p.name, v.told("Accept"))
	return "", ""
}

// accepts answers the newest offer that v was sent, as an honest server would, with
// a stamp in which fields overwrite. It returns what s made of it, and the stamp.
func (v *villain) accepts(s *server, fields object) (made, stamp string) {
	v.n.t.Helper()
	offer := v.asked()
	c := offer["object"].(object)
	doc := v.stamp(c["work"].(object), object{"collaboration": c["id"], "revision": c["revision"], "contentDigest": c["contentDigest"]})
	maps.Copy(doc, fields)
	stamp = v.serve(doc)
	made = v.sends(s, v.does("Accept", offer["id"], object{"target": c["id"], "result": stamp, "to": []any{offer["actor"]}}))
	return made, stamp
}

// asked returns the newest offer to v.
func (v *villain) asked() object {
	v.n.t.Helper()
	for _, o := range slices.Backward(v.told("Offer")) {
		if o["target"] == v.uri {
			return o
		}
	}
	v.n.t.Fatalf("%s is asked nothing", v.name)
	return nil
}

// seen returns the post uri as p's server has it, without asking anybody; nil if
// it is not there.
func (p *person) seen(uri any) object {
	p.t.Helper()
	rows := rowsOf[models.Post](p.server, "uri = ?", uri)
	if len(rows) == 0 {
		return nil
	}
	return p.get("/api/v1/statuses/" + rows[0].ID.String())
}

// grid returns the posts on the profile of who, as p's server has it.
func (p *person) grid(who models.IRI) []object {
	p.t.Helper()
	rows := rowsOf[models.Account](p.server, "uri = ?", who)
	if len(rows) == 0 {
		return nil
	}
	return p.list("/api/v1/accounts/" + rows[0].ID.String() + "/statuses")
}

// remember sets a row of s's, for what only an admin does.
func remember[M any](s *server, set map[string]any, where string, args ...any) {
	s.net.t.Helper()
	s.do(func(tx *store.Tx) error {
		_, err := store.Set[M](tx, set, where, args...)
		return err
	})
}
