package wire

import "ensemble/models"

// DecodeCollaboration reads a Collaboration (ensemble/1 §3.1).
func DecodeCollaboration(raw []byte) (*models.Collaboration, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if t := v.typ(knownType); t != typeCollaboration {
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not a Collaboration.", t)
	}
	return collaboration(v)
}

func collaboration(v value) (*models.Collaboration, error) {
	c := &models.Collaboration{
		URI:        address(v.get("id").str()),
		Initiator:  v.get("attributedTo").iri(),
		Revision:   v.get("revision").whole(0),
		Quorum:     models.Quorum(orElse(v.get("quorum").short(32), string(models.QuorumAll))),
		OnDecline:  models.OnDecline(orElse(v.get("onDecline").short(32), string(models.DeclineDelete))),
		Moderation: models.ReplyModeration(orElse(v.get("replyModeration").short(32), string(models.ModerateInitiator))),
		AllowCopy:  v.get("allowCopy").is(),
		Status:     models.CollabState(v.get("collaborationStatus").short(32)),
		Starts:     v.get("startTime").time(),
		Expires:    v.get("endTime").time(),
		Digest:     digest(v.get("contentDigest")),
		Invited:    collaborators(v.get("invitations")),
	}
	switch {
	case c.URI == "" || c.Initiator == "":
		return nil, models.Refuse(models.Invalid, "bad_collaboration", "The Collaboration does not have an id and an initiator.")
	case !c.Quorum.Valid() || !c.OnDecline.Valid():
		return nil, models.Refuse(models.Invalid, "bad_collaboration", "The Collaboration has terms that are not known here.")
	case c.Moderation != models.ModerateAll:
		c.Moderation = models.ModerateInitiator
	}
	var err error
	if work := v.get("work"); work.kind() == dict {
		c.Work, err = note(work)
	}
	return c, err
}

// DecodeStamp reads a CollaborationAuthorization. Whether it holds for anything
// is another question (ensemble/1 §7 V3–V5).
func DecodeStamp(raw []byte) (*models.Authorization, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	if t := v.typ(knownType); t != typeStamp {
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not a stamp.", t)
	}
	return authorization(v)
}

func authorization(v value) (*models.Authorization, error) {
	a := &models.Authorization{
		URI:         address(v.get("id").str()),
		Account:     sole(v.get("attributedTo")),
		Target:      sole(v.get("interactionTarget")),
		Object:      sole(v.get("interactingObject")),
		Collab:      v.get("collaboration").iri(),
		Role:        models.CollabRole(v.get("role").short(32)),
		Label:       models.CreditLabel(v.get("creditedAs").short(32)),
		Revision:    v.get("revision").whole(0),
		Digest:      digest(v.get("contentDigest")),
		CoversEdits: v.get("coversEdits").is(),
		Published:   v.get("published").time(),
		Ends:        v.get("endTime").time(),
		Replaces:    v.get("replaces").iri(),
	}
	if a.URI == "" || a.Account == "" || a.Target == "" || a.Object == "" {
		return nil, models.Refuse(models.Invalid, "bad_stamp", "The stamp does not say who consents to what.")
	}
	if v.get("endTime").kind() != null && a.Ends.IsZero() {
		return nil, models.Refuse(models.Invalid, "bad_stamp", "The stamp ends at a time that cannot be read.")
	}
	if !a.Role.Valid() { // the least that it can be
		a.Role = models.RoleCredit
	}
	return a, nil
}

// sole returns the only address that v is: a stamp with two owners or two works
// is no stamp.
func sole(v value) models.IRI {
	if all := v.iris(2); len(all) == 1 {
		return all[0]
	}
	return ""
}

// DecodeTombstone reports whether raw is a Tombstone, and reads it. DeletedAt is
// zero if it does not say when.
func DecodeTombstone(raw []byte) (models.Tombstone, bool) {
	v, err := parse(raw)
	if err != nil || v.typ(func(s string) bool { return s == typeTombstone }) != typeTombstone {
		return models.Tombstone{}, false
	}
	return models.Tombstone{
		URI:        v.iri(),
		FormerType: v.get("formerType").short(64),
		DeletedAt:  v.get("deleted").time(),
	}, true
}
