package api

import (
	"ensemble/models/files"
	"ensemble/web/call"
)

// Routes are the part of the program's table that is Mastodon's API.
func (a *API) Routes() []call.Route {
	routes := a.instanceRoutes()
	routes = append(routes, a.accountRoutes()...)
	routes = append(routes, a.statusRoutes()...)
	routes = append(routes, a.listRoutes()...)
	routes = append(routes, a.mediaRoutes()...)
	routes = append(routes, a.portraitRoutes()...)
	routes = append(routes, a.emptyRoutes()...)
	routes = append(routes, a.moderationRoutes()...)
	routes = append(routes, a.rolloutRoutes()...)
	routes = append(routes, a.readingRoutes()...)
	routes = append(routes, a.aboutRoutes()...)
	routes = append(routes, a.profileRoutes()...)
	routes = append(routes, a.quoteRoutes()...)
	routes = append(routes, a.reactionRoutes()...)
	routes = append(routes, a.creditRoutes()...)
	routes = append(routes, a.confirmRoutes()...)
	routes = append(routes, a.claimRoutes()...)
	routes = append(routes, a.deletionRoutes()...)
	routes = append(routes, a.previewRoutes()...)
	routes = append(routes, a.reachRoutes()...)
	routes = append(routes, a.requestRoutes()...)
	routes = append(routes, a.streamRoutes()...)
	routes = append(routes, a.noticeRoutes()...)
	routes = append(routes, a.pushRoutes()...)
	routes = append(routes, a.sessionRoutes()...)
	routes = append(routes, a.mailRoutes()...)
	routes = append(routes, a.languageRoutes()...)
	routes = append(routes, a.othersRoutes()...)
	routes = append(routes, a.signUpRoutes()...)
	routes = append(routes, a.securityRoutes()...)
	routes = append(routes, a.referenceRoutes()...)
	routes = append(routes, a.deliveryRoutes()...)
	routes = append(routes, a.dashboardRoutes()...)
	routes = append(routes, a.backupRoutes()...)
	routes = append(routes, a.cacheRoutes()...)
	routes = append(routes, a.rolloutAdminRoutes()...)
	return append(routes, a.ensembleRoutes()...)
}

func (a *API) instanceRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/v1/instance", Who: call.Nobody, Handler: a.InstanceV1},
		{Method: "GET", Path: "/api/v2/instance", Who: call.Nobody, Handler: a.InstanceV2},
		{Method: "GET", Path: "/api/v1/custom_emojis", Who: call.Nobody, Handler: a.CustomEmojis},
		{Method: "GET", Path: "/api/v1/instance/rules", Who: call.Nobody, Handler: a.Rules},
		{Method: "GET", Path: "/api/v1/instance/peers", Who: call.Nobody, Handler: a.Peers},
		{Method: "GET", Path: "/api/v1/instance/extended_description", Who: call.Nobody, Handler: a.About},
	}
}

