package collab

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"ensemble/activities"
	"ensemble/activities/rollout"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// A Claim is what somebody here says of another's post: that a work of theirs is
// in it (FEATURES C19).
type Claim struct {
	Post   *models.Post
	Label  models.CreditLabel
	Source models.IRI // a page that shows where the work is from
	Words  string
}

// MakeClaim puts a claim of me's before the owner of a post. Nobody is named by
// that; the owner's yes adds the credit, and me is not asked again.
func MakeClaim(tx *store.Tx, me *models.Account, cl Claim) (*models.CreditClaim, error) {
	doc := &models.ClaimDocument{Label: cl.Label, Source: cl.Source, Words: text.Line(cl.Words, models.MaxClaimText)}
	if err := doc.Check(); err != nil {
		return nil, err
	}
	if err := cmp.Or(me.Settled(), activities.Let(tx, me, models.FeatureClaims)); err != nil {
		return nil, err
	}
	if _, err := store.Hold[models.Account](tx, me.ID); err != nil { // one claim at a time is counted
		return nil, err
	}
	owner, err := store.Get[models.Account](tx, cl.Post.AccountID)
	if err != nil {
		return nil, err
	}
	if err := mayClaim(tx, me, owner, cl.Post); err != nil {
		return nil, err
	}
	today, err := store.Count[models.CreditClaim](tx, "account_id = ? AND created_at > ?", me.ID, tx.Now.Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	switch {
	case today >= models.MaxClaimsDay:
		return nil, models.Refuse(models.TooMany, "too_many_claims", "nobody here makes more than %d claims a day", models.MaxClaimsDay)
	case !owner.Local() && owner.Collaborates == models.CollabUnknown:
		return nil, models.Refuse(models.Forbidden, "no_support", "the server of %s does not know credits: write to them", owner.Name())
	}
	id := models.NewID(tx.Now)
	c := &models.CreditClaim{
		ID: id, URI: activities.NewURI(me, "claims", id), OfferURI: activities.NewURI(me, "activities", models.NewID(tx.Now)),
		AccountID: me.ID, Label: doc.Label, Source: doc.Source, Words: doc.Words,
		State: models.ClaimSent, ExpiresAt: tx.Now.Add(models.ClaimStands),
	}
	if err := keepClaim(tx, c, me, owner, cl.Post); err != nil {
		return nil, err
	}
	if owner.Local() {
		return c, arriveClaim(tx, c, me, owner)
	}
	return c, activities.Say(tx, me, &models.Activity{
		URI: c.OfferURI, Verb: models.OfferVerb, To: []models.IRI{owner.URI}, Target: models.Ref(owner.URI), Ends: c.ExpiresAt,
		Object: models.Object{URI: c.URI, Type: "CreditClaim", Owner: me.URI, Claim: c.Document(me)},
	}, activities.To(owner))
}

// keepClaim writes a new claim down.
func keepClaim(tx *store.Tx, c *models.CreditClaim, who, owner *models.Account, p *models.Post) error {
	c.OwnerID, c.PostID, c.PostURI = owner.ID, p.ID, p.URI
	c.Gist = gist(p.Content, p.Summary, p.Attachments)
	c.EscalateAt, c.CreatedAt, c.UpdatedAt = tx.Now.Add(models.ClaimSilence), tx.Now, tx.Now
	if err := store.Put(tx, c); err != nil {
		return err
	}
	return recordClaim(tx, c, who.URI, "claimed", "", c.Words)
}

// mayClaim says why who cannot claim a credit under p, a post of owner's.
func mayClaim(tx *store.Tx, who, owner *models.Account, p *models.Post) error {
	if who.ID == owner.ID {
		return models.Refuse(models.Invalid, "self", "it is your own post")
	}
	if code, why, err := barred(tx, owner, who); err != nil || code != "" {
		if err == nil {
			err = models.Refuse(models.Forbidden, code, "%s", why)
		}
		return err
	}
	off, err := rollout.Off(tx)
	switch {
	case err != nil:
		return err
	case off && owner.Local():
		return rollout.Refusal(rollout.CodeOff)
	case !owner.Active() || owner.System:
		return models.Refuse(models.Gone, "account_gone", "the account of its author is not active")
	case !p.Visibility.Open() || p.InReplyToURI != "" || owner.Locked:
		return models.Refuse(models.Invalid, "not_public", "credits are given under posts of public accounts that are public or unlisted, and no replies")
	}
	if err := notNamed(tx, who, p); err != nil {
		return err
	}
	earlier, err := store.Find[models.CreditClaim](tx, "account_id = ? AND post_uri = ?", who.ID, p.URI)
	if err != nil {
		return err
	}
	for _, e := range earlier {
		switch {
		case e.Open():
			return models.Refuse(models.Conflict, "claimed_already", "there is an open claim about that post already")
		case e.Decided():
			return models.Refuse(models.Conflict, "refused_before", "this claim was refused before: %s", e.Reason)
		}
	}
	return nil
}

// notNamed refuses those who stand under p, or were asked to.
func notNamed(tx *store.Tx, who *models.Account, p *models.Post) error {
	if named, err := store.Any[models.Author](tx, "post_id = ? AND uri = ? AND state = ?", p.ID, who.URI, models.AuthorVerified); err != nil || named {
		if err == nil {
			err = models.Refuse(models.Conflict, "already_named", "%s is named under that post already", who.Name())
		}
		return err
	}
	inv, err := store.Maybe[models.Invite](tx, "account_id = ? AND collab_id IN (SELECT id FROM collabs WHERE post_uri = ?)", who.ID, p.URI)
	switch {
	case err != nil || inv == nil:
		return err
	case inv.Consented():
		return models.Refuse(models.Conflict, "already_named", "%s agreed to be named under that post already", who.Name())
	case inv.Ended():
		return models.Refuse(models.Conflict, "asked_before", "%s was asked before to be named under that post: that invitation is %s", who.Name(), inv.State)
	}
	return models.Refuse(models.Conflict, "asked_already", "%s is asked already to be named under that post: answer that", who.Name())
}

// gist is a hash of what a post says and shows, whoever is named under it.
func gist(html, summary string, files []models.Attachment) string {
	body, _ := text.SplitByline(text.Sanitize(html))
	said := []string{body, summary}
	for _, f := range files {
		said = append(said, f.Digest)
	}
	b, _ := json.Marshal(said) // strings are written whatever is in them
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// claimOf returns the claim by which guest asked for just the credit that the work n
// of from's gives them; nil if there is none.
func claimOf(tx *store.Tx, guest, from *models.Account, n *models.Note) (*models.CreditClaim, error) {
	if n == nil {
		return nil, nil
	}
	i := slices.IndexFunc(n.Claims, func(c models.Claim) bool { return c.Account == guest.URI && c.Role == models.RoleCredit })
	if i < 0 {
		return nil, nil
	}
	return store.Maybe[models.CreditClaim](tx, "account_id = ? AND owner_id = ? AND post_uri = ? AND label = ? AND state IN ? ORDER BY id DESC",
		guest.ID, from.ID, n.URI, n.Claims[i].Label, append(models.OpenClaims(), models.ClaimAccepted))
}

// claimed reports whether guest agreed to rev by claiming the credit in it: of the
// same text, and of no advertisement.
func claimed(tx *store.Tx, c *models.Collab, rev *models.Revision, guest *models.Account) (bool, error) {
	from, err := host(tx, c)
	if err != nil {
		return false, err
	}
	cl, err := claimOf(tx, guest, from, rev.Note)
	if err != nil || cl == nil {
		return false, err
	}
	summary := ""
	if rev.Note.Summary != nil {
		summary = *rev.Note.Summary
	}
	paid := slices.ContainsFunc(rev.Note.Claims, func(n models.Claim) bool { return n.Label == models.CreditSponsor })
	return !paid && cl.Gist == gist(rev.Note.Content, summary, rev.Note.Attachments), nil
}

// AcceptClaim gives the credit that was claimed under a post of me's.
func AcceptClaim(tx *store.Tx, me *models.Account, c *models.CreditClaim) error {
	return owned(me, c, func() error { return decideClaim(tx, c, true, "", "") })
}

// RefuseClaim says no to a claim about a post of me's, with a reason, which the
// claimant is told.
func RefuseClaim(tx *store.Tx, me *models.Account, c *models.CreditClaim, reason string) error {
	return owned(me, c, func() error { return decideClaim(tx, c, false, models.ClaimByOwner, reason) })
}

func owned(me *models.Account, c *models.CreditClaim, do func() error) error {
	if c.OwnerID != me.ID {
		return models.Refuse(models.Forbidden, "not_owner", "only who published the post answers the claim")
	}
	return do()
}

// DecideClaim is the word of this server's moderators, where the owner has been
// silent for models.ClaimSilence.
func DecideClaim(tx *store.Tx, c *models.CreditClaim, yes bool, reason string) error {
	if c.Open() && c.EscalatedAt == nil {
		return models.Refuse(models.Conflict, "not_due", "the owner of the post has until %s to answer", c.EscalateAt.UTC().Format("2 January 2006 15:04 UTC"))
	}
	return decideClaim(tx, c, yes, models.ClaimByModerators, reason)
}

// decideClaim answers a claim about a post that is here, for good.
func decideClaim(tx *store.Tx, known *models.CreditClaim, yes bool, code, reason string) error {
	if reason = text.Line(reason, models.MaxClaimText); reason == "" && !yes {
		return models.Refuse(models.Invalid, "no_reason", "say why: the claimant is told")
	}
	p, err := store.Maybe[models.Post](tx, "uri = ?", known.PostURI)
	if err == nil && p != nil {
		p, err = store.Hold[models.Post](tx, p.ID)
	}
	if err != nil {
		return err
	}
	c, err := store.Hold[models.CreditClaim](tx, known.ID)
	if err != nil {
		return err
	}
	who, owner, err := parties(tx, c)
	switch {
	case err != nil:
		return err
	case !owner.Local():
		return models.Refuse(models.Forbidden, "not_ours", "the claim is for the server of %s to answer", owner.Name())
	case !c.Open():
		return models.Refuse(models.Conflict, "claim_over", "this claim is %s", c.State)
	case p == nil:
		return models.Refuse(models.Gone, "no_post", "the post is gone")
	}
	by := owner.URI
	if code == models.ClaimByModerators {
		by = tx.Site.IRI("/actor")
	}
	state := models.ClaimRefused
	if yes {
		state = models.ClaimAccepted
	}
	if err := endClaim(tx, c, by, state, code, reason); err != nil {
		return err
	}
	if err := tellDecided(tx, c, who, owner); err != nil {
		return err
	}
	if !yes {
		return sayClaim(tx, owner, who, models.Reject, c)
	}
	if err := sayClaim(tx, owner, who, models.Accept, c); err != nil {
		return err
	}
	return creditClaimed(tx, owner, who, p, c)
}

// creditClaimed names who under p, as they claimed: their server stamps unasked.
func creditClaimed(tx *store.Tx, owner, who *models.Account, p *models.Post, c *models.CreditClaim) error {
	joint, err := Credit(tx, owner, p, []Invitee{{Account: who, Label: c.Label, Claimed: true}})
	if err != nil {
		return err
	}
	return record(tx, joint, owner.URI, "claim_accepted", models.Event{Code: c.Code, Reason: string(c.URI)})
}

// Unclaim withdraws a claim of me's.
func Unclaim(tx *store.Tx, me *models.Account, known *models.CreditClaim) error {
	if known.AccountID != me.ID {
		return models.Refuse(models.Forbidden, "not_claimant", "only who made the claim withdraws it")
	}
	c, err := store.Hold[models.CreditClaim](tx, known.ID)
	if err != nil || c.State == models.ClaimWithdrawn {
		return err
	}
	if !c.Open() {
		return models.Refuse(models.Conflict, "claim_over", "this claim is %s", c.State)
	}
	_, owner, err := parties(tx, c)
	if err != nil {
		return err
	}
	if err := endClaim(tx, c, me.URI, models.ClaimWithdrawn, "", ""); err != nil {
		return err
	}
	if owner.Local() {
		return tellClaim(tx, c, owner, me, me.Name()+" withdrew their claim.")
	}
	return undoClaim(tx, me, owner, c)
}
