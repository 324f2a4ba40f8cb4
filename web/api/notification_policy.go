package api

import (
	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// rulesOf are the rules of a policy by their names in Mastodon's API, and by the names
// that they had in its first version.
func rulesOf(p *models.NotificationPolicy) []struct {
	name, old string
	rule      *models.NoticeRule
} {
	return []struct {
		name, old string
		rule      *models.NoticeRule
	}{
		{"for_not_following", "filter_not_following", &p.ForNotFollowing},
		{"for_not_followers", "filter_not_followers", &p.ForNotFollowers},
		{"for_new_accounts", "filter_new_accounts", &p.ForNewAccounts},
		{"for_private_mentions", "filter_private_mentions", &p.ForPrivateMentions},
		{"for_limited_accounts", "", &p.ForLimitedAccounts},
	}
}

// NotificationPolicy is GET /api/v2/notifications/policy.
func (a *API) NotificationPolicy(c *call.Call) (any, error) {
	p, err := activities.NotificationPolicy(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	v := map[string]any{}
	for _, r := range rulesOf(p) {
		v[r.name] = *r.rule
	}
	v["summary"], err = heldBack(c)
	return v, err
}

// SetNotificationPolicy is PATCH /api/v2/notifications/policy. What is not named stays.
func (a *API) SetNotificationPolicy(c *call.Call) (any, error) {
	p, err := activities.NotificationPolicy(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rulesOf(p) {
		if !c.Has(r.name) {
			continue
		}
		if *r.rule = models.NoticeRule(c.Str(r.name)); !r.rule.Valid() {
			return nil, models.Errorf(models.Invalid, "Validation failed: %s can be accept, filter or drop, not %.20q", r.name, *r.rule)
		}
	}
	if err := store.Put(c.Tx, p); err != nil {
		return nil, err
	}
	return a.NotificationPolicy(c)
}

// OldNotificationPolicy is GET /api/v1/notifications/policy.
func (a *API) OldNotificationPolicy(c *call.Call) (any, error) {
	p, err := activities.NotificationPolicy(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	v := map[string]any{}
	for _, r := range rulesOf(p) {
		if r.old != "" {
			v[r.old] = *r.rule != models.NoticeAccept
		}
	}
	v["summary"], err = heldBack(c)
	return v, err
}

// SetOldNotificationPolicy is PUT /api/v1/notifications/policy.
func (a *API) SetOldNotificationPolicy(c *call.Call) (any, error) {
	p, err := activities.NotificationPolicy(c.Tx, c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range rulesOf(p) {
		if r.old == "" || !c.Has(r.old) {
			continue
		}
		*r.rule = models.NoticeAccept
		if c.Bool(r.old) {
			*r.rule = models.NoticeFilter
		}
	}
	if err := store.Put(c.Tx, p); err != nil {
		return nil, err
	}
	return a.OldNotificationPolicy(c)
}

type heldBackJSON struct {
	Requests      int `json:"pending_requests_count"`
	Notifications int `json:"pending_notifications_count"`
}

func heldBack(c *call.Call) (v heldBackJSON, err error) {
	if v.Requests, err = store.Count[models.NotificationRequest](c.Tx, "account_id = ?", c.Me.ID); err != nil {
		return v, err
	}
	v.Notifications, err = store.Count[models.Notification](c.Tx, "account_id = ? AND filtered", c.Me.ID)
	return v, err
}

// NotificationRequests is GET /api/v1/notifications/requests.
func (a *API) NotificationRequests(c *call.Call) (any, error) {
	w := window(c, 40, 80)
	rows, err := store.NotificationRequests(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return a.requests(c, rows)
}

// NotificationRequest is GET /api/v1/notifications/requests/:id.
func (a *API) NotificationRequest(c *call.Call) (any, error) {
	r, err := ownRequest(c, c.ID("id"))
	if err != nil {
		return nil, err
	}
	views, err := a.requests(c, []*models.NotificationRequest{r})
	if err == nil && len(views) == 0 {
		err = errNoNotice
	}
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func ownRequest(c *call.Call, id models.ID) (*models.NotificationRequest, error) {
	return store.One[models.NotificationRequest](c.Tx, "id = ? AND account_id = ?", id, c.Me.ID)
}

// AcceptNotificationRequests is POST /api/v1/notifications/requests/:id/accept, and
// …/requests/accept with id[].
func (a *API) AcceptNotificationRequests(c *call.Call) (any, error) { return settle(c, true) }

// DismissNotificationRequests is POST /api/v1/notifications/requests/:id/dismiss, and
// …/requests/dismiss with id[].
func (a *API) DismissNotificationRequests(c *call.Call) (any, error) { return settle(c, false) }

func settle(c *call.Call, accept bool) (any, error) {
	ids := c.IDs("id")
	if c.Param("id") != "" {
		ids = []models.ID{c.ID("id")}
	}
	for _, id := range compact(ids) {
		r, err := ownRequest(c, id)
		if err != nil {
			return nil, err
		}
		if err := activities.Settle(c.Tx, c.Me, r, accept); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// RequestsMerged is GET /api/v1/notifications/requests/merged: what was held back is
// among the others as soon as a request is accepted.
func (a *API) RequestsMerged(*call.Call) (any, error) { return map[string]bool{"merged": true}, nil }

type requestJSON struct {
	ID        models.ID   `json:"id,string"`
	CreatedAt moment      `json:"created_at"`
	UpdatedAt moment      `json:"updated_at"`
	Count     string      `json:"notifications_count"`
	Account   accountJSON `json:"account"`
	Status    *statusJSON `json:"last_status"`
}

func (a *API) requests(c *call.Call, rows []*models.NotificationRequest) ([]requestJSON, error) {
	var people, posts []models.ID
	for _, r := range rows {
		people, posts = append(people, r.FromID), append(posts, r.LastPostID)
	}
	shown, err := a.accounts(c, people)
	if err != nil {
		return nil, err
	}
	said, err := a.postsByID(c, posts)
	if err != nil {
		return nil, err
	}
	heaps, err := store.HeldBack(c.Tx, c.Me.ID)
	counts := map[models.ID]models.ID{}
	for _, h := range heaps {
		counts[h.FromID] = models.ID(h.Total)
	}
	out := []requestJSON{}
	for _, r := range rows {
		for _, who := range shown {
			if who.ID == r.FromID {
				out = append(out, requestJSON{r.ID, moment(r.CreatedAt), moment(r.UpdatedAt), counts[r.FromID].String(), who, said[r.LastPostID]})
			}
		}
	}
	return out, err
}
