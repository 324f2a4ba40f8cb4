package transfer

import (
	"context"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// A Finder asks the network for what is not known here.
type Finder interface {
	// Lookup returns the account that is called name@domain.
	Lookup(ctx context.Context, acct string) (*models.Account, error)
	// Resolve returns what uri names: an "account" or a "post".
	Resolve(ctx context.Context, uri models.IRI) (kind string, id models.ID, err error)
}

// A Runner works imports: each line in a transaction of its own, so that what was done
// is done, whenever it is stopped.
type Runner struct {
	DB     *store.DB
	Finder Finder
	// Posts works an import of posts.
	Posts func(ctx context.Context, i *models.Import) error
}

// again is how long lines wait whose servers do not answer.
const again = 2 * time.Minute

// Run works an import until it is finished, or nothing is left but lines whose servers
// did not answer: those are tried again later.
func (r *Runner) Run(ctx context.Context, t Run) error {
	for more := true; more; {
		err := r.DB.Tx(ctx, func(tx *store.Tx) (err error) {
			if there, err := store.Any[models.Import](tx, "id = ?", t.Import); err != nil || !there {
				more = false
				return err
			}
			more, err = Clear(tx, t.Import)
			return err
		})
		if err != nil {
			return err
		}
	}
	tries := 0 // which of the tries this is for those that wait
	for {
		i, row, waits, err := r.next(ctx, t.Import, tries)
		switch {
		case err != nil || i == nil:
			return err
		case i.Kind == models.ImportPosts:
			return r.Posts(ctx, i)
		case row == nil && waits:
			return store.Later(again)
		case row == nil:
			return r.DB.Tx(ctx, func(tx *store.Tx) error { return Finish(tx, t.Import) })
		}
		tries = max(tries, row.Attempts+1)
		found, why := r.find(ctx, i.Kind, row.Item)
		if ctx.Err() != nil {
			return ctx.Err() // stopping: the line waits
		}
		if err := r.DB.Tx(ctx, func(tx *store.Tx) error { return Apply(tx, i, row.Line, found, why) }); err != nil {
			return err
		}
	}
}

func (r *Runner) next(ctx context.Context, id models.ID, tries int) (i *models.Import, row *models.ImportRow, waits bool, err error) {
	if tries == 0 {
		tries = models.MaxImportTries
	}
	err = r.DB.Read(ctx, func(tx *store.Tx) (err error) {
		i, row, waits, err = Next(tx, id, tries)
		return err
	})
	return i, row, waits, err
}

// find looks up what a line is about.
func (r *Runner) find(ctx context.Context, kind models.ImportKind, it models.ImportItem) (Found, error) {
	switch kind {
	case models.ImportDomains:
		return Found{}, nil
	case models.ImportBookmarks:
		what, id, err := r.Finder.Resolve(ctx, it.URI)
		if err == nil && what != "post" {
			err = models.Refuse(models.NotFound, "import_no_post", "there is no post at that address")
		}
		return Found{Post: id}, err
	}
	name, domain, ok := strings.Cut(whole(r.DB.Site, it.Acct), "@")
	if _, valid := store.Hostname(domain); !ok || !valid || name == "" {
		return Found{}, models.Refuse(models.Invalid, "import_no_address", "that is no address of an account")
	}
	var known *models.Account
	if strings.EqualFold(domain, r.DB.Site.Domain) {
		domain = ""
	}
	err := r.DB.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = store.Maybe[models.Account](tx, "lower(username) = ? AND domain = ? AND NOT system", name, domain)
		return err
	})
	switch {
	case err != nil:
		return Found{}, err
	case known != nil:
		return Found{Account: known.ID}, nil
	case domain == "":
		return Found{}, models.Refuse(models.NotFound, "import_unknown", "nobody here is called that")
	}
	a, err := r.Finder.Lookup(ctx, name+"@"+domain)
	if err != nil {
		return Found{}, err
	}
	return Found{Account: a.ID}, nil
}
