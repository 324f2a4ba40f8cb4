package post

import (
	"ensemble/models"
	"ensemble/models/store"
)

// SettingUnsorted says below which ID there are direct posts from before there were
// conversations. It is gone once that is handed to the queue.
const SettingUnsorted = "conversations.unsorted"

// SortConversations is the task that puts direct posts below an ID into conversations,
// some at a time, the newest first.
type SortConversations struct {
	Below models.ID `json:"below,string"`
}

// Kind names the task in the queue.
func (SortConversations) Kind() string { return "sort_conversations" }

// sortBatch is how many posts are sorted in one transaction.
const sortBatch = 100

// GoOnSorting does a part of t, and has the queue do the next.
func GoOnSorting(tx *store.Tx, t SortConversations) error {
	below, err := SortBatch(tx, t, sortBatch)
	if err != nil || below == 0 {
		return err
	}
	return store.Enqueue(tx, SortConversations{below})
}

// SortBatch sorts up to n posts, and returns below which ID to go on; 0 means that all is
// done. It tells nobody: what is found is read.
func SortBatch(tx *store.Tx, t SortConversations, n int) (models.ID, error) {
	posts, err := store.Find[models.Post](tx, `visibility = ? AND id < ?
		AND NOT EXISTS (SELECT 1 FROM conversation_posts x WHERE x.post_id = posts.id) ORDER BY id DESC LIMIT ?`, models.VisDirect, t.Below, n)
	if err != nil {
		return 0, err
	}
	for _, p := range posts {
		author, err := store.Get[models.Account](tx, p.AccountID)
		if err != nil {
			return 0, err
		}
		if err := converse(tx, author, p, false); err != nil {
			return 0, err
		}
	}
	if len(posts) < n {
		return 0, nil
	}
	return posts[n-1].ID, nil
}
