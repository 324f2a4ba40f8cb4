// Package collab is writing a post together (ensemble/1 §3): the initiator offers,
// the invited accept with a stamp, and only then does the world see the post, under
// every name. What waits for consent is kept in revisions, away from posts.
//
// Everything that can change who is named ends in settle, which alone decides what
// is published.
package collab

import (
	"strconv"
	"time"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/rollout"
	"ensemble/models"
	"ensemble/models/store"
)

// MaxCoauthorsSetting names the setting that says how many co-authors a post here
// may have beside its initiator, 1 to 20.
const MaxCoauthorsSetting = "collab.max_coauthors"

// maxOpenOffers is how many open invitations one account here takes from one
// server in a day.
const maxOpenOffers = 10

// Limit returns how many co-authors a post may have here.
func Limit(tx *store.Tx) (int, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", MaxCoauthorsSetting)
	if err != nil || s == nil {
		return models.DefaultCoauthors, err
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil || n < 1 {
		return models.DefaultCoauthors, nil
	}
	return min(n, models.MaxCoauthors), nil
}

// An Invitee is somebody to ask.
type Invitee struct {
	Account *models.Account
	Role    models.CollabRole
	Label   models.CreditLabel // of a credit: what for
	Claimed bool               // they asked for it themselves
}

// A Proposal is what an initiator wants to publish, with whom, and on which terms.
type Proposal struct {
	Draft      post.Draft
	Invitees   []Invitee
	Quorum     models.Quorum
	OnDecline  models.OnDecline
	Moderation models.ReplyModeration
	AllowCopy  bool
	Expires    time.Duration // 0 means 14 days
	PublishAt  *time.Time    // nil: as soon as the quorum is there
}

func (p *Proposal) defaults() {
	if p.Quorum == "" {
		p.Quorum = models.QuorumAll
	}
	if p.OnDecline == "" {
		p.OnDecline = models.DeclineDelete
	}
	if p.Moderation == "" {
		p.Moderation = models.ModerateInitiator
	}
	if p.Expires == 0 {
		p.Expires = models.DefaultOffer
	}
	for i := range p.Invitees {
		if p.Invitees[i].Role == "" {
			p.Invitees[i].Role = models.RoleCoauthor
		}
	}
}

func (p *Proposal) check(tx *store.Tx, me *models.Account) error {
	least := 24 * time.Hour
	if tx.Site.Loose { // a server for tests
		least = models.MinOffer
	}
	if err := me.Settled(); err != nil {
		return err
	}
	switch {
	case me.Locked:
		return models.Refuse(models.Forbidden, "initiator_locked", "only public accounts start a post together: yours is locked")
	case !p.Draft.Visibility.Open():
		return models.Refuse(models.Invalid, "not_public", "a post of several authors is public or unlisted")
	case p.Draft.InReplyTo != 0:
		return models.Refuse(models.Invalid, "is_reply", "a post of several authors cannot be a reply")
	case !p.Quorum.Valid():
		return models.Errorf(models.Invalid, "it is published when all accept, when any accepts, or now; not %q", p.Quorum)
	case !p.OnDecline.Valid():
		return models.Errorf(models.Invalid, "when somebody declines: delete, draft or publish; not %q", p.OnDecline)
	case p.Moderation != models.ModerateInitiator && p.Moderation != models.ModerateAll:
		return models.Errorf(models.Invalid, "replies are moderated by the initiator or by all; not %q", p.Moderation)
	case p.Expires < least || p.Expires > models.MaxOffer:
		return models.Refuse(models.Invalid, "bad_expiry", "an invitation stands for 1 to 90 days")
	}
	return checkTime(tx, p.PublishAt)
}

// checkInvitees says why these people cannot be asked, all at once with those who
// are there already.
func checkInvitees(tx *store.Tx, me *models.Account, already int, people []Invitee) error {
	limit, err := Limit(tx)
	if err != nil {
		return err
	}
	coauthors := already
	seen := map[models.ID]bool{}
	for _, p := range people {
		if !p.Role.Valid() {
			return models.Errorf(models.Invalid, "there is no role %q: coauthor or credit", p.Role)
		}
		if !p.Label.Valid() || p.Label != "" && p.Role != models.RoleCredit {
			return models.Refuse(models.Invalid, "bad_label", "what a credit is for is one word of small letters, as in illustration")
		}
		if seen[p.Account.ID] {
			return models.Errorf(models.Invalid, "%s is named twice", p.Account.Name())
		}
		seen[p.Account.ID] = true
		if p.Role == models.RoleCoauthor {
			coauthors++
		}
		ability, code, why, err := canName(tx, me, p)
		if err != nil {
			return err
		}
		if ability != AbilityFull {
			return models.Refuse(models.Forbidden, code, "%s", why)
		}
	}
	if coauthors > limit || len(people) > models.MaxCoauthors {
		return models.Refuse(models.Invalid, "too_many_coauthors", "a post here has at most %d co-authors (limit %d)", limit, limit)
	}
	return nil
}

// What another account can do with an invitation.
const (
	AbilityFull    = "full"    // they can be asked
	AbilityMention = "mention" // their server cannot answer: they can be mentioned
	AbilityCannot  = "cannot"  // they, or we, do not want it
)

// CanInvite says whether me may ask target to write together, and if not, why: as
// a machine code and as a sentence.
func CanInvite(tx *store.Tx, me, target *models.Account) (ability, code, why string, err error) {
	switch code, why, err := barred(tx, me, target); {
	case err != nil || code != "":
		return AbilityCannot, code, why, err
	case target.Collaborates == models.CollabUnknown:
		return AbilityMention, "no_support", "The server of " + target.Name() + " does not know posts of several authors. You can mention them.", nil
	case target.Collaborates == models.CollabNobody:
		return AbilityCannot, "policy_nobody", target.Name() + " accepts invitations from nobody.", nil
	}
	if never, err := store.Any[models.Refusal](tx, "account_id = ? AND target_id = ?", target.ID, me.ID); err != nil || never {
		return AbilityCannot, "never_again", target.Name() + " asked not to be invited by you again.", err
	}
	return policy(tx, me, target)
}

// canName is CanInvite for somebody in particular: who asked to be named is asked
// whatever their policy is.
func canName(tx *store.Tx, me *models.Account, p Invitee) (ability, code, why string, err error) {
	if !p.Claimed {
		return CanInvite(tx, me, p.Account)
	}
	if code, why, err = barred(tx, me, p.Account); err != nil || code != "" {
		return AbilityCannot, code, why, err
	}
	return AbilityFull, "", "", nil
}

// barred says why me and target cannot be named together, whatever target wishes; ""
// if they can.
func barred(tx *store.Tx, me, target *models.Account) (code, why string, err error) {
	off, err := rollout.Off(tx)
	switch {
	case err != nil:
		return "", "", err
	case target.Local() && off:
		return rollout.CodeOff, "Posts of several authors are switched off on the server of " + target.Name() + ".", nil
	case me.ID == target.ID:
		return "self", "You are the first author already.", nil
	case !target.Active() || target.System:
		return "account_gone", target.Name() + " cannot be asked: the account is not active.", nil
	}
	if shut, err := activities.Blocked(tx, me.ID, target.ID); err != nil || shut {
		return "blocked", target.Name() + " cannot be asked.", err
	}
	if !target.Local() {
		if shut, err := store.Any[models.Peer](tx, "host = ? AND blocked", target.URI.Host()); err != nil || shut {
			return "server_blocked", "This server and that of " + target.Name() + " do not talk.", err
		}
	}
	return "", "", nil
}

func policy(tx *store.Tx, me, target *models.Account) (ability, code, why string, err error) {
	if target.Collaborates == models.CollabEveryone {
		return AbilityFull, "", "", nil
	}
	if hears, err := activities.Follows(tx, target.ID, me.ID); err != nil || !hears {
		return AbilityCannot, "policy_following", target.Name() + " accepts invitations from people they follow, and does not follow you.", err
	}
	if target.Collaborates == models.CollabMutuals {
		if hears, err := activities.Follows(tx, me.ID, target.ID); err != nil || !hears {
			return AbilityCannot, "policy_mutuals", target.Name() + " accepts invitations from mutuals, and you do not follow them.", err
		}
	}
	return AbilityFull, "", "", nil
}

// Mine returns the part that me plays in c: the initiator has no invite. A stranger
// learns nothing, not even that c is there.
func Mine(tx *store.Tx, me *models.Account, c *models.Collab) (inv *models.Invite, initiator bool, err error) {
	if c.InitiatorID == me.ID {
		return nil, true, nil
	}
	inv, err = store.Maybe[models.Invite](tx, "collab_id = ? AND account_id = ?", c.ID, me.ID)
	if err == nil && (inv == nil || inv.State == models.InviteDraft) {
		err = models.Errorf(models.NotFound, "there is no such collab here")
	}
	return inv, false, err
}

// own returns c, held, if me is its initiator.
func own(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Collab, error) {
	if _, initiator, err := Mine(tx, me, c); err != nil {
		return nil, err
	} else if !initiator {
		return nil, models.Refuse(models.Forbidden, "not_initiator", "only who started it can do that")
	}
	return store.Hold[models.Collab](tx, c.ID)
}

// asked returns c, held, and the invite of me in it.
func asked(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Collab, *models.Invite, error) {
	held, err := store.Hold[models.Collab](tx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	inv, initiator, err := Mine(tx, me, held)
	if err == nil && initiator {
		err = models.Refuse(models.Forbidden, "is_initiator", "you started it: there is no invitation for you to answer")
	}
	return held, inv, err
}

// invites returns everybody who was asked, in order.
func invites(tx *store.Tx, c *models.Collab) ([]*models.Invite, error) {
	return store.Find[models.Invite](tx, "collab_id = ? ORDER BY position", c.ID)
}

// Revision returns one version of c's work.
func Revision(tx *store.Tx, c *models.Collab, number int) (*models.Revision, error) {
	return store.One[models.Revision](tx, "collab_id = ? AND number = ?", c.ID, number)
}

func touch(tx *store.Tx, c *models.Collab) error {
	c.UpdatedAt = tx.Now
	return store.Put(tx, c)
}

// host returns the account that started c.
func host(tx *store.Tx, c *models.Collab) (*models.Account, error) {
	return store.Get[models.Account](tx, c.InitiatorID)
}
