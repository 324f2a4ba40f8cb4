package api

import (
	"slices"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// known are the types that every client understands.
var known = []models.NotificationType{
	models.NoteMention, models.NoteFollow, models.NoteFollowRequest, models.NoteFavourite, models.NoteReblog, models.NoteUpdate, models.NoteStatus,
	models.NoteAdminReport, models.NoteAdminSignUp, // none but moderators have any
	models.NotePoll,
	models.NoteQuote, models.NoteQuotedUpdate, models.NoteSevered, models.NoteWarning,
}

// joint are our own.
var joint = []models.NotificationType{
	models.NoteCollabInvite, models.NoteCollabAccepted, models.NoteCollabDeclined, models.NoteCollabEnded,
	models.NoteCollabWarning, models.NoteCollabRequest, models.NoteQuoteRequest, models.NoteClaimRequest, models.NoteClaimUpdate,
	models.NoteMove,
}

// Notifications is GET /api/v1/notifications. See the package on who gets which
// types.
func (a *API) Notifications(c *call.Call) (any, error) {
	w := window(c, 40, 80)
	rows, err := store.Notifications(c.Tx, noticesOf(c), w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.noticePage(c, rows)
}

func noticesOf(c *call.Call) store.Notices {
	q := store.Notices{Me: c.Me.ID, Types: known, From: c.ID("account_id")}
	q.All = c.Bool("include_filtered") || q.From != 0
	if c.Has("supported_types") {
		q.Types = slices.Concat(known, joint)
	}
	if asked := types(c.Strs("types")); len(asked) > 0 {
		q.Types = asked
	}
	q.Exclude = types(c.Strs("exclude_types"))
	return q
}

func types(names []string) []models.NotificationType {
	var out []models.NotificationType
	for _, n := range names {
		out = append(out, models.NotificationType(n))
	}
	return out
}

// Notification is GET /api/v1/notifications/:id.
func (a *API) Notification(c *call.Call) (any, error) {
	n, err := store.One[models.Notification](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	views, err := a.notices(c, []*models.Notification{n})
	if err != nil {
		return nil, err
	}
	if len(views) == 0 {
		return nil, models.Errorf(models.NotFound, "there is no such notification here")
	}
	return views[0], nil
}

// CountNotifications is GET /api/v1/notifications/unread_count: those after the marker.
func (a *API) CountNotifications(c *call.Call) (any, error) {
	w, err := unread(c)
	if err != nil {
		return nil, err
	}
	rows, err := store.Notifications(c.Tx, noticesOf(c), w)
	return map[string]int{"count": len(rows)}, err
}

// unread is the part of a list that came after the marker.
func unread(c *call.Call) (store.Window, error) {
	read, err := lastRead(c)
	return store.Window{Limit: min(max(c.Int("limit", 100), 1), 1000), Since: read}, err
}

// keyOf names those that n is shown together with.
func keyOf(n *models.Notification) string {
	if n.GroupKey == "" {
		return "ungrouped-" + n.ID.String()
	}
	return n.GroupKey
}

// DismissNotification is POST /api/v1/notifications/:id/dismiss.
func (a *API) DismissNotification(c *call.Call) (any, error) {
	n, err := store.Delete[models.Notification](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "there is no such notification here")
	}
	return nil, err
}

// ClearNotifications is POST /api/v1/notifications/clear.
func (a *API) ClearNotifications(c *call.Call) (any, error) {
	_, err := store.Delete[models.Notification](c.Tx, "account_id = ?", c.Me.ID)
	return nil, err
}

func (a *API) notices(c *call.Call, rows []*models.Notification) ([]notificationJSON, error) {
	var people, posts []models.ID
	for _, n := range rows {
		people = append(people, n.FromID)
		if n.PostID != 0 {
			posts = append(posts, n.PostID)
		}
	}
	from, err := store.AccountsByID(c.Tx, people)
	if err != nil {
		return nil, err
	}
	views, err := a.postsByID(c, posts)
	if err != nil {
		return nil, err
	}
	out := []notificationJSON{}
	for _, n := range rows {
		who, about := from[n.FromID], views[n.PostID]
		if who == nil || n.PostID != 0 && about == nil {
			continue
		}
		v := notificationJSON{noticeJSON: noticeOf(n), Account: accountView(c.Site, who), Status: about}
		if slices.Contains(joint, n.Type) {
			v.ours(c, n)
		}
		if n.ReportID != 0 {
			if v.Report, err = a.reportByID(c, n.ReportID); err != nil {
				return nil, err
			}
		}
		if err := v.impersonal(c, n); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	w := wishes{site: c.Site}
	for i := range out {
		w.account(&out[i].Account)
	}
	return out, w.meet(c.Tx)
}

// postsByID shows those of the posts that the caller may read.
func (a *API) postsByID(c *call.Call, ids []models.ID) (map[models.ID]*statusJSON, error) {
	ids, err := store.Readable(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	entries := make([]store.Entry, len(ids))
	for i, id := range ids {
		entries[i] = store.Entry{ID: id, PostID: id, Kind: models.FeedPost}
	}
	views, err := a.statuses(c, entries)
	out := make(map[models.ID]*statusJSON, len(views))
	for i := range views {
		out[views[i].ID] = &views[i]
	}
	return out, err
}

type notificationJSON struct {
	noticeJSON
	Account  accountJSON    `json:"account"`
	Status   *statusJSON    `json:"status,omitempty"`
	Report   *reportJSON    `json:"report,omitempty"` // of admin.report
	Event    *severanceJSON `json:"event,omitempty"`  // of severed_relationships
	Warning  *warningJSON   `json:"moderation_warning,omitempty"`
	CollabID *models.ID     `json:"collab_id,omitempty,string"` // ours
	ClaimID  *models.ID     `json:"claim_id,omitempty,string"`  // ours
	Text     string         `json:"text,omitempty"`             // ours: a sentence
	Fallback *fallbackJSON  `json:"fallback,omitempty"`         // Mastodon 4.6
}

// noticeJSON is a notification without whom it is from, and what it is about.
type noticeJSON struct {
	ID        models.ID               `json:"id,string"`
	Type      models.NotificationType `json:"type"`
	CreatedAt moment                  `json:"created_at"`
	GroupKey  string                  `json:"group_key"`
}

func noticeOf(n *models.Notification) noticeJSON {
	return noticeJSON{ID: n.ID, Type: n.Type, CreatedAt: moment(n.CreatedAt), GroupKey: keyOf(n)}
}

// fallbackJSON is for clients that know that there are types they do not know.
type fallbackJSON struct {
	Title   string  `json:"title"`
	Summary *string `json:"summary"`
	Details *string `json:"details"`
}

// ours fills in what our own types have.
func (v *notificationJSON) ours(c *call.Call, n *models.Notification) {
	v.CollabID, v.ClaimID, v.Text = optional(n.CollabID), optional(n.ClaimID), text.Said(language(c), n.Text)
	if !c.Has("supported_types") || slices.Contains(c.Strs("supported_types"), string(n.Type)) {
		return
	}
	page := c.Site.Origin + "/collabs/" + n.CollabID.String()
	if v.Status != nil && n.CollabID == 0 {
		page = string(v.Status.URL)
	}
	summary := say(c, "notice_elsewhere").Text
	details := `<p>` + escape(v.Text) + `</p>`
	if n.CollabID != 0 || v.Status != nil {
		details += `<p><a href="` + page + `">` + page + `</a></p>`
	}
	v.Fallback = &fallbackJSON{Title: escape(v.Text), Summary: &summary, Details: &details}
}
