// Package filter keeps what people do not want to come across: filters, their keywords
// and the single posts that they match. How a page of posts is measured by them is the
// client API's; nothing of it ever leaves this server.
package filter

import (
	"ensemble/models"
	"ensemble/models/store"
)

// A Keyword is a change to the keywords of a filter: of the one with the ID, or a new one
// where that is 0. What is nil stays, or is as usual.
type Keyword struct {
	ID        models.ID
	Keyword   *string
	WholeWord *bool
	Remove    bool
}

// Create keeps a new filter of me with its keywords.
func Create(tx *store.Tx, me *models.Account, f models.Filter, keywords []Keyword) (*models.Filter, error) {
	if err := f.Check(); err != nil {
		return nil, err
	}
	n, err := store.Count[models.Filter](tx, "account_id = ?", me.ID)
	if err != nil {
		return nil, err
	}
	if n >= models.MaxFilters {
		return nil, models.Errorf(models.Invalid, "Validation failed: nobody has more than %d filters", models.MaxFilters)
	}
	f.ID, f.AccountID, f.CreatedAt = models.NewID(tx.Now), me.ID, tx.Now
	if err := store.Put(tx, &f); err != nil {
		return nil, err
	}
	if err := change(tx, &f, keywords); err != nil {
		return nil, err
	}
	changed(tx, me.ID)
	_, err = store.Set[models.User](tx, map[string]any{"filters": true}, "account_id = ?", me.ID)
	return &f, err
}

// Update keeps f, a filter that was read in tx and changed since, and changes its keywords.
func Update(tx *store.Tx, f *models.Filter, keywords []Keyword) error {
	if err := f.Check(); err != nil {
		return err
	}
	if err := store.Put(tx, f); err != nil {
		return err
	}
	changed(tx, f.AccountID)
	return change(tx, f, keywords)
}

func change(tx *store.Tx, f *models.Filter, keywords []Keyword) error {
	for _, k := range keywords {
		if _, err := Word(tx, f, k); err != nil {
			return err
		}
	}
	return nil
}

// Word makes one change to the keywords of f, and returns the keyword as it is then; nil
// if there is none any more.
func Word(tx *store.Tx, f *models.Filter, k Keyword) (*models.FilterKeyword, error) {
	changed(tx, f.AccountID)
	row := &models.FilterKeyword{FilterID: f.ID, AccountID: f.AccountID, WholeWord: true}
	if k.ID != 0 {
		var err error
		if row, err = store.One[models.FilterKeyword](tx, "id = ? AND filter_id = ?", k.ID, f.ID); err != nil {
			return nil, err
		}
	}
	switch {
	case k.Remove && k.ID == 0:
		return nil, nil
	case k.Remove:
		_, err := store.Delete[models.FilterKeyword](tx, "id = ?", row.ID)
		return nil, err
	}
	if k.Keyword != nil {
		row.Keyword = *k.Keyword
	}
	if k.WholeWord != nil {
		row.WholeWord = *k.WholeWord
	}
	if err := row.Check(); err != nil {
		return nil, err
	}
	if row.ID == 0 {
		row.ID = models.NewID(tx.Now)
		if err := room[models.FilterKeyword](tx, f, models.MaxFilterKeywords, "keywords"); err != nil {
			return nil, err
		}
	}
	return row, store.Put(tx, row)
}

// room refuses one more M of f's owner than most.
func room[M any](tx *store.Tx, f *models.Filter, most int, what string) error {
	n, err := store.Count[M](tx, "account_id = ?", f.AccountID)
	if err == nil && n >= most {
		err = models.Errorf(models.Invalid, "Validation failed: nobody has filters with more than %d %s", most, what)
	}
	return err
}

// AddPost has f match p, which its owner may read.
func AddPost(tx *store.Tx, f *models.Filter, p *models.Post) (*models.FilterPost, error) {
	if err := room[models.FilterPost](tx, f, models.MaxFilterPosts, "posts"); err != nil {
		return nil, err
	}
	changed(tx, f.AccountID)
	row := &models.FilterPost{ID: models.NewID(tx.Now), FilterID: f.ID, AccountID: f.AccountID, PostID: p.ID}
	if _, err := store.Add(tx, row); err != nil {
		return nil, err
	}
	return store.One[models.FilterPost](tx, "filter_id = ? AND post_id = ?", f.ID, p.ID)
}

// Delete removes f with all that it matches.
func Delete(tx *store.Tx, f *models.Filter) error {
	if _, err := store.Delete[models.FilterKeyword](tx, "filter_id = ?", f.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.FilterPost](tx, "filter_id = ?", f.ID); err != nil {
		return err
	}
	if _, err := store.Delete[models.Filter](tx, "id = ?", f.ID); err != nil {
		return err
	}
	changed(tx, f.AccountID)
	_, err := store.Set[models.User](tx, map[string]any{
		"filters": store.Expr("EXISTS (SELECT 1 FROM filters WHERE filters.account_id = users.account_id)"),
	}, "account_id = ?", f.AccountID)
	return err
}

// DeleteWord removes a keyword, and its filter with it if that matches nothing then: old
// clients know keywords alone.
func DeleteWord(tx *store.Tx, f *models.Filter, k models.ID) error {
	if _, err := Word(tx, f, Keyword{ID: k, Remove: true}); err != nil {
		return err
	}
	words, err := store.Any[models.FilterKeyword](tx, "filter_id = ?", f.ID)
	if err != nil || words {
		return err
	}
	posts, err := store.Any[models.FilterPost](tx, "filter_id = ?", f.ID)
	if err != nil || posts {
		return err
	}
	return Delete(tx, f)
}

// changed has the owner's clients told that they are to read the filters anew.
func changed(tx *store.Tx, owner models.ID) {
	store.Stream(tx, models.StreamEvent{Kind: models.StreamFilters, Account: owner})
}
