package web_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
	"ensemble/web"
	"ensemble/web/api"
)

// A desk is a server on which alice asked bob to publish with her, and the browsers of
// the two.
type desk struct {
	*server
	bob        *models.Account
	collab     *models.Collab
	alice, bro string // cookies
}

// writer writes what a reader of previews needs.
type writer struct{}

func (writer) Write(n *models.Note, _ models.Form) ([]byte, error) {
	return json.Marshal(map[string]any{"content": n.Content, "attributedTo": n.Author})
}

func newDesk(t *testing.T, dialect string) *desk {
	t.Helper()
	d := &desk{server: newServer(t, dialect, func(c *web.Config) {
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}, Writer: writer{}}).Routes()
		c.Limit = -1
	})}
	d.bob = d.account("bob", "")
	d.bob.Collaborates = models.CollabEveryone
	d.put(d.bob)
	err := d.db.Tx(context.Background(), func(tx *store.Tx) (err error) {
		d.collab, err = collab.Offer(tx, d.server.alice, collab.Proposal{
			Draft: post.Draft{Text: "Two mugs", Visibility: models.VisPublic}, Invitees: []collab.Invitee{{Account: d.bob}},
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.alice, d.bro = d.signIn("alice"), d.signIn("bob")
	return d
}

// page asks as a browser with the cookie does; form is "" for a GET.
func (d *desk) page(cookie, path, form string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if form != "" {
		r = httptest.NewRequest("POST", path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept", "text/html")
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w
}

// shows checks that a page has these words, and lacks those that begin with a !.
func (d *desk) shows(w *httptest.ResponseRecorder, status int, words ...string) {
	d.Helper()
	if w.Code != status {
		d.Fatalf("got %d, want %d: %s %s", w.Code, status, w.Header().Get("Location"), w.Body)
	}
	for _, want := range words {
		not, lacks := strings.CutPrefix(want, "!")
		if strings.Contains(w.Body.String(), not) == lacks {
			d.Errorf("the page has (or lacks) %q:\n%s", want, w.Body)
		}
	}
}

func TestRequestsArePages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		id := d.collab.ID.String()
		d.shows(d.page("", "/requests", ""), 303)
		d.shows(d.page(d.alice, "/requests", ""), 200, "Nothing waits for your answer")
		d.shows(d.page(d.bro, "/requests", ""), 200, "Invitations to publish together", "Two mugs", `class="count">1`)
		d.shows(d.page(d.bro, "/requests?lang=fr", ""), 200, "Invitations à publier ensemble", "Consulter", "!Review")
		state := func() models.InviteState {
			var inv *models.Invite
			err := d.db.Read(context.Background(), func(tx *store.Tx) (err error) {
				inv, err = store.One[models.Invite](tx, "collab_id = ?", d.collab.ID)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return inv.State
		}
		if got := state(); got != models.InviteDelivered { // a list is not yet a look
			t.Errorf("the invitation is %s", got)
		}
		d.shows(d.page(d.bro, "/requests/"+id, ""), 200, "Alice invites you to publish together", "As it will be published", "As readers on Mastodon see it",
			"Your name and the link to your profile will be shown", "or the time runs out, the post is deleted for good")
		if got := state(); got != models.InviteSeen {
			t.Errorf("the invitation is %s", got)
		}
		d.shows(d.page(d.alice, "/requests/"+id, ""), 303) // to the collab: she has nothing to answer
		eve := d.account("eve", "")
		_ = eve
		d.shows(d.page(d.signIn("eve"), "/requests/"+id, ""), 404, "!Two mugs")
		d.shows(d.page(d.signIn("eve"), "/collabs/"+id, ""), 404, "!Two mugs")
		d.shows(d.page(d.bro, "/requests/"+id+"/suggest", "text=+&wording=Two+mugs&was=Two+mugs"), 422, "Say which change you would like")
		d.shows(d.page(d.bro, "/requests/"+id+"/accept", "digest=another"), 409, "There is a newer version by now")
		d.shows(d.page(d.bro, "/requests/"+id+"/decline", ""), 200, "Declining deletes this post for good", "Alice")
		d.shows(d.page(d.bro, "/requests/"+id+"/decline", "reason=no+time"), 303)
		d.shows(d.page(d.alice, "/collabs/"+id, ""), 200, "no time", "They declined.", "given up", "!Two mugs")
		d.shows(d.page(d.bro, "/requests/"+id, ""), 303)
	})
}

func TestCollabsArePages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		at := "/collabs/" + d.collab.ID.String()
		d.shows(d.page(d.bro, "/requests/"+d.collab.ID.String()+"/suggest", "wording=Three+mugs&was=Two+mugs"), 303)
		d.shows(d.page(d.alice, at, ""), 200, "<del>", "<ins>", "Take over this text", "Withdraw the invitations", "!Leave now")
		d.shows(d.page(d.alice, at+"/revise", "status=Two+mugs&do=look"), 200, "Nothing is different yet.")
		d.shows(d.page(d.alice, at+"/revise", "status=Four+mugs&do=look"), 200, "Ask for consent", "is asked again")
		d.shows(d.page(d.alice, at+"/revise", "status=Four+mugs&do=send"), 303)
		d.shows(d.page(d.bro, "/requests/"+d.collab.ID.String(), ""), 200, "What is different since version 1", "Four mugs")
		d.shows(d.page(d.bro, at+"/act/withdraw", "x=1"), 403, "Only who started it can do that")
		d.shows(d.page(d.bro, at+"/act/nonsense", "x=1"), 404)
		d.shows(d.page(d.alice, at+"/reach", ""), 409, "The post is not public yet")
		d.shows(d.page(d.bro, "/requests/"+d.collab.ID.String()+"/accept", "covers_edits="), 303)
		d.shows(d.page(d.alice, at, ""), 200, "Read the post", "stands by it")
		d.shows(d.page(d.bro, at, ""), 200, "Leave now", "Hide it", "!Withdraw")
		d.shows(d.page(d.bro, at+"/audit?lang=fr", ""), 200, "a accepté", "Vérifié", "maillons tiennent")
		if w := d.page(d.bro, at+"/history.json", ""); w.Code != 200 || !strings.Contains(w.Header().Get("Content-Disposition"), "attachment") {
			t.Errorf("the trail to keep: %d %v", w.Code, w.Header())
		}
		d.shows(d.page(d.alice, at+"/reach", ""), 200, "fewer than", "Have it in their home")
		d.shows(d.page(d.bro, at+"/act/leave", "x=1"), 303)
		d.shows(d.page(d.alice, at, ""), 200, "Left")
		d.shows(d.page(d.alice, "/collabs?state=published", ""), 200, "Four mugs")
	})
}

func TestCreditsArePages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, dialect string) {
		d := newDesk(t, dialect)
		p := d.post(d.server.alice, "<p>A drawing</p>", models.VisPublic)
		at := "/credit?status=" + p.ID.String()
		d.shows(d.page(d.alice, at, ""), 200, "A drawing", "What for", "Illustration")
		d.shows(d.page(d.bro, at, ""), 303)
		d.shows(d.page(d.alice, "/credit", "status="+p.ID.String()+"&acct=bob"), 422, "Say what the credit is for")
		d.shows(d.page(d.alice, "/credit", "status="+p.ID.String()+"&acct=@bob&as=illustration"), 303)
		d.shows(d.page(d.alice, at, ""), 200, "Bob", "delivered")
		d.shows(d.page(d.bro, "/requests?lang=fr", ""), 200, "Crédits", "A drawing")
		d.shows(d.page("", "/@bob/credits", ""), 200, "There are no credits here yet", "!A drawing")
		q := d.post(d.server.alice, "<p>Found it</p>", models.VisPublic)
		d.shows(d.page(d.bro, "/claim?status="+q.ID.String(), ""), 200, "This is my work", "Found it")
		d.shows(d.page(d.bro, "/claim", "status="+q.ID.String()+"&as=photo"), 422, "Say where the work is from")
		w := d.page(d.bro, "/claim", "status="+q.ID.String()+"&as=photo&text=Mine")
		d.shows(w, 303)
		claim, _, _ := strings.Cut(w.Header().Get("Location"), "?")
		d.account("eve", "")
		d.shows(d.page(d.signIn("eve"), claim, ""), 404)
		d.shows(d.page(d.alice, "/requests", ""), 200, "Claims about your posts", "Mine")
		d.shows(d.page(d.alice, claim+"/refuse", "reason="), 422, "Say why")
		d.shows(d.page(d.alice, claim+"/accept", "x=1"), 303)
		d.shows(d.page(d.bro, claim, ""), 200, "accepted", "links hold.")
		d.shows(d.page("", "/@bob/credits?lang=fr", ""), 200, "Found it", "Photo", "1 signature vérifiée", "Crédits de Bob")
		d.shows(d.page(d.bro, "/credits", ""), 200, "Found it", "Public page")
		d.shows(d.page(d.alice, "/derivatives/"+q.ID.String(), ""), 200, "Nobody quoted it")
		d.shows(d.page(d.bro, "/derivatives/"+q.ID.String(), ""), 404)
	})
}
