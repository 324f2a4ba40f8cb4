package moderation

import (
	"fmt"
	"strings"

	"ensemble/activities/collab"
	"ensemble/models"
	"ensemble/models/store"
)

// Effects is what a change of rules did.
type Effects struct {
	Accounts    int // of that server that are known here
	Follows     int // of people here, ended
	Followers   int // of people here, lost
	Restored    int // follows of both kinds, that came back
	Names       int // taken off works
	Invitations int // cancelled
	Letters     int // that waited, and are dropped
	Lost        int // parts in works and invitations that an undo cannot bring back
}

// String says it in a line.
func (e Effects) String() string {
	return fmt.Sprintf("%d accounts, %d follows and %d followers ended, %d names off posts, %d invitations cancelled, %d letters dropped, %d follows restored, %d parts in works lost",
		e.Accounts, e.Follows, e.Followers, e.Names, e.Invitations, e.Letters, e.Restored, e.Lost)
}

// Domain reads the domain of a rule. It refuses what is none, and this server's own
// with all that stand above it: nobody shuts themselves in.
func Domain(site models.Site, s string) (string, error) {
	d, ok := store.Hostname(s)
	if !ok {
		return "", models.Errorf(models.Invalid, "%q is not a domain", prose(s, 100))
	}
	for _, own := range []string{site.Domain, models.IRI(site.Origin).Host()} {
		if own, _ = store.Hostname(own); store.Under(own, d) {
			return "", models.Errorf(models.Invalid, "%s is this server itself", d)
		}
	}
	return d, nil
}

// SetRule makes or changes the rule for a domain and all below it. It takes effect
// with the commit, in everything that is here: see Effects.
func SetRule(tx *store.Tx, by *models.Account, r models.DomainRule, reason string) (*models.DomainRule, Effects, error) {
	var err error
	if r.Domain, err = Domain(tx.Site, r.Domain); err != nil {
		return nil, Effects{}, err
	}
	if !r.Severity.Valid() {
		return nil, Effects{}, models.Errorf(models.Invalid, "a severity is suspend, silence or noop, not %q", prose(string(r.Severity), 40))
	}
	old, err := store.Maybe[models.DomainRule](tx, "domain = ?", r.Domain)
	if err != nil {
		return nil, Effects{}, err
	}
	r.PublicComment, r.PrivateComment = prose(r.PublicComment, 1000), prose(r.PrivateComment, 1000)
	r.ID, r.CreatedAt, r.UpdatedAt = models.NewID(tx.Now), tx.Now, tx.Now
	what := "domain_ruled"
	if old != nil {
		r.ID, r.CreatedAt, what = old.ID, old.CreatedAt, "domain_rule_changed"
	}
	if err := store.Put(tx, &r); err != nil {
		return nil, Effects{}, err
	}
	e, err := apply(tx, r.Domain)
	if err != nil {
		return nil, e, err
	}
	said := strings.TrimSpace(fmt.Sprintf("%s%s%s. %s", r.Severity, word(r.RejectMedia, ", no media"), word(r.RejectReports, ", no reports"), reason))
	return &r, e, note(tx, by, models.ModerationAct{What: what, About: r.Domain, Reason: said})
}

func word(yes bool, w string) string {
	if yes {
		return w
	}
	return ""
}

// LiftRule takes the rule for a domain away, and restores what can be: accounts,
// posts, names that are yet verified, follows. Works and invitations that ended stay
// so, and are counted as Lost.
func LiftRule(tx *store.Tx, by *models.Account, domain, reason string) (Effects, error) {
	d, ok := store.Hostname(domain)
	if !ok {
		return Effects{}, models.Errorf(models.Invalid, "%q is not a domain", prose(domain, 100))
	}
	n, err := store.Delete[models.DomainRule](tx, "domain = ?", d)
	if err != nil || n == 0 {
		if err == nil {
			err = models.Errorf(models.NotFound, "there is no rule for %s", d)
		}
		return Effects{}, err
	}
	e, err := apply(tx, d)
	if err != nil {
		return e, err
	}
	return e, note(tx, by, models.ModerationAct{What: "domain_rule_lifted", About: d, Reason: reason})
}

