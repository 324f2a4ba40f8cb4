package wire

import (
	"strings"

	"ensemble/models"
)

const typeHashtag = "Hashtag"

// sayHashtag makes a hashtag of an object, which has an address and no id.
func sayHashtag(o models.Object) noun {
	n := newNoun(typeHashtag, "")
	put(n.extra, "href", o.URI)
	n.extra["name"] = "#" + o.Name
	return n
}

// EncodeWholeCollection writes a short collection with all that is in it. An item is
// as for EncodeCollectionPage.
func EncodeWholeCollection(id models.IRI, kind CollectionKind, items []any) ([]byte, error) {
	n := newNoun(string(kind), id)
	key := "items"
	if kind == Ordered {
		key = "orderedItems"
	}
	if items == nil {
		items = []any{}
	}
	n.extra["totalItems"] = len(items)
	n.extra[key] = items
	return document(n, inlined)
}

// Hashtag returns a hashtag as an item of a collection.
func Hashtag(name string, page models.IRI) any {
	return map[string]any{"type": typeHashtag, "href": page, "name": "#" + name}
}

// DecodeHashtag reads the name of a hashtag, without its #; "" if it is none.
func DecodeHashtag(raw []byte) string {
	v, err := parse(raw)
	if err != nil || v.get("type").short(64) != typeHashtag {
		return ""
	}
	return strings.TrimPrefix(v.get("name").short(MaxName), "#")
}
