package api

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) noticeRoutes() []call.Route {
	const v1, v2, read, write = "/api/v1/notifications", "/api/v2/notifications", "read:notifications", "write:notifications"
	return []call.Route{
		{Method: "GET", Path: v2, Scope: read, Handler: a.NotificationGroups},
		{Method: "GET", Path: v2 + "/unread_count", Scope: read, Handler: a.CountNotificationGroups},
		{Method: "POST", Path: v2 + "/clear", Scope: write, Handler: a.ClearNotifications},
		{Method: "GET", Path: v2 + "/policy", Scope: read, Handler: a.NotificationPolicy},
		{Method: "PATCH", Path: v2 + "/policy", Scope: write, Handler: a.SetNotificationPolicy},
		{Method: "PUT", Path: v2 + "/policy", Scope: write, Handler: a.SetNotificationPolicy},
		{Method: "GET", Path: v2 + "/:group_key", Scope: read, Handler: a.NotificationGroup},
		{Method: "GET", Path: v2 + "/:group_key/accounts", Scope: read, Handler: a.NotificationGroupAccounts},
		{Method: "POST", Path: v2 + "/:group_key/dismiss", Scope: write, Handler: a.DismissNotificationGroup},
		{Method: "GET", Path: v1 + "/policy", Scope: read, Handler: a.OldNotificationPolicy},
		{Method: "PUT", Path: v1 + "/policy", Scope: write, Handler: a.SetOldNotificationPolicy},
		{Method: "PATCH", Path: v1 + "/policy", Scope: write, Handler: a.SetOldNotificationPolicy},
		{Method: "GET", Path: v1 + "/requests", Scope: read, Handler: a.NotificationRequests},
		{Method: "GET", Path: v1 + "/requests/merged", Scope: read, Handler: a.RequestsMerged},
		{Method: "GET", Path: v1 + "/requests/:id", Scope: read, Handler: a.NotificationRequest},
		{Method: "POST", Path: v1 + "/requests/accept", Scope: write, Handler: a.AcceptNotificationRequests},
		{Method: "POST", Path: v1 + "/requests/dismiss", Scope: write, Handler: a.DismissNotificationRequests},
		{Method: "POST", Path: v1 + "/requests/:id/accept", Scope: write, Handler: a.AcceptNotificationRequests},
		{Method: "POST", Path: v1 + "/requests/:id/dismiss", Scope: write, Handler: a.DismissNotificationRequests},
	}
}

// groupable are the types that clients can have grouped, and have unless they say
// otherwise.
var groupable = []models.NotificationType{models.NoteFavourite, models.NoteReblog, models.NoteFollow, models.NoteAdminSignUp}

func grouped(c *call.Call) []models.NotificationType {
	if !c.Has("grouped_types") {
		return groupable
	}
	return slices.DeleteFunc(types(c.Strs("grouped_types")), func(t models.NotificationType) bool { return !t.Groupable() })
}

// NotificationGroups is GET /api/v2/notifications.
func (a *API) NotificationGroups(c *call.Call) (any, error) {
	expand := c.Str("expand_accounts")
	if expand != "" && expand != "full" && expand != "partial_avatars" {
		return nil, models.Errorf(models.Invalid, "Invalid value for 'expand_accounts': %.40q, allowed values are 'full' and 'partial_avatars'", expand)
	}
	w := window(c, 40, 80)
	groups, err := store.NoticeGroups(c.Tx, noticesOf(c), grouped(c), w)
	if err != nil {
		return nil, err
	}
	if n := len(groups); n > 0 {
		slices.SortFunc(groups, func(x, y *store.NoticeGroup) int { return int(min(max(y.Latest-x.Latest, -1), 1)) })
		link(c, w, groups[0].Latest, groups[n-1].Latest, n)
	}
	return a.noticeGroups(c, groups, expand == "partial_avatars")
}

// CountNotificationGroups is GET /api/v2/notifications/unread_count.
func (a *API) CountNotificationGroups(c *call.Call) (any, error) {
	w, err := unread(c)
	if err != nil {
		return nil, err
	}
	groups, err := store.NoticeGroups(c.Tx, noticesOf(c), grouped(c), w)
	return map[string]int{"count": len(groups)}, err
}

// NotificationGroup is GET /api/v2/notifications/:group_key.
func (a *API) NotificationGroup(c *call.Call) (any, error) {
	q := allNotices(c)
	rows, err := store.NoticesOfGroup(c.Tx, q, c.Str("group_key"), store.Window{Limit: store.SampleSize})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errNoNotice
	}
	g := &store.NoticeGroup{Key: c.Str("group_key"), Latest: rows[0].ID, Total: 1, Sample: rows}
	if rows[0].GroupKey == g.Key {
		if g.Total, err = store.Count[models.Notification](c.Tx, "account_id = ? AND group_key = ?", c.Me.ID, g.Key); err != nil {
			return nil, err
		}
	}
	g.First = rows[len(rows)-1].ID
	return a.noticeGroups(c, []*store.NoticeGroup{g}, false)
}

var errNoNotice = models.Errorf(models.NotFound, "there is no such notification here")

// allNotices are those of all types, whoever reads: for what is named by itself.
func allNotices(c *call.Call) store.Notices {
	return store.Notices{Me: c.Me.ID, Types: slices.Concat(known, joint), All: true}
}

