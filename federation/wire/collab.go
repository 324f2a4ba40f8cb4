package wire

import "ensemble/models"

// statusSuspended is the collaborationStatus of a Note whose names do not stand at
// present, because its server switched collabs off.
const statusSuspended = "suspended"

// EncodeCollaboration writes a Collaboration as its members may fetch it, with a
// signature (ensemble/1 §3.1).
func EncodeCollaboration(c *models.Collaboration) ([]byte, error) {
	return document(newCollaboration(c), ours())
}

// newCollaboration makes a Collaboration as in C1: its work is in the dual form,
// whoever reads it.
func newCollaboration(c *models.Collaboration) noun {
	n := newNoun(typeCollaboration, c.URI)
	n.SetActivityStreamsAttributedTo(attributedTo(c.Initiator))
	n.extra["revision"] = c.Revision
	put(n.extra, "quorum", c.Quorum)
	put(n.extra, "onDecline", c.OnDecline)
	put(n.extra, "replyModeration", c.Moderation)
	put(n.extra, "allowCopy", c.AllowCopy)
	put(n.extra, "collaborationStatus", c.Status)
	put(n.extra, "contentDigest", c.Digest)
	putTime(n.extra, "startTime", c.Starts)
	putTime(n.extra, "endTime", c.Expires)
	putList(n.extra, "invitations", sayClaims(c.Invited))
	if c.Work != nil {
		n.extra["work"] = work(c.Work)
	}
	return n
}

// work writes the draft inside a Collaboration, a property that go-fed does not
// know.
func work(n *models.Note) map[string]any {
	m, err := newNote(n, models.FormDual, true).Serialize()
	if err != nil {
		return nil // go-fed writes every scalar that it takes
	}
	return m
}

// EncodeStamp writes a stamp without its proof, which sign adds (C4).
func EncodeStamp(a *models.Authorization) ([]byte, error) {
	return document(newStamp(a), stampContext())
}

func newStamp(a *models.Authorization) noun {
	n := newNoun(typeStamp, a.URI)
	n.SetActivityStreamsAttributedTo(attributedTo(a.Account))
	n.extra["interactingObject"] = a.Object
	n.extra["interactionTarget"] = a.Target
	n.extra["role"] = a.Role
	put(n.extra, "creditedAs", a.Label)
	n.extra["revision"] = a.Revision
	n.extra["coversEdits"] = a.CoversEdits
	put(n.extra, "replaces", a.Replaces)
	put(n.extra, "collaboration", a.Collab)
	put(n.extra, "contentDigest", a.Digest)
	putTime(n.extra, "published", a.Published)
	putTime(n.extra, "endTime", a.Ends)
	return n
}