func (a *API) accountRoutes() []call.Route {
	upload := a.maxUpload()
	return []call.Route{
		{Method: "GET", Path: "/api/v1/accounts/verify_credentials", Scope: "read:accounts profile", Handler: a.Self},
		{Method: "PATCH", Path: "/api/v1/accounts/update_credentials", Scope: "write:accounts", Mode: call.Free, MaxBody: upload, Handler: a.UpdateSelf},
		{Method: "GET", Path: "/api/v1/accounts/relationships", Scope: "read:follows", Handler: a.Relationships},
		{Method: "GET", Path: "/api/v1/accounts/lookup", Who: call.Anyone, Scope: "read:accounts", Handler: a.LookupAccount},
		{Method: "GET", Path: "/api/v1/accounts/search", Scope: "read:accounts", Mode: call.Read, Prepare: a.SearchAccounts},
		{Method: "GET", Path: "/api/v1/accounts/familiar_followers", Scope: "read:follows", Handler: a.FamiliarFollowers},
		{Method: "POST", Path: "/api/v1/accounts/alias", Scope: "write:accounts", Prepare: a.SetAliases},
		{Method: "POST", Path: "/api/v1/accounts/move", Scope: "write:accounts", Prepare: a.Move},
		{Method: "DELETE", Path: "/api/v1/accounts/move", Scope: "write:accounts", Handler: a.Stay},
		{Method: "GET", Path: "/api/v1/accounts", Who: call.Anyone, Scope: "read:accounts", Handler: a.Accounts},
		{Method: "GET", Path: "/api/v1/accounts/:id", Who: call.Anyone, Scope: "read:accounts", Handler: a.Account},
		{Method: "GET", Path: "/api/v1/accounts/:id/statuses", Who: call.Anyone, Scope: "read:statuses", Prepare: a.AccountStatuses},
		{Method: "GET", Path: "/api/v1/accounts/:id/followers", Who: call.Anyone, Scope: "read:accounts", Handler: a.Followers},
		{Method: "GET", Path: "/api/v1/accounts/:id/following", Who: call.Anyone, Scope: "read:accounts", Handler: a.Following},
		{Method: "POST", Path: "/api/v1/accounts/:id/follow", Scope: "write:follows", Handler: a.Follow},
		{Method: "POST", Path: "/api/v1/accounts/:id/unfollow", Scope: "write:follows", Handler: a.Unfollow},
		{Method: "POST", Path: "/api/v1/accounts/:id/remove_from_followers", Scope: "write:follows", Handler: a.RemoveFollower},
		{Method: "POST", Path: "/api/v1/accounts/:id/block", Scope: "write:blocks", Handler: a.Block},
		{Method: "POST", Path: "/api/v1/accounts/:id/unblock", Scope: "write:blocks", Handler: a.Unblock},
		{Method: "GET", Path: "/api/v1/accounts/:id/featured_tags", Who: call.Anyone, Scope: "read:accounts", Handler: a.AccountTags},
		{Method: "GET", Path: "/api/v1/featured_tags", Scope: "read:accounts", Handler: a.FeaturedTags},
		{Method: "POST", Path: "/api/v1/featured_tags", Scope: "write:accounts", Handler: a.FeatureTag},
		{Method: "DELETE", Path: "/api/v1/featured_tags/:id", Scope: "write:accounts", Handler: a.UnfeatureTag},
		{Method: "GET", Path: "/api/v1/featured_tags/suggestions", Scope: "read:accounts", Handler: a.SuggestTags},
		{Method: "GET", Path: "/api/v1/follow_requests", Scope: "read:follows", Handler: a.FollowRequests},
		{Method: "POST", Path: "/api/v1/follow_requests/:id/authorize", Scope: "write:follows", Handler: a.AuthorizeFollow},
		{Method: "POST", Path: "/api/v1/follow_requests/:id/reject", Scope: "write:follows", Handler: a.RejectFollow},
		{Method: "GET", Path: "/api/v1/blocks", Scope: "read:blocks", Handler: a.Blocks},
		{Method: "GET", Path: "/api/v1/preferences", Scope: "read:accounts", Handler: a.Preferences},
	}
}

