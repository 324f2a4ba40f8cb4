package inbox

import (
	"context"
	"regexp"

	"ensemble/activities/graph"
	"ensemble/federation/fetch"
	"ensemble/models"
	"ensemble/models/digest"
	"ensemble/models/store"
)

// maxFollowers is how many of one server's people are compared at most.
const maxFollowers = 5000

var syncShape = regexp.MustCompile(`(collectionId|url|digest)="([^"\\]+)"`)

var digestShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

// synced looks at the Collection-Synchronization header of what signer sent
// (FEP-8fcf §3). It is about signer's own followers, and names a collection on
// signer's server, or it is nothing.
func (in *Inbox) synced(ctx context.Context, header string, signer *models.Account) error {
	if header == "" || len(header) > 4096 || signer.Followers == "" {
		return nil
	}
	says := map[string]string{}
	for _, m := range syncShape.FindAllStringSubmatch(header, -1) {
		if _, twice := says[m[1]]; twice {
			return nil
		}
		says[m[1]] = m[2]
	}
	url := models.IRI(says["url"])
	if models.IRI(says["collectionId"]) != signer.Followers || !url.SameOrigin(signer.URI) || !digestShape.MatchString(says["digest"]) {
		return nil
	}
	var ours []models.IRI
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		ours, err = store.FollowersOn(tx, signer.ID, tx.Site.Origin)
		return err
	})
	if err != nil || digest.Followers(ours) == says["digest"] {
		return err
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error { return graph.Compare(tx, signer, url) })
}

// compare reads who here follows an account, as its server knows it. Of a list that
// is not whole nothing follows.
func (in *Inbox) compare(ctx context.Context, t graph.Sync) error {
	ctx = fetch.WithBudget(ctx, in.DB.Site.Most().Requests)
	var who *models.Account
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		who, err = store.Get[models.Account](tx, t.Account)
		return err
	})
	if err != nil || who.Local() || !who.Active() || !t.URL.SameOrigin(who.URI) {
		return err
	}
	items, whole, err := in.pages(ctx, t.URL, maxFollowers, 5)
	if err != nil || !whole {
		return err
	}
	var theirs []models.IRI
	for _, i := range items {
		theirs = append(theirs, i.URI)
	}
	return in.DB.Tx(ctx, func(tx *store.Tx) error { return graph.Compared(tx, who, theirs) })
}
