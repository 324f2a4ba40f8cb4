package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/models/store/storetest"
)

// A town is people and what they say, written down as the features would.
type town struct {
	t    testing.TB
	tx   *store.Tx
	at   time.Time
	name map[models.ID]string // of posts, for messages
}

func (w *town) person(name string) *models.Account {
	a := account(w.tx, name)
	w.put(a)
	return a
}

func (w *town) put(m any) {
	w.t.Helper()
	if err := store.Put(w.tx, m); err != nil {
		w.t.Fatal(err)
	}
}

func (w *town) id() models.ID {
	w.at = w.at.Add(time.Second)
	return models.NewID(w.at)
}

func (w *town) follow(who, whom *models.Account) {
	id := w.id()
	w.put(&models.Follow{ID: id, URI: models.IRI("f" + id.String()), AccountID: who.ID, TargetID: whom.ID, Accepted: true, ShowBoosts: true, CreatedAt: w.at})
}

func (w *town) block(who, whom *models.Account) {
	id := w.id()
	w.put(&models.Block{ID: id, URI: models.IRI("b" + id.String()), AccountID: who.ID, TargetID: whom.ID, CreatedAt: w.at})
}

func (w *town) say(name string, who *models.Account, v models.Visibility, change func(*models.Post)) *models.Post {
	id := w.id()
	p := &models.Post{
		ID: id, URI: models.IRI("https://a.test/" + id.String()), AccountID: who.ID, Local: true, Content: "<p>" + name + "</p>",
		Visibility: v, ThreadID: id, PublishedAt: w.at, CreatedAt: w.at,
	}
	if change != nil {
		change(p)
	}
	w.name[id] = name
	w.put(p)
	w.put(&models.Feed{
		ID: id, AccountID: who.ID, PostID: id, Kind: models.FeedPost, Visibility: v, AuthorID: who.ID,
		Reply: p.InReplyToID != 0 && p.InReplyToAccountID != who.ID, Media: len(p.Attachments) > 0,
	})
	for _, m := range p.Mentions {
		w.put(&models.PostMention{PostID: id, AccountID: m.AccountID})
	}
	for _, tag := range p.Tags {
		w.put(&models.PostTag{PostID: id, Tag: tag})
	}
	return p
}

func (w *town) joins(who *models.Account, p *models.Post, state models.AuthorState, hidden bool) {
	w.put(&models.Author{PostID: p.ID, URI: who.URI, AccountID: who.ID, Role: models.RoleCoauthor, State: state, NextCheck: w.at, Hidden: hidden})
	w.put(&models.Feed{ID: p.ID, AccountID: who.ID, PostID: p.ID, Kind: models.FeedCoauthor, Visibility: p.Visibility, AuthorID: p.AccountID, Hidden: hidden})
}

func (w *town) boost(who *models.Account, p *models.Post) models.ID {
	id := w.id()
	w.put(&models.Boost{ID: id, URI: models.IRI("s" + id.String()), AccountID: who.ID, PostID: p.ID, CreatedAt: w.at})
	w.put(&models.Feed{ID: id, AccountID: who.ID, PostID: p.ID, Kind: models.FeedBoost, Visibility: p.Visibility, AuthorID: p.AccountID})
	return id
}

func (w *town) expect(what string, got []store.Entry, err error, want ...string) {
	w.t.Helper()
	if err != nil {
		w.t.Errorf("%s: %v", what, err)
		return
	}
	var names []string
	for _, e := range got {
		n := w.name[e.PostID]
		if e.Kind == models.FeedBoost {
			n = "boost of " + n
		}
		names = append(names, n)
	}
	if !slices.Equal(names, want) {
		w.t.Errorf("%s: got %q, want %q", what, names, want)
	}
}

func inTown(t *testing.T, fn func(w *town)) {
	storetest.Each(t, func(t *testing.T, dialect string) {
		db := storetest.New(t, dialect, site, nil)
		do(t, db, func(tx *store.Tx) error {
			fn(&town{t: t, tx: tx, at: tx.Now, name: map[models.ID]string{}})
			return nil
		})
	})
}

func replyTo(parent *models.Post) func(*models.Post) {
	return func(p *models.Post) {
		p.InReplyToID, p.InReplyToAccountID, p.InReplyToURI, p.ThreadID = parent.ID, parent.AccountID, parent.URI, parent.ThreadID
	}
}

func naming(who *models.Account) func(*models.Post) {
	return func(p *models.Post) { p.Mentions = []models.Mention{{AccountID: who.ID, URI: who.URI}} }
}

