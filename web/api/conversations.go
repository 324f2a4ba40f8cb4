package api

import (
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) conversationRoutes() []call.Route {
	const all, write = "/api/v1/conversations", "write:conversations"
	return []call.Route{
		{Method: "GET", Path: all, Scope: "read:statuses", Handler: a.Conversations},
		{Method: "POST", Path: all + "/:id/read", Scope: write, Handler: a.ReadConversation},
		{Method: "POST", Path: all + "/:id/unread", Scope: write, Handler: a.UnreadConversation},
		{Method: "DELETE", Path: all + "/:id", Scope: write, Handler: a.DeleteConversation},
	}
}

// Conversations is GET /api/v1/conversations: the one in which something was said last
// comes first. It is paged by that last post.
func (a *API) Conversations(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	rows, err := store.Conversations(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].LastPostID, rows[n-1].LastPostID, n)
	}
	return a.conversations(c, rows)
}

// ReadConversation is POST /api/v1/conversations/:id/read.
func (a *API) ReadConversation(c *call.Call) (any, error) { return a.markConversation(c, false) }

// UnreadConversation is POST /api/v1/conversations/:id/unread.
func (a *API) UnreadConversation(c *call.Call) (any, error) { return a.markConversation(c, true) }

func (a *API) markConversation(c *call.Call, unread bool) (any, error) {
	row, err := ownConversation(c)
	if err != nil {
		return nil, err
	}
	if _, err := store.Set[models.Conversation](c.Tx, map[string]any{"unread": unread}, "id = ?", row.ID); err != nil {
		return nil, err
	}
	row.Unread = unread
	views, err := a.conversations(c, []*models.Conversation{row})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

// DeleteConversation is DELETE /api/v1/conversations/:id: the posts stay.
func (a *API) DeleteConversation(c *call.Call) (any, error) {
	row, err := ownConversation(c)
	if err != nil {
		return nil, err
	}
	return nil, post.Forget(c.Tx, row)
}

func ownConversation(c *call.Call) (*models.Conversation, error) {
	return store.One[models.Conversation](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
}

// conversationJSON is Mastodon's Conversation.
type conversationJSON struct {
	ID         models.ID     `json:"id,string"`
	Unread     bool          `json:"unread"`
	Accounts   []accountJSON `json:"accounts"`
	LastStatus *statusJSON   `json:"last_status"`
}

func (a *API) conversations(c *call.Call, rows []*models.Conversation) ([]conversationJSON, error) {
	people, posts := []models.ID{c.Me.ID}, []models.ID{}
	for _, r := range rows {
		people, posts = append(people, r.Others()...), append(posts, r.LastPostID)
	}
	shown, err := a.accounts(c, people)
	if err != nil {
		return nil, err
	}
	by := map[models.ID]accountJSON{}
	for _, v := range shown {
		by[v.ID] = v
	}
	said, err := a.postsByID(c, posts)
	if err != nil {
		return nil, err
	}
	out := make([]conversationJSON, len(rows))
	for i, r := range rows {
		out[i] = conversationJSON{ID: r.ID, Unread: r.Unread, Accounts: []accountJSON{}, LastStatus: said[r.LastPostID]}
		for _, id := range r.Others() {
			if v, ok := by[id]; ok {
				out[i].Accounts = append(out[i].Accounts, v)
			}
		}
		if len(out[i].Accounts) == 0 { // who talks to nobody talks to themselves
			out[i].Accounts = append(out[i].Accounts, by[c.Me.ID])
		}
	}
	return out, nil
}
