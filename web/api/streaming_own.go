package api

import (
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
	"ensemble/web/stream"
)

// notification tells somebody of a new notification, by the streams that carry them.
func (t *teller) notification(e models.StreamEvent) error {
	n, err := store.Maybe[models.Notification](t.tx, "id = ? AND account_id = ?", e.Item, e.Account)
	if err != nil || n == nil {
		return err
	}
	for _, kind := range []string{"user", "user:notification"} {
		key := func(l *listener) (string, bool) {
			return l.looks + "\n" + strings.Join(l.call.Strs("supported_types"), " "), l.may("read:notifications")
		}
		err := t.each(stream.Channel{Kind: kind, Of: n.AccountID.String()}, "notification", key, func(c *call.Call) (any, error) {
			return t.notice(c, n)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// notice shows a notification, nil to who would not understand it.
func (t *teller) notice(c *call.Call, n *models.Notification) (any, error) {
	if !slices.Contains(noticesOf(c).Types, n.Type) {
		return nil, nil
	}
	views, err := t.notices(c, []*models.Notification{n})
	if err != nil || len(views) == 0 {
		return nil, err
	}
	return views[0], nil
}

// conversation tells somebody of a direct post.
func (t *teller) conversation(e models.StreamEvent) error {
	row, err := store.Maybe[models.Conversation](t.tx, "id = ? AND account_id = ?", e.Item, e.Account)
	if err != nil || row == nil {
		return err
	}
	ch := stream.Channel{Kind: "direct", Of: row.AccountID.String()}
	return t.each(ch, "conversation", looks, func(c *call.Call) (any, error) {
		views, err := t.conversations(c, []*models.Conversation{row})
		if err != nil || len(views) == 0 {
			return nil, err
		}
		return views[0], nil
	})
}

// collabEvent tells those of a collab who live here what happened to it.
func (t *teller) collabEvent(e models.StreamEvent) error {
	if len(t.Hub.Listened("collab")) == 0 {
		return nil
	}
	event, err := store.Maybe[models.Event](t.tx, "id = ?", e.Item)
	if err != nil || event == nil {
		return err
	}
	row, err := store.Get[models.Collab](t.tx, event.CollabID)
	if err != nil {
		return err
	}
	invites, err := store.Find[models.Invite](t.tx, "collab_id = ? AND state <> ?", row.ID, models.InviteDraft)
	if err != nil {
		return err
	}
	who := []models.ID{row.InitiatorID}
	for _, inv := range invites {
		who = append(who, inv.AccountID)
	}
	for _, id := range who {
		ch := stream.Channel{Kind: "collab", Of: id.String()}
		err := t.each(ch, "collab", looks, func(c *call.Call) (any, error) {
			view, err := t.collab(c, row)
			return collabEventJSON{event.What, event.Revision, event.Actor, moment(event.At), view}, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// collabEventJSON is the payload of our own collab event: what happened, as in the
// collab's history, and the collab as its reader sees it now.
type collabEventJSON struct {
	What     string      `json:"what"`
	Revision int         `json:"revision"`
	Actor    models.IRI  `json:"actor"`
	At       moment      `json:"at"`
	Collab   *collabJSON `json:"collab"`
}
