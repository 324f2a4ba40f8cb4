package wire

import "ensemble/models"

// linkedQuote is the media type of a quote that is a tag (FEP-e232).
const linkedQuote = `application/ld+json; profile="` + activityStreams + `"`

// sayQuotes writes what is quoted, under every name that peers read, the consent to
// that and to a reply, and who may do what (FEP-044f, GoToSocial).
func sayQuotes(m map[string]any, n *models.Note) {
	if !n.Legacy {
		put(m, "quote", n.Quote)
	}
	for _, key := range [...]string{"quoteUrl", "quoteUri", "_misskey_quote"} {
		put(m, key, n.Quote)
	}
	put(m, "quoteAuthorization", n.QuoteStamp)
	put(m, "replyAuthorization", n.ReplyStamp)
	put(m, "approvedBy", n.ReplyStamp)
	put(m, "derivation", n.Derivation)
	if p := sayPolicy(n.Policy); len(p) > 0 {
		m["interactionPolicy"] = p
	}
}

// quoteTag is what is quoted as a tag, for those who read no property of it
// (FEP-e232).
func quoteTag(quote models.IRI) map[string]any {
	return map[string]any{
		"type": "Link", "mediaType": linkedQuote, "rel": "https://misskey-hub.net/ns#_misskey_quote",
		"href": quote, "name": "RE: " + string(quote),
	}
}

func sayPolicy(p *models.Policy) map[string]any {
	m := map[string]any{}
	if p == nil {
		return m
	}
	for key, r := range map[string]*models.Rule{
		"canLike": p.Like, "canReply": p.Reply, "canAnnounce": p.Announce, "canQuote": p.Quote, "canDuet": p.Duet,
	} {
		if r == nil {
			continue
		}
		rule := map[string]any{}
		sayWho(rule, "automaticApproval", r.Automatic)
		sayWho(rule, "manualApproval", r.Manual)
		m[key] = rule
	}
	return m
}

func sayWho(m map[string]any, key string, who []models.IRI) {
	if len(who) == 1 {
		m[key] = who[0]
		return
	}
	putList(m, key, who)
}

// sayInstrument writes what a …Request asks for, in whole if it is known.
func sayInstrument(m map[string]any, o models.Object, form models.Form) {
	var whole map[string]any
	switch {
	case o.Note != nil:
		whole, _ = newNote(o.Note, form, false).Serialize() // go-fed writes every scalar that it takes
	case o.Activity != nil:
		whole, _ = newAct(o.Activity, form).Serialize()
	}
	if whole == nil {
		put(m, "instrument", o.URI)
		return
	}
	m["instrument"] = whole
}

// sayStamp writes the consent to a Like or an Announce, under the name of today and
// under that of before.
func sayStamp(m map[string]any, a *models.Activity) {
	switch a.Verb {
	case models.LikeVerb:
		put(m, "likeAuthorization", a.Stamp)
	case models.Announce:
		put(m, "announceAuthorization", a.Stamp)
	default:
		return
	}
	put(m, "approvedBy", a.Stamp)
}

// EncodeApproval writes a consent to an interaction, as served on GET.
func EncodeApproval(a *models.Approval) ([]byte, error) { return document(newApproval(a), inlined) }

func newApproval(a *models.Approval) noun {
	n := newNoun(approvalType(a.Kind), a.URI)
	n.SetActivityStreamsAttributedTo(attributedTo(a.Account))
	n.extra["interactingObject"] = a.Object
	n.extra["interactionTarget"] = a.Target
	return n
}

var approvalTypes = map[models.InteractionKind]string{
	models.InteractQuote: "QuoteAuthorization", models.InteractReply: "ReplyAuthorization",
	models.InteractLike: "LikeAuthorization", models.InteractAnnounce: "AnnounceAuthorization",
}

func approvalType(kind models.InteractionKind) string { return approvalTypes[kind] }

// approves returns which kind of interaction a type of document allows, "" for none.
// The names in -Approval are GoToSocial's of before 0.20.
func approves(typ string) models.InteractionKind {
	for kind, name := range approvalTypes {
		if typ == name {
			return kind
		}
	}
	switch typ {
	case "ReplyApproval":
		return models.InteractReply
	case "LikeApproval":
		return models.InteractLike
	case "AnnounceApproval":
		return models.InteractAnnounce
	}
	return ""
}

// interactionTerm is lookup for interactions.
func interactionTerm(name string) (term, bool) {
	const fep = "https://w3id.org/fep/044f#"
	switch name {
	case "canQuote", "canLike", "canReply", "canAnnounce", "interactingObject", "interactionTarget",
		"likeAuthorization", "replyAuthorization", "announceAuthorization", "approvedBy":
		return linked("gts", name)
	case "LikeRequest", "ReplyRequest", "AnnounceRequest", "LikeAuthorization", "ReplyAuthorization", "AnnounceAuthorization":
		return literal("gts", name)
	case "QuoteRequest", "QuoteAuthorization":
		return bare(fep + name)
	case "quote", "quoteAuthorization":
		return bare(map[string]any{"@id": fep + name, "@type": "@id"})
	case "quoteUri":
		return bare("http://fedibird.com/ns#quoteUri")
	case "canDuet":
		return linked("ens", name)
	case "derivation":
		return literal("ens", name)
	}
	return securityTerm(name)
}
