package api

import (
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/web/call"
)

// partnershipJSON says that a post was paid for (FEATURES C21). It is there only
// while everybody in it stands by it.
type partnershipJSON struct {
	Text     string         `json:"text"` // the label, in the language of the post
	Partners []coauthorJSON `json:"partners"`
}

// sponsors are the partners that a request names, by partner_ids[] or partners[].
func sponsors(c *call.Call) []ask {
	var out []ask
	for _, id := range c.Strs("partner_ids") {
		out = append(out, ask{id: id, role: string(models.RoleCredit), as: string(models.CreditSponsor)})
	}
	for _, acct := range c.Strs("partners") {
		out = append(out, ask{acct: acct, role: string(models.RoleCredit), as: string(models.CreditSponsor)})
	}
	return out
}

// partnership returns the paid partnership that p is, or nil. No limit on how many
// names are shown leaves a partner out.
func (s *shown) partnership(p *models.Post) *partnershipJSON {
	v := partnershipJSON{}
	var names []string
	for _, n := range s.names[p.ID] {
		if n.Label == models.CreditSponsor && n.Role == models.RoleCredit && s.active(n.AccountID) {
			who := s.coauthor(n)
			v.Partners, names = append(v.Partners, who), append(names, "@"+who.Account.Acct)
		}
	}
	if len(names) == 0 {
		return nil
	}
	v.Text = text.Partnership(p.Language, names...)
	return &v
}
