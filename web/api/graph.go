package api

import (
	"ensemble/activities/graph"
	"ensemble/activities/sever"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// Follow is POST /api/v1/accounts/:id/follow. Done again, it changes what is sent
// along and leaves the rest.
func (a *API) Follow(c *call.Call) (any, error) {
	target, err := a.target(c)
	if err != nil {
		return nil, err
	}
	if err := graph.FollowAs(c.Tx, c.Me, target, termsOf(c)); err != nil {
		return nil, err
	}
	return a.relationship(c, target.ID)
}

func termsOf(c *call.Call) (t graph.Terms) {
	if c.Str("reblogs") != "" {
		b := c.Bool("reblogs")
		t.ShowBoosts = &b
	}
	if c.Str("notify") != "" {
		b := c.Bool("notify")
		t.Notify = &b
	}
	if c.Has("languages") {
		l := c.Strs("languages")
		t.Languages = &l
	}
	return t
}

// Unfollow is POST /api/v1/accounts/:id/unfollow.
func (a *API) Unfollow(c *call.Call) (any, error) { return a.tie(c, graph.Unfollow) }

// Block is POST /api/v1/accounts/:id/block.
func (a *API) Block(c *call.Call) (any, error) { return a.tie(c, sever.Block) }

// Unblock is POST /api/v1/accounts/:id/unblock.
func (a *API) Unblock(c *call.Call) (any, error) { return a.tie(c, graph.Unblock) }

// RemoveFollower is POST /api/v1/accounts/:id/remove_from_followers.
// Who does not follow me is no follower, and that is no error.
func (a *API) RemoveFollower(c *call.Call) (any, error) {
	return a.tie(c, func(tx *store.Tx, me, other *models.Account) error {
		err := graph.RejectFollow(tx, me, other)
		if models.KindOf(err) == models.NotFound {
			return nil
		}
		return err
	})
}

// AuthorizeFollow is POST /api/v1/follow_requests/:id/authorize.
func (a *API) AuthorizeFollow(c *call.Call) (any, error) { return a.tie(c, graph.AcceptFollow) }

// RejectFollow is POST /api/v1/follow_requests/:id/reject.
func (a *API) RejectFollow(c *call.Call) (any, error) { return a.tie(c, graph.RejectFollow) }

func (a *API) tie(c *call.Call, do func(tx *store.Tx, me, other *models.Account) error) (any, error) {
	target, err := a.target(c)
	if err != nil {
		return nil, err
	}
	if err := do(c.Tx, c.Me, target); err != nil {
		return nil, err
	}
	return a.relationship(c, target.ID)
}

func (a *API) target(c *call.Call) (*models.Account, error) {
	target, err := store.Get[models.Account](c.Tx, c.ID("id"))
	if err == nil && target.State == models.AccountDeleted {
		err = models.Errorf(models.NotFound, "there is no such account here")
	}
	return target, err
}

// FollowRequests is GET /api/v1/follow_requests.
func (a *API) FollowRequests(c *call.Call) (any, error) { return a.mine(c, store.FollowRequests) }

// Blocks is GET /api/v1/blocks.
func (a *API) Blocks(c *call.Call) (any, error) { return a.mine(c, store.BlockedBy) }

func (a *API) mine(c *call.Call, of func(*store.Tx, models.ID, store.Window) ([]store.Ref, error)) (any, error) {
	w := window(c, 40, 80)
	refs, err := of(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	linkRefs(c, w, refs)
	return a.refs(c, refs)
}

// Relationships is GET /api/v1/accounts/relationships.
func (a *API) Relationships(c *call.Call) (any, error) {
	ids := c.IDs("id")
	known, err := store.AccountsByID(c.Tx, ids[:min(len(ids), 80)])
	if err != nil {
		return nil, err
	}
	var asked []models.ID
	for _, id := range ids {
		if known[id] != nil {
			asked = append(asked, id)
		}
	}
	return relationships(c, asked)
}

func (a *API) relationship(c *call.Call, id models.ID) (any, error) {
	views, err := relationships(c, []models.ID{id})
	if err != nil {
		return nil, err
	}
	return views[0], nil
}

func relationships(c *call.Call, ids []models.ID) ([]*relationshipJSON, error) {
	ties, err := store.Ties(c.Tx, c.Me.ID, ids)
	if err != nil {
		return nil, err
	}
	out, byID := make([]*relationshipJSON, len(ids)), map[models.ID]*relationshipJSON{}
	for i, id := range ids {
		if byID[id] == nil {
			byID[id] = &relationshipJSON{ID: id}
		}
		out[i] = byID[id]
	}
	for _, t := range ties {
		byID[t.OtherID].add(t)
	}
	return out, own(c, byID, ties)
}

type relationshipJSON struct {
	ID                  models.ID `json:"id,string"`
	Following           bool      `json:"following"`
	ShowingReblogs      bool      `json:"showing_reblogs"`
	Notifying           bool      `json:"notifying"`
	Languages           []string  `json:"languages"`
	FollowedBy          bool      `json:"followed_by"`
	Blocking            bool      `json:"blocking"`
	BlockedBy           bool      `json:"blocked_by"`
	Muting              bool      `json:"muting"`
	MutingNotifications bool      `json:"muting_notifications"`
	MutingExpiresAt     *moment   `json:"muting_expires_at"`
	Requested           bool      `json:"requested"`
	RequestedBy         bool      `json:"requested_by"`
	DomainBlocking      bool      `json:"domain_blocking"`
	Endorsed            bool      `json:"endorsed"`
	Note                string    `json:"note"`
}

func (r *relationshipJSON) add(t store.Tie) {
	switch t.What {
	case "follow":
		r.Following, r.Requested = t.Accepted, !t.Accepted
		r.ShowingReblogs, r.Notifying, r.Languages = t.ShowBoosts, t.Notify, t.Languages
	case "follower":
		r.FollowedBy, r.RequestedBy = t.Accepted, !t.Accepted
	case "block":
		r.Blocking = true
	case "blocker":
		r.BlockedBy = true
	case "domain":
		r.DomainBlocking = true
	case "endorsement":
		r.Endorsed = true
	}
}
