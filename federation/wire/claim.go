package wire

import "ensemble/models"

// typeClaim says of a post that a work of somebody else's is in it.
const typeClaim = "CreditClaim"

// maxClaimWords is how many bytes of a claim's words are read.
const maxClaimWords = 4 * models.MaxClaimText

func newClaim(c *models.ClaimDocument) noun {
	n := newNoun(typeClaim, c.URI)
	n.SetActivityStreamsAttributedTo(attributedTo(c.Account))
	n.extra["interactingObject"] = c.Object
	put(n.extra, "creditedAs", c.Label)
	put(n.extra, "url", c.Source)
	put(n.extra, "content", c.Words)
	return n
}

// claim reads a CreditClaim. Whether it is its sender's, and about a post that is
// there, is another question.
func claim(v value) (*models.ClaimDocument, error) {
	c := &models.ClaimDocument{
		URI:     address(v.get("id").str()),
		Account: sole(v.get("attributedTo")),
		Object:  sole(v.get("interactingObject")),
		Label:   models.CreditLabel(v.get("creditedAs").short(32)),
		Source:  v.get("url").link(),
		Words:   v.get("content").short(maxClaimWords),
	}
	if c.URI == "" || c.Account == "" || c.Object == "" {
		return nil, models.Refuse(models.Invalid, "bad_claim", "The claim does not say who claims what.")
	}
	return c, nil
}
