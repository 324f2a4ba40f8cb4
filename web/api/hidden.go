package api

import "ensemble/models"

// media shows what is attached to a post, unless the rule for its author's server
// keeps pictures out.
func (s *shown) media(p *models.Post) []attachmentJSON {
	if s.accounts[p.AccountID].NoMedia {
		return []attachmentJSON{}
	}
	return attachmentViews(s.call.Site, p)
}
