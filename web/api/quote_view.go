package api

import (
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// quoteJSON is Mastodon's Quote, and what we add to it: why it stands so, and whether
// it is a duet.
type quoteJSON struct {
	State        string      `json:"state"`
	QuotedStatus *statusJSON `json:"quoted_status"`
	whyJSON
}

// shallowQuoteJSON is a quote within what is quoted.
type shallowQuoteJSON struct {
	State          string     `json:"state"`
	QuotedStatusID *models.ID `json:"quoted_status_id,string"`
	whyJSON
}

type whyJSON struct {
	Code       *string `json:"code"`
	Reason     *string `json:"reason"`
	Derivation *string `json:"derivation"`
}

// quoteApprovalJSON is Mastodon's QuoteApproval, with the same for duets.
type quoteApprovalJSON struct {
	Automatic   []string            `json:"automatic"`
	Manual      []string            `json:"manual"`
	CurrentUser string              `json:"current_user"`     // denied for nobody
	Policy      *models.QuotePolicy `json:"policy,omitempty"` // ours, of one's own: as it was chosen
	Duet        *quoteApprovalJSON  `json:"duet,omitempty"`   // ours
}

// approvalJSON is how far a reply, like or boost has come that needs consent.
type approvalJSON struct {
	Kind   models.InteractionKind  `json:"kind"`
	State  models.InteractionState `json:"state"`
	Code   string                  `json:"code"`
	Reason string                  `json:"reason"`
}

// consents is what the views of a page need to know of others' consent.
type consents struct {
	quotes  map[models.ID]*models.Interaction   // by quoting post
	replies map[models.ID]*models.Interaction   // by reply
	asked   map[models.ID][]*models.Interaction // by the reader, by post
	quoted  map[models.ID]*statusJSON
	nested  bool // the page is of what is quoted
	blocked map[models.ID]bool
	hears   map[models.ID]bool // whom the reader follows
	heard   map[models.ID]bool
}

// gatherConsents asks each table once.
func (a *API) gatherConsents(s *shown) error {
	k := consents{
		quotes: map[models.ID]*models.Interaction{}, replies: map[models.ID]*models.Interaction{}, asked: map[models.ID][]*models.Interaction{},
		quoted: map[models.ID]*statusJSON{}, blocked: map[models.ID]bool{}, hears: map[models.ID]bool{}, heard: map[models.ID]bool{},
		nested: s.consents.nested,
	}
	var authors []models.ID
	for _, p := range s.posts {
		authors = append(authors, p.AccountID)
	}
	rows, err := store.InteractionsOf(s.call.Tx, s.call.MyID(), s.more["consent"])
	if err != nil {
		return err
	}
	var targets []models.ID
	for _, i := range rows {
		switch {
		case i.PostID != 0 && i.Kind == models.InteractQuote:
			k.quotes[i.PostID] = i
			if i.State == models.InteractAccepted && i.TargetID != 0 {
				targets = append(targets, i.TargetID)
			}
			authors = append(authors, i.TargetAccountID)
		case i.PostID != 0 && i.Kind == models.InteractReply:
			k.replies[i.PostID] = i
		case i.AccountID == s.call.MyID():
			k.asked[i.TargetID] = append(k.asked[i.TargetID], i)
		}
	}
	if err := k.gatherTies(s.call, authors); err != nil {
		return err
	}
	if len(targets) > 0 && !k.nested {
		if k.quoted, err = a.quotedPosts(s.call, targets); err != nil {
			return err
		}
	}
	s.consents = k
	return nil
}

// gatherTies finds out what the reader has to do with the authors.
func (k *consents) gatherTies(c *call.Call, authors []models.ID) error {
	me := c.MyID()
	if me == 0 || len(authors) == 0 {
		return nil
	}
	ties, err := store.Ties(c.Tx, me, authors)
	for _, t := range ties {
		switch {
		case t.What == "follow" && t.Accepted:
			k.hears[t.OtherID] = true
		case t.What == "follower" && t.Accepted:
			k.heard[t.OtherID] = true
		case t.What == "block", t.What == "blocker":
			k.blocked[t.OtherID] = true
		}
	}
	delete(k.blocked, me)
	return err
}

// quotedPosts shows what is quoted, as far as the reader may read it. What that quotes
// itself is told, and not shown.
func (a *API) quotedPosts(c *call.Call, ids []models.ID) (map[models.ID]*statusJSON, error) {
	readable, err := store.Readable(c.Tx, c.MyID(), ids)
	if err != nil {
		return nil, err
	}
	s, err := gather(c, entriesOf(readable, readable))
	if err != nil {
		return nil, err
	}
	s.consents.nested = true
	if err := a.gatherConsents(s); err != nil {
		return nil, err
	}
	out := map[models.ID]*statusJSON{}
	for _, id := range readable {
		if v, ok := s.view(store.Entry{ID: id, PostID: id, Kind: models.FeedPost}); ok {
			out[id] = &v
		}
	}
	return out, nil
}

// consented fills in what others have a say in.
func (s *shown) consented(p *models.Post, v *statusJSON) {
	k := s.consents
	v.QuotesCount = p.QuotesCount
	v.QuoteApproval = s.quoteApproval(p)
	if i := k.quotes[p.ID]; i != nil {
		v.Quote = s.quote(i)
		if !i.Legacy || i.State == models.InteractAccepted {
			v.Content = text.StripQuoted(v.Content)
		}
	}
	if i := k.replies[p.ID]; i != nil {
		v.Approval = &approvalJSON{i.Kind, i.State, i.Code, i.Reason}
		if i.Held != "" {
			v.Visibility = i.Held
		}
	}
	for _, i := range k.asked[p.ID] {
		v.Requests = append(v.Requests, approvalJSON{i.Kind, i.State, i.Code, i.Reason})
	}
}

func (s *shown) quote(i *models.Interaction) any {
	k := s.consents
	state, why := string(i.State), whyJSON{orNull(i.Code), orNull(i.Reason), orNull(i.Derivation)}
	if i.State == models.InteractAccepted {
		switch {
		case k.blocked[i.TargetAccountID]:
			state = "blocked_account"
		case !k.nested && k.quoted[i.TargetID] == nil:
			state = "unauthorized"
		}
	}
	if !k.nested {
		v := quoteJSON{State: state, whyJSON: why}
		if state == string(models.InteractAccepted) {
			v.QuotedStatus = k.quoted[i.TargetID]
		}
		return v
	}
	v := shallowQuoteJSON{State: state, whyJSON: why}
	if state == string(models.InteractAccepted) {
		v.QuotedStatusID = optional(i.TargetID)
	}
	return v
}

func (s *shown) quoteApproval(p *models.Post) quoteApprovalJSON {
	author := s.accounts[p.AccountID]
	if author == nil {
		return quoteApprovalJSON{Automatic: []string{}, Manual: []string{}}
	}
	policy := post.PolicyOf(p, author)
	v := s.rule(p, author, policy.For(models.InteractQuote, ""))
	if policy != nil && policy.Duet != nil {
		d := s.rule(p, author, policy.Duet)
		v.Duet = &d
	}
	return v
}

func (s *shown) rule(p *models.Post, author *models.Account, r *models.Rule) quoteApprovalJSON {
	v := quoteApprovalJSON{Automatic: []string{}, Manual: []string{}, CurrentUser: "denied"}
	if r != nil {
		v.Automatic, v.Manual = groups(r.Automatic, author), groups(r.Manual, author)
	}
	if p.AccountID == s.call.MyID() {
		choice := models.QuotePolicyOf(r, author)
		v.Policy = &choice
	}
	if s.call.Me != nil {
		v.CurrentUser = s.verdict(p, author, r)
	}
	return v
}

func (s *shown) verdict(p *models.Post, author *models.Account, r *models.Rule) string {
	switch {
	case p.AccountID == s.call.MyID():
		return "automatic"
	case r == nil || !p.Visibility.Open() || s.consents.blocked[p.AccountID]:
		return "denied"
	}
	switch post.Judge(r, s.call.Me, author, s.consents.hears[author.ID], s.consents.heard[author.ID]) {
	case post.Denied:
		return "denied"
	case post.Manual:
		return "manual"
	}
	return "automatic"
}

// groups names whom a rule lets, in Mastodon's words. The author alone is nobody.
func groups(who []models.IRI, author *models.Account) []string {
	out := []string{}
	for _, i := range who {
		switch i {
		case models.Public:
			out = append(out, "public")
		case author.Followers:
			out = append(out, "followers")
		case author.Following:
			out = append(out, "following")
		case author.URI:
		default:
			out = append(out, "unsupported_policy")
		}
	}
	return out
}
