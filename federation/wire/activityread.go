package wire

import "ensemble/models"

// maxNesting is how many activities may be within one another: Lemmy announces
// the undoing of a like.
const maxNesting = 2

// Decode reads a whole activity. It accepts only what Peek accepts; a verb that
// we have no use for is an error of kind Invalid with the code "unknown_verb".
func Decode(raw []byte) (*models.Activity, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	e, err := envelope(v)
	if err != nil {
		return nil, err
	}
	if !knownVerb(string(e.Verb)) {
		return nil, models.Refuse(models.Invalid, "unknown_verb", "There is no use here for an activity of type %q.", clip(string(e.Verb), 64))
	}
	a, err := activity(v, 0)
	if err != nil {
		return nil, err
	}
	if a.Object.IsZero() {
		return nil, models.Refuse(models.Invalid, "bad_object", "The activity does not say what it is about.")
	}
	return a, nil
}

// activity reads v, which is within level others.
func activity(v value, level int) (*models.Activity, error) {
	a := &models.Activity{
		URI:       address(v.get("id").str()),
		Verb:      models.Verb(v.typ(knownVerb)),
		Actor:     theActor(v),
		Result:    v.get("result").iri(),
		To:        v.get("to").audience(),
		Cc:        v.get("cc").audience(),
		Published: v.get("published").time(),
		Ends:      v.get("endTime").time(),
		Code:      v.get("reasonCode").short(64),
	}
	if a.Verb == models.LikeVerb || a.Verb == models.EmojiReact {
		a.Reaction = orElse(v.get("content").short(MaxName), v.get("_misskey_reaction").short(MaxName))
		a.Emojis = emojis(v.get("tag"))
	} else {
		a.Reason = v.get("content").short(4096)
	}
	if a.Verb == models.TentativeAccept {
		a.Wording = v.get("source").get("content").short(2 * models.MaxChangeWording)
	}
	var err error
	if a.Verb == models.Flag {
		accuse(a, v)
	}
	if a.Object, err = object(v.get("object"), a.Verb, level); err != nil {
		return nil, err
	}
	if a.Ballots, err = ballots(v.get("object"), a); err != nil {
		return nil, err
	}
	a.Stamp = reactionStamp(v, a.Verb)
	if a.Instrument, err = object(v.get("instrument"), "", level); err != nil {
		return nil, err
	}
	a.Target, err = object(v.get("target"), "", level)
	return a, err
}

// object reads what verb is about. What cannot be read is known by its address
// and type alone, unless verb would make something of it.
func object(v value, verb models.Verb, level int) (models.Object, error) {
	v = v.one()
	if v.kind() != dict {
		return models.Ref(v.iri()), nil
	}
	o := models.Object{URI: v.iri(), Type: v.typ(knownType), Owner: owner(v.get("attributedTo"))}
	var err error
	switch {
	case o.Type == typeTombstone:
		o.Former = v.get("formerType").short(64)
		o.Deleted = v.get("deleted").time()
	case o.Type == typeCollaboration:
		o.Collaboration, err = collaboration(v)
	case o.Type == typeStamp:
		o.Authorization, err = authorization(v)
	case approves(o.Type) != "":
		o.Approval, err = approval(v)
	case o.Type == typeClaim:
		o.Claim, err = claim(v)
	case knownCollection(o.Type):
		o.Total = v.get("totalItems").whole(-1)
	case knownNote(o.Type):
		o.Note, err = note(v)
	case knownActor(o.Type):
		o.Actor, err = actor(v)
	case knownVerb(o.Type) && level < maxNesting:
		o.Activity, err = activity(v, level+1)
	}
	if err != nil && makes(verb) {
		return models.Object{}, err
	}
	return o, nil
}

// makes reports whether a verb is about the object as sent, not only about its
// address.
func makes(verb models.Verb) bool {
	return verb == models.Create || verb == models.Update || verb == models.OfferVerb
}

// owner returns the first name of an attributedTo.
func owner(v value) models.IRI {
	primary, _ := authors(v)
	return primary
}

// DecodeType reads only what a document is.
func DecodeType(raw []byte) (id models.IRI, typ string, err error) {
	v, err := parse(raw)
	if err != nil {
		return "", "", err
	}
	return v.iri(), v.typ(knownType), nil
}
