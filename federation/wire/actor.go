package wire

import (
	"github.com/go-fed/activity/streams"
	"github.com/go-fed/activity/streams/vocab"

	"ensemble/models"
)

// A person is an actor of ours, of whatever type.
type person struct {
	vocab.ActivityStreamsPerson
	name  string
	extra map[string]any
}

// GetTypeName returns Person, Service, Application, Group or Organization.
func (p person) GetTypeName() string { return p.name }

// Serialize returns what go-fed writes, with our type and our extras.
func (p person) Serialize() (map[string]any, error) {
	m, err := p.ActivityStreamsPerson.Serialize()
	return seal(m, p.name, p.extra), err
}

// EncodeActor writes an actor of ours, or the instance actor (ensemble/1 §2).
func EncodeActor(a *models.Account, site models.Site) ([]byte, error) {
	return document(newPerson(a, site), inlined)
}

func newPerson(a *models.Account, site models.Site) person {
	p := person{streams.NewActivityStreamsPerson(), actorType(a), map[string]any{}}
	p.SetJSONLDId(jsonID(a.URI))
	username := streams.NewActivityStreamsPreferredUsernameProperty()
	username.SetXMLSchemaString(a.Username)
	p.SetActivityStreamsPreferredUsername(username)
	if a.URL != "" {
		p.SetActivityStreamsUrl(webPage(a.URL))
	}
	m := p.extra
	put(m, "name", a.DisplayName)
	m["summary"] = a.Note
	put(m, "inbox", a.Inbox)
	put(m, "outbox", a.Outbox)
	put(m, "followers", a.Followers)
	put(m, "following", a.Following)
	put(m, "featured", a.Featured)
	put(m, "featuredTags", a.FeaturedTags)
	put(m, "movedTo", a.MovedTo)
	putList(m, "alsoKnownAs", a.AlsoKnownAs)
	putList(m, "attachment", sayFields(a.Fields))
	putList(m, "tag", sayEmojis(a.Emojis))
	putTime(m, "published", a.CreatedAt)
	putTime(m, "updated", a.UpdatedAt)
	m["manuallyApprovesFollowers"] = a.Locked
	m["discoverable"] = a.Discoverable
	m["indexable"] = a.Indexable
	put(m, "memorial", a.Memorial)
	if a.System { // FEP-844e, of an actor that is an Application itself
		m["implements"] = implements()
	}
	if a.SharedInbox != "" {
		m["endpoints"] = map[string]any{"sharedInbox": a.SharedInbox}
	}
	putList(m, "attributionDomains", a.AttributionDomains)
	for key, hidden := range map[string]bool{"showMedia": a.HideMedia, "showRepliesInMedia": a.HideMediaReplies, "showFeatured": a.HideFeatured} {
		if hidden { // who says nothing shows it
			m[key] = false
		}
	}
	sayPicture(m, "icon", a.AvatarURL, a.AvatarAlt)
	sayPicture(m, "image", a.HeaderURL, a.HeaderAlt)
	sayKeys(m, a)
	sayCollabPolicy(m, a)
	m["generator"] = generator(site)
	return p
}

func actorType(a *models.Account) string {
	switch {
	case a.Type != "":
		return a.Type
	case a.System:
		return "Application"
	case a.Bot:
		return "Service"
	}
	return "Person"
}

func sayPicture(m map[string]any, key, url, alt string) {
	if url != "" {
		image := map[string]any{"type": "Image", "url": url}
		put(image, "summary", alt)
		m[key] = image
	}
}

func sayFields(fields []models.Field) []map[string]any {
	var out []map[string]any
	for _, f := range fields {
		out = append(out, map[string]any{"type": "PropertyValue", "name": f.Name, "value": f.Value})
	}
	return out
}

// sayKeys writes the key for HTTP signatures, and those for proofs (FEP-521a).
func sayKeys(m map[string]any, a *models.Account) {
	if a.PublicKey != "" {
		m["publicKey"] = map[string]any{"id": a.KeyID, "owner": a.URI, "publicKeyPem": a.PublicKey}
	}
	var proofs []map[string]any
	for _, k := range a.Assertions {
		proofs = append(proofs, map[string]any{
			"id": k.ID, "type": "Multikey", "controller": a.URI, "publicKeyMultibase": k.Multibase,
		})
	}
	putList(m, "assertionMethod", proofs)
}

// sayCollabPolicy writes who may invite the account (ensemble/1 §2). There is no
// address for "mutuals", so both collections together mean it: whoever reads it
// as "either" invites too freely, and is answered by this server's own check.
func sayCollabPolicy(m map[string]any, a *models.Account) {
	can := map[string]any{"automaticApproval": a.URI}
	switch a.Collaborates {
	case models.CollabUnknown:
		return
	case models.CollabEveryone:
		can["manualApproval"] = models.Public
	case models.CollabFollowing:
		put(can, "manualApproval", a.Following)
	case models.CollabMutuals:
		can["manualApproval"] = []models.IRI{a.Followers, a.Following}
	}
	m["interactionPolicy"] = map[string]any{"canCollaborate": can}
}

// generator says what we speak (FEP-844e).
func generator(site models.Site) map[string]any {
	g := map[string]any{
		"type":       "Application",
		"name":       "Ensemble",
		"implements": implements(),
	}
	put(g, "url", site.Origin)
	return g
}

func implements() []map[string]any {
	return []map[string]any{
		{"type": "Link", "href": ContextURL, "name": "Ensemble 1"},
		{"type": "Link", "href": "https://datatracker.ietf.org/doc/html/rfc9421", "name": "RFC-9421: HTTP Message Signatures"},
	}
}
