package main

import (
	"bytes"
	"context"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	gomastodon "github.com/mattn/go-mastodon"

	"ensemble/web/oauth"
)

// A gopher is an app written with go-mastodon.
type gopher struct {
	*gomastodon.Client
	t      *testing.T
	ctx    context.Context
	called map[string]bool
}

// unasked are the methods of go-mastodon that are not called, and why: its sign-in by
// password is one that Mastodon gave up; its admin methods want a moderator; and its sockets
// look up the server by themselves, past the network of a test.
func unasked(method string) bool {
	switch method {
	case "Authenticate", "AuthenticateApp", "AuthenticateToken", "UploadMedia", "UploadMediaFromReader", "NewWSClient", "Do", "Get", "Head", "Post", "PostForm", "CloseIdleConnections":
		return true
	}
	return strings.Contains(method, "Admin")
}

// does calls a method, whose outcome is a test of its own. The server answers no with
// what is left of the status.
func (g *gopher) does(method string, fn func() error, no ...int) {
	g.called[method] = true
	g.t.Run(method, func(t *testing.T) {
		err := fn()
		var refused *gomastodon.APIError
		if errors.As(err, &refused) && len(no) > 0 && refused.StatusCode == no[0] {
			return
		}
		if err != nil || len(no) > 0 {
			t.Errorf("%v", err)
		}
	})
}

func (g *gopher) finish() {
	g.t.Helper()
	for m := range reflect.TypeFor[*gomastodon.Client]().Methods() {
		if !g.called[m.Name] && !unasked(m.Name) {
			g.t.Errorf("%s was not called", m.Name)
		}
	}
}

// got drops what a method answers, which it has decoded.
func got[T any](_ T, err error) error { return err }

