package wire

import (
	"fmt"

	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"ensemble/models"
)

// An act is an activity of ours; go-fed writes it under the name of its verb.
type act struct {
	vocab.ActivityStreamsActivity
	verb  string
	extra map[string]any
}

// GetTypeName returns the verb.
func (a act) GetTypeName() string { return a.verb }

// Serialize returns what go-fed writes, with the verb and our extras.
func (a act) Serialize() (map[string]any, error) {
	m, err := a.ActivityStreamsActivity.Serialize()
	return seal(m, a.verb, a.extra), err
}

// Encode writes an activity of ours. form says how the authors of its Note are
// written (ensemble/1, fact 1); what carries no Note is the same in all forms.
// An unknown verb or a missing actor or object is our own mistake, so the error
// is Internal.
func Encode(a *models.Activity, form models.Form) ([]byte, error) {
	if !knownVerb(string(a.Verb)) || a.URI == "" || a.Actor == "" || a.Object.IsZero() {
		return nil, fmt.Errorf("write activity %q: verb %q, actor %q or object is missing", a.URI, a.Verb, a.Actor)
	}
	return document(newAct(a, form), contextOf(a))
}

func newAct(a *models.Activity, form models.Form) act {
	v := act{streams.NewActivityStreamsActivity(), string(a.Verb), map[string]any{}}
	if a.URI != "" {
		v.SetJSONLDId(jsonID(a.URI))
	}
	if a.Actor != "" {
		p := streams.NewActivityStreamsActorProperty()
		p.AppendIRI(href(a.Actor))
		v.SetActivityStreamsActor(p)
	}
	if !a.Object.IsZero() {
		v.SetActivityStreamsObject(objectProperty(a.Object, form))
	}
	if !a.Target.IsZero() {
		v.SetActivityStreamsTarget(targetProperty(a.Target, form))
	}
	if a.Result != "" {
		p := streams.NewActivityStreamsResultProperty()
		p.AppendIRI(href(a.Result))
		v.SetActivityStreamsResult(p)
	}
	if a.Reason != "" {
		v.SetActivityStreamsContent(content(a.Reason))
	}
	if a.Verb == models.EmojiReact {
		put(v.extra, "content", a.Reaction)
	}
	putList(v.extra, "object", a.Objects)
	putList(v.extra, "to", a.To)
	putList(v.extra, "cc", a.Cc)
	putTime(v.extra, "published", a.Published)
	putTime(v.extra, "endTime", a.Ends)
	put(v.extra, "reasonCode", a.Code)
	if a.Wording != "" {
		v.extra["source"] = map[string]any{"content": a.Wording, "mediaType": "text/plain"}
	}
	sayInstrument(v.extra, a.Instrument, form)
	sayStamp(v.extra, a)
	return v
}

func objectProperty(o models.Object, form models.Form) vocab.ActivityStreamsObjectProperty {
	p := streams.NewActivityStreamsObjectProperty()
	switch {
	case o.Note != nil:
		p.AppendActivityStreamsNote(newNote(o.Note, form, false))
	case o.Activity != nil:
		p.AppendActivityStreamsActivity(newAct(o.Activity, form))
	case o.Actor != nil:
		p.AppendActivityStreamsPerson(newPerson(o.Actor, models.Site{Origin: o.Actor.URI.Origin()}))
	case plain(o):
		p.AppendIRI(href(o.URI))
	default:
		p.AppendActivityStreamsObject(thing(o))
	}
	return p
}

func targetProperty(o models.Object, form models.Form) vocab.ActivityStreamsTargetProperty {
	p := streams.NewActivityStreamsTargetProperty()
	switch {
	case o.Note != nil:
		p.AppendActivityStreamsNote(newNote(o.Note, form, false))
	case plain(o):
		p.AppendIRI(href(o.URI))
	default:
		p.AppendActivityStreamsObject(thing(o))
	}
	return p
}

// plain reports whether an object is known by its address alone.
func plain(o models.Object) bool {
	return o.Type == "" && o.Collaboration == nil && o.Authorization == nil && o.Approval == nil && o.Claim == nil
}

// thing makes an object of what is neither a post, nor an activity, nor an actor.
func thing(o models.Object) noun {
	switch {
	case o.Collaboration != nil:
		return newCollaboration(o.Collaboration)
	case o.Authorization != nil:
		return newStamp(o.Authorization)
	case o.Approval != nil:
		return newApproval(o.Approval)
	case o.Claim != nil:
		return newClaim(o.Claim)
	case o.Type == typeTombstone:
		return newTombstone(models.Tombstone{URI: o.URI, FormerType: o.Former, DeletedAt: o.Deleted})
	}
	if o.Type == typeHashtag {
		return sayHashtag(o)
	}
	n := newNoun(o.Type, o.URI)
	if o.Owner != "" {
		n.SetActivityStreamsAttributedTo(attributedTo(o.Owner))
	}
	if knownCollection(o.Type) && o.Total >= 0 {
		n.extra["totalItems"] = o.Total
	}
	return n
}

func newTombstone(t models.Tombstone) noun {
	n := newNoun(typeTombstone, t.URI)
	put(n.extra, "formerType", t.FormerType)
	putTime(n.extra, "deleted", t.DeletedAt)
	return n
}

// EncodeTombstone writes what is left of a thing that is gone for good, for the
// body of a 410 (ActivityPub §6.4).
func EncodeTombstone(t models.Tombstone) ([]byte, error) {
	return document(newTombstone(t), inlined)
}
