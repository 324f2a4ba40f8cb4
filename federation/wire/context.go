package wire

import (
	"encoding/json"

	"ensemble/models"
)

// A term is an entry of an inline @context, with the prefixes it needs.
type term struct {
	means    any
	prefixes []string
}

// inlined asks document for a context that names just what the document uses
// and ActivityStreams does not (ensemble/1 §2: strangers may fetch or receive it).
const inlined = "inline"

// ours is the context of what only servers like us receive.
func ours() any { return []any{activityStreams, ContextURL} }

// stampContext is that of C4, which goes into the proof as well.
func stampContext() any {
	return []any{activityStreams, "https://w3id.org/security/data-integrity/v2", ContextURL}
}

// inlineContext returns the context for m: the plain one if that says it all.
func inlineContext(m map[string]any) any {
	used := map[string]any{}
	collect(m, used)
	_, keyed := m["publicKey"]
	if o, ok := m["object"].(map[string]any); ok && !keyed {
		_, keyed = o["publicKey"]
	}
	switch {
	case len(used) == 0 && !keyed:
		return activityStreams
	case keyed:
		return []any{activityStreams, "https://w3id.org/security/v1", used}
	default:
		return []any{activityStreams, used}
	}
}

// collect notes every term that v uses.
func collect(v any, used map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			use(key, used)
			if name, ok := inner.(string); ok && (key == "type" || key == "formerType") {
				use(name, used)
			}
			if key != "contentMap" && key != "summaryMap" {
				collect(inner, used)
			}
		}
	case []map[string]any:
		for _, inner := range v {
			collect(inner, used)
		}
	case []any:
		for _, inner := range v {
			collect(inner, used)
		}
	case json.RawMessage: // an item that EncodeNote or the like has written
		var inner any
		if json.Unmarshal(v, &inner) == nil {
			collect(inner, used)
		}
	}
}

func use(name string, used map[string]any) {
	t, ok := lookup(name)
	if !ok {
		return
	}
	used[name] = t.means
	for _, p := range t.prefixes {
		used[p] = prefix(p)
	}
}

func prefix(name string) string {
	switch name {
	case "ens":
		return Namespace
	case "gts":
		return "https://gotosocial.org/ns#"
	case "toot":
		return "http://joinmastodon.org/ns#"
	case "schema":
		return "http://schema.org#"
	case "litepub":
		return "http://litepub.social/ns#"
	case "misskey":
		return "https://misskey-hub.net/ns#"
	}
	return ""
}

func literal(prefix, name string) (term, bool) {
	return term{prefix + ":" + name, []string{prefix}}, true
}

func linked(prefix, name string) (term, bool) {
	return term{map[string]any{"@id": prefix + ":" + name, "@type": "@id"}, []string{prefix}}, true
}

func bare(means any) (term, bool) { return term{means: means}, true }

// lookup returns the inline definition of a term that ActivityStreams lacks.
func lookup(name string) (term, bool) {
	switch name {
	case "sensitive", "manuallyApprovesFollowers", "Hashtag":
		return bare("as:" + name)
	case "movedTo", "alsoKnownAs":
		return bare(map[string]any{"@id": "as:" + name, "@type": "@id"})
	case "quoteUrl":
		return bare("as:quoteUrl")
	case "coAttributedTo":
		return bare(map[string]any{"@id": "as:attributedTo", "@type": "@id"})
	case "interactionPolicy", "automaticApproval", "manualApproval":
		return linked("gts", name)
	case "collaboration", "collaborators", "collaborator", "authorization", "canCollaborate", "formerly", "replaces":
		return linked("ens", name)
	case typeCollaborator, typeCollaboration, typeClaim, "role", "contentDigest", "reasonCode", "collaborationStatus", "creditedAs":
		return literal("ens", name)
	case typeStamp: // alone, as in C12
		return bare(Namespace + name)
	case "discoverable", "indexable", "memorial", "votersCount", "showMedia", "showRepliesInMedia", "showFeatured", typeEmoji:
		return literal("toot", name)
	case "featured", "featuredTags", "attributionDomains":
		return linked("toot", name)
	case "focalPoint":
		return term{map[string]any{"@id": "toot:focalPoint", "@container": "@list"}, []string{"toot"}}, true
	case "blurhash":
		return bare("http://joinmastodon.org/ns#blurhash")
	case "PropertyValue", "value":
		return literal("schema", name)
	case string(models.EmojiReact):
		return literal("litepub", name)
	case "_misskey_quote":
		return literal("misskey", name)
	}
	return interactionTerm(name)
}

// securityTerm is lookup for keys, digests and FEPs.
func securityTerm(name string) (term, bool) {
	const sec = "https://w3id.org/security#"
	switch name {
	case "digestMultibase", "Multikey":
		return bare(sec + name)
	case "controller":
		return bare(map[string]any{"@id": sec + name, "@type": "@id"})
	case "assertionMethod": // FEP-521a
		return bare(map[string]any{"@id": sec + name, "@type": "@id", "@container": "@set"})
	case "publicKeyMultibase":
		return bare(map[string]any{"@id": sec + name, "@type": sec + "multibase"})
	case "implements": // FEP-844e
		return bare(map[string]any{"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@list"})
	}
	return term{}, false
}

// contextOf returns what an activity opens with (ensemble/1 §2).
func contextOf(a *models.Activity) any {
	switch {
	case models.Requested(models.Verb(a.Object.Type)) != "": // strangers speak of interactions too
	case a.Verb == models.OfferVerb, a.Verb == models.Leave, a.Verb == models.Accept && a.Result != "",
		a.Verb == models.Reject && a.Code != "" && a.Object.Activity == nil,
		a.Verb == models.Delete && a.Object.Former == typeCollaboration:
		return ours()
	}
	return inlined
}
