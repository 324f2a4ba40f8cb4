package post

import (
	"slices"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// A Verdict is what a post's policy says of somebody who would do something to it.
type Verdict string

// The verdicts.
const (
	Free      Verdict = "free"      // nobody need be asked, nor can anybody doubt it
	Automatic Verdict = "automatic" // the author's server will say yes at once
	Manual    Verdict = "manual"    // the author will be asked
	Denied    Verdict = "denied"
)

// May returns whether who may do kind to p. derivation is models.Duet for a quote
// that is one. Where p's policy has no rule, quotes are denied, for nobody would
// answer, and all else is free.
func May(tx *store.Tx, who *models.Account, p *models.Post, kind models.InteractionKind, derivation string) (Verdict, error) {
	if who.ID == p.AccountID {
		return Free, nil
	}
	if shut, err := activities.Blocked(tx, who.ID, p.AccountID); err != nil || shut {
		return Denied, err
	}
	if !p.Visibility.Open() && (kind == models.InteractQuote || kind == models.InteractAnnounce) {
		return Denied, nil
	}
	author, err := store.Get[models.Account](tx, p.AccountID)
	if err != nil {
		return "", err
	}
	r := policyOf(p, author).For(kind, derivation)
	if r == nil {
		if kind == models.InteractQuote {
			return Denied, nil
		}
		return Free, nil
	}
	if kind == models.InteractReply { // who is spoken to may answer
		if named(p, who) {
			return Free, nil
		}
	}
	return judge(tx, r, who, author)
}

func named(p *models.Post, who *models.Account) bool {
	return p.InReplyToAccountID == who.ID || slices.ContainsFunc(p.Mentions, func(m models.Mention) bool { return m.URI == who.URI })
}

// judge applies a rule of author's to who.
func judge(tx *store.Tx, r *models.Rule, who, author *models.Account) (Verdict, error) {
	hears, err := activities.Follows(tx, who.ID, author.ID)
	if err != nil {
		return "", err
	}
	heard, err := activities.Follows(tx, author.ID, who.ID)
	return Judge(r, who, author, hears, heard), err
}

// Judge applies a rule of author's to who, who hears author or is heard by them. What
// names an account goes before what names many, and what is automatic before what is
// not.
func Judge(r *models.Rule, who, author *models.Account, hears, heard bool) Verdict {
	in := func(list []models.IRI) bool {
		return hears && author.Followers != "" && slices.Contains(list, author.Followers) ||
			heard && author.Following != "" && slices.Contains(list, author.Following)
	}
	switch {
	case slices.Contains(r.Automatic, who.URI):
		return Free
	case slices.Contains(r.Manual, who.URI):
		return Manual
	case slices.Contains(r.Automatic, models.Public):
		return Free
	case author.Local() && models.QuotePolicyOf(r, author) == models.QuoteMutuals:
		if hears && heard {
			return Automatic
		}
		return Denied
	case in(r.Automatic):
		return Automatic
	case slices.Contains(r.Manual, models.Public) || in(r.Manual):
		return Manual
	}
	return Denied
}

// policyOf returns the policy that p has. A post of ours from before there were any
// may be quoted if anybody may read it, as it was said then.
func policyOf(p *models.Post, author *models.Account) *models.Policy {
	if p.Policy != nil || !p.Local {
		return p.Policy
	}
	return localPolicy(author, p.Visibility, models.QuotePublic, models.QuoteSame)
}

// PolicyOf returns the policy that p has, nil if its server said none.
func PolicyOf(p *models.Post, author *models.Account) *models.Policy { return policyOf(p, author) }

// localPolicy returns the policy of a post that is written here.
func localPolicy(author *models.Account, v models.Visibility, quotes, duets models.QuotePolicy) *models.Policy {
	if !v.Open() {
		return &models.Policy{Quote: models.QuoteNobody.Rule(author)}
	}
	everybody := func() *models.Rule { return &models.Rule{Automatic: []models.IRI{models.Public}} }
	if quotes == models.QuoteSame {
		quotes = models.QuotePublic
	}
	p := &models.Policy{Like: everybody(), Reply: everybody(), Announce: everybody(), Quote: quotes.Rule(author)}
	if duets != models.QuoteSame {
		p.Duet = duets.Rule(author)
	}
	return p
}

// standing returns the policy of a new post of author's: as chosen for it, or as
// author has chosen for all.
func standing(tx *store.Tx, author *models.Account, v models.Visibility, quotes, duets *models.QuotePolicy) (*models.Policy, error) {
	u, err := store.Maybe[models.User](tx, "account_id = ?", author.ID)
	if err != nil {
		return nil, err
	}
	q, d := models.QuotePublic, models.QuoteSame
	if u != nil {
		q, d = u.QuotePolicy, u.DuetPolicy
	}
	if quotes != nil {
		q = *quotes
	}
	if duets != nil {
		d = *duets
	}
	return localPolicy(author, v, q, d), nil
}

// SetPolicy changes who may quote p, a post of author's, or make a duet with it;
// nil leaves it. What was agreed to stands. Those who have the post are told.
func SetPolicy(tx *store.Tx, author *models.Account, p *models.Post, quotes, duets *models.QuotePolicy) error {
	p, err := store.Hold[models.Post](tx, p.ID)
	if err != nil {
		return err
	}
	if p.AccountID != author.ID || !p.Local {
		return models.Errorf(models.NotFound, "there is no such post of yours")
	}
	if !p.Visibility.Open() {
		return models.Errorf(models.Invalid, "only a public post can be quoted by others")
	}
	now := policyOf(p, author)
	q, d := models.QuotePolicyOf(now.Quote, author), models.QuotePolicyOf(now.Duet, author)
	if quotes != nil {
		q = *quotes
	}
	if duets != nil {
		d = *duets
	}
	if !q.Valid() || d != models.QuoteSame && !d.Valid() {
		return models.Errorf(models.Invalid, "a post is for public, followers, following, mutuals, manual or nobody to quote, not %q", q)
	}
	p.Policy = localPolicy(author, p.Visibility, q, d)
	if _, err := store.Change(tx, &models.Post{ID: p.ID, Policy: p.Policy}, "policy"); err != nil {
		return err
	}
	n, err := Note(tx, p)
	if err != nil {
		return err
	}
	return Announce(tx, author, p, n, models.Update, nil)
}
