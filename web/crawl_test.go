package web_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/files"
	"ensemble/models/store"
	"ensemble/web"
	"ensemble/web/api"
	"ensemble/web/call"
	"ensemble/web/openapi"
)

// A lively server is one on which everything happened that a page can show: alice is a
// person, mo owns the server, bob lives there as well and eve elsewhere.
type lively struct {
	*server
	table   []call.Route
	bob, mo *models.Account
	eve     *models.Account
	cookies map[string]string // of guest, person, bob and owner
	ids     map[string]string // what examples of paths are filled with
}

func newLively(t *testing.T) *lively {
	t.Helper()
	l := &lively{ids: map[string]string{}}
	site := here
	site.FileKey, site.Loose = "key", true
	l.server = newServerAt(t, site, "sqlite", func(c *web.Config) {
		c.API = (&api.API{Files: c.Files.(*files.Disk), Finder: nobody{}, Writer: writer{}}).Routes()
		c.Door, c.Witness, c.Limit = doors{}, witness{}, -1
		c.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
		l.table = web.Routes(*c)
	})
	l.bob, l.mo, l.eve = l.account("bob", ""), l.account("mo", ""), l.account("eve", "two.example")
	l.bob.Collaborates, l.alice.Collaborates = models.CollabEveryone, models.CollabEveryone
	l.alice.Note, l.alice.Fields = "<p>qz-note</p>", []models.Field{{Name: "qz-field", Value: "qz-value"}}
	l.put(l.bob, l.alice, &models.Follow{ID: models.NewID(l.db.Now()), URI: "https://one.example/follows/1", AccountID: l.alice.ID, TargetID: l.eve.ID, Accepted: true, CreatedAt: l.db.Now()})
	l.cookies = map[string]string{"person": l.signIn("alice"), "bob": l.signIn("bob")}
	l.settle()
	l.cookies["owner"] = l.signIn("mo")
	l.posts()
	l.together()
	l.moderation()
	l.belongings()
	return l
}

