package collab

import (
	"slices"
	"strconv"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// ReachSetting names the setting that says how many people a number about an author's
// followers has to stand for.
const ReachSetting = "reach.threshold"

// LeastReach returns how many that is.
func LeastReach(tx *store.Tx) (int, error) {
	s, err := store.Maybe[models.Setting](tx, "name = ?", ReachSetting)
	if err != nil || s == nil {
		return models.DefaultReach, err
	}
	n, err := strconv.Atoi(s.Value)
	if err != nil || n < models.LeastReach {
		return models.DefaultReach, nil
	}
	return n, nil
}

// Reach returns what me, who lives here and is an author of c's post, is told of their
// own followers and it: by measure, as of their first look of the day. It is
// Forbidden to those who are no authors of it, and a Conflict before it is public.
func Reach(tx *store.Tx, me *models.Account, c *models.Collab) ([]*models.Reach, error) {
	p, err := written(tx, me, c)
	if err != nil {
		return nil, err
	}
	day := tx.Now.UTC().Format(time.DateOnly)
	rows, err := reaches(tx, me, p)
	if err != nil || len(rows) > 0 && rows[0].Day == day {
		return rows, err
	}
	if _, err := store.Hold[models.Post](tx, p.ID); err != nil { // two looks at once are one
		return nil, err
	}
	if rows, err = reaches(tx, me, p); err != nil || len(rows) > 0 && rows[0].Day == day {
		return rows, err
	}
	least, err := LeastReach(tx)
	if err != nil {
		return nil, err
	}
	found, err := store.Heads(tx, me.ID, p)
	if err != nil {
		return nil, err
	}
	people := map[models.Measure]int{}
	for _, h := range found {
		people[h.Measure] = h.People
	}
	for _, m := range models.Measures() {
		if !slices.ContainsFunc(rows, func(r *models.Reach) bool { return r.Measure == m }) {
			rows = append(rows, &models.Reach{PostID: p.ID, AccountID: me.ID, Measure: m})
		}
	}
	for _, r := range rows {
		r.Look(people[r.Measure], least, day)
		if err := store.Put(tx, r); err != nil {
			return nil, err
		}
	}
	return reaches(tx, me, p)
}

func reaches(tx *store.Tx, me *models.Account, p *models.Post) ([]*models.Reach, error) {
	rows, err := store.Find[models.Reach](tx, "post_id = ? AND account_id = ?", p.ID, me.ID)
	at := func(r *models.Reach) int { return slices.Index(models.Measures(), r.Measure) }
	slices.SortFunc(rows, func(a, b *models.Reach) int { return at(a) - at(b) })
	return rows, err
}

// written returns the post of c if me is an author of it.
func written(tx *store.Tx, me *models.Account, c *models.Collab) (*models.Post, error) {
	_, initiator, err := Mine(tx, me, c)
	if err != nil {
		return nil, err
	}
	p, err := store.Maybe[models.Post](tx, "uri = ?", c.PostURI)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, models.Refuse(models.Conflict, "not_published", "this post is not public: nobody has seen it")
	}
	if !initiator {
		initiator, err = store.Any[models.Author](tx, "post_id = ? AND account_id = ? AND role = ? AND state = ?",
			p.ID, me.ID, models.RoleCoauthor, models.AuthorVerified)
	}
	if err == nil && !initiator {
		err = models.Refuse(models.Forbidden, "not_author", "only its authors are told, each of their own followers")
	}
	return p, err
}
