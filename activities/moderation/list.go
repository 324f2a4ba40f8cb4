package moderation

import (
	"fmt"
	"math/rand/v2"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// Sync is the task that reads a list of rules anew.
type Sync struct {
	List models.ID `json:"list,string"`
}

// Kind names the task in the queue.
func (Sync) Kind() string { return "domain-list" }

// How often a list is read, with up to a sixth more so that not all come at once.
const (
	listEvery = 24 * time.Hour
	listAgain = time.Hour // after a failure
)

// Subscribe takes rules over from a list, from now on.
func Subscribe(tx *store.Tx, by *models.Account, url models.IRI) (*models.DomainList, error) {
	if url.Origin() == "" || tx.Site.Owns(url) {
		return nil, models.Errorf(models.Invalid, "%q is not the address of another server's list", prose(string(url), 200))
	}
	l := &models.DomainList{ID: models.NewID(tx.Now), URL: url, State: "new", NextAt: tx.Now, CreatedAt: tx.Now}
	isNew, err := store.Add(tx, l)
	if err != nil {
		return nil, err
	}
	if !isNew {
		return nil, models.Errorf(models.Conflict, "%s is subscribed to already", url)
	}
	if err := store.Wake(tx, Sync{l.ID}); err != nil {
		return nil, err
	}
	return l, note(tx, by, models.ModerationAct{What: "list_subscribed", About: string(url)})
}

// Unsubscribe ends that. The rules that came by the list stay, as an admin's own, or
// are lifted.
func Unsubscribe(tx *store.Tx, by *models.Account, url models.IRI, lift bool) (Effects, error) {
	l, err := store.One[models.DomainList](tx, "url = ?", url)
	if err != nil {
		return Effects{}, err
	}
	var all Effects
	if lift {
		rules, err := store.Find[models.DomainRule](tx, "list_id = ? ORDER BY id", l.ID)
		if err != nil {
			return all, err
		}
		for _, r := range rules {
			e, err := LiftRule(tx, by, r.Domain, "its list was given up")
			if err != nil {
				return all, err
			}
			all.add(e)
		}
	}
	if _, err := store.Set[models.DomainRule](tx, map[string]any{"list_id": 0}, "list_id = ?", l.ID); err != nil {
		return all, err
	}
	if _, err := store.Delete[models.DomainList](tx, "id = ?", l.ID); err != nil {
		return all, err
	}
	return all, note(tx, by, models.ModerationAct{What: "list_unsubscribed", About: string(url)})
}

func (e *Effects) add(o Effects) {
	e.Accounts += o.Accounts
	e.Follows += o.Follows
	e.Followers += o.Followers
	e.Restored += o.Restored
	e.Names += o.Names
	e.Invitations += o.Invitations
	e.Letters += o.Letters
	e.Lost += o.Lost
}

// Due takes a list whose time has come; no other process takes it then for a while.
func Due(tx *store.Tx, id models.ID) (*models.DomainList, error) {
	won, err := store.Set[models.DomainList](tx, map[string]any{"next_at": tx.Now.Add(listAgain)}, "id = ? AND next_at <= ?", id, tx.Now)
	if err != nil || won == 0 {
		return nil, err
	}
	return store.Get[models.DomainList](tx, id)
}

// Failed notes that a list could not be read, or makes no sense: nothing changes.
func Failed(tx *store.Tx, l *models.DomainList, why error) error {
	_, err := store.Set[models.DomainList](tx, map[string]any{
		"state": "failed", "last_error": prose(why.Error(), 500), "next_at": tx.Now.Add(jitter(listAgain)),
	}, "id = ?", l.ID)
	return err
}

// Taken notes that a list was taken over.
func Taken(tx *store.Tx, l *models.DomainList, entries int) error {
	_, err := store.Set[models.DomainList](tx, map[string]any{
		"state": "good", "last_error": "", "entries": entries, "fetched_at": tx.Now, "next_at": tx.Now.Add(jitter(listEvery)),
	}, "id = ?", l.ID)
	return err
}

func jitter(d time.Duration) time.Duration { return d + rand.N(d/6) }

// A Merge is what taking rules over did, or would do.
type Merge struct {
	Added, Changed, Same int
	Others               int // rules that an admin or another list made: they stay as they are
	Ourselves            int // rules against this server, which are passed over
	Effects              Effects
}

// String says it in a line.
func (m Merge) String() string {
	return fmt.Sprintf("%d new rules, %d changed, %d as they were, %d left to their owners, %d against this server passed over: %s",
		m.Added, m.Changed, m.Same, m.Others, m.Ourselves, m.Effects)
}

// Take makes or changes the rules that belong to l, or, where l is nil, to the admin,
// whose word goes before a list's. Rules that are not among them stay.
func (m *Merge) Take(tx *store.Tx, by *models.Account, l *models.DomainList, rules []models.DomainRule) error {
	reason := "imported"
	owner := models.ID(0)
	if l != nil {
		owner, reason = l.ID, "by the list "+string(l.URL)
	}
	for _, r := range rules {
		if _, err := Domain(tx.Site, r.Domain); err != nil {
			m.Ourselves++
			if err := note(tx, by, models.ModerationAct{What: "domain_rule_passed_over", About: r.Domain, Reason: err.Error()}); err != nil {
				return err
			}
			continue
		}
		old, err := store.Maybe[models.DomainRule](tx, "domain = ?", r.Domain)
		if err != nil {
			return err
		}
		switch {
		case old != nil && l != nil && old.ListID != owner:
			m.Others++
			continue
		case old != nil && same(*old, r):
			m.Same++
			continue
		case old != nil:
			m.Changed++
			r.PrivateComment = old.PrivateComment
		default:
			m.Added++
		}
		r.ListID = owner
		_, e, err := SetRule(tx, by, r, reason)
		if err != nil {
			return err
		}
		m.Effects.add(e)
	}
	return nil
}

func same(a, b models.DomainRule) bool {
	return a.Severity == b.Severity && a.RejectMedia == b.RejectMedia && a.RejectReports == b.RejectReports &&
		a.Obfuscate == b.Obfuscate && a.PublicComment == prose(b.PublicComment, 1000)
}
