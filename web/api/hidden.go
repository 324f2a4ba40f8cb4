package api

import (
	"slices"

	"ensemble/models"
	"ensemble/models/store"
)

// media shows what is attached to a post, unless the rule for its author's server
// keeps pictures out.
func (s *shown) media(p *models.Post) []attachmentJSON {
	if s.accounts[p.AccountID].NoMedia {
		return []attachmentJSON{}
	}
	return attachmentViews(s.call.Site, p)
}

// emojis returns the custom emoji of those names that are known of those domains, but
// for those of servers whose pictures a rule keeps out.
func emojis(tx *store.Tx, codes, domains []string) ([]*models.Emoji, error) {
	slices.Sort(codes)
	slices.Sort(domains)
	codes, domains = slices.Compact(codes), slices.Compact(domains)
	known, err := store.Find[models.Emoji](tx, "shortcode IN ? AND domain IN ?", codes, domains)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	hidden, err := store.Unpictured(tx, domains)
	return slices.DeleteFunc(known, func(e *models.Emoji) bool { return hidden[e.Domain] }), err
}
