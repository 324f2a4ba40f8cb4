package delivery

import (
	"fmt"
	"net/http"
	"slices"

	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// synchronization says to a server who of its people follows from, as far as we
// know, with what is addressed to the followers (FEP-8fcf §2). To one of which nobody
// is known nothing is said: its people may live at another address than its inbox.
func synchronization(tx *store.Tx, l *letter, from *models.Account, inbox models.IRI) (http.Header, error) {
	if !slices.Contains(l.to, from.Followers) {
		return nil, nil
	}
	there, err := store.FollowersOn(tx, from.ID, inbox.Origin())
	if err != nil || len(there) == 0 {
		return nil, err
	}
	h := http.Header{}
	h.Set("Collection-Synchronization", fmt.Sprintf(`collectionId="%s", url="%s", digest="%s"`,
		from.Followers, from.URI+"/followers_synchronization", digest.Followers(there)))
	return h, nil
}
