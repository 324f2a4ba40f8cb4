package moderation

import (
	"slices"

	"ensemble/activities"
	"ensemble/activities/collab"
	"ensemble/activities/graph"
	"ensemble/models"
	"ensemble/models/store"
)

// changes are what rules do to accounts, gathered so that they are written in few
// statements.
type changes struct {
	rules   map[string]*models.DomainRule // by host
	out, in []*models.Account             // newly shut out, and let in again
	to      map[state][]models.ID
}

// A state is what a rule makes of an account.
type state struct {
	by      models.Severity
	noMedia bool
	active  models.AccountState
}

// sort finds out what the rules make of a.
func (c *changes) sort(tx *store.Tx, a *models.Account) error {
	rule, err := c.rule(tx, a.URI.Host())
	if err == nil && rule == nil {
		rule, err = c.rule(tx, a.Domain)
	}
	if err != nil {
		return err
	}
	was := state{a.ByDomain, a.NoMedia, a.State}
	now := state{active: a.State}
	if a.ByDomain == models.SeveritySuspend {
		now.active = models.AccountActive
	}
	if rule != nil {
		now.noMedia = rule.RejectMedia
		switch {
		case rule.Severity == models.SeveritySuspend && now.active == models.AccountActive:
			now.by, now.active = models.SeveritySuspend, models.AccountSuspended
		case rule.Severity == models.SeveritySilence:
			now.by = models.SeveritySilence
		}
	}
	switch {
	case now.by == models.SeveritySuspend && was.by != now.by:
		c.out = append(c.out, a)
	case was.by == models.SeveritySuspend && was.by != now.by:
		c.in = append(c.in, a)
	}
	if c.to == nil {
		c.to = map[state][]models.ID{}
	}
	if was != now {
		c.to[now] = append(c.to[now], a.ID)
	}
	return nil
}

func (c *changes) rule(tx *store.Tx, host string) (*models.DomainRule, error) {
	if r, ok := c.rules[host]; ok {
		return r, nil
	}
	r, err := store.RuleOf(tx, host)
	c.rules[host] = r
	return r, err
}

func (c *changes) write(tx *store.Tx) error {
	for now, all := range c.to {
		for part := range slices.Chunk(all, 500) {
			_, err := store.Set[models.Account](tx, map[string]any{
				"by_domain": now.by, "no_media": now.noMedia, "state": now.active, "updated_at": tx.Now,
			}, "id IN ?", part)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func chunks(all []*models.Account) [][]*models.Account {
	return slices.Collect(slices.Chunk(all, 500))
}

func ids(all []*models.Account) []models.ID {
	out := make([]models.ID, len(all))
	for i, a := range all {
		out[i] = a.ID
	}
	return out
}

// sever ends the follows between people here and others.
func sever(tx *store.Tx, domain string, others []*models.Account, told map[models.ID]*models.Severance, e *Effects) error {
	they := ids(others)
	follows, err := store.Find[models.Follow](tx, "account_id IN ? OR target_id IN ? ORDER BY id", they, they)
	if err != nil {
		return err
	}
	for _, f := range follows {
		me, other := f.AccountID, f.TargetID
		theirs := slices.Contains(they, f.AccountID)
		if theirs {
			me, other = other, me
		}
		lost := told[me]
		if lost == nil {
			lost = &models.Severance{AccountID: me, Kind: models.SeveredByAdmin, TargetName: domain}
			told[me] = lost
		}
		if theirs {
			e.Followers++
			lost.Followers++
		} else {
			e.Follows++
			lost.Following++
		}
		if err := graph.Sever(tx, f, domain, me, other); err != nil {
			return err
		}
	}
	return nil
}

// tellSevered tells people here what they lost, once each, and why.
func tellSevered(tx *store.Tx, told map[models.ID]*models.Severance) error {
	for _, lost := range told {
		if err := activities.Severed(tx, *lost); err != nil {
			return err
		}
	}
	return nil
}

// rejoin restores follows that the block of accounts ended.
func rejoin(tx *store.Tx, others []*models.Account, e *Effects) error {
	gone, err := store.Find[models.Severed](tx, "target_id IN ? AND restored_at IS NULL ORDER BY id", ids(others))
	if err != nil {
		return err
	}
	for _, s := range gone {
		me, err := store.Get[models.Account](tx, s.AccountID)
		if err != nil {
			return err
		}
		other, err := store.Get[models.Account](tx, s.TargetID)
		if err != nil {
			return err
		}
		ok, err := graph.Rejoin(tx, s, me, other)
		if err != nil {
			return err
		}
		if ok {
			e.Restored++
		}
	}
	return nil
}

// inWorks returns those of the accounts that have a part in works known here.
func inWorks(tx *store.Tx, all []*models.Account) ([]*models.Account, error) {
	return store.Find[models.Account](tx, `id IN ? AND (id IN (SELECT account_id FROM invites) OR id IN (SELECT initiator_id FROM collabs))
		ORDER BY id`, ids(all))
}

// rename writes the names under posts anew that claim any of the accounts.
func rename(tx *store.Tx, all []*models.Account) error {
	names, err := store.Find[models.Author](tx, "account_id IN ? AND state = ? ORDER BY post_id", ids(all), models.AuthorVerified)
	if err != nil {
		return err
	}
	for _, n := range names {
		if err := collab.Rename(tx, n.PostID); err != nil {
			return err
		}
	}
	return nil
}
