package activities

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ensemble/models"
	"ensemble/models/store"
)

// When somebody is no stranger any more, and how long a group of notifications goes on,
// all as Mastodon has it.
const (
	newAccount  = 30 * 24 * time.Hour
	newFollower = 3 * 24 * time.Hour
	groupSpan   = 12 // hours
)

// sortOut finds out what its reader's policy says of n, and reports whether it is to be
// dropped. What is filtered is noted in a request.
func sortOut(tx *store.Tx, n *models.Notification) (drop bool, err error) {
	if !n.Type.Filterable() {
		return false, nil
	}
	p, err := NotificationPolicy(tx, n.AccountID)
	if err != nil {
		return false, err
	}
	s, err := senderOf(tx, n)
	if err != nil {
		return false, err
	}
	rule := p.Judge(s)
	if rule == models.NoticeAccept {
		return false, nil
	}
	if may, err := trusted(tx, n); err != nil || may {
		return false, err
	}
	if rule == models.NoticeDrop {
		return true, nil
	}
	n.Filtered = true
	return false, request(tx, n)
}

// NotificationPolicy returns from whom an account wants to be told of things.
func NotificationPolicy(tx *store.Tx, of models.ID) (*models.NotificationPolicy, error) {
	p, err := store.Maybe[models.NotificationPolicy](tx, "account_id = ?", of)
	if err == nil && p == nil {
		p = models.DefaultNotificationPolicy(of)
	}
	return p, err
}

// trusted reports whether the sender may tell whatever the policy says: they were
// accepted, or look after this server.
func trusted(tx *store.Tx, n *models.Notification) (bool, error) {
	yes, err := store.Any[models.NotificationPermission](tx, "account_id = ? AND from_id = ?", n.AccountID, n.FromID)
	if err != nil || yes {
		return yes, err
	}
	return store.Any[models.User](tx, "account_id = ? AND role IN ('moderator', 'admin', 'owner')", n.FromID)
}

func senderOf(tx *store.Tx, n *models.Notification) (s models.Sender, err error) {
	from, err := store.Get[models.Account](tx, n.FromID)
	if err != nil {
		return s, err
	}
	s.New, s.Limited = tx.Now.Sub(from.CreatedAt) < newAccount, from.Silenced()
	if s.Followed, err = Follows(tx, n.AccountID, n.FromID); err != nil {
		return s, err
	}
	if s.Follower, err = store.Any[models.Follow](tx, "account_id = ? AND target_id = ? AND accepted AND created_at < ?",
		n.FromID, n.AccountID, tx.Now.Add(-newFollower)); err != nil {
		return s, err
	}
	if n.Type == models.NoteMention && !s.Followed {
		s.PrivatelyAsks, err = asksPrivately(tx, n)
	}
	return s, err
}

// asksPrivately reports whether n is of a direct post that answers nothing of its
// reader's.
func asksPrivately(tx *store.Tx, n *models.Notification) (bool, error) {
	p, err := store.Maybe[models.Post](tx, "id = ?", n.PostID)
	if err != nil || p == nil || p.Visibility != models.VisDirect {
		return false, err
	}
	wrote, err := store.Any[models.Post](tx, "account_id = ? AND thread_id = ? AND id <> ?", n.AccountID, p.ThreadID, p.ID)
	return !wrote, err
}

func request(tx *store.Tx, n *models.Notification) error {
	r := &models.NotificationRequest{
		ID: models.NewID(tx.Now), AccountID: n.AccountID, FromID: n.FromID, LastPostID: n.PostID, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
	if fresh, err := store.Add(tx, r); err != nil || fresh {
		return err
	}
	set := map[string]any{"updated_at": tx.Now}
	if n.PostID != 0 {
		set["last_post_id"] = n.PostID
	}
	_, err := store.Set[models.NotificationRequest](tx, set, "account_id = ? AND from_id = ?", n.AccountID, n.FromID)
	return err
}

// Settle ends requests of me: of accepted ones what was held back is among the other
// notifications, and nothing more is; of the others it is gone.
func Settle(tx *store.Tx, me *models.Account, r *models.NotificationRequest, accept bool) error {
	if _, err := store.Delete[models.NotificationRequest](tx, "id = ?", r.ID); err != nil {
		return err
	}
	const theirs = "account_id = ? AND from_id = ? AND filtered"
	if !accept {
		_, err := store.Delete[models.Notification](tx, theirs, me.ID, r.FromID)
		return err
	}
	may := &models.NotificationPermission{AccountID: me.ID, FromID: r.FromID, CreatedAt: tx.Now}
	if _, err := store.Add(tx, may); err != nil {
		return err
	}
	store.Stream(tx, models.StreamEvent{Kind: models.StreamMerged, Account: me.ID})
	_, err := store.Set[models.Notification](tx, map[string]any{"filtered": false}, theirs, me.ID, r.FromID)
	return err
}

// group gives n the key of those that it is shown together with: of one kind, about one
// post, in the hours since the first of them.
func group(tx *store.Tx, n *models.Notification) error {
	if !n.Type.Groupable() || n.Filtered {
		return nil
	}
	about := string(n.Type)
	if n.PostID != 0 {
		about = fmt.Sprintf("%s-%d", n.Type, n.PostID)
	}
	hour := tx.Now.Unix() / 3600
	last, err := store.Find[models.Notification](tx,
		"account_id = ? AND type = ? AND post_id = ? AND group_key <> '' ORDER BY id DESC LIMIT 1", n.AccountID, n.Type, n.PostID)
	if err != nil {
		return err
	}
	if len(last) > 0 {
		key := last[0].GroupKey
		if began, err := strconv.ParseInt(key[strings.LastIndexByte(key, '-')+1:], 10, 64); err == nil && hour < began+groupSpan {
			hour = began
		}
	}
	n.GroupKey = fmt.Sprintf("%s-%d", about, hour)
	return nil
}
