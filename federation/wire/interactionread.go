package wire

import (
	"strings"

	"ensemble/models"
)

// maxRule is how many names of a rule are read.
const maxRule = 64

// readQuote reads what a post quotes. quote is FEP-044f's, and needs consent; the
// other names are those of before (FEP-e232, Misskey, Fedibird).
func readQuote(v value, n *models.Note) {
	n.QuoteStamp = v.get("quoteAuthorization").iri()
	n.Derivation = derivation(v.get("derivation"))
	if n.Quote = v.get("quote").iri(); n.Quote != "" {
		return
	}
	for _, key := range [...]string{"quoteUrl", "quoteUri", "_misskey_quote"} {
		if n.Quote = v.get(key).iri(); n.Quote != "" {
			n.Legacy = true
			return
		}
	}
	for tag := range v.get("tag").all() {
		if tag.get("type").short(32) == "Link" && isDocumentType(tag.get("mediaType").short(128)) {
			n.Quote, n.Legacy = tag.link(), true
			if n.Quote != "" {
				return
			}
		}
	}
	n.Legacy = false
}

func isDocumentType(s string) bool {
	s = strings.ToLower(s)
	return s == "application/activity+json" || strings.HasPrefix(s, "application/ld+json") && strings.Contains(s, activityStreams)
}

func derivation(v value) string {
	if v.short(32) == models.Duet {
		return models.Duet
	}
	return ""
}

// replyStamp reads the consent to a reply, under either of its names.
func replyStamp(v value) models.IRI {
	if i := v.get("replyAuthorization").iri(); i != "" {
		return i
	}
	return v.get("approvedBy").iri()
}

// reactionStamp reads the consent to a Like or an Announce.
func reactionStamp(v value, verb models.Verb) models.IRI {
	key := map[models.Verb]string{models.LikeVerb: "likeAuthorization", models.Announce: "announceAuthorization"}[verb]
	if key == "" {
		return ""
	}
	if i := v.get(key).iri(); i != "" {
		return i
	}
	return v.get("approvedBy").iri()
}

// policy reads an interactionPolicy; nil if it says nothing. What is empty is not
// said.
func policy(v value) *models.Policy {
	if v.kind() != dict {
		return nil
	}
	p, current, old := &models.Policy{}, false, false
	for key, to := range map[string]**models.Rule{
		"canLike": &p.Like, "canReply": &p.Reply, "canAnnounce": &p.Announce, "canQuote": &p.Quote, "canDuet": &p.Duet,
	} {
		sub := v.get(key)
		now := rule(sub, "automaticApproval", "manualApproval")
		before := rule(sub, "always", "approvalRequired")
		current, old = current || now != nil, old || before != nil
		if *to = now; now == nil {
			*to = before
		}
	}
	p.Old = old && !current
	if !old && !current {
		return nil
	}
	return p
}

func rule(v value, automatic, manual string) *models.Rule {
	if v.get(automatic).kind() == null && v.get(manual).kind() == null {
		return nil
	}
	return &models.Rule{Automatic: some(v.get(automatic)), Manual: some(v.get(manual))}
}

func some(v value) []models.IRI {
	who := v.audience()
	return who[:min(len(who), maxRule)]
}

// DecodeApproval reads a consent to an interaction: a …Authorization, or, of
// GoToSocial before 0.20, an …Approval or the Accept itself. Whether it holds for
// anything is another question.
func DecodeApproval(raw []byte) (*models.Approval, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	return approval(v)
}

func approval(v value) (*models.Approval, error) {
	typ := v.typ(func(s string) bool { return approves(s) != "" })
	a := &models.Approval{URI: address(v.get("id").str()), Kind: approves(typ)}
	switch {
	case typ == string(models.Accept):
		a.Account, a.Object, a.Target = theActor(v), sole(v.get("object")), sole(v.get("target"))
	case a.Kind == "":
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not a consent.", typ)
	case strings.HasSuffix(typ, "Approval"):
		a.Account, a.Object, a.Target = sole(v.get("attributedTo")), sole(v.get("object")), sole(v.get("target"))
		if a.Account == "" {
			a.Account = theActor(v)
		}
	default:
		a.Account, a.Object, a.Target = sole(v.get("attributedTo")), sole(v.get("interactingObject")), sole(v.get("interactionTarget"))
	}
	if a.URI == "" || a.Account == "" || a.Object == "" || a.Kind != "" && a.Target == "" {
		return nil, models.Refuse(models.Invalid, "bad_stamp", "The stamp does not say who consents to what.")
	}
	return a, nil
}
