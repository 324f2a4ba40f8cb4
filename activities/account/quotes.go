package account

import "ensemble/models"

// checkQuotes refuses what is no choice of who may quote one, or make duets with
// one's posts. No choice for duets means the same as for quotes.
func (p *Profile) checkQuotes() error {
	if p.Quotes != nil && !p.Quotes.Valid() {
		return models.Errorf(models.Invalid, "who may quote you is public, followers, following, mutuals, manual or nobody, not %q", *p.Quotes)
	}
	if p.Duets != nil && *p.Duets != models.QuoteSame && !p.Duets.Valid() {
		return models.Errorf(models.Invalid, "who may make a duet with you is public, followers, following, mutuals, manual or nobody, not %q", *p.Duets)
	}
	return nil
}