func (a *API) statusRoutes() []call.Route {
	return []call.Route{
		{Method: "POST", Path: "/api/v1/statuses", Scope: "write:statuses", Prepare: a.PostStatus},
		{Method: "GET", Path: "/api/v1/statuses", Who: call.Anyone, Scope: "read:statuses", Handler: a.Statuses},
		{Method: "GET", Path: "/api/v1/statuses/:id", Who: call.Anyone, Scope: "read:statuses", Handler: a.Status},
		{Method: "PUT", Path: "/api/v1/statuses/:id", Scope: "write:statuses", Prepare: a.EditStatus},
		{Method: "DELETE", Path: "/api/v1/statuses/:id", Scope: "write:statuses", Rare: call.Deletions, Handler: a.DeleteStatus},
		{Method: "GET", Path: "/api/v1/polls/:id", Who: call.Anyone, Scope: "read:statuses", Mode: call.Write, Handler: a.Poll},
		{Method: "POST", Path: "/api/v1/polls/:id/votes", Scope: "write:statuses", Handler: a.Vote},
		{Method: "GET", Path: "/api/v1/statuses/:id/context", Who: call.Anyone, Scope: "read:statuses", Prepare: a.Context},
		{Method: "GET", Path: "/api/v1/statuses/:id/source", Scope: "read:statuses", Handler: a.Source},
		{Method: "GET", Path: "/api/v1/statuses/:id/history", Who: call.Anyone, Scope: "read:statuses", Handler: a.History},
		{Method: "GET", Path: "/api/v1/statuses/:id/favourited_by", Who: call.Anyone, Scope: "read:accounts", Handler: a.FavouritedBy},
		{Method: "GET", Path: "/api/v1/statuses/:id/reblogged_by", Who: call.Anyone, Scope: "read:accounts", Handler: a.RebloggedBy},
		{Method: "POST", Path: "/api/v1/statuses/:id/favourite", Scope: "write:favourites", Handler: a.Favourite},
		{Method: "POST", Path: "/api/v1/statuses/:id/unfavourite", Scope: "write:favourites", Handler: a.Unfavourite},
		{Method: "POST", Path: "/api/v1/statuses/:id/reblog", Scope: "write:statuses", Handler: a.Reblog},
		{Method: "POST", Path: "/api/v1/statuses/:id/unreblog", Scope: "write:statuses", Rare: call.Deletions, Handler: a.Unreblog},
		{Method: "POST", Path: "/api/v1/statuses/:id/bookmark", Scope: "write:bookmarks", Handler: a.Bookmark},
		{Method: "POST", Path: "/api/v1/statuses/:id/pin", Scope: "write:accounts", Handler: a.Pin},
		{Method: "POST", Path: "/api/v1/statuses/:id/unpin", Scope: "write:accounts", Handler: a.Unpin},
		{Method: "POST", Path: "/api/v1/statuses/:id/unbookmark", Scope: "write:bookmarks", Handler: a.Unbookmark},
	}
}

func (a *API) listRoutes() []call.Route {
	return []call.Route{
		{Method: "GET", Path: "/api/v1/timelines/home", Scope: "read:statuses", Handler: a.Home},
		{Method: "GET", Path: "/api/v1/timelines/public", Who: call.Anyone, Scope: "read:statuses", Handler: a.Public},
		{Method: "GET", Path: "/api/v1/timelines/tag/:tag", Who: call.Anyone, Scope: "read:statuses", Handler: a.Tag},
		{Method: "GET", Path: "/api/v1/bookmarks", Scope: "read:bookmarks", Handler: a.Bookmarks},
		{Method: "GET", Path: "/api/v1/favourites", Scope: "read:favourites", Handler: a.Favourites},
		{Method: "GET", Path: "/api/v1/notifications", Scope: "read:notifications", Handler: a.Notifications},
		{Method: "GET", Path: "/api/v1/notifications/unread_count", Scope: "read:notifications", Handler: a.CountNotifications},
		{Method: "GET", Path: "/api/v1/notifications/:id", Scope: "read:notifications", Handler: a.Notification},
		{Method: "POST", Path: "/api/v1/notifications/clear", Scope: "write:notifications", Handler: a.ClearNotifications},
		{Method: "POST", Path: "/api/v1/notifications/:id/dismiss", Scope: "write:notifications", Handler: a.DismissNotification},
		{Method: "GET", Path: "/api/v2/search", Who: call.Anyone, Scope: "read:search", Mode: call.Read, Prepare: a.Search},
	}
}