// TestGoMastodon signs in with a library of Go's, and calls all of its methods.
func TestGoMastodon(t *testing.T) {
	p := newProcess(t, "one", "sqlite")
	p.start()
	p.ready()
	ada, bo := p.person("ada"), p.person("bo")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	app, err := gomastodon.RegisterApp(ctx, &gomastodon.AppConfig{Client: http.Client{Transport: p.net}, Server: p.origin, ClientName: "gopher",
		Scopes: "read write follow push", RedirectURIs: "urn:ietf:wg:oauth:2.0:oob"})
	if err != nil {
		t.Fatal(err)
	}
	client := func(token string) *gomastodon.Client {
		c := gomastodon.NewClient(&gomastodon.Config{Server: p.origin, ClientID: app.ClientID, ClientSecret: app.ClientSecret, AccessToken: token})
		c.Transport = p.net
		return c
	}
	g := &gopher{Client: client(""), t: t, ctx: ctx, called: map[string]bool{}}
	g.does("GetAppAccessToken", func() error { return g.GetAppAccessToken(ctx, "urn:ietf:wg:oauth:2.0:oob") })
	code, err := oauth.Approve(ctx, p.net, app.AuthURI, "ada", "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	g.does("GetUserAccessToken", func() error { return g.GetUserAccessToken(ctx, code, "urn:ietf:wg:oauth:2.0:oob") })
	other := client(bo.token)
	_ = ada
	g.people(other)
	g.posts(other)
	g.lists(other)
	g.streams()
	g.does("RevokeToken", func() error { return g.RevokeToken(ctx) })
	g.finish()
}

// people calls what is about accounts.
func (g *gopher) people(other *gomastodon.Client) {
	ctx, none := g.ctx, (*gomastodon.Pagination)(nil)
	g.does("VerifyAppCredentials", func() error { return got(g.VerifyAppCredentials(ctx)) })
	me, err := g.GetAccountCurrentUser(ctx)
	g.does("GetAccountCurrentUser", func() error { return err })
	bo, err := g.AccountLookup(ctx, "bo")
	g.does("AccountLookup", func() error { return err })
	if err != nil {
		g.t.FailNow()
	}
	g.does("GetAccount", func() error { return got(g.GetAccount(ctx, bo.ID)) })
	g.does("AccountUpdate", func() error {
		a, err := g.AccountUpdate(ctx, &gomastodon.Profile{DisplayName: gomastodon.String("Ada L.")})
		if err == nil && a.DisplayName != "Ada L." {
			err = errors.New(a.DisplayName)
		}
		return err
	})
	g.does("AccountFollow", func() error { return got(g.AccountFollow(ctx, bo.ID)) })
	g.does("GetAccountFollowers", func() error { return got(g.GetAccountFollowers(ctx, bo.ID, none)) })
	g.does("GetAccountFollowing", func() error { return got(g.GetAccountFollowing(ctx, me.ID, none)) })
	g.does("GetAccountRelationships", func() error {
		r, err := g.GetAccountRelationships(ctx, []string{string(bo.ID)})
		if err == nil && (len(r) != 1 || !r[0].Following) {
			err = errors.New("they do not follow")
		}
		return err
	})
	g.does("AccountsSearch", func() error { return got(g.AccountsSearch(ctx, "bo", 5)) })
	g.does("AccountsSearchResolve", func() error { return got(g.AccountsSearchResolve(ctx, "bo", 5, true)) })
	g.does("FollowRemoteUser", func() error { return got(g.FollowRemoteUser(ctx, "bo")) }, 404) // Mastodon 3 did away with it
	if _, err := g.AccountUpdate(ctx, &gomastodon.Profile{Locked: new(true)}); err != nil {
		g.t.Error(err)
	}
	for _, answer := range []func(gomastodon.ID) error{
		func(id gomastodon.ID) error { return g.FollowRequestReject(ctx, id) }, func(id gomastodon.ID) error { return g.FollowRequestAuthorize(ctx, id) },
	} {
		if _, err := other.AccountFollow(ctx, me.ID); err != nil {
			g.t.Error(err)
		}
		all, err := g.GetFollowRequests(ctx, none)
		g.does("GetFollowRequests", func() error { return err })
		if len(all) != 1 {
			g.t.Errorf("%d requests", len(all))
		}
		g.does("FollowRequestReject", func() error { return nil })
		g.does("FollowRequestAuthorize", func() error { return answer(bo.ID) })
	}
	g.does("AccountMute", func() error { return got(g.AccountMute(ctx, bo.ID)) })
	g.does("GetMutes", func() error { return got(g.GetMutes(ctx, none)) })
	g.does("AccountUnmute", func() error { return got(g.AccountUnmute(ctx, bo.ID)) })
	g.does("GetEndorsements", func() error { return got(g.GetEndorsements(ctx, none)) })
	g.does("TagFollow", func() error { return got(g.TagFollow(ctx, "cats")) })
	g.does("TagInfo", func() error { return got(g.TagInfo(ctx, "cats")) })
	g.does("TagsFollowed", func() error { return got(g.TagsFollowed(ctx, none)) })
	g.does("GetFollowedTags", func() error { return got(g.GetFollowedTags(ctx, none)) })
	g.does("TagUnfollow", func() error { return got(g.TagUnfollow(ctx, "cats")) })
	g.does("GetInstance", func() error { return got(g.GetInstance(ctx)) })
	g.does("GetInstanceActivity", func() error { return got(g.GetInstanceActivity(ctx)) })
	g.does("GetInstancePeers", func() error { return got(g.GetInstancePeers(ctx)) })
}

// posts calls what is about statuses, and what they come to.
func (g *gopher) posts(other *gomastodon.Client) {
	ctx, none := g.ctx, (*gomastodon.Pagination)(nil)
	var picture bytes.Buffer
	_ = png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 8, 8)))
	var file *gomastodon.Attachment
	g.does("UploadMediaFromBytes", func() (err error) { file, err = g.UploadMediaFromBytes(ctx, picture.Bytes()); return err })
	g.does("UploadMediaFromMedia", func() error {
		return got(g.UploadMediaFromMedia(ctx, &gomastodon.Media{File: bytes.NewReader(picture.Bytes()), Description: "nothing"}))
	})
	g.does("GetMediaStatus", func() error { return g.GetMediaStatus(ctx, file) })
	said, err := g.PostStatus(ctx, &gomastodon.Toot{Status: "Hello #cats", MediaIDs: []gomastodon.ID{file.ID}})
	g.does("PostStatus", func() error { return err })
	if err != nil {
		g.t.FailNow()
	}
	id := said.ID
	for method, fn := range map[string]func(context.Context, gomastodon.ID) (*gomastodon.Status, error){
		"Favourite": g.Favourite, "Reblog": g.Reblog, "Bookmark": g.Bookmark, "GetStatus": g.GetStatus,
	} {
		g.does(method, func() error { return got(fn(ctx, id)) })
	}
	g.does("UpdateStatus", func() error { return got(g.UpdateStatus(ctx, &gomastodon.Toot{Status: "Hello again #cats"}, id)) })
	g.does("GetStatusSource", func() error { return got(g.GetStatusSource(ctx, id)) })
	g.does("GetStatusHistory", func() error { return got(g.GetStatusHistory(ctx, id)) })
	g.does("GetStatusContext", func() error { return got(g.GetStatusContext(ctx, id)) })
	g.does("GetStatusCard", func() error { return got(g.GetStatusCard(ctx, id)) }, 404) // Mastodon 3 did away with it
	g.does("GetRebloggedBy", func() error { return got(g.GetRebloggedBy(ctx, id, none)) })
	g.does("GetFavouritedBy", func() error { return got(g.GetFavouritedBy(ctx, id, none)) })
	g.does("GetFavourites", func() error { return got(g.GetFavourites(ctx, none)) })
	g.does("GetBookmarks", func() error { return got(g.GetBookmarks(ctx, none)) })
	g.timelines(said.Account.ID)
	for method, fn := range map[string]func(context.Context, gomastodon.ID) (*gomastodon.Status, error){
		"Unfavourite": g.Unfavourite, "Unreblog": g.Unreblog, "Unbookmark": g.Unbookmark,
	} {
		g.does(method, func() error { return got(fn(ctx, id)) })
	}
	asked, err := other.PostStatus(ctx, &gomastodon.Toot{Status: "@ada which?", Poll: &gomastodon.TootPoll{Options: []string{"a", "b"}, ExpiresInSeconds: 3600}})
	if err != nil {
		g.t.Fatal(err)
	}
	g.does("GetPoll", func() error { return got(g.GetPoll(ctx, asked.Poll.ID)) })
	g.does("PollVote", func() error { return got(g.PollVote(ctx, asked.Poll.ID, 1)) })
	g.notices()
	if _, err := other.PostStatus(ctx, &gomastodon.Toot{Status: "@ada between us", Visibility: "direct"}); err != nil {
		g.t.Error(err)
	}
	talks, err := g.GetConversations(ctx, none)
	g.does("GetConversations", func() error { return err })
	if len(talks) != 1 {
		g.t.Fatalf("%d conversations", len(talks))
	}
	g.does("MarkConversationAsRead", func() error { return g.MarkConversationAsRead(ctx, talks[0].ID) })
	g.does("DeleteConversation", func() error { return g.DeleteConversation(ctx, talks[0].ID) })
	g.does("GetTimelineDirect", func() error { return got(g.GetTimelineDirect(ctx, none)) })
	g.does("Report", func() error { return got(g.Report(ctx, asked.Account.ID, []gomastodon.ID{asked.ID}, "a test")) })
	g.does("GetReports", func() error { return got(g.GetReports(ctx)) }, 404) // Mastodon 3 did away with it
	g.does("DeleteStatus", func() error { return g.DeleteStatus(ctx, id) })
}

