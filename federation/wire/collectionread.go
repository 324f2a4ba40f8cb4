package wire

import (
	"encoding/json"

	"ensemble/models"
)

// An Item is one member of a Collection.
type Item struct {
	URI  models.IRI
	Type string          // "" for a bare IRI
	Raw  json.RawMessage // nil for a bare IRI
}

// A Collection is a collection or a page of one, as fetched.
type Collection struct {
	URI   models.IRI
	Type  string
	Owner models.IRI
	Total int // -1 if it was not said
	Items []Item
	First models.IRI // "" if the first page is embedded: then it is in Items
	Next  models.IRI
}

// DecodeCollection reads a collection, or a page of one, with the page embedded
// in its first, if any.
func DecodeCollection(raw []byte) (*Collection, error) {
	v, err := parse(raw)
	if err != nil {
		return nil, err
	}
	c := &Collection{
		URI:   v.iri(),
		Type:  v.typ(knownCollection),
		Owner: v.get("attributedTo").iri(),
		Total: v.get("totalItems").whole(-1),
		Next:  v.get("next").iri(),
	}
	if !knownCollection(c.Type) {
		return nil, models.Refuse(models.Invalid, "bad_type", "A document of type %q is not a collection.", c.Type)
	}
	c.Items = items(v)
	first := v.get("first").one()
	if page := items(first); len(page) > 0 {
		c.Items = append(c.Items, page...)
		c.Next = first.get("next").iri()
	} else {
		c.First = first.iri()
	}
	return c, nil
}

func items(v value) []Item {
	var out []Item
	for _, key := range [...]string{"items", "orderedItems"} {
		for e := range v.get(key).all() {
			i := Item{URI: e.iri()}
			if e.kind() == dict {
				i.Type, i.Raw = e.typ(knownType), json.RawMessage(e.raw())
			}
			if i.URI != "" || i.Raw != nil {
				out = append(out, i)
			}
		}
	}
	return out
}