func TestHomeHoldsEachPostOnce(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada, bo, eve := w.person("me"), w.person("ada"), w.person("bo"), w.person("eve")
		w.follow(me, ada)
		w.follow(me, bo)
		mine := w.say("mine", me, models.VisDirect, nil)
		w.say("strange", eve, models.VisPublic, nil)
		duet := w.say("duet", ada, models.VisPublic, nil)
		w.joins(bo, duet, models.AuthorVerified, false)
		w.boost(bo, duet)
		w.boost(bo, w.say("of eve", eve, models.VisPublic, nil))
		w.boost(ada, &models.Post{ID: w.idOf("of eve"), AccountID: eve.ID, Visibility: models.VisPublic})
		w.say("secret", ada, models.VisDirect, nil)
		w.say("for me", ada, models.VisDirect, naming(me))
		w.say("for followers", ada, models.VisFollowers, nil)
		talk := w.say("to a stranger", ada, models.VisPublic, replyTo(&models.Post{ID: 1, AccountID: eve.ID, URI: "x"}))
		w.say("to me", ada, models.VisPublic, replyTo(mine))
		w.say("to herself", ada, models.VisPublic, replyTo(talk))
		got, err := store.Home(w.tx, me.ID, store.Window{Limit: 20})
		w.expect("home", got, err, "to herself", "to me", "for followers", "for me", "boost of of eve", "duet", "mine")
	})
}

func (w *town) idOf(name string) models.ID {
	for id, n := range w.name {
		if n == name {
			return id
		}
	}
	return 0
}

func TestHomeKeepsThoseApartWhoBlock(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada, bo, eve, zed := w.person("me"), w.person("ada"), w.person("bo"), w.person("eve"), w.person("zed")
		w.follow(me, ada)
		w.block(me, eve)
		w.block(zed, me)
		w.block(me, bo)
		w.boost(ada, w.say("of eve", eve, models.VisPublic, nil))
		w.boost(ada, w.say("of zed", zed, models.VisPublic, nil))
		w.joins(bo, w.say("with bo", ada, models.VisPublic, nil), models.AuthorVerified, false)
		w.joins(eve, w.say("eve claims", ada, models.VisPublic, nil), models.AuthorClaimed, false)
		w.say("plain", ada, models.VisPublic, nil)
		got, err := store.Home(w.tx, me.ID, store.Window{Limit: 20})
		w.expect("home", got, err, "plain", "eve claims")
	})
}

func TestHomePages(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada, loud := w.person("me"), w.person("ada"), w.person("loud")
		w.follow(me, ada)
		var ids []models.ID
		for i := range 9 {
			ids = append(ids, w.say(fmt.Sprint(i), ada, models.VisPublic, nil).ID)
			w.say("noise", loud, models.VisPublic, nil)
		}
		for _, c := range []struct {
			name   string
			window store.Window
			want   []string
		}{
			{"the newest", store.Window{Limit: 3}, []string{"8", "7", "6"}},
			{"below", store.Window{Max: ids[6], Limit: 3}, []string{"5", "4", "3"}},
			{"the newest above", store.Window{Since: ids[2], Limit: 3}, []string{"8", "7", "6"}},
			{"directly above", store.Window{Min: ids[2], Limit: 3}, []string{"5", "4", "3"}},
			{"between", store.Window{Since: ids[2], Max: ids[5], Limit: 9}, []string{"4", "3"}},
			{"after the last", store.Window{Max: ids[0], Limit: 3}, nil},
		} {
			got, err := store.Home(w.tx, me.ID, c.window)
			w.expect(c.name, got, err, c.want...)
		}
	})
}

func TestProfileShowsWhatItsReaderMaySee(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada, bo, fan := w.person("me"), w.person("ada"), w.person("bo"), w.person("fan")
		w.follow(fan, ada)
		pub := w.say("public", ada, models.VisPublic, func(p *models.Post) { p.Tags = []string{"cats"} })
		w.say("private", ada, models.VisFollowers, nil)
		w.say("direct to me", ada, models.VisDirect, naming(me))
		w.say("reply to bo", ada, models.VisPublic, replyTo(&models.Post{ID: 1, AccountID: bo.ID, URI: "x"}))
		w.say("reply to self", ada, models.VisPublic, replyTo(pub))
		w.say("picture", ada, models.VisUnlisted, func(p *models.Post) { p.Attachments = []models.Attachment{{Kind: "image"}} })
		w.joins(ada, w.say("with bo", bo, models.VisPublic, nil), models.AuthorVerified, false)
		w.joins(ada, w.say("hidden with bo", bo, models.VisPublic, nil), models.AuthorVerified, true)
		w.boost(ada, w.say("of bo", bo, models.VisPublic, nil))
		see := func(what string, q store.Profile, want ...string) {
			t.Helper()
			q.Of = ada.ID
			got, err := store.ProfilePosts(w.tx, q, store.Window{Limit: 20})
			w.expect(what, got, err, want...)
		}
		all := []string{"boost of of bo", "with bo", "picture", "reply to self", "reply to bo", "public"}
		see("a stranger", store.Profile{}, all...)
		see("me", store.Profile{Me: me.ID}, slices.Insert(slices.Clone(all), 5, "direct to me")...)
		see("a follower", store.Profile{Me: fan.ID}, slices.Insert(slices.Clone(all), 5, "private")...)
		see("no replies", store.Profile{NoReplies: true}, "boost of of bo", "with bo", "picture", "reply to self", "public")
		see("no boosts", store.Profile{NoBoosts: true}, "with bo", "picture", "reply to self", "reply to bo", "public")
		see("media", store.Profile{Media: true}, "picture")
		see("tagged", store.Profile{Tag: "cats"}, "public")
		w.block(ada, me)
		see("somebody blocked", store.Profile{Me: me.ID}, "boost of of bo", "with bo")
	})
}

