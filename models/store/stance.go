package store

import (
	"maps"
	"sync/atomic"

	"ensemble/models"
	"ensemble/models/memo"
)

// A Stance is what a reader did to a post, and what they are to its author.
type Stance int

// What a Stance is made of.
const (
	Liked Stance = 1 << iota
	Boosted
	Bookmarked
	Pinned
	Wrote
	Hears
	Heard
	Blocks
	SignedIn
	Muted         // its thread
	mutesAnything // in the book of a reader: see Stances
)

const stances = `WITH p AS MATERIALIZED (SELECT id, account_id FROM posts WHERE id IN @ids)
SELECT post_id, 1 AS stance FROM likes WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 2 FROM boosts WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 4 FROM bookmarks WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT post_id, 8 FROM pins WHERE account_id = @me AND post_id IN @ids
UNION ALL SELECT id, 16 FROM p WHERE account_id = @me
UNION ALL SELECT id, 32 FROM p WHERE EXISTS (SELECT 1 FROM follows f WHERE f.account_id = @me AND f.target_id = p.account_id AND f.accepted)
UNION ALL SELECT id, 64 FROM p WHERE EXISTS (SELECT 1 FROM follows f WHERE f.account_id = p.account_id AND f.target_id = @me AND f.accepted)
UNION ALL SELECT id, 128 FROM p WHERE EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = @me AND b.target_id = p.account_id)
UNION ALL SELECT id, 128 FROM p WHERE EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = p.account_id AND b.target_id = @me)
UNION ALL SELECT p.id, 512 FROM thread_mutes m JOIN posts p ON p.thread_id = m.thread_id WHERE m.account_id = @me AND p.id IN @ids
UNION ALL SELECT 0, 1024 WHERE EXISTS (SELECT 1 FROM thread_mutes WHERE account_id = @me)`

type stancesKey struct{ me models.ID }

// keptStances is how many posts are known at most where a reader stands to them.
const keptStances = 500

// Stances returns where me stands to posts; me is 0 for a stranger, who stands nowhere.
// Who wrote a post does not change, and all else is what the reader did; but which thread
// it belongs to may, so that of those who mute any nothing is remembered.
func Stances(tx *Tx, me models.ID, posts []models.ID) (map[models.ID]Stance, error) {
	if me == 0 || len(posts) == 0 {
		return nil, nil
	}
	book, _ := Recall[map[models.ID]Stance](tx, stancesKey{me})
	var unknown []models.ID
	for _, id := range posts {
		if _, ok := book[id]; !ok {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		return book, nil
	}
	found, err := standing(tx, me, unknown)
	if err != nil {
		return nil, err
	}
	known := found[0]&mutesAnything == 0
	delete(found, 0)
	if len(book)+len(found) <= keptStances {
		maps.Copy(found, book)
	}
	for _, id := range posts {
		found[id] |= book[id]
	}
	if known {
		const each = 50 // bytes
		Remember(tx, stancesKey{me}, found, each*len(found), Reader(me))
	}
	return found, nil
}

// standing asks where me stands to posts.
func standing(tx *Tx, me models.ID, posts []models.ID) (map[models.ID]Stance, error) {
	found := make(map[models.ID]Stance, len(posts))
	for _, id := range posts {
		found[id] = SignedIn
	}
	rows, err := scan[struct {
		PostID models.ID
		Stance Stance
	}](tx, stances, map[string]any{"me": me, "ids": distinct(posts)})
	for _, r := range rows {
		found[r.PostID] |= r.Stance
	}
	return found, err
}

// A Circle is whom somebody hears, and up to which change nothing was put in front of
// them, or taken away.
type Circle struct {
	people map[models.ID]struct{}
	seq    atomic.Int64
}

type circleKey struct{ me models.ID }

const circle = `SELECT target_id FROM follows WHERE account_id = @me AND accepted
UNION ALL SELECT tag_id FROM tag_follows WHERE account_id = @me`

// CircleOf returns whom me hears, the hashtags that me follows, and me. Recall goes before.
func CircleOf(tx *Tx, me models.ID) (*Circle, error) {
	people, ok := Recall[map[models.ID]struct{}](tx, circleKey{me})
	if !ok {
		ids, err := scan[models.ID](tx, circle, map[string]any{"me": me})
		if err != nil {
			return nil, err
		}
		people = map[models.ID]struct{}{me: {}}
		for _, id := range ids {
			people[id] = struct{}{}
		}
		const each = 40 // bytes
		Remember(tx, circleKey{me}, people, each*len(people), Reader(me))
	}
	c := &Circle{people: people}
	c.seq.Store(tx.seq)
	return c, nil
}

// Quiet reports whether nothing was said in the circle, or taken back, since it was made.
func (c *Circle) Quiet(tx *Tx) bool {
	changed, now, ok := tx.db.memory.memo.Since(c.seq.Load())
	if !ok {
		return false
	}
	for _, r := range changed {
		_, heard := c.people[models.ID(r.ID)]
		if r == memo.All || r.What == aFeed && (heard || r.ID == 0) {
			return false
		}
	}
	c.seq.Store(now)
	return true
}
