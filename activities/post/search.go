package post

import (
	"slices"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

// The settings that say what of before its migration search does not know yet: posts,
// and accounts, below these IDs. They are gone once that is handed to the queue.
const (
	SettingUnsearched = "search.unindexed"
	SettingUnnamed    = "search.unnamed"
)

// Bounds on what search knows of one post.
const (
	maxSearched = 3000 // words
	maxKeepers  = 100  // people here who kept it, one by one
)

// Search has search know p as it is: its words, who wrote it, and who may find it. It
// is called whenever one of these changed, in the same transaction.
func Search(tx *store.Tx, p *models.Post) error {
	known, err := store.Traits(tx, p)
	if err != nil {
		return err
	}
	d := &models.Searchable{ID: p.ID, Words: said(p), Marks: marked(tx.Site, p)}
	traits := map[string][]models.ID{}
	for _, t := range known {
		traits[t.What] = append(traits[t.What], t.ID)
	}
	for _, id := range append(append([]models.ID{p.AccountID}, traits["author"]...), traits["shy"]...) {
		d.Marks = append(d.Marks, models.MarkBy(id))
	}
	if p.Visibility == models.VisPublic && traits["indexable"] != nil && traits["shy"] == nil {
		d.Marks = append(d.Marks, models.MarkPublic)
	}
	if traits["link"] != nil {
		d.Marks = append(d.Marks, models.MarkLink)
	}
	keepers := traits["keeper"]
	if len(keepers) > maxKeepers {
		d.Marks, keepers = append(d.Marks, models.MarkCrowd), nil
	}
	for _, id := range keepers {
		d.Marks = append(d.Marks, models.MarkKept(id))
	}
	if traits["poll"] != nil {
		poll, err := store.Get[models.Poll](tx, p.ID)
		if err != nil {
			return err
		}
		d.Marks = append(d.Marks, models.MarkPoll)
		for _, o := range poll.Options {
			d.Words = append(append(d.Words, text.Gap), text.Stems(o.Title)...)
		}
	}
	d.Words = d.Words[:min(len(d.Words), maxSearched)]
	return store.KeepWords(tx, d)
}

// SearchAnew is Search of a post that others may be changing.
func SearchAnew(tx *store.Tx, id models.ID) error {
	p, err := store.Hold[models.Post](tx, id)
	if models.KindOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return Search(tx, p)
}

// said returns the words that p says itself.
func said(p *models.Post) []string {
	body, _ := text.SplitByline(p.Content)
	words := text.Stems(text.Plain(text.StripQuoted(body)))
	if p.Summary != "" {
		words = append(append(text.Stems(p.Summary), text.Gap), words...)
	}
	for _, a := range p.Attachments {
		if a.Alt != "" {
			words = append(append(words, text.Gap), text.Stems(a.Alt)...)
		}
	}
	return words
}

// marked returns what p shows itself to be.
func marked(site models.Site, p *models.Post) (marks []string) {
	if p.InReplyToURI != "" {
		marks = append(marks, models.MarkReply)
	}
	if p.Sensitive {
		marks = append(marks, models.MarkSensitive)
	}
	if p.Language != "" {
		marks = append(marks, models.MarkLanguage(p.Language))
	}
	for _, a := range p.Attachments {
		marks = append(marks, models.MarkMedia)
		if kind := map[string]string{"image": models.MarkImage, "video": models.MarkVideo, "gifv": models.MarkVideo, "audio": models.MarkAudio}[a.Kind]; kind != "" {
			marks = append(marks, kind)
		}
	}
	for _, m := range p.Mentions {
		if m.AccountID != 0 && site.Owns(m.URI) {
			marks = append(marks, models.MarkTo(m.AccountID))
		}
	}
	slices.Sort(marks)
	return slices.Compact(marks)
}

// Named has search know what a is called.
func Named(tx *store.Tx, a *models.Account) error {
	words := append(append(text.Words(a.Username), text.Gap), text.Words(a.DisplayName)...)
	return store.KeepNames(tx, &models.Searchable{ID: a.ID, Words: words})
}

// MakeSearchable is the task that has search know posts, or the names of accounts,
// below an ID: some at a time, the newest first.
type MakeSearchable struct {
	Below models.ID `json:"below,string"`
	By    models.ID `json:"by,string"` // of one author; 0: of all
	Names bool      `json:"names,omitempty"`
}

// Kind names the task in the queue.
func (MakeSearchable) Kind() string { return "make_searchable" }

// searchBatch is how many posts are gone through in one transaction.
const searchBatch = 200

// SearchableBatch has search know up to n of what t is about, and returns below which
// ID to go on; 0 means that all is done.
func SearchableBatch(tx *store.Tx, t MakeSearchable, n int) (models.ID, error) {
	ids, err := store.ToSearch(tx, t.Names, t.By, t.Below, n)
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		if t.Names {
			err = namedAnew(tx, id)
		} else {
			err = SearchAnew(tx, id)
		}
		if err != nil {
			return 0, err
		}
	}
	if len(ids) < n {
		return 0, nil
	}
	return ids[len(ids)-1], nil
}

func namedAnew(tx *store.Tx, id models.ID) error {
	a, err := store.Get[models.Account](tx, id)
	if err != nil {
		return err
	}
	return Named(tx, a)
}

// GoOnSearchable does a part of t, and has the queue do the next.
func GoOnSearchable(tx *store.Tx, t MakeSearchable) error {
	below, err := SearchableBatch(tx, t, searchBatch)
	if err != nil || below == 0 {
		return err
	}
	t.Below = below
	return store.Enqueue(tx, t)
}

// Searchable is to be called when an account changed its mind about who may find what
// it wrote. A no holds at once for all of it, for whoever looks asks the account too.
func Searchable(tx *store.Tx, a *models.Account) error {
	return GoOnSearchable(tx, MakeSearchable{Below: 1<<63 - 1, By: a.ID})
}

// Backfill hands to the queue what was here before search was, or conversations.
func Backfill(tx *store.Tx) error {
	for _, name := range []string{SettingUnsearched, SettingUnnamed, SettingUnsorted} {
		s, err := store.Maybe[models.Setting](tx, "name = ?", name)
		if err != nil {
			return err
		}
		if s == nil {
			continue
		}
		if _, err := store.Delete[models.Setting](tx, "name = ?", name); err != nil {
			return err
		}
		below, err := models.ParseID(s.Value)
		if err != nil {
			continue
		}
		task := store.Task(MakeSearchable{Below: below, Names: name == SettingUnnamed})
		if name == SettingUnsorted {
			task = SortConversations{Below: below}
		}
		if err := store.Enqueue(tx, task); err != nil {
			return err
		}
	}
	return nil
}