// apply has everything of a domain follow the rules as they are now.
func apply(tx *store.Tx, domain string) (Effects, error) {
	var e Effects
	if err := mark(tx, domain); err != nil {
		return e, err
	}
	known, err := store.AccountsUnder(tx, domain)
	if err != nil {
		return e, err
	}
	e.Accounts = len(known)
	c := changes{rules: map[string]*models.DomainRule{}}
	for _, a := range known {
		if err := c.sort(tx, a); err != nil {
			return e, err
		}
	}
	if err := c.write(tx); err != nil {
		return e, err
	}
	if err := shutOut(tx, domain, c.out, &e); err != nil {
		return e, err
	}
	if err := letIn(tx, c.in, &e); err != nil {
		return e, err
	}
	return e, drop(tx, domain, &e)
}

// mark notes at each server that is known whether there is to be traffic with it.
func mark(tx *store.Tx, domain string) error {
	peers, err := store.Find[models.Peer](tx, "1 = 1 ORDER BY host")
	if err != nil {
		return err
	}
	for _, p := range peers {
		if host, ok := store.Hostname(p.Host); !ok || !store.Under(host, domain) {
			continue
		}
		rule, err := store.RuleOf(tx, p.Host)
		if err != nil {
			return err
		}
		shut := rule != nil && rule.Severity == models.SeveritySuspend
		if _, err := store.Set[models.Peer](tx, map[string]any{"blocked": shut}, "host = ?", p.Host); err != nil {
			return err
		}
	}
	return nil
}

// drop gives up the letters that wait for servers with which there is no traffic.
func drop(tx *store.Tx, domain string, e *Effects) error {
	hosts, err := store.WaitingHosts(tx)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		if !store.Under(h, domain) {
			continue
		}
		why, err := store.Shut(tx, h)
		if err != nil {
			return err
		}
		if why == "" {
			continue
		}
		n, err := store.Set[models.Delivery](tx, map[string]any{"state": models.DeliveryDropped, "last_error": why, "done_at": tx.Now},
			"host = ? AND state = 'queued'", h)
		if err != nil {
			return err
		}
		e.Letters += n
	}
	return nil
}

// shutOut ends what accounts of a blocked server had to do with people here.
func shutOut(tx *store.Tx, domain string, out []*models.Account, e *Effects) error {
	if len(out) == 0 {
		return nil
	}
	me, err := system(tx)
	if err != nil {
		return err
	}
	told := map[models.ID]*models.Severance{}
	var cut collab.Cut
	for _, part := range chunks(out) {
		if err := sever(tx, domain, part, told, e); err != nil {
			return err
		}
		working, err := inWorks(tx, part)
		if err != nil {
			return err
		}
		for _, a := range working {
			if err := collab.CutOff(tx, a, me, &cut); err != nil {
				return err
			}
		}
		if err := rename(tx, part); err != nil {
			return err
		}
	}
	e.Names, e.Invitations = cut.Names, cut.Invitations
	return tellSevered(tx, told)
}

// letIn brings back what a block took, as far as that can be.
func letIn(tx *store.Tx, in []*models.Account, e *Effects) error {
	for _, part := range chunks(in) {
		if err := rejoin(tx, part, e); err != nil {
			return err
		}
		if err := rename(tx, part); err != nil {
			return err
		}
		lost, err := store.Count[models.Invite](tx, `reason_code = 'server_blocked' AND (account_id IN ?
			OR collab_id IN (SELECT id FROM collabs WHERE initiator_id IN ?))`, ids(part), ids(part))
		if err != nil {
			return err
		}
		e.Lost += lost
	}
	return nil
}
