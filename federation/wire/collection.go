package wire

import "ensemble/models"

// A CollectionKind says whether order matters.
type CollectionKind string

// The kinds of collection (ActivityStreams vocabulary §2.2).
const (
	Unordered CollectionKind = "Collection"
	Ordered   CollectionKind = "OrderedCollection"
)

// EncodeCollection writes a collection by its size and the address of its first
// page. A total below 0 is not said; neither is a first page of "".
func EncodeCollection(id models.IRI, kind CollectionKind, total int, first models.IRI) ([]byte, error) {
	n := newNoun(string(kind), id)
	if total >= 0 {
		n.extra["totalItems"] = total
	}
	put(n.extra, "first", first)
	return document(n, inlined)
}

// EncodeCollectionPage writes one page of a collection. An item is an IRI, or
// json.RawMessage such as EncodeNote writes without a context.
func EncodeCollectionPage(id, partOf models.IRI, kind CollectionKind, items []any, next, prev models.IRI) ([]byte, error) {
	n := newNoun(string(kind)+"Page", id)
	key := "items"
	if kind == Ordered {
		key = "orderedItems"
	}
	if items == nil {
		items = []any{}
	}
	n.extra[key] = items
	n.extra["partOf"] = partOf
	put(n.extra, "next", next)
	put(n.extra, "prev", prev)
	return document(n, inlined)
}