// NotificationGroupAccounts is GET /api/v2/notifications/:group_key/accounts.
func (a *API) NotificationGroupAccounts(c *call.Call) (any, error) {
	w := window(c, 40, 80)
	rows, err := store.NoticesOfGroup(c.Tx, allNotices(c), c.Str("group_key"), w)
	if err != nil {
		return nil, err
	}
	var ids []models.ID
	for _, n := range rows {
		ids = append(ids, n.FromID)
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.accounts(c, ids)
}

// DismissNotificationGroup is POST /api/v2/notifications/:group_key/dismiss.
func (a *API) DismissNotificationGroup(c *call.Call) (any, error) {
	rows, err := store.NoticesOfGroup(c.Tx, allNotices(c), c.Str("group_key"), store.Window{Limit: 10_000})
	for _, n := range rows {
		if _, err := store.Delete[models.Notification](c.Tx, "id = ? AND account_id = ?", n.ID, c.Me.ID); err != nil {
			return nil, err
		}
	}
	return nil, err
}

// noticeGroups shows groups of notifications, and whoever and whatever they are about
// once. partly leaves out most of the accounts but for their pictures.
func (a *API) noticeGroups(c *call.Call, groups []*store.NoticeGroup, partly bool) (any, error) {
	var latest []*models.Notification
	for _, g := range groups {
		if len(g.Sample) > 0 {
			latest = append(latest, g.Sample[0])
		}
	}
	views, err := a.notices(c, latest)
	if err != nil {
		return nil, err
	}
	shown := map[models.ID]*notificationJSON{}
	for i := range views {
		shown[views[i].ID] = &views[i]
	}
	out := groupedJSON{Accounts: []accountJSON{}, Statuses: []*statusJSON{}, Groups: []noticeGroupJSON{}}
	var whole, partial []models.ID
	seen := map[models.ID]bool{}
	for _, g := range groups {
		if len(g.Sample) == 0 || shown[g.Sample[0].ID] == nil {
			continue
		}
		v := groupOf(g, shown[g.Sample[0].ID])
		out.Groups = append(out.Groups, v)
		whole, partial = append(whole, v.Sample[0].ID), append(partial, shownIDs(v.Sample[1:])...)
		if s := shown[g.Sample[0].ID].Status; s != nil && !seen[s.ID] {
			seen[s.ID] = true
			out.Statuses = append(out.Statuses, s)
		}
	}
	if !partly {
		whole, partial = append(whole, partial...), nil
	}
	return out.peopled(a, c, whole, partial, partly)
}

// peopled adds the accounts, each once.
func (v groupedJSON) peopled(a *API, c *call.Call, whole, partial []models.ID, partly bool) (any, error) {
	var err error
	if v.Accounts, err = a.accounts(c, compact(whole)); err != nil || !partly {
		return v, err
	}
	rest, err := a.accounts(c, slices.DeleteFunc(compact(partial), func(id models.ID) bool { return slices.Contains(whole, id) }))
	v.Partial = &[]partialAccountJSON{}
	for _, p := range rest {
		*v.Partial = append(*v.Partial, partialAccountJSON{p.ID, p.Acct, p.URL, p.Avatar, p.AvatarStatic, p.Locked, p.Bot})
	}
	return v, err
}

// compact leaves each ID once, in the order of their first.
func compact(ids []models.ID) []models.ID {
	var out []models.ID
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func groupOf(g *store.NoticeGroup, n *notificationJSON) noticeGroupJSON {
	v := noticeGroupJSON{
		Key: g.Key, Count: g.Total, Type: n.Type, Latest: n.ID, PageMin: g.First, PageMax: g.Latest, At: n.CreatedAt,
		Report: n.Report, Event: n.Event, Warning: n.Warning, CollabID: n.CollabID, ClaimID: n.ClaimID, Text: n.Text, Fallback: n.Fallback,
	}
	for _, s := range g.Sample {
		v.Sample = append(v.Sample, idJSON{s.FromID})
	}
	if n.Status != nil {
		v.StatusID = &n.Status.ID
	}
	return v
}

func shownIDs(all []idJSON) []models.ID {
	var out []models.ID
	for _, v := range all {
		out = append(out, v.ID)
	}
	return out
}

// An idJSON is an ID within a list: as a string, as all IDs are.
type idJSON struct{ ID models.ID }

// MarshalText writes it in decimal.
func (v idJSON) MarshalText() ([]byte, error) { return []byte(v.ID.String()), nil }

type groupedJSON struct {
	Accounts []accountJSON         `json:"accounts"`
	Partial  *[]partialAccountJSON `json:"partial_accounts,omitempty"`
	Statuses []*statusJSON         `json:"statuses"`
	Groups   []noticeGroupJSON     `json:"notification_groups"`
}

type partialAccountJSON struct {
	ID           models.ID  `json:"id,string"`
	Acct         string     `json:"acct"`
	URL          models.IRI `json:"url"`
	Avatar       string     `json:"avatar"`
	AvatarStatic string     `json:"avatar_static"`
	Locked       bool       `json:"locked"`
	Bot          bool       `json:"bot"`
}

// noticeGroupJSON is Mastodon's NotificationGroup, with what our own types have.
type noticeGroupJSON struct {
	Key      string                  `json:"group_key"`
	Count    int                     `json:"notifications_count"`
	Type     models.NotificationType `json:"type"`
	Latest   models.ID               `json:"most_recent_notification_id,string"`
	PageMin  models.ID               `json:"page_min_id,string"`
	PageMax  models.ID               `json:"page_max_id,string"`
	At       moment                  `json:"latest_page_notification_at"`
	Sample   []idJSON                `json:"sample_account_ids"`
	StatusID *models.ID              `json:"status_id,omitempty,string"`
	Report   *reportJSON             `json:"report,omitempty"`
	Event    *severanceJSON          `json:"event,omitempty"`
	Warning  *warningJSON            `json:"moderation_warning,omitempty"`
	CollabID *models.ID              `json:"collab_id,omitempty,string"`
	ClaimID  *models.ID              `json:"claim_id,omitempty,string"`
	Text     string                  `json:"text,omitempty"`
	Fallback *fallbackJSON           `json:"fallback,omitempty"`
}
