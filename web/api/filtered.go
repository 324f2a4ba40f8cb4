package api

import (
	"strings"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// filterResultJSON is Mastodon's FilterResult: that a filter matches, and by what.
type filterResultJSON struct {
	Filter filterJSON `json:"filter"`
	Words  []string   `json:"keyword_matches"`
	Posts  []string   `json:"status_matches"`
}

// A sieve is a filter of the reader's that holds now, with what it looks for.
type sieve struct {
	filter  filterJSON
	needles []models.Needle
	posts   map[models.ID]bool
}

// filter says of each post of a page which of the reader's filters match it. What is
// hidden is told as what is blurred, and apps leave it out, as with Mastodon: so a page
// has as many posts as were asked for, and no app takes a short one for the end. It is
// called once for a page, with views that are the same for all readers but for what
// they may not see. Whoever has no filter pays nothing for it.
func (a *API) filter(c *call.Call, views []statusJSON) error {
	if c.User == nil || !c.User.Filters || len(views) == 0 {
		return nil
	}
	sieves, err := sievesOf(c, views)
	if err != nil || len(sieves) == 0 {
		return err
	}
	for i := range views {
		v := &views[i]
		v.Filtered = sift(sieves, v)
		if v.Reblog != nil {
			v.Reblog.Filtered = v.Filtered
		}
	}
	return nil
}

// sievesOf reads the filters of who asks that hold now and match anything at all.
func sievesOf(c *call.Call, views []statusJSON) ([]sieve, error) {
	all, err := store.Find[models.Filter](c.Tx, "account_id = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY id", c.Me.ID, c.Tx.Now)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	sieves, at := make([]sieve, len(all)), map[models.ID]*sieve{}
	for i, f := range all {
		sieves[i] = sieve{filter: filterView(f), posts: map[models.ID]bool{}}
		at[f.ID] = &sieves[i]
	}
	words, err := store.Find[models.FilterKeyword](c.Tx, "account_id = ? ORDER BY id", c.Me.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range words {
		if s := at[k.FilterID]; s != nil {
			s.needles = append(s.needles, k.Needle())
		}
	}
	posts, err := store.Find[models.FilterPost](c.Tx, "account_id = ? AND post_id IN ?", c.Me.ID, postsOn(views))
	for _, p := range posts {
		if s := at[p.FilterID]; s != nil {
			s.posts[p.PostID] = true
		}
	}
	return sieves, err
}

func postsOn(views []statusJSON) []models.ID {
	ids := make([]models.ID, len(views))
	for i := range views {
		ids[i] = proper(&views[i]).ID
	}
	return ids
}

// proper returns what a boost boosts, and any other post itself.
func proper(v *statusJSON) *statusJSON {
	if v.Reblog != nil {
		return v.Reblog
	}
	return v
}

// sift measures a post by every filter.
func sift(sieves []sieve, v *statusJSON) []filterResultJSON {
	out := []filterResultJSON{}
	p := proper(v)
	hay := models.NewHaystack(searchable(p))
	for _, s := range sieves {
		r := filterResultJSON{Filter: s.filter}
		if words, ok := hay.First(s.needles); ok {
			r.Words = []string{words}
		}
		if s.posts[p.ID] {
			r.Posts = []string{p.ID.String()}
		}
		if r.Words != nil || r.Posts != nil {
			out = append(out, r)
		}
	}
	return out
}

// searchable is all that a post says in words: its warning, its text, the choices of its
// poll and the descriptions of its media.
func searchable(v *statusJSON) string {
	parts := []string{v.SpoilerText, text.Plain(v.Content)}
	if v.Poll != nil {
		for _, o := range v.Poll.Options {
			parts = append(parts, o.Title)
		}
	}
	for _, m := range v.MediaAttachments {
		if m.Description != nil {
			parts = append(parts, *m.Description)
		}
	}
	return strings.Join(parts, "\n\n")
}
