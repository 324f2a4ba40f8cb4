package react

import (
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// allowed returns what p's policy says of kind by me: who may not is told why.
func allowed(tx *store.Tx, me *models.Account, p *models.Post, kind models.InteractionKind) (post.Verdict, error) {
	v, err := post.May(tx, me, p, kind, "")
	if err != nil || v != post.Denied {
		return v, err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return v, err
	}
	what := map[models.InteractionKind]string{models.InteractLike: "like", models.InteractAnnounce: "boost"}[kind]
	return v, models.Refuse(models.Forbidden, what+"_denied", "%s does not let you %s this post", author.Name(), what)
}

// waits reports whether the author of p, who lives elsewhere, is to be asked first.
func waits(p *models.Post, v post.Verdict) bool {
	return !p.Local && (v == post.Automatic || v == post.Manual)
}

// askLike asks whether me may like p. The like counts here already.
func askLike(tx *store.Tx, me, author *models.Account, p *models.Post, l *models.Like, v post.Verdict) error {
	inner := models.Activity{URI: l.URI, Verb: models.LikeVerb, Actor: me.URI, Object: models.Ref(p.URI), To: []models.IRI{author.URI}}
	i := &models.Interaction{Kind: models.InteractLike, ObjectURI: l.URI}
	return post.Ask(tx, me, author, p, i, models.Object{URI: l.URI, Type: string(models.LikeVerb), Activity: &inner}, v)
}

// askBoost asks whether me may pass p on. Nobody hears of it before that.
func askBoost(tx *store.Tx, me *models.Account, p *models.Post, b *models.Boost, v post.Verdict) error {
	if isNew, err := store.Add(tx, b); err != nil || !isNew {
		return err
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return err
	}
	say := &models.Activity{
		URI: b.URI, Verb: models.Announce, Actor: me.URI, Object: models.Ref(p.URI),
		To: []models.IRI{models.Public}, Cc: []models.IRI{me.Followers, author.URI},
	}
	i := &models.Interaction{Kind: models.InteractAnnounce, ObjectURI: b.URI}
	if p.Policy.Old {
		return post.AskPlainly(tx, me, author, p, i, say)
	}
	return post.Ask(tx, me, author, p, i, models.Object{URI: b.URI, Type: string(models.Announce), Activity: say}, v)
}

// forget drops what was asked for uri. It reports whether that still waited.
func forget(tx *store.Tx, uri models.IRI) (bool, error) {
	i, err := store.Maybe[models.Interaction](tx, "object_uri = ? AND kind IN ?", uri,
		[]models.InteractionKind{models.InteractLike, models.InteractAnnounce})
	if err != nil || i == nil {
		return false, err
	}
	_, err = store.Delete[models.Interaction](tx, "id = ?", i.ID)
	return i.State == models.InteractPending, err
}
