package models

import "time"

// A Note is a post as it travels: what wire reads and writes, what an Offer
// carries, and what a stamp's digest covers. Unlike Post it names everybody by
// IRI, and its content is as sent: nobody has sanitised it yet.
type Note struct {
	URI         IRI               `json:"uri"`
	Type        string            `json:"type,omitempty"` // Note, Article, Question…; "" means Note
	URL         IRI               `json:"url,omitempty"`
	Author      IRI               `json:"author"`              // the primary one
	Claims      []Claim           `json:"claims,omitempty"`    // the others, in order
	Collab      IRI               `json:"collab,omitempty"`    // the Collaboration it came of
	Digest      string            `json:"digest,omitempty"`    // contentDigest as claimed
	Suspended   bool              `json:"suspended,omitempty"` // collabs are switched off at its server: see Collab.SuspendedAt
	To          []IRI             `json:"to,omitempty"`
	Cc          []IRI             `json:"cc,omitempty"`
	Content     string            `json:"content"`
	Language    string            `json:"language,omitempty"` // of Content, off contentMap
	ContentMap  map[string]string `json:"content_map,omitempty"`
	Summary     *string           `json:"summary,omitempty"`
	Sensitive   bool              `json:"sensitive,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
	Mentions    []Mention         `json:"mentions,omitempty"`
	Tags        []string          `json:"tags,omitempty"` // without #
	InReplyTo   IRI               `json:"in_reply_to,omitempty"`
	Quote       IRI               `json:"quote,omitempty"`
	Poll        *Question         `json:"poll,omitempty"`
	Emojis      []EmojiTag        `json:"emojis,omitempty"`
	Name        string            `json:"name,omitempty"`        // of a vote: the option it chooses
	Legacy      bool              `json:"legacy,omitempty"`      // Quote was told in a way from before consent
	QuoteStamp  IRI               `json:"quote_stamp,omitempty"` // quoteAuthorization
	ReplyStamp  IRI               `json:"reply_stamp,omitempty"` // replyAuthorization, or approvedBy
	Derivation  string            `json:"derivation,omitempty"`  // Duet
	Policy      *Policy           `json:"policy,omitempty"`
	Context     IRI               `json:"context,omitempty"`
	Published   time.Time         `json:"published,omitzero"`
	Updated     time.Time         `json:"updated,omitzero"`
	Likes       *Tally            `json:"likes,omitempty"`
	Shares      *Tally            `json:"shares,omitempty"`
	Replies     *Tally            `json:"replies,omitempty"`
}

// A Tally is a collection by its address and its size.
type Tally struct {
	URI   IRI `json:"uri"`
	Total int `json:"total"` // -1 if it was not said
}

// A Claim is a name under a Note that needs a stamp to count.
type Claim struct {
	Account       IRI         `json:"account"`
	Role          CollabRole  `json:"role"`
	Label         CreditLabel `json:"label,omitempty"`         // of a credit: what for
	Authorization IRI         `json:"authorization,omitempty"` // where the stamp is
	Former        IRI         `json:"former,omitempty"`        // in an Offer: who Account was before it moved; then the stamp is theirs
}

// Coauthors returns the accounts that are claimed as authors, in order.
func (n *Note) Coauthors() []IRI {
	var out []IRI
	for _, c := range n.Claims {
		if c.Role == RoleCoauthor {
			out = append(out, c.Account)
		}
	}
	return out
}

// A Collaboration is a Collab as it travels (ensemble/1 §3.1).
type Collaboration struct {
	URI        IRI             `json:"uri"`
	Initiator  IRI             `json:"initiator"`
	Revision   int             `json:"revision"`
	Quorum     Quorum          `json:"quorum"`
	OnDecline  OnDecline       `json:"on_decline"`
	Moderation ReplyModeration `json:"moderation,omitempty"`
	AllowCopy  bool            `json:"allow_copy,omitempty"`
	Status     CollabState     `json:"status"`
	Expires    time.Time       `json:"expires,omitzero"`
	Starts     time.Time       `json:"starts,omitzero"` // it is not published before
	Digest     string          `json:"digest"`
	Invited    []Claim         `json:"invited"`
	Work       *Note           `json:"work,omitempty"`
	Former     *Authorization  `json:"-"` // the stamp of who the invited was, as its own server shows it
}

// An Authorization is a Stamp as it travels.
type Authorization struct {
	URI         IRI         `json:"uri"`
	Account     IRI         `json:"account"` // attributedTo
	Target      IRI         `json:"target"`  // interactionTarget: the same account
	Object      IRI         `json:"object"`  // interactingObject: the Note
	Collab      IRI         `json:"collab,omitempty"`
	Role        CollabRole  `json:"role"`
	Label       CreditLabel `json:"label,omitempty"` // of a credit: what for
	Revision    int         `json:"revision"`
	Digest      string      `json:"digest,omitempty"`
	CoversEdits bool        `json:"covers_edits,omitempty"`
	Published   time.Time   `json:"published"`
	Ends        time.Time   `json:"ends,omitzero"`      // endTime
	Replaces    IRI         `json:"replaces,omitempty"` // the stamp of the account that Account was before
}