func TestPublicTimelinesHoldPublicPostsAlone(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada := w.person("me"), w.person("ada")
		tag := func(p *models.Post) { p.Tags = []string{"cats"} }
		w.say("public", ada, models.VisPublic, tag)
		w.say("unlisted", ada, models.VisUnlisted, tag)
		w.say("private", me, models.VisFollowers, tag)
		w.say("direct", ada, models.VisDirect, naming(me))
		w.say("far", ada, models.VisPublic, func(p *models.Post) { p.Local = false })
		w.say("reply", ada, models.VisPublic, replyTo(&models.Post{ID: 1, AccountID: me.ID, URI: "x"}))
		w.say("picture", ada, models.VisPublic, func(p *models.Post) { p.Attachments = []models.Attachment{{Kind: "image"}} })
		see := func(what string, q store.Publics, want ...string) {
			t.Helper()
			got, err := store.PublicPosts(w.tx, q, store.Window{Limit: 20})
			w.expect(what, got, err, want...)
		}
		see("all", store.Publics{}, "picture", "far", "public")
		see("for me", store.Publics{Me: me.ID}, "picture", "far", "public")
		see("local", store.Publics{Local: true}, "picture", "public")
		see("remote", store.Publics{Remote: true}, "far")
		see("media", store.Publics{Media: true}, "picture")
		see("tagged", store.Publics{Tag: "cats", Me: me.ID}, "public")
		see("unused tag", store.Publics{Tag: "dogs"})
		w.block(me, ada)
		see("all, of whom I block", store.Publics{Me: me.ID})
	})
}

func TestThreadShowsWhatItsReaderMaySee(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada := w.person("me"), w.person("ada")
		root := w.say("root", ada, models.VisPublic, nil)
		w.say("private", ada, models.VisFollowers, replyTo(root))
		w.say("open", ada, models.VisUnlisted, replyTo(root))
		knots, err := store.ThreadOf(w.tx, me.ID, root.ID, 10)
		if err != nil || len(knots) != 3 || knots[0].Shown != 1 || knots[1].Shown != 0 || knots[2].Shown != 1 {
			t.Errorf("got %+v, %v", knots, err)
		}
		ids, err := store.Readable(w.tx, 0, []models.ID{knots[0].ID, knots[1].ID})
		if err != nil || !slices.Equal(ids, []models.ID{root.ID}) {
			t.Errorf("readable: got %v, %v", ids, err)
		}
	})
}

func TestAccountsAreFound(t *testing.T) {
	inTown(t, func(w *town) {
		me, ada := w.person("me"), w.person("ada_b")
		far := account(w.tx, "adam")
		far.URI, far.Domain, far.DisplayName = "https://far.test/adam", "far.test", "Some One"
		w.put(far)
		for a, words := range map[*models.Account]string{me: "me", ada: "ada b", far: "adam ¶ some one"} {
			if err := store.KeepNames(w.tx, &models.Searchable{ID: a.ID, Words: strings.Fields(words)}); err != nil {
				t.Fatal(err)
			}
		}
		find := func(words, domain string, want ...models.ID) {
			t.Helper()
			q := store.Named{Me: me.ID, Words: strings.Fields(words), Handle: strings.ReplaceAll(words, " ", "_")}
			q.Domain, q.Whole = strings.CutPrefix(domain, "@")
			got, err := store.SearchAccounts(w.tx, q, 10, 0)
			slices.Sort(got)
			slices.Sort(want)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q: got %v, %v, want %v", words, got, err, want)
			}
		}
		find("ada", "", ada.ID, far.ID)
		find("ada b", "", ada.ID)
		find("one so", "", far.ID)
		find("om", "")
		find("ada", "@far", far.ID)
		find("some", "@far")
		find("adam", "@far.test", far.ID)
		find("ada b", "@a.test", ada.ID)
		find("ada b", "@", ada.ID)
		w.follow(me, ada)
		w.block(far, me)
		find("ada", "", ada.ID)
		ties, err := store.Ties(w.tx, me.ID, []models.ID{ada.ID, far.ID})
		if err != nil || len(ties) != 2 {
			t.Errorf("ties: got %+v, %v", ties, err)
		}
		if _, err := store.TakeCensus(w.tx); err != nil {
			t.Error(err)
		}
	})
}
