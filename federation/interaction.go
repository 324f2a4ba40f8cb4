package federation

import (
	"fmt"
	"net/http"

	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// approval serves the consent of somebody who lives here to a quote, reply, like or
// boost (FEP-044f). It is gone once that is taken back, or either post is.
func (s *Server) approval(tx *store.Tx, r *http.Request) (*document, error) {
	uri := self(tx, r)
	i, err := store.Maybe[models.Interaction](tx, "stamp = ? AND target_account_id IN (SELECT account_id FROM users)", uri)
	if err != nil {
		return nil, err
	}
	if i == nil {
		return nil, models.Errorf(models.NotFound, "there is no such consent here")
	}
	a, err := store.Maybe[models.Account](tx, "id = ? AND domain = ''", i.TargetAccountID)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, models.Errorf(models.NotFound, "there is no such consent here")
	}
	if i.State != models.InteractAccepted || !a.Active() {
		return &document{gone: true, body: []byte(fmt.Sprintf(`{"@context":"https://www.w3.org/ns/activitystreams","id":%q,"type":"Tombstone"}`, i.Stamp)), cache: "no-store"}, nil
	}
	if err := attest(tx, r, i.TargetURI); err != nil {
		return nil, err
	}
	body, err := wire.EncodeApproval(i.Document(a))
	return &document{body: body, cache: "max-age=60"}, err
}

// isAsked reports whether who is asked about p, a reply that waits for it, or reads
// for the server of whoever is.
func isAsked(tx *store.Tx, who *models.Account, p *models.Post) (bool, error) {
	if who == nil {
		return false, nil
	}
	i, err := store.Maybe[models.Interaction](tx, "post_id = ? AND held <> '' AND state = ?", p.ID, models.InteractPending)
	if err != nil || i == nil {
		return false, err
	}
	a, err := store.Get[models.Account](tx, i.TargetAccountID)
	if err != nil {
		return false, err
	}
	return a.ID == who.ID || who.Type == "Application" && who.URI.SameOrigin(a.URI), nil
}
