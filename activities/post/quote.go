package post

import (
	"slices"

	"ensemble/activities"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// quotable returns the post that d quotes, which author may: else why not.
func quotable(tx *store.Tx, author *models.Account, d *Draft) (*models.Post, error) {
	p, err := store.Maybe[models.Post](tx, "id = ?", d.Quote)
	if err != nil {
		return nil, err
	}
	if p != nil {
		if ok, err := Visible(tx, author, p); err != nil || !ok {
			p = nil
		}
	}
	if p == nil {
		return nil, models.Errorf(models.NotFound, "the post you quote is not there")
	}
	if p.AccountID == author.ID {
		switch {
		case p.Visibility == models.VisDirect:
			return nil, models.Refuse(models.Invalid, "quote_denied", "a direct message cannot be quoted")
		case !p.Visibility.Open() && d.Visibility.Open():
			d.Visibility = models.VisFollowers // it would show to more than who may read it
		}
		return p, nil
	}
	if d.Visibility == models.VisDirect {
		return nil, models.Refuse(models.Invalid, "quote_direct", "a direct message cannot quote somebody else's post")
	}
	v, err := May(tx, author, p, models.InteractQuote, d.Derivation)
	if err != nil || v != Denied {
		return p, err
	}
	by, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return nil, err
	}
	return nil, refusal(by, p, d.Derivation)
}

// refusal says why by's post is not to be quoted. Who is blocked is not told.
func refusal(by *models.Account, p *models.Post, derivation string) error {
	switch {
	case !p.Visibility.Open():
		return models.Refuse(models.Forbidden, "quote_denied", "only public posts can be quoted by others")
	case derivation == models.Duet:
		return models.Refuse(models.Forbidden, "duet_denied", "%s does not let you make a duet with this post", by.Name())
	case policyOf(p, by).For(models.InteractQuote, "") == nil:
		return models.Refuse(models.Forbidden, "quote_unknown", "the server of %s does not say who may quote this post, so nobody may", by.Name())
	}
	return models.Refuse(models.Forbidden, "quote_denied", "%s does not let you quote this post", by.Name())
}

// quote has p, a new post of author's, quote another.
func quote(tx *store.Tx, author *models.Account, p, quoted *models.Post, derivation string) error {
	v, err := May(tx, author, quoted, models.InteractQuote, derivation)
	if err != nil {
		return err
	}
	by, err := store.Get[models.Account](tx, quoted.AccountID)
	if err != nil {
		return err
	}
	i := &models.Interaction{Kind: models.InteractQuote, PostID: p.ID, ObjectURI: p.URI, Derivation: derivation}
	n, err := Note(tx, p)
	if err != nil {
		return err
	}
	n.Quote, n.Derivation = quoted.URI, derivation
	cite(n, p, quoted, by)
	return Ask(tx, author, by, quoted, i, models.Object{URI: n.URI, Type: "Note", Owner: author.URI, Note: n}, v)
}

// consents puts into n, which p is as it travels, what p quotes and answers by
// others' consent. What was refused or taken back is no quote any more.
func consents(tx *store.Tx, p *models.Post, author *models.Account, n *models.Note) error {
	n.Policy = policyOf(p, author)
	all, err := store.Find[models.Interaction](tx, "post_id = ? AND kind IN ?", p.ID, []models.InteractionKind{models.InteractQuote, models.InteractReply})
	if err != nil {
		return err
	}
	for _, i := range all {
		if i.Kind == models.InteractReply {
			if n.ReplyStamp = i.Stamp; i.Held != "" {
				n.To, n.Cc = audience(author, i.Held, p.Mentions)
				n.Policy = localPolicy(author, i.Held, models.QuotePublic, models.QuoteSame)
			}
			continue
		}
		if i.State != models.InteractAccepted && i.State != models.InteractPending {
			continue
		}
		quoted, err := store.Maybe[models.Post](tx, "id = ?", i.TargetID)
		if err != nil || quoted == nil {
			return err
		}
		by, err := store.Get[models.Account](tx, quoted.AccountID)
		if err != nil {
			return err
		}
		n.Quote, n.QuoteStamp, n.Derivation = i.TargetURI, i.Stamp, i.Derivation
		cite(n, p, quoted, by)
	}
	return nil
}

// cite adds to n, for those who know no quotes, what it quotes; and whom, so that
// they hear of it.
func cite(n *models.Note, p, quoted *models.Post, by *models.Account) {
	page := quoted.URL
	if page == "" {
		page = quoted.URI
	}
	var with *text.Name
	if n.Derivation == models.Duet {
		with = &text.Name{URL: by.URL, Username: by.Username}
	}
	n.Content = text.Quoted(page, with) + n.Content
	if p.AccountID != by.ID && p.Visibility != models.VisDirect && !slices.Contains(n.To, by.URI) && !slices.Contains(n.Cc, by.URI) {
		n.Cc = append(n.Cc, by.URI)
	}
}

// notifyQuoters tells people here that what they quote was edited.
func notifyQuoters(tx *store.Tx, author *models.Account, p *models.Post) error {
	all, err := store.Find[models.Interaction](tx, "target_id = ? AND kind = ? AND state = ? AND account_id IN (SELECT account_id FROM users)",
		p.ID, models.InteractQuote, models.InteractAccepted)
	if err != nil {
		return err
	}
	for _, i := range all {
		err := activities.Notify(tx, models.Notification{AccountID: i.AccountID, FromID: author.ID, Type: models.NoteQuotedUpdate, PostID: i.PostID})
		if err != nil {
			return err
		}
	}
	return nil
}

// quotedAuthor returns who wrote what p quotes, to be told of p; nil for nobody.
func quotedAuthor(tx *store.Tx, p *models.Post) (*models.Account, error) {
	i, err := store.Maybe[models.Interaction](tx, "post_id = ? AND kind = ? AND state IN ?", p.ID, models.InteractQuote,
		[]models.InteractionState{models.InteractPending, models.InteractAccepted})
	if err != nil || i == nil || i.TargetAccountID == 0 {
		return nil, err
	}
	return store.Maybe[models.Account](tx, "id = ?", i.TargetAccountID)
}

// concerned returns who wrote what p quotes or answers: they have it, and are to hear
// of its end.
func concerned(tx *store.Tx, p *models.Post) ([]*models.Account, error) {
	var out []*models.Account
	by, err := quotedAuthor(tx, p)
	if err != nil {
		return nil, err
	}
	if by != nil {
		out = append(out, by)
	}
	if p.InReplyToAccountID == 0 {
		return out, nil
	}
	a, err := store.Maybe[models.Account](tx, "id = ?", p.InReplyToAccountID)
	if a != nil {
		out = append(out, a)
	}
	return out, err
}
