// Package react is what people do to a post that is there: like it, pass it on,
// keep it. A post of several authors has one count of each, at its origin.
package react

import (
	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// Like says that me likes p. Saying it twice is saying it once.
func Like(tx *store.Tx, me *models.Account, p *models.Post) error {
	if err := may(tx, me, p); err != nil {
		return err
	}
	v, err := allowed(tx, me, p, models.InteractLike)
	if err != nil {
		return err
	}
	id := models.NewID(tx.Now)
	l := &models.Like{ID: id, URI: activities.NewURI(me, "likes", id), AccountID: me.ID, PostID: p.ID, CreatedAt: tx.Now}
	author, err := like(tx, me, p, l)
	if err != nil || author == nil || author.Local() {
		return err
	}
	if waits(p, v) && !p.Policy.Old { // before requests, the Like itself was one
		return askLike(tx, me, author, p, l, v)
	}
	return activities.Say(tx, me, &models.Activity{
		URI: l.URI, Verb: models.LikeVerb, Object: models.Ref(p.URI), To: []models.IRI{author.URI},
	}, activities.To(author))
}

// Liked takes in that a peer's account likes p.
func Liked(tx *store.Tx, who *models.Account, uri models.IRI, p *models.Post) error {
	if err := may(tx, who, p); err != nil {
		return err
	}
	_, err := like(tx, who, p, &models.Like{ID: models.NewID(tx.Now), URI: uri, AccountID: who.ID, PostID: p.ID, CreatedAt: tx.Now})
	return err
}

// like returns the post's author, or nil if it was liked before.
func like(tx *store.Tx, who *models.Account, p *models.Post, l *models.Like) (*models.Account, error) {
	if again, err := store.Any[models.Like](tx, "account_id = ? AND post_id = ?", who.ID, p.ID); err != nil || again {
		return nil, err
	}
	if isNew, err := store.Add(tx, l); err != nil || !isNew {
		return nil, err
	}
	if err := tallied(tx, p, "likes_count", "likes_count + 1"); err != nil {
		return nil, err
	}
	if err := post.Tell(tx, p, models.Notification{FromID: who.ID, Type: models.NoteFavourite}); err != nil {
		return nil, err
	}
	inner := models.Activity{URI: l.URI, Verb: models.LikeVerb, Actor: who.URI, Object: models.Ref(p.URI)}
	if err := post.Relay(tx, p, "likes", models.Object{URI: l.URI, Type: "Like", Activity: &inner}, models.Add); err != nil {
		return nil, err
	}
	return store.Get[models.Account](tx, p.AccountID)
}

// Unlike takes a like back.
func Unlike(tx *store.Tx, me *models.Account, p *models.Post) error {
	l, err := store.Maybe[models.Like](tx, "account_id = ? AND post_id = ?", me.ID, p.ID)
	if err != nil || l == nil {
		return err
	}
	author, err := unlike(tx, me, p, l)
	if err != nil || author.Local() {
		return err
	}
	if waiting, err := forget(tx, l.URI); err != nil || waiting {
		return err // nobody was told
	}
	return undo(tx, me, author, models.Activity{URI: l.URI, Verb: models.LikeVerb, Actor: me.URI, Object: models.Ref(p.URI)})
}

// Unliked takes in that a peer's account took its like back.
func Unliked(tx *store.Tx, who *models.Account, p *models.Post) error {
	l, err := store.Maybe[models.Like](tx, "account_id = ? AND post_id = ?", who.ID, p.ID)
	if err != nil || l == nil {
		return err
	}
	_, err = unlike(tx, who, p, l)
	return err
}

func unlike(tx *store.Tx, who *models.Account, p *models.Post, l *models.Like) (*models.Account, error) {
	if _, err := store.Delete[models.Like](tx, "id = ?", l.ID); err != nil {
		return nil, err
	}
	if err := tallied(tx, p, "likes_count", "CASE WHEN likes_count > 0 THEN likes_count - 1 ELSE 0 END"); err != nil {
		return nil, err
	}
	if err := activities.Unnotify(tx, who.ID, models.NoteFavourite, p.ID); err != nil {
		return nil, err
	}
	inner := models.Activity{URI: l.URI, Verb: models.LikeVerb, Actor: who.URI, Object: models.Ref(p.URI)}
	if err := post.Relay(tx, p, "likes", models.Object{URI: l.URI, Type: "Like", Activity: &inner}, models.Remove); err != nil {
		return nil, err
	}
	return store.Get[models.Account](tx, p.AccountID)
}

// Bookmark keeps p for me alone.
func Bookmark(tx *store.Tx, me *models.Account, p *models.Post) error {
	if err := may(tx, me, p); err != nil {
		return err
	}
	_, err := store.Add(tx, &models.Bookmark{ID: models.NewID(tx.Now), AccountID: me.ID, PostID: p.ID, CreatedAt: tx.Now})
	return err
}

// Unbookmark lets it go.
func Unbookmark(tx *store.Tx, me *models.Account, p *models.Post) error {
	_, err := store.Delete[models.Bookmark](tx, "account_id = ? AND post_id = ?", me.ID, p.ID)
	return err
}

func may(tx *store.Tx, who *models.Account, p *models.Post) error {
	ok, err := post.Visible(tx, who, p)
	if err == nil && !ok {
		err = models.Errorf(models.NotFound, "there is no such post here")
	}
	return err
}

func tallied(tx *store.Tx, p *models.Post, column, expr string) error {
	_, err := store.Set[models.Post](tx, map[string]any{column: store.Expr(expr)}, "id = ?", p.ID)
	return err
}

func undo(tx *store.Tx, me, author *models.Account, what models.Activity) error {
	return activities.Say(tx, me, &models.Activity{
		Verb: models.Undo, To: []models.IRI{author.URI},
		Object: models.Object{URI: what.URI, Type: string(what.Verb), Activity: &what},
	}, activities.To(author))
}
