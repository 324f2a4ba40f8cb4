package delivery

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// circles keeps, for a moment, what the followers of an account come to on each server:
// one post goes to all of these, and each letter of it says so.
type circles struct {
	mu sync.Mutex
	of map[models.ID]*circle
}

type circle struct {
	count   int // of followers
	read    time.Time
	digests map[string]string // by origin
}

const (
	circleAge   = 5 * time.Second // a receiver who is told what is no longer so asks, and is told
	mostCircles = 64
)

// digest returns what the followers of from on the server at origin come to: "" if
// there are none.
func (c *circles) digest(tx *store.Tx, from *models.Account, origin string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.of[from.ID]
	if known == nil || known.count != from.FollowersCount || tx.Now.Sub(known.read).Abs() > circleAge {
		all, err := store.RemoteFollowers(tx, from.ID)
		if err != nil {
			return "", err
		}
		known = &circle{count: from.FollowersCount, read: tx.Now, digests: digests(all)}
		if c.of == nil || len(c.of) >= mostCircles {
			c.of = map[models.ID]*circle{}
		}
		c.of[from.ID] = known
	}
	return known.digests[origin], nil
}

func digests(followers []models.IRI) map[string]string {
	there := map[string][]models.IRI{}
	for _, f := range followers {
		there[f.Origin()] = append(there[f.Origin()], f)
	}
	out := make(map[string]string, len(there))
	for origin, all := range there {
		out[origin] = digest.Followers(all)
	}
	return out
}

// synchronization says to a server who of its people follows from, as far as we
// know, with what is addressed to the followers (FEP-8fcf §2). To one of which nobody
// is known nothing is said: its people may live at another address than its inbox.
func (c *circles) synchronization(tx *store.Tx, l *letter, from *models.Account, inbox models.IRI) (http.Header, error) {
	if !slices.Contains(l.to, from.Followers) {
		return nil, nil
	}
	sum, err := c.digest(tx, from, inbox.Origin())
	if err != nil || sum == "" {
		return nil, err
	}
	h := http.Header{}
	h.Set("Collection-Synchronization", fmt.Sprintf(`collectionId="%s", url="%s", digest="%s"`,
		from.Followers, from.URI+"/followers_synchronization", sum))
	return h, nil
}