// timelines reads every list of statuses.
func (g *gopher) timelines(me gomastodon.ID) {
	ctx, none := g.ctx, (*gomastodon.Pagination)(nil)
	g.does("GetTimelineHome", func() error { return got(g.GetTimelineHome(ctx, none)) })
	g.does("GetTimelinePublic", func() error { return got(g.GetTimelinePublic(ctx, true, none)) })
	g.does("GetTimelineMedia", func() error { return got(g.GetTimelineMedia(ctx, true, none)) })
	g.does("GetTimelineHashtag", func() error { return got(g.GetTimelineHashtag(ctx, "cats", true, none)) })
	g.does("GetTimelineHashtagMultiple", func() error {
		return got(g.GetTimelineHashtagMultiple(ctx, "cats", true, &gomastodon.TagData{Any: []string{"dogs"}}, none))
	})
	g.does("GetTrendingStatuses", func() error { return got(g.GetTrendingStatuses(ctx, none)) })
	g.does("GetAccountStatuses", func() error { return got(g.GetAccountStatuses(ctx, me, none)) })
	g.does("GetAccountStatusesParams", func() error {
		return got(g.GetAccountStatusesParams(ctx, me, url.Values{"exclude_replies": {"true"}}, none))
	})
	g.does("GetAccountPinnedStatuses", func() error { return got(g.GetAccountPinnedStatuses(ctx, me)) })
	g.does("AccountStatuses", func() error {
		for _, err := range g.AccountStatuses(ctx, me, &gomastodon.Pagination{Limit: 1}) {
			return err
		}
		return errors.New("nothing")
	})
	g.does("Search", func() error { return got(g.Search(ctx, "cats", false)) })
}

