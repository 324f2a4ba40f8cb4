package wire

import (
	"slices"
	"strings"

	"ensemble/models"
)

// DecodeActor reads an actor. Domain is left for fetch to set, and what only
// GET with a signature shows may be missing: check Inbox.
func DecodeActor(raw []byte) (*models.Account, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return actor(v)
}

func actor(v value) (*models.Account, error) {
	a := &models.Account{
		URI:          address(v.get("id").str()),
		Username:     v.get("preferredUsername").short(255),
		Type:         v.typ(knownActor),
		DisplayName:  v.get("name").short(MaxName),
		URL:          pageURL(v.get("url")),
		Inbox:        v.get("inbox").iri(),
		SharedInbox:  v.get("endpoints").get("sharedInbox").iri(),
		Outbox:       v.get("outbox").iri(),
		Followers:    v.get("followers").iri(),
		Following:    v.get("following").iri(),
		Featured:     v.get("featured").iri(),
		FeaturedTags: v.get("featuredTags").iri(),
		AvatarURL:    string(picture(v.get("icon"))),
		HeaderURL:    string(picture(v.get("image"))),
		Fields:       fields(v.get("attachment")),
		AlsoKnownAs:  v.get("alsoKnownAs").iris(MaxAliases),
		MovedTo:      v.get("movedTo").iri(),
		Locked:       v.get("manuallyApprovesFollowers").is(),
		Discoverable: v.get("discoverable").is(),
		Indexable:    v.get("indexable").is(),
		Memorial:     v.get("memorial").is(),
		CreatedAt:    v.get("published").time(),
		UpdatedAt:    v.get("updated").time(),
	}
	a.AvatarAlt, a.HeaderAlt = described(v.get("icon")), described(v.get("image"))
	a.HideMedia, a.HideMediaReplies, a.HideFeatured = denied(v.get("showMedia")), denied(v.get("showRepliesInMedia")), denied(v.get("showFeatured"))
	a.Emojis = emojis(v.get("tag"))
	a.Bot = a.Type == "Service" || a.Type == "Application"
	a.Note = v.get("summary").one().str()
	switch {
	case !knownActor(a.Type):
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not an account.", clip(a.Type, 64))
	case a.URI == "":
		return nil, models.Refuse(models.Invalid, "bad_id", "The account has no id that is an absolute http or https address.")
	case strings.ContainsAny(a.Username, "@/ \t\r\n"):
		return nil, models.Refuse(models.Invalid, "bad_username", "The account's preferredUsername %q cannot be part of a handle.", clip(a.Username, 64))
	case len(a.Note) > MaxContent:
		return nil, models.Refuse(models.Invalid, "too_long", "The account's summary is longer than this server reads.")
	}
	if keys := keys(v, a.URI); len(keys) > 0 {
		a.KeyID, a.PublicKey = keys[0].ID, keys[0].PEM
	}
	a.Assertions = assertions(v.get("assertionMethod"), a.URI)
	a.Verifies = verifies(v) || verifies(v.get("generator"))
	a.Collaborates = collabPolicy(v.get("interactionPolicy").get("canCollaborate"), a)
	return a, nil
}

// described reads what is to be seen on a picture.
func described(v value) string {
	for e := range v.all() {
		if s := e.get("summary").short(MaxName); s != "" {
			return s
		}
		return e.get("name").short(MaxName)
	}
	return ""
}

// denied reports whether a choice is there, and is a no.
func denied(v value) bool { return v.kind() == boolean && !v.is() }

// picture reads an icon or image: the first that has an address.
func picture(v value) models.IRI {
	for e := range v.all() {
		if i := e.link(); i != "" {
			return i
		}
		if i := e.get("url").link(); i != "" {
			return i
		}
	}
	return ""
}

// fields reads the PropertyValues of a profile.
func fields(v value) []models.Field {
	var out []models.Field
	for e := range v.all() {
		if e.get("type").short(64) != "PropertyValue" || len(out) == MaxFields {
			continue
		}
		out = append(out, models.Field{Name: e.get("name").short(MaxName), Value: clip(e.get("value").str(), 4*MaxName)})
	}
	return out
}

// A Key is a public key with the name it signs under.
type Key struct {
	ID    models.IRI
	Owner models.IRI
	PEM   string
}

// DecodeKey reads the key called id out of a document that is that key, or the
// actor that has it. That Owner's actor lists it is still to be seen (G2).
func DecodeKey(raw []byte, id models.IRI) (Key, error) {
	v, err := parse(raw)
	if err != nil {
		return Key{}, err
	}
	all := keys(v, v.iri())
	if k := key(v, v.get("controller").iri()); k.PEM != "" {
		all = append(all, k)
	}
	for _, k := range all {
		if k.ID == id && k.Owner != "" {
			return k, nil
		}
	}
	return Key{}, models.Refuse(models.NotFound, "no_key", "The document does not hold the key %s.", id)
}

// keys reads the publicKeys of an actor, but for those of another owner.
func keys(v value, actor models.IRI) []Key {
	var out []Key
	for e := range v.get("publicKey").all() {
		if k := key(e, actor); k.PEM != "" && k.ID != "" && k.Owner == actor && len(out) < MaxKeys {
			out = append(out, k)
		}
	}
	return out
}

func key(v value, owner models.IRI) Key {
	k := Key{ID: v.iri(), Owner: v.get("owner").iri(), PEM: v.get("publicKeyPem").one().str()}
	if len(k.PEM) > 16<<10 {
		k.PEM = ""
	}
	if k.Owner == "" {
		k.Owner = owner
	}
	return k
}

// verifies reports whether an application says that it implements RFC 9421
// (FEP-844e), wherever it read it.
func verifies(v value) bool {
	n := 0
	for e := range v.get("implements").all() {
		if n++; n > MaxKeys {
			break
		}
		at := e.link()
		if at == "" {
			at = e.get("id").iri()
		}
		if strings.HasSuffix(strings.TrimSuffix(strings.ToLower(string(at)), ".html"), "/rfc9421") {
			return true
		}
	}
	return false
}

// assertions reads the Multikeys that an actor controls (FEP-521a).
func assertions(v value, actor models.IRI) []models.Assertion {
	var out []models.Assertion
	for e := range v.all() {
		a := models.Assertion{ID: e.get("id").iri(), Multibase: e.get("publicKeyMultibase").short(1024)}
		owner := e.get("controller").iri()
		if a.ID != "" && a.Multibase != "" && (owner == "" || owner == actor) && len(out) < MaxKeys {
			out = append(out, a)
		}
	}
	return out
}

// collabPolicy reads canCollaborate. Without one nobody can be invited
// (ensemble/1 §2). We write mutuals as both collections; of followers alone we
// make mutuals too, the stricter reading.
func collabPolicy(v value, a *models.Account) models.CollabPolicy {
	if v.kind() != dict {
		return models.CollabUnknown
	}
	who := append(v.get("automaticApproval").audience(), v.get("manualApproval").audience()...)
	has := func(i models.IRI) bool { return i != "" && slices.Contains(who, i) }
	switch {
	case has(models.Public):
		return models.CollabEveryone
	case has(a.Followers):
		return models.CollabMutuals
	case has(a.Following):
		return models.CollabFollowing
	}
	return models.CollabNobody
}
