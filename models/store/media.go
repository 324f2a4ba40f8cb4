package store

// A Hoard is what there is of one kind of uploads.
type Hoard struct {
	Kind   string // image, video, gifv, audio
	State  string
	Unused bool // in no post, collab or profile that is known here
	Files  int
	Bytes  int64
}

// Hoards returns how much was uploaded here, by kind.
func Hoards(tx *Tx) ([]Hoard, error) {
	return scan[Hoard](tx, `SELECT kind, state, unused, count(*) AS files, coalesce(sum(size), 0) AS bytes FROM (
		SELECT kind, state, size, post_id = 0 AND collab_id = 0 AND id NOT IN (SELECT media_id FROM emojis) AND id NOT IN (SELECT media_id FROM scheduled_media) AND NOT EXISTS (
			SELECT 1 FROM accounts WHERE domain = '' AND media.secret <> ''
			AND (avatar_url LIKE '%/' || media.secret || '/%' OR header_url LIKE '%/' || media.secret || '/%')) AS unused
		FROM media) m GROUP BY kind, state, unused ORDER BY kind, state, unused`)
}
