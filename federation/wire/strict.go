package wire

import (
	"strings"

	"ensemble/models"
)

const (
	activityStreams = "https://www.w3.org/ns/activitystreams"
	asNamespace     = activityStreams + "#"
)

// core returns what a key that we read by its plain name must mean, "" for
// every other key. A document may not make it mean anything else, nor say the
// same under another name (SECURITY rule 6).
func core(key string) string {
	switch key {
	case "id", "type":
		return "@" + key
	case "actor", "object", "to", "cc", "attributedTo", "content", "inReplyTo", "published", "target", "result":
		return asNamespace + key
	}
	return ""
}

// meansCore reports whether an IRI is what one of the core keys means.
func meansCore(iri string) bool {
	switch iri {
	case "@id", "@type", "@graph", "@reverse", "@included", "@nest", "@context":
		return true
	}
	key, ok := strings.CutPrefix(iri, asNamespace)
	return ok && core(key) != ""
}

// checkContexts refuses contexts that rename our keys.
func (d *doc) checkContexts() error {
	terms := map[string]string{}
	for _, c := range d.contexts {
		for ctx := range (value{d, c}).all() {
			if err := collectTerms(ctx, terms); err != nil {
				return err
			}
		}
	}
	for term, iri := range terms {
		means, allowed := expand(iri, terms), core(term)
		switch {
		case term == "as" && means != asNamespace,
			allowed != "" && means != allowed,
			allowed == "" && meansCore(means) && !(term == "coAttributedTo" && means == asNamespace+"attributedTo"):
			return trick(term)
		}
	}
	return d.checkKeys(terms)
}

// checkKeys refuses keys that say in a long or prefixed form what a core key
// says: a JSON-LD reader would see what we do not.
func (d *doc) checkKeys(terms map[string]string) error {
	for _, c := range d.colons {
		key := d.keyOf(c)
		if meansCore(expand(key, terms)) {
			return trick(key)
		}
	}
	return nil
}

func trick(term string) error {
	return models.Refuse(models.Invalid, "json_ld", "The document gives %q another meaning than it has.", clip(term, 64))
}

// collectTerms notes what the inline context ctx defines. The same term defined
// in two ways is refused where either could matter.
func collectTerms(ctx value, terms map[string]string) error {
	if ctx.kind() != dict {
		return nil
	}
	for term, def := range ctx.members() {
		if strings.HasPrefix(term, "@") {
			continue
		}
		iri := def.str()
		if def.kind() == dict {
			iri = def.get("@id").str()
		}
		if old, ok := terms[term]; ok && (touches(old, terms) || touches(iri, terms)) && expand(old, terms) != expand(iri, terms) {
			return trick(term)
		}
		if iri == "" && core(term) == "" {
			continue
		}
		terms[term] = iri
	}
	return nil
}

// touches reports whether iri is in the ActivityStreams namespace, or could be
// a prefix of it.
func touches(iri string, terms map[string]string) bool {
	full := expand(iri, terms)
	return strings.HasPrefix(full, "@") || strings.HasPrefix(full, activityStreams) || strings.HasPrefix(asNamespace, iri)
}

// expand returns the IRI that s stands for under terms (JSON-LD 1.1 §5.2.2).
func expand(s string, terms map[string]string) string {
	for range 8 {
		if strings.HasPrefix(s, "@") {
			return s
		}
		prefix, rest, compact := strings.Cut(s, ":")
		switch iri, ok := terms[prefix]; {
		case !compact && core(s) != "" && (!ok || iri == s):
			return core(s)
		case compact && prefix == "as" && !strings.HasPrefix(rest, "//"):
			return asNamespace + rest
		case !ok || iri == s || strings.HasPrefix(rest, "//"):
			return s
		default:
			s = iri + rest
		}
	}
	return s
}
