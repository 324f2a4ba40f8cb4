package collab

import (
	"html"
	"strings"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// copyOf returns a work as a post of me's own that credits who started it.
func copyOf(tx *store.Tx, me, from *models.Account, n *models.Note, uri models.IRI) *models.Note {
	out := *bare(n)
	s := string(uri)
	out.URI, out.Author, out.Collab, out.Context = uri, me.URI, "", uri+"/context"
	out.URL = models.IRI(me.URI.Origin() + "/@" + me.Username + s[len(me.URI)+len("/notes"):])
	out.Content = text.Sanitize(out.Content) + "<p>First published by " + html.EscapeString(from.Handle(tx.Site)) + "</p>"
	out.To, out.Cc = []models.IRI{models.Public}, []models.IRI{me.Followers}
	out.Likes = &models.Tally{URI: uri + "/likes"}
	out.Shares = &models.Tally{URI: uri + "/shares"}
	out.Replies = &models.Tally{URI: uri + "/replies"}
	return &out
}

// RemoveReply takes a reply out of the thread of the post. The initiator may; a
// co-author may where that was agreed, and otherwise asks the initiator to
// (FEATURES C14).
func RemoveReply(tx *store.Tx, me *models.Account, c *models.Collab, reply *models.Post) error {
	c, err := store.Hold[models.Collab](tx, c.ID)
	if err != nil {
		return err
	}
	inv, initiator, err := Mine(tx, me, c)
	if err != nil {
		return err
	}
	if !c.Live() || reply.ThreadID != c.PostID || reply.ID == c.PostID {
		return models.Refuse(models.Invalid, "not_a_reply", "that is no reply to this post")
	}
	if !initiator && !inv.Consented() {
		return models.Refuse(models.Forbidden, "not_active", "you are not an author of it")
	}
	from, err := host(tx, c)
	if err != nil {
		return err
	}
	if from.Local() {
		return moderated(tx, c, from, me, initiator, reply)
	}
	if err := record(tx, c, me.URI, "reply_removal_asked", models.Event{Reason: string(reply.URI)}); err != nil {
		return err
	}
	if c.Moderation == models.ModerateAll {
		if err := takeOut(tx, reply); err != nil {
			return err
		}
	}
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Remove, Object: models.Ref(reply.URI), To: []models.IRI{from.URI},
		Target: models.Object{URI: c.PostURI + "/replies", Type: "Collection", Owner: from.URI, Total: -1},
	}, activities.To(from))
}

// ReplyRemoved takes in that who wants a reply out of a thread: the initiator, whose
// word holds, or one of the co-authors of a post of ours.
func ReplyRemoved(tx *store.Tx, who *models.Account, thread, reply *models.Post) error {
	if reply.ThreadID != thread.ID {
		return models.Refuse(models.Invalid, "not_a_reply", "that is no reply to this post")
	}
	if thread.AccountID == who.ID {
		return takeOut(tx, reply)
	}
	known, err := store.Maybe[models.Collab](tx, "post_id = ?", thread.ID)
	if err != nil || known == nil {
		return err
	}
	c, err := store.Hold[models.Collab](tx, known.ID)
	if err != nil {
		return err
	}
	inv, err := store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, who.ID)
	if err != nil || inv == nil || !inv.Consented() || inv.Role != models.RoleCoauthor {
		if err == nil {
			err = models.Refuse(models.Forbidden, "not_active", "%s is not an author of it", who.URI)
		}
		return err
	}
	from, err := host(tx, c)
	if err != nil || !from.Local() {
		return err
	}
	return moderated(tx, c, from, who, false, reply)
}

