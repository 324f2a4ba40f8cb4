package store

import (
	"slices"

	"ensemble/models"
)

// A Knot is a post at its place in a thread. Shown says whether the reader may
// see it; who may not still sees what hangs on it.
type Knot struct {
	ID          models.ID
	InReplyToID models.ID
	AccountID   models.ID
	Hidden      bool
	Shown       int // 1 or 0
}

var knots = `SELECT p.id, p.in_reply_to_id, p.account_id, p.hidden, CASE WHEN ` + wanted + ` AND ` + readable + ` THEN 1 ELSE 0 END AS shown
FROM posts p WHERE p.id IN `

var threadOf = knots + `(SELECT id FROM posts WHERE thread_id = @root UNION SELECT CAST(@root AS bigint))
ORDER BY p.id LIMIT @limit`

// ThreadOf returns the posts of a thread as me may see them, the oldest first.
func ThreadOf(tx *Tx, me, root models.ID, limit int) ([]Knot, error) {
	return scan[Knot](tx, threadOf, map[string]any{"me": me, "root": root, "limit": limit, "now": tx.Now})
}

var threadAround = `WITH RECURSIVE up(id, depth) AS (
	SELECT in_reply_to_id, 1 FROM posts WHERE id = @post AND in_reply_to_id <> 0
	UNION ALL
	SELECT a.in_reply_to_id, u.depth + 1 FROM up u JOIN posts a ON a.id = u.id WHERE a.in_reply_to_id <> 0 AND u.depth < @up
), down(id) AS (
	SELECT id FROM posts WHERE in_reply_to_id = @post
	UNION
	SELECT r.id FROM down d JOIN posts r ON r.in_reply_to_id = d.id
)
` + knots + `(SELECT id FROM up UNION SELECT id FROM (SELECT id FROM down LIMIT @down) d) ORDER BY p.id`

// ThreadAround returns as many posts that a post answers, directly or not, and that
// answer it, as me may see them, the oldest first. Of the answers, it prefers those that
// are nearer.
func ThreadAround(tx *Tx, me, post models.ID, up, down int) ([]Knot, error) {
	return scan[Knot](tx, threadAround, map[string]any{"me": me, "post": post, "up": up, "down": down, "now": tx.Now})
}

// A Thread is posts and what answers them. A reply that was taken out of it is gone with
// all that hangs on it, but for its author.
type Thread struct {
	knots    map[models.ID]Knot
	children map[models.ID][]models.ID
}

// Knit returns the thread of knots, as me may see it.
func Knit(knots []Knot, me models.ID) Thread {
	t := Thread{map[models.ID]Knot{}, map[models.ID][]models.ID{}}
	for _, k := range knots {
		t.knots[k.ID] = k
		if !k.Hidden || k.AccountID == me {
			t.children[k.InReplyToID] = append(t.children[k.InReplyToID], k.ID)
		}
	}
	return t
}

// Up returns what p answers, the first post first.
func (t Thread) Up(p *models.Post) (out []models.ID) {
	seen := map[models.ID]bool{}
	for id := p.InReplyToID; id != 0 && !seen[id]; id = t.knots[id].InReplyToID {
		seen[id] = true
		out = t.add(out, id)
	}
	slices.Reverse(out)
	return out
}

// Down returns what answers a post, in the order in which a thread is read: an answer
// comes before the next answer to the same post.
func (t Thread) Down(of models.ID) (out []models.ID) {
	seen := map[models.ID]bool{of: true}
	todo := slices.Clone(t.children[of])
	for len(todo) > 0 {
		id := todo[0]
		todo = todo[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		out = t.add(out, id)
		todo = slices.Concat(t.children[id], todo)
	}
	return out
}

// Depth is how many answers id is below a post.
func (t Thread) Depth(id, of models.ID) (n int) {
	for ; id != of && id != 0 && n < len(t.knots); id = t.knots[id].InReplyToID {
		n++
	}
	return n
}

// Before returns what the post id answers, 0 if that is nothing that is known.
func (t Thread) Before(id models.ID) models.ID { return t.knots[id].InReplyToID }

func (t Thread) add(out []models.ID, id models.ID) []models.ID {
	if t.knots[id].Shown == 1 {
		out = append(out, id)
	}
	return out
}
