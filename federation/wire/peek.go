package wire

import "ensemble/models"

// An Envelope is what Peek tells of an activity.
type Envelope struct {
	ID         models.IRI
	Actor      models.IRI
	Verb       models.Verb // as sent, known or not
	ObjectURI  models.IRI
	ObjectType string // "" if the object is a bare IRI
	Depth      int    // how deep objects and lists are nested in it
}

// Peek is the cheap first look at what was posted to an inbox. It refuses, as
// Invalid, all that breaks ensemble/1 §7 G1 or SECURITY rule 6; a verb that we do
// not know passes (G4).
func Peek(raw []byte) (Envelope, error) {
	v, err := parse(raw)
	if err != nil {
		return Envelope{}, err
	}
	return envelope(v)
}

func envelope(v value) (Envelope, error) {
	object := v.get("object").one()
	e := Envelope{
		ID:         address(v.get("id").str()),
		Actor:      theActor(v),
		Verb:       models.Verb(v.typ(knownVerb)),
		ObjectURI:  object.iri(),
		ObjectType: object.typ(knownType),
		Depth:      v.d.deepest,
	}
	switch {
	case e.ID == "":
		return Envelope{}, models.Refuse(models.Invalid, "bad_id", "The activity has no id that is an absolute http or https address.")
	case e.Actor == "":
		return Envelope{}, models.Refuse(models.Invalid, "bad_actor", "The activity does not have one actor by an absolute http or https address.")
	case e.Verb == "":
		return Envelope{}, models.Refuse(models.Invalid, "bad_type", "The activity has no type.")
	}
	return e, nil
}

// theActor returns who did it. Of two actors we could believe only one, and
// which is not ours to choose.
func theActor(v value) models.IRI {
	actors := v.get("actor")
	if actors.kind() == list && actors.node().first != 0 && actors.d.nodes[actors.node().first].next != 0 {
		return ""
	}
	return actors.iri()
}

func knownVerb(s string) bool {
	switch models.Verb(s) {
	case models.Create, models.Update, models.Delete, models.FollowVerb, models.Accept, models.TentativeAccept,
		models.Reject, models.Undo, models.Announce, models.LikeVerb, models.EmojiReact, models.BlockVerb, models.OfferVerb,
		models.Leave, models.Add, models.Remove, models.MoveVerb, models.Flag:
		return true
	}
	return models.Requested(models.Verb(s)) != ""
}

// knownNote reports whether a type is shown as a post.
func knownNote(s string) bool {
	switch s {
	case "Note", "Article", "Question", "Page", "Video", "Event", "Audio", "Image", "ChatMessage":
		return true
	}
	return false
}

func knownActor(s string) bool {
	switch s {
	case "Person", "Service", "Application", "Group", "Organization":
		return true
	}
	return false
}

func knownCollection(s string) bool {
	switch s {
	case "Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage":
		return true
	}
	return false
}

// knownType reports whether a type is one that we do something with.
func knownType(s string) bool {
	return s == typeTombstone || s == typeCollaboration || s == typeStamp || s == typeClaim || approves(s) != "" ||
		knownNote(s) || knownActor(s) || knownVerb(s) || knownCollection(s)
}

// The types that are not in ActivityStreams, and one that is.
const (
	typeCollaboration = "Collaboration"
	typeCollaborator  = "Collaborator"
	typeStamp         = "CollaborationAuthorization"
	typeTombstone     = "Tombstone"
)
