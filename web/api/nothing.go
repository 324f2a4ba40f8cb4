package api

import (
	"ensemble/models"
	"ensemble/web/call"
)

// None answers for a list that cannot have an entry here yet.
func (a *API) None(*call.Call) (any, error) { return []struct{}{}, nil }

// Missing answers for one thing of a kind that there is none of here yet.
func (a *API) Missing(*call.Call) (any, error) {
	return nil, models.Errorf(models.NotFound, "there is no such thing here")
}