// notices calls what is about notifications and their pushes.
func (g *gopher) notices() {
	ctx, none := g.ctx, (*gomastodon.Pagination)(nil)
	all, err := g.GetNotifications(ctx, none)
	g.does("GetNotifications", func() error { return err })
	if len(all) == 0 {
		g.t.Fatal("no notifications")
	}
	g.does("Notifications", func() error {
		for _, err := range g.Notifications(ctx, nil, &gomastodon.Pagination{Limit: 1}) {
			return err
		}
		return errors.New("nothing")
	})
	g.does("GetNotificationsExclude", func() error { return got(g.GetNotificationsExclude(ctx, &[]string{"follow"}, none)) })
	g.does("GetNotification", func() error { return got(g.GetNotification(ctx, all[0].ID)) })
	g.does("DismissNotification", func() error { return g.DismissNotification(ctx, all[0].ID) })
	g.does("ClearNotifications", func() error { return g.ClearNotifications(ctx) })
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key.PublicKey().Bytes())
	if err != nil {
		g.t.Fatal(err)
	}
	yes := gomastodon.Sbool(true)
	alerts := gomastodon.PushAlerts{Mention: &yes}
	g.does("AddPushSubscription", func() error {
		return got(g.AddPushSubscription(ctx, "https://push.example/1", *public, make([]byte, 16), alerts))
	})
	g.does("GetPushSubscription", func() error { return got(g.GetPushSubscription(ctx)) })
	g.does("UpdatePushSubscription", func() error { return got(g.UpdatePushSubscription(ctx, &alerts)) })
	g.does("RemovePushSubscription", func() error { return g.RemovePushSubscription(ctx) })
}