func (a *API) mediaRoutes() []call.Route {
	upload := a.maxUpload()
	return []call.Route{
		{Method: "POST", Path: "/api/v2/media", Scope: "write:media", Rare: call.Uploads, Mode: call.Free, MaxBody: upload, Handler: a.Upload},
		{Method: "POST", Path: "/api/v1/media", Scope: "write:media", Rare: call.Uploads, Mode: call.Free, MaxBody: upload, Handler: a.UploadNow},
		{Method: "GET", Path: "/api/v1/media/:id", Scope: "write:media", Handler: a.Media},
		{Method: "PUT", Path: "/api/v1/media/:id", Scope: "write:media", Mode: call.Free, MaxBody: upload, Handler: a.EditMedia},
		{Method: "DELETE", Path: "/api/v1/media/:id", Scope: "write:media", Handler: a.DeleteMedia},
	}
}

// maxUpload is how large a request with a file may be: a picture too much is told
// as such, not as a broken request.
func (a *API) maxUpload() int64 {
	const envelope = 1 << 20
	l := a.Limits
	if l.VideoBytes == 0 {
		l = files.Defaults()
	}
	return max(l.VideoBytes, l.ImageBytes) + envelope
}

// emptyRoutes are lists that clients read at every start. Nothing can be put on
// them yet, so there is no route that would.
func (a *API) emptyRoutes() []call.Route {
	var routes []call.Route
	for path, scope := range map[string]string{} {
		routes = append(routes, call.Route{Method: "GET", Path: path, Scope: scope, Handler: a.None})
	}
	return routes
}

// ensembleRoutes are what Mastodon has no word for.
func (a *API) ensembleRoutes() []call.Route {
	const v1, one = "/api/ensemble/v1", "/api/ensemble/v1/collabs/:id"
	const read, write = "read:statuses", "write:statuses"
	return []call.Route{
		{Method: "GET", Path: v1 + "/collabs", Scope: read, Handler: a.Collabs},
		{Method: "POST", Path: v1 + "/collabs", Scope: write, Prepare: a.PostCollab},
		{Method: "GET", Path: one, Scope: read, Mode: call.Write, Handler: a.Collab},
		{Method: "DELETE", Path: one, Scope: write, Handler: a.DiscardCollab},
		{Method: "POST", Path: one + "/accept", Scope: write, Handler: a.AcceptCollab},
		{Method: "POST", Path: one + "/decline", Scope: write, Handler: a.DeclineCollab},
		{Method: "POST", Path: one + "/suggest", Scope: write, Handler: a.SuggestCollab},
		{Method: "POST", Path: one + "/leave", Scope: write, Handler: a.LeaveCollab},
		{Method: "POST", Path: one + "/withdraw", Scope: write, Handler: a.WithdrawCollab},
		{Method: "POST", Path: one + "/remove", Scope: write, Handler: a.RemoveFromCollab},
		{Method: "POST", Path: one + "/remind", Scope: write, Handler: a.RemindOfCollab},
		{Method: "POST", Path: one + "/invite", Scope: write, Prepare: a.InviteToCollab},
		{Method: "POST", Path: one + "/revise", Scope: write, Prepare: a.ReviseCollab},
		{Method: "POST", Path: one + "/publish", Scope: write, Handler: a.PublishCollab},
		{Method: "POST", Path: one + "/hide", Scope: write, Handler: a.HideCollab},
		{Method: "POST", Path: one + "/unhide", Scope: write, Handler: a.UnhideCollab},
		{Method: "POST", Path: one + "/keep", Scope: write, Handler: a.KeepCollab},
		{Method: "POST", Path: one + "/replies/:status_id/remove", Scope: write, Handler: a.RemoveReply},
		{Method: "GET", Path: one + "/history", Scope: read, Handler: a.CollabHistory},
		{Method: "GET", Path: one + "/history.json", Scope: read, Handler: a.ExportCollab},
		{Method: "GET", Path: v1 + "/accounts/:id/collaborate", Scope: "read:accounts", Handler: a.Collaborate},
		{Method: "GET", Path: v1 + "/me/collaborate", Scope: "read:accounts", Handler: a.MyCollaborate},
		{Method: "PUT", Path: v1 + "/me/collaborate", Scope: "write:accounts", Handler: a.SetCollaborate},
	}
}
