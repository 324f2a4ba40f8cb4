package models

import "time"

// Holds returns nil if the stamp a proves the consent that claim needs under
// note, whose digest was computed here; otherwise the reason why not (ensemble/1
// §7, V4 and V5). That the stamp was served by the claimed account's own origin,
// and that the account is in good standing, is for the caller to see.
func (a *Authorization) Holds(note *Note, claim Claim, digest string, now time.Time) error {
	switch {
	case a.Account != claim.Account || a.Target != claim.Account:
		return Refuse(Forbidden, "stamp_actor", "the stamp is not that of %s", claim.Account)
	case !a.URI.SameOrigin(claim.Account):
		return Refuse(Forbidden, "stamp_origin", "the stamp is not on the server of %s", claim.Account)
	case claim.Authorization != "" && a.URI != claim.Authorization:
		return Refuse(Forbidden, "stamp_address", "the stamp calls itself %s", a.URI)
	case a.Object != note.URI:
		return Refuse(Forbidden, "stamp_object", "the stamp is for another post")
	case !a.Role.Valid() || !claim.Role.Valid() || a.Role != claim.Role && a.Role != RoleCoauthor:
		return Refuse(Forbidden, "stamp_role", "the stamp allows a %s, not a %s", a.Role, claim.Role)
	case claim.Role == RoleCredit && a.Label != claim.Label:
		return Refuse(Forbidden, "stamp_label", "the stamp allows a credit for %q, not for %q", a.Label, claim.Label)
	case !a.Ends.IsZero() && !now.Before(a.Ends):
		return Refuse(Forbidden, "stamp_expired", "the stamp has run out")
	case a.Collab != "" && note.Collab != "" && a.Collab != note.Collab:
		return Refuse(Forbidden, "stamp_collaboration", "the stamp is for another collaboration")
	case !a.CoversEdits && (a.Digest != digest || digest == ""):
		return Refuse(Forbidden, "stamp_digest", "the post is not the one that was agreed to")
	}
	return nil
}

// Document returns the stamp as it travels. by is whose consent it is.
func (s *Stamp) Document(by *Account) *Authorization {
	return &Authorization{
		URI: s.URI, Account: by.URI, Target: by.URI, Object: s.PostURI, Collab: s.Collab, Role: s.Role, Label: s.Label,
		Revision: s.Revision, Digest: s.Digest, CoversEdits: s.CoversEdits, Published: s.CreatedAt, Replaces: s.Replaces,
	}
}
