package wire

import (
	"github.com/go-fed/activity/streams"

	"ensemble/models"
)

// EncodeKeys writes of an actor of ours what anybody needs to verify what it says,
// and to answer it: id, type, name, inbox and keys.
func EncodeKeys(a *models.Account) ([]byte, error) {
	p := person{streams.NewActivityStreamsPerson(), actorType(a), map[string]any{}}
	p.SetJSONLDId(jsonID(a.URI))
	username := streams.NewActivityStreamsPreferredUsernameProperty()
	username.SetXMLSchemaString(a.Username)
	p.SetActivityStreamsPreferredUsername(username)
	put(p.extra, "inbox", a.Inbox)
	sayKeys(p.extra, a)
	return document(p, inlined)
}