// speak has everybody's pages in a language.
func (l *lively) speak(lang string) {
	l.Helper()
	err := l.db.Tx(context.Background(), func(tx *store.Tx) error {
		_, err := store.Set[models.User](tx, map[string]any{"locale": lang}, "1 = 1")
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
}

// settle gives everybody their settings.
func (l *lively) settle() {
	l.Helper()
	for id, role := range map[models.ID]models.Role{l.alice.ID: models.RoleUser, l.bob.ID: models.RoleUser, l.mo.ID: models.RoleOwner} {
		l.put(&models.User{
			AccountID: id, Role: role, Email: id.String() + "@one.example", MailKey: "MAILKEY" + id.String(), Locale: "en", Privacy: models.VisPublic,
			QuotePolicy: models.QuotePublic, Digest: models.DigestWeekly, CreatedAt: l.db.Now(),
		})
	}
}

// witness sends nobody anywhere.
type witness struct{}

func (witness) Register(context.Context, *models.SignIn, *models.Account, string, string) (string, error) {
	return "", none
}
func (witness) Identify(context.Context, *models.SignIn, *models.Account, string) error { return none }

// made sends a form to the API as who, and returns the ID of what came of it.
func (l *lively) made(who, path, form string) string {
	l.Helper()
	fields, err := url.ParseQuery(form)
	if err != nil {
		l.Fatal(err)
	}
	w := l.form(l.cookies[who], "/session"+path, fields)
	if w.Code >= 300 {
		l.Fatalf("%s %s: %d %s", path, form, w.Code, w.Body)
	}
	var got struct{ ID string }
	_ = json.Unmarshal(w.Body.Bytes(), &got) // an empty answer, or a list, has none
	return got.ID
}

// said puts a picture, a poll, an answer, a quote and an edit into the world.
func (l *lively) posts() {
	l.Helper()
	l.ids["post"] = l.made("person", "/api/v1/statuses", "status=qz-first+%23qz&visibility=public")
	l.ids["alice"], l.ids["eve"], l.ids["bob"] = l.alice.ID.String(), l.eve.ID.String(), l.bob.ID.String()
	l.made("bob", "/api/v1/statuses", "status=qz-answer&visibility=public&in_reply_to_id="+l.ids["post"])
	l.made("bob", "/api/v1/statuses", "status=%40alice+qz-mention&visibility=direct")
	l.made("bob", "/api/v1/statuses/"+l.ids["post"]+"/favourite", "")
	l.made("bob", "/api/v1/statuses/"+l.ids["post"]+"/reblog", "")
	l.made("person", "/api/v1/statuses", "status=qz-poll&spoiler_text=qz-warning&poll[options][]=qz-a&poll[options][]=qz-b&poll[expires_in]=3600")
	theirs := l.post(l.eve, "<p>qz-original</p>", models.VisPublic)
	theirs.Attachments = []models.Attachment{{Kind: "video", MediaType: "video/mp4", URL: "https://two.example/a.mp4", Alt: "qz-alt"}}
	duet := l.post(l.alice, "<p>qz-duet</p>", models.VisPublic)
	duet.Attachments = []models.Attachment{{MediaID: 1, Kind: "video", MediaType: "video/mp4", URL: "https://one.example/media/1/x/b.mp4", Alt: "qz-alt"}}
	now := l.db.Now()
	l.put(theirs, duet, &models.Interaction{
		ID: models.NewID(now), Kind: models.InteractQuote, PostID: duet.ID, AccountID: l.alice.ID, ObjectURI: duet.URI, TargetURI: theirs.URI, TargetID: theirs.ID,
		TargetAccountID: l.eve.ID, State: models.InteractAccepted, Derivation: "duet", CreatedAt: now, UpdatedAt: now,
	}, &models.PostEdit{ID: models.NewID(now), PostID: duet.ID, Content: "<p>qz-before</p>", At: now})
	edited := now
	duet.EditedAt = &edited
	l.put(duet)
	l.ids["duet"] = duet.ID.String()
	l.credit(duet)
}

// credit has eve asked to confirm a credit, and another one that she confirmed.
func (l *lively) credit(p *models.Post) {
	now := l.db.Now()
	sum := sha256.Sum256([]byte("LINK"))
	asked := &models.Confirmation{ID: models.NewID(now), PostID: p.ID, AccountID: l.eve.ID, InviterID: l.alice.ID, State: models.ConfirmAsked, LinkHash: hex.EncodeToString(sum[:]), LinkEnds: now.Add(time.Hour), CreatedAt: now}
	done := &models.Confirmation{ID: models.NewID(now) + 1, PostID: p.ID, AccountID: l.bob.ID, InviterID: l.alice.ID, State: models.ConfirmConfirmed, Digest: "x", ConfirmedAt: &now, CreatedAt: now}
	l.put(asked, done)
	l.ids["confirmation"] = done.ID.String()
}

// together publishes something by two, asks for something else, and claims a third.
func (l *lively) together() {
	l.Helper()
	const v1 = openapi.Prefix
	joint := l.made("person", v1+"/collabs", "status=qz-joint&coauthor_ids[]="+l.ids["bob"])
	l.made("bob", v1+"/collabs/"+joint+"/accept", "")
	l.ids["collab"], l.ids["published"] = joint, rowID[models.Post](l, "collab <> ''")
	l.ids["request"] = l.made("bob", v1+"/collabs", "status=qz-invitation&coauthor_ids[]="+l.ids["alice"])
	l.ids["offered"] = l.made("person", v1+"/collabs", "status=qz-offered&coauthor_ids[]="+l.ids["bob"])
	l.ids["claim"] = l.made("bob", v1+"/claims", "status_id="+l.ids["post"]+"&as=illustration&text=qz-claim")
}

// moderation has somebody reported and warned, rules made and doors opened.
func (l *lively) moderation() {
	l.Helper()
	const v1, ours = "/api/v1", openapi.Prefix
	l.made("bob", v1+"/reports", "account_id="+l.ids["alice"]+"&status_ids[]="+l.ids["post"]+"&comment=qz-report&category=spam")
	l.ids["report"] = rowID[models.Report](l, "1 = 1")
	now, sum := l.db.Now(), sha256.Sum256([]byte("APPEALKEY"))
	w := &models.Warning{ID: models.NewID(now), AccountID: l.alice.ID, Action: "silence", Text: "qz-warned", Key: hex.EncodeToString(sum[:]), CreatedAt: now}
	other := *w
	other.ID, other.Key, other.Action = w.ID+1, "", "none"
	l.put(w, &other)
	l.ids["warning"] = w.ID.String()
	l.form(l.cookies["person"], "/warnings/"+other.ID.String(), url.Values{"text": {"qz-appeal"}})
	l.ids["rule"] = l.made("owner", v1+"/admin/domain_blocks", "domain=bad.example&severity=silence&public_comment=qz-why")
	l.made("owner", v1+"/admin/ip_blocks", "ip=203.0.113.0/24&severity=no_access&comment=qz-ip")
	l.made("owner", v1+"/admin/email_domain_blocks", "domain=throwaway.example")
	l.put(&models.InviteCode{ID: models.NewID(now), Code: "QZINVITE", AccountID: l.mo.ID, CreatedAt: now})
	l.made("owner", ours+"/admin/announcements", "text=qz-announcement")
}

// belongings are alice's lists, filters, drafts and apps, and what waits for her.
func (l *lively) belongings() {
	l.Helper()
	l.ids["list"] = l.made("person", "/api/v1/lists", "title=qz-list")
	l.made("person", "/api/v2/filters", "title=qz-filter&context[]=home&keywords_attributes[][keyword]=qz-word")
	l.made("person", "/api/v1/statuses", "status=qz-later&scheduled_at="+url.QueryEscape(l.db.Now().Add(time.Hour).Format(time.RFC3339)))
	now := l.db.Now()
	held := &models.NotificationRequest{ID: models.NewID(now), AccountID: l.alice.ID, FromID: l.eve.ID, CreatedAt: now, UpdatedAt: now}
	app := &models.App{ID: models.NewID(now) + 1, ClientID: "APP", Name: "qz-app", RedirectURIs: []string{"https://app.example/back"}, Scopes: "read write", CreatedAt: now}
	l.put(held, app, &models.Token{ID: models.NewID(now) + 2, Hash: "h", ClientID: "APP", AccountID: l.alice.ID, Scopes: "read", CreatedAt: now, LastUsedAt: &now})
	l.put(&models.Peer{Host: "two.example"})
	l.ids["held"], l.ids["key"] = held.ID.String(), "MAILKEY"+l.ids["alice"]
	l.put(&models.Follow{ID: models.NewID(now) + 3, URI: "https://one.example/follows/2", AccountID: l.bob.ID, TargetID: l.alice.ID, CreatedAt: now})
}

// rowID is that of the one row of a kind for which where holds.
func rowID[M any](l *lively, where string) string {
	l.Helper()
	var raw []byte
	err := l.db.Read(context.Background(), func(tx *store.Tx) error {
		m, err := store.One[M](tx, where)
		if err != nil {
			return err
		}
		raw, err = json.Marshal(m)
		return err
	})
	if err != nil {
		l.Fatal(err)
	}
	var got struct{ ID models.ID }
	if err := json.Unmarshal(raw, &got); err != nil {
		l.Fatal(err)
	}
	return got.ID.String()
}

// filled puts what is known into the {} of an example.
func (l *lively) filled(path string) string {
	for name, id := range l.ids {
		path = strings.ReplaceAll(path, "{"+name+"}", id)
	}
	return path
}
