package federation

import (
	"reflect"
	"sync"

	"ensemble/activities"
	"ensemble/federation/wire"
	"ensemble/models"
	"ensemble/models/store"
)

// maxWritten is how many actors are kept written down.
const maxWritten = 1000

// written are actors as they were last told. An actor is read anew at each request, and
// what was written of it serves again as long as nothing about it is different, so that
// nobody is ever told what is no more.
type written struct {
	mu sync.Mutex
	by map[models.ID]copyOf
}

type copyOf struct {
	of   *models.Account // nobody changes it any more
	body []byte
}

// actor is actorOf, for accounts that live here.
func (w *written) actor(tx *store.Tx, a *models.Account) ([]byte, error) {
	var err error
	if a.Emojis, err = activities.ProfileEmojis(tx, a); err != nil {
		return nil, err
	}
	w.mu.Lock()
	last := w.by[a.ID]
	w.mu.Unlock()
	if last.of != nil && reflect.DeepEqual(last.of, a) {
		return last.body, nil
	}
	body, err := wire.EncodeActor(a, tx.Site)
	if err != nil {
		return nil, err
	}
	w.keep(copyOf{a, body})
	return body, nil
}

func (w *written) keep(c copyOf) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil || len(w.by) >= maxWritten {
		w.by = map[models.ID]copyOf{}
	}
	w.by[c.of.ID] = c
}
