package federation

import (
	"net/http"

	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// partialFollowers serves who of a server follows somebody here, to that server
// alone (FEP-8fcf §4).
func (s *Server) partialFollowers(tx *store.Tx, r *http.Request) (*document, error) {
	a, err := local(tx, r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	who := whoReads(r)
	if who == nil {
		return nil, models.Refuse(models.Unauthed, "not_signed", "this is for servers that say who they are")
	}
	there, err := store.FollowersOn(tx, a.ID, who.URI.Origin())
	if err != nil {
		return nil, err
	}
	var items []any
	for _, uri := range there {
		items = append(items, uri)
	}
	body, err := wire.EncodeWholeCollection(self(tx, r), wire.Ordered, items)
	return &document{body: body, cache: "private, no-store"}, err
}
