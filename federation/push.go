package federation

import (
	"context"
	"crypto/ecdh"
	"encoding/json"
	"time"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

const (
	pushFor  = 48 * time.Hour // how old a notification may be that is pushed
	pushBody = 140            // letters of a post
)

// A pushed notification is what an app is sent, as Mastodon's.
type pushed struct {
	AccessToken string                  `json:"access_token"`
	Locale      string                  `json:"preferred_locale"`
	ID          string                  `json:"notification_id"`
	Type        models.NotificationType `json:"notification_type"`
	Icon        string                  `json:"icon"`
	Title       string                  `json:"title"`
	Body        string                  `json:"body"`
}

// push sends one notification to one app. What its service does not take is tried again
// as long as it is news; a subscription that is no more is forgotten.
func (s *Server) push(ctx context.Context, t activities.Push) error {
	var to *models.PushSubscription
	var key *ecdh.PrivateKey
	var letter []byte
	err := s.db.Read(ctx, func(tx *store.Tx) (err error) {
		to, letter, err = pushLetter(tx, t)
		if err == nil && letter != nil {
			key, err = activities.PushKey(tx)
		}
		return err
	})
	if err != nil || letter == nil {
		return err
	}
	err = s.Peers.Push(ctx, to, key, letter)
	switch models.KindOf(err) {
	case models.NotFound, models.Gone:
		return s.db.Tx(ctx, func(tx *store.Tx) error {
			_, err := store.Delete[models.PushSubscription](tx, "id = ?", to.ID)
			return err
		})
	}
	return err
}

// pushLetter returns what there is to be sent, nil if that is nothing any more: the token
// is revoked, the account suspended, the notification gone or old.
func pushLetter(tx *store.Tx, t activities.Push) (*models.PushSubscription, []byte, error) {
	to, err := store.Maybe[models.PushSubscription](tx, "id = ?", t.Subscription)
	if err != nil || to == nil {
		return nil, nil, err
	}
	n, err := store.Maybe[models.Notification](tx, "id = ? AND account_id = ? AND NOT filtered", t.Notification, to.AccountID)
	if err != nil || n == nil || tx.Now.Sub(n.CreatedAt) > pushFor {
		return nil, nil, err
	}
	token, err := store.Maybe[models.Token](tx, "id = ? AND revoked_at IS NULL", to.TokenID)
	if err != nil || token == nil {
		return nil, nil, err
	}
	me, err := store.Get[models.Account](tx, to.AccountID)
	if err != nil || !me.Active() {
		return nil, nil, err
	}
	from, err := store.Maybe[models.Account](tx, "id = ?", n.FromID)
	if err != nil || from == nil {
		return nil, nil, err
	}
	u, err := store.One[models.User](tx, "account_id = ?", me.ID)
	if err != nil {
		return nil, nil, err
	}
	p := pushed{AccessToken: to.Bearer, Locale: u.Locale, ID: n.ID.String(), Type: n.Type, Icon: string(from.AvatarURL), Body: text.Plain(from.Note)}
	if p.Icon == "" {
		p.Icon = tx.Site.Origin + "/avatars/original/missing.png"
	}
	name := from.DisplayName
	if name == "" {
		name = from.Username
	}
	p.Title = text.Notice(u.Locale, n.Type, name)
	switch {
	case n.Type == models.NoteWarning || n.Type == models.NoteSevered:
		p.Body = n.Text
	case n.Text != "":
		p.Title = text.Said(u.Locale, n.Text)
	}
	if err := p.about(tx, n); err != nil {
		return nil, nil, err
	}
	b, err := json.Marshal(p)
	return to, b, err
}

// about puts into the body what the notification is about: the words of a post, or its
// warning alone.
func (p *pushed) about(tx *store.Tx, n *models.Notification) error {
	if n.PostID != 0 {
		post, err := store.Maybe[models.Post](tx, "id = ?", n.PostID)
		if err != nil {
			return err
		}
		if p.Body = ""; post != nil {
			body, _ := text.SplitByline(post.Content)
			p.Body = text.Plain(body)
			if post.Summary != "" {
				p.Body = post.Summary
			}
		}
	}
	if letters := []rune(p.Body); len(letters) > pushBody {
		p.Body = string(letters[:pushBody-1]) + "…"
	}
	return nil
}
