package app

import (
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// movedTo returns where somebody lives now, nil unless both accounts say so.
func movedTo(c *call.Call, a *models.Account) (*accountView, error) {
	if !a.Moved() {
		return nil, nil
	}
	to, err := store.Maybe[models.Account](c.Tx, "uri = ? AND state = 'active'", a.MovedTo)
	if err != nil || to == nil || !to.Names(a.URI) {
		return nil, err
	}
	v := viewAccount(c.Site, to)
	return &v, nil
}
