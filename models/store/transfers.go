package store

import "ensemble/models"

// A Decision is one thing that somebody decided about an account, a server or a post.
type Decision struct {
	ID         models.ID // of the account, where it is about one
	Username   string
	Domain     string
	Name       string // of a list, a server, or the address of a post
	ShowBoosts bool
	Notify     bool     // of a mute: no notices
	Languages  []string `gorm:"serializer:json"`
}

var decisions = map[models.ImportKind]string{
	models.ImportFollowing: `SELECT a.id, a.username, a.domain, k.show_boosts, k.notify, k.languages FROM follows k JOIN accounts a ON a.id = k.target_id
		WHERE k.account_id = @me ORDER BY k.id DESC`,
	models.ImportBlocking: `SELECT a.id, a.username, a.domain FROM blocks k JOIN accounts a ON a.id = k.target_id
		WHERE k.account_id = @me ORDER BY k.id DESC`,
	models.ImportMuting: `SELECT a.id, a.username, a.domain, k.hide_notifications AS notify FROM mutes k JOIN accounts a ON a.id = k.target_id
		WHERE k.account_id = @me AND (k.expires_at IS NULL OR k.expires_at > @now) ORDER BY k.id DESC`,
	models.ImportDomains: `SELECT k.domain AS name FROM account_domain_blocks k WHERE k.account_id = @me ORDER BY k.id DESC`,
	models.ImportLists: `SELECT a.id, a.username, a.domain, l.title AS name FROM lists l JOIN list_members k ON k.list_id = l.id
		JOIN accounts a ON a.id = k.account_id WHERE l.account_id = @me ORDER BY l.id, a.id`,
	models.ImportBookmarks: `SELECT p.uri AS name FROM bookmarks k JOIN posts p ON p.id = k.post_id
		WHERE k.account_id = @me AND ` + readable + ` ORDER BY k.id DESC`,
}

// Decided returns everything of a kind that me decided.
func Decided(tx *Tx, me models.ID, kind models.ImportKind) ([]Decision, error) {
	return scan[Decision](tx, decisions[kind], map[string]any{"me": me, "now": tx.Now})
}

// An ImportTally is how many lines of an import are in a state.
type ImportTally struct {
	ImportID models.ID
	State    string
	Lines    int
}

// ImportTallies counts the lines of imports.
func ImportTallies(tx *Tx, imports []models.ID) ([]ImportTally, error) {
	if len(imports) == 0 {
		return nil, nil
	}
	return scan[ImportTally](tx, `SELECT import_id, state, count(*) AS lines FROM import_rows WHERE import_id IN @ids GROUP BY import_id, state`,
		map[string]any{"ids": imports})
}
