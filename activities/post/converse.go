package post

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// converse puts a direct post into the conversations of all who live here and are in it:
// its author, and those it names who do not block them. What is no news is told nobody.
func converse(tx *store.Tx, author *models.Account, p *models.Post, news bool) error {
	if p.Visibility != models.VisDirect {
		return nil
	}
	people, here := []models.ID{author.ID}, []models.ID{}
	if author.Local() {
		here = append(here, author.ID)
	}
	for _, m := range p.Mentions {
		if m.AccountID == 0 || slices.Contains(people, m.AccountID) {
			continue
		}
		people = append(people, m.AccountID)
		if !tx.Site.Owns(m.URI) {
			continue
		}
		if shut, err := activities.Blocked(tx, m.AccountID, author.ID); err != nil {
			return err
		} else if !shut {
			here = append(here, m.AccountID)
		}
	}
	for _, who := range here {
		others := slices.DeleteFunc(slices.Clone(people), func(id models.ID) bool { return id == who })
		if err := join(tx, who, p, models.PeopleKey(others), news); err != nil {
			return err
		}
	}
	return nil
}

// join adds p to the conversation of who with those people in its thread. What one says
// oneself is read, and what is said in a thread that one does not want to hear of.
func join(tx *store.Tx, who models.ID, p *models.Post, people string, news bool) error {
	hushed, err := activities.Hushed(tx, who, p.ID)
	if err != nil {
		return err
	}
	row := &models.Conversation{
		ID: models.NewID(tx.Now), AccountID: who, ThreadID: p.ThreadID, People: people, LastPostID: p.ID, Unread: news && who != p.AccountID && !hushed,
	}
	if fresh, err := store.Add(tx, row); err != nil {
		return err
	} else if !fresh {
		known, err := store.One[models.Conversation](tx, "account_id = ? AND thread_id = ? AND people = ?", who, p.ThreadID, people)
		if err != nil {
			return err
		}
		row.ID = known.ID
	}
	if fresh, err := store.Add(tx, &models.ConversationPost{ConversationID: row.ID, PostID: p.ID}); err != nil || !fresh {
		return err
	}
	if !news {
		return latest(tx, "id = ?", row.ID)
	}
	if _, err := store.Set[models.Conversation](tx, map[string]any{"unread": row.Unread}, "id = ?", row.ID); err != nil {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamConversation, Account: who, Item: row.ID})
	return latest(tx, "id = ?", row.ID)
}

// latest finds the last post of the conversations that meet the condition. Those without
// any are gone.
func latest(tx *store.Tx, where string, args ...any) error {
	if _, err := store.Delete[models.Conversation](tx,
		where+" AND NOT EXISTS (SELECT 1 FROM conversation_posts x WHERE x.conversation_id = conversations.id)", args...); err != nil {
		return err
	}
	_, err := store.Set[models.Conversation](tx, map[string]any{
		"last_post_id": store.Expr("(SELECT max(x.post_id) FROM conversation_posts x WHERE x.conversation_id = conversations.id)"),
	}, where, args...)
	return err
}

// unsay takes a post that is no more out of its conversations.
func unsay(tx *store.Tx, p *models.Post) error {
	rows, err := store.Find[models.ConversationPost](tx, "post_id = ?", p.ID)
	if err != nil || len(rows) == 0 {
		return err
	}
	if _, err := store.Delete[models.ConversationPost](tx, "post_id = ?", p.ID); err != nil {
		return err
	}
	for _, r := range rows {
		if err := latest(tx, "id = ?", r.ConversationID); err != nil {
			return err
		}
	}
	return nil
}

// rejoin moves the conversations of a thread into another, of which it turned out to be
// a part. Who muted it has muted that.
func rejoin(tx *store.Tx, from, to models.ID) error {
	muted, err := store.Find[models.ThreadMute](tx, "thread_id = ?", from)
	if err != nil {
		return err
	}
	for _, m := range muted {
		if _, err := store.Add(tx, &models.ThreadMute{AccountID: m.AccountID, ThreadID: to, CreatedAt: m.CreatedAt}); err != nil {
			return err
		}
	}
	rows, err := store.Find[models.Conversation](tx, "thread_id = ?", from)
	if err != nil {
		return err
	}
	for _, c := range rows {
		known, err := store.Maybe[models.Conversation](tx, "account_id = ? AND thread_id = ? AND people = ?", c.AccountID, to, c.People)
		if err != nil {
			return err
		}
		if known == nil {
			if _, err := store.Set[models.Conversation](tx, map[string]any{"thread_id": to}, "id = ?", c.ID); err != nil {
				return err
			}
			continue
		}
		if err := unite(tx, c, known); err != nil {
			return err
		}
	}
	return nil
}

func unite(tx *store.Tx, c, into *models.Conversation) error {
	if _, err := store.Set[models.ConversationPost](tx, map[string]any{"conversation_id": into.ID}, "conversation_id = ?", c.ID); err != nil {
		return err
	}
	if c.Unread {
		if _, err := store.Set[models.Conversation](tx, map[string]any{"unread": true}, "id = ?", into.ID); err != nil {
			return err
		}
	}
	if err := latest(tx, "id = ?", c.ID); err != nil {
		return err
	}
	return latest(tx, "id = ?", into.ID)
}

// Forget takes a conversation out of its owner's list. What is said in it after that
// begins another.
func Forget(tx *store.Tx, c *models.Conversation) error {
	if _, err := store.Delete[models.ConversationPost](tx, "conversation_id = ?", c.ID); err != nil {
		return err
	}
	_, err := store.Delete[models.Conversation](tx, "id = ?", c.ID)
	return err
}
