package inbox

import (
	"ensemble/activities/moderation"
	"ensemble/models/store"
)

// flag is a report by another server, of what it thinks is ours.
func (m *message) flag(tx *store.Tx) error { return moderation.Reported(tx, m.actor, m.Activity) }