// lists calls what is about lists and filters, and ends with a block.
func (g *gopher) lists(other *gomastodon.Client) {
	ctx := g.ctx
	bo, err := other.GetAccountCurrentUser(ctx)
	if err != nil {
		g.t.Fatal(err)
	}
	list, err := g.CreateList(ctx, "friends")
	g.does("CreateList", func() error { return err })
	if err != nil {
		g.t.FailNow()
	}
	g.does("AddToList", func() error { return g.AddToList(ctx, list.ID, bo.ID) })
	g.does("GetLists", func() error { return got(g.GetLists(ctx)) })
	g.does("GetList", func() error { return got(g.GetList(ctx, list.ID)) })
	g.does("GetAccountLists", func() error { return got(g.GetAccountLists(ctx, bo.ID)) })
	g.does("GetListAccounts", func() error { return got(g.GetListAccounts(ctx, list.ID)) })
	g.does("GetTimelineList", func() error { return got(g.GetTimelineList(ctx, list.ID, nil)) })
	g.does("StreamingList", func() error {
		return g.stream(func(c context.Context) (chan gomastodon.Event, error) { return g.StreamingList(c, list.ID) })
	})
	g.does("RenameList", func() error { return got(g.RenameList(ctx, list.ID, "others")) })
	g.does("RemoveFromList", func() error { return g.RemoveFromList(ctx, list.ID, bo.ID) })
	g.does("DeleteList", func() error { return g.DeleteList(ctx, list.ID) })
	f, err := g.CreateFilter(ctx, &gomastodon.Filter{Phrase: "rain", Context: []string{"home"}})
	g.does("CreateFilter", func() error { return err })
	if err != nil {
		g.t.FailNow()
	}
	g.does("GetFilters", func() error { return got(g.GetFilters(ctx)) })
	g.does("GetFilter", func() error { return got(g.GetFilter(ctx, f.ID)) })
	g.does("UpdateFilter", func() error {
		return got(g.UpdateFilter(ctx, f.ID, &gomastodon.Filter{Phrase: "snow", Context: []string{"home"}}))
	})
	g.does("DeleteFilter", func() error { return g.DeleteFilter(ctx, f.ID) })
	g.does("AccountUnfollow", func() error { return got(g.AccountUnfollow(ctx, bo.ID)) })
	g.does("AccountBlock", func() error { return got(g.AccountBlock(ctx, bo.ID)) })
	g.does("GetBlocks", func() error { return got(g.GetBlocks(ctx, nil)) })
	g.does("AccountUnblock", func() error { return got(g.AccountUnblock(ctx, bo.ID)) })
}

// streams is told of a post, by server-sent events and by sockets.
func (g *gopher) streams() {
	for method, open := range map[string]func(context.Context) (chan gomastodon.Event, error){
		"StreamingUser":   g.StreamingUser,
		"StreamingPublic": func(c context.Context) (chan gomastodon.Event, error) { return g.StreamingPublic(c, true) },
		"StreamingHashtag": func(c context.Context) (chan gomastodon.Event, error) {
			return g.StreamingHashtag(c, "cats", true)
		},
	} {
		g.does(method, func() error {
			return g.stream(open, "Streams of #cats")
		})
	}
	g.does("StreamingDirect", func() error { return g.stream(g.StreamingDirect) })
}

// stream opens a stream, and waits until it tells of what is said, if anything is.
func (g *gopher) stream(open func(context.Context) (chan gomastodon.Event, error), say ...string) error {
	ctx, cancel := context.WithTimeout(g.ctx, 20*time.Second)
	defer cancel()
	events, err := open(ctx)
	if err != nil || len(say) == 0 {
		return err
	}
	again := time.NewTicker(300 * time.Millisecond) // a stream says nothing when it is there
	defer again.Stop()
	for {
		select {
		case e, ok := <-events:
			if _, update := e.(*gomastodon.UpdateEvent); update {
				return nil
			}
			if failed, is := e.(*gomastodon.ErrorEvent); is || !ok {
				return errors.Join(errors.New("the stream failed"), failed)
			}
		case <-again.C:
			if _, err := g.PostStatus(ctx, &gomastodon.Toot{Status: say[0]}); err != nil {
				return err
			}
		case <-ctx.Done():
			return errors.New("the stream told of nothing")
		}
	}
}