// moderated decides, on the initiator's server, about a reply that who wants gone.
func moderated(tx *store.Tx, c *models.Collab, from, who *models.Account, initiator bool, reply *models.Post) error {
	if !initiator && c.Moderation != models.ModerateAll {
		if err := record(tx, c, who.URI, "reply_removal_asked", models.Event{Reason: string(reply.URI)}); err != nil {
			return err
		}
		return activities.Notify(tx, models.Notification{
			AccountID: from.ID, FromID: who.ID, Type: models.NoteCollabRequest, CollabID: c.ID, PostID: reply.ID,
			Text: who.Name() + " asks you to take a reply out of your thread.",
		})
	}
	if reply.Hidden {
		return nil
	}
	if err := takeOut(tx, reply); err != nil {
		return err
	}
	if err := record(tx, c, who.URI, "reply_removed", models.Event{Reason: string(reply.URI)}); err != nil {
		return err
	}
	p, err := store.Get[models.Post](tx, c.PostID)
	if err != nil {
		return err
	}
	coauthors, err := post.Coauthors(tx, p)
	if err != nil {
		return err
	}
	return activities.Say(tx, from, &models.Activity{
		Verb: models.Remove, Object: models.Ref(reply.URI), To: []models.IRI{models.Public}, Cc: []models.IRI{from.Followers},
		Target: models.Object{URI: p.URI + "/replies", Type: "Collection", Owner: from.URI, Total: p.RepliesCount},
	}, activities.Audience{Followers: true, To: coauthors})
}

func takeOut(tx *store.Tx, reply *models.Post) error {
	n, err := store.Set[models.Post](tx, map[string]any{"hidden": true}, "id = ? AND NOT hidden", reply.ID)
	if err != nil || n == 0 {
		return err
	}
	_, err = store.Set[models.Post](tx, map[string]any{"replies_count": store.Expr("replies_count - 1")}, "id = ? AND replies_count > 0", reply.InReplyToID)
	return err
}

// Relayed takes in that the initiator's server counted something (ensemble/1 §3.4,
// C10). inner is what was counted, as far as it was shown; who did it, if known
// here. Only the count is believed, and only for a post that somebody here is a
// verified author of.
func Relayed(tx *store.Tx, from *models.Account, a *models.Activity, who *models.Account) error {
	collections := map[string]string{"likes": "likes_count", "shares": "boosts_count", "replies": "replies_count"}
	uri, kind := cutLast(a.Target.URI)
	column, ok := collections[kind]
	p, err := store.Maybe[models.Post](tx, "uri = ?", uri)
	if err != nil {
		return err
	}
	if !ok || p == nil || p.AccountID != from.ID || a.Target.Owner != from.URI || a.Target.Total < -1 {
		return models.Refuse(models.Forbidden, "foreign_collection", "that collection is not one of %s's", from.URI)
	}
	mine, err := store.Find[models.Author](tx, `post_id = ? AND state = ? AND role = ? AND account_id IN (SELECT account_id FROM users)`,
		p.ID, models.AuthorVerified, models.RoleCoauthor)
	if err != nil {
		return err
	}
	if len(mine) == 0 {
		return models.Refuse(models.Forbidden, "no_author_here", "nobody here is an author of it")
	}
	when := strings.TrimSuffix(column, "count") + "at"
	if a.Target.Total >= 0 {
		// Two words may overtake each other on their way.
		if _, err := store.Set[models.Post](tx, map[string]any{column: min(a.Target.Total, 1<<30), "counted": true, when: a.Published},
			"id = ? AND ("+when+" IS NULL OR "+when+" <= ?)", p.ID, a.Published); err != nil {
			return err
		}
	}
	if a.Verb != models.Add || who == nil {
		return nil
	}
	notice := map[string]models.NotificationType{"likes": models.NoteFavourite, "shares": models.NoteReblog}[kind]
	if notice == "" {
		return nil
	}
	for _, m := range mine {
		if err := activities.Notify(tx, models.Notification{AccountID: m.AccountID, FromID: who.ID, Type: notice, PostID: p.ID}); err != nil {
			return err
		}
	}
	return nil
}

func cutLast(i models.IRI) (models.IRI, string) {
	for k := len(i) - 1; k >= 0; k-- {
		if i[k] == '/' {
			return i[:k], string(i[k+1:])
		}
	}
	return "", ""
}
