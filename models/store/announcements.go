package store

import "ensemble/models"

// An AnnouncedEmoji is an emoji under an announcement: how many left it, and whether me did.
type AnnouncedEmoji struct {
	AnnouncementID models.ID
	Name           string
	Times          int
	Mine           int // 1 or 0
}

const announcedEmojis = `SELECT announcement_id, name, count(*) AS times, max(CASE WHEN account_id = @me THEN 1 ELSE 0 END) AS mine
FROM announcement_reactions WHERE announcement_id IN @ids GROUP BY announcement_id, name ORDER BY min(created_at), name`

// AnnouncedEmojis returns the emoji under announcements, those that were there first first.
func AnnouncedEmojis(tx *Tx, me models.ID, ids []models.ID) ([]AnnouncedEmoji, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return scan[AnnouncedEmoji](tx, announcedEmojis, map[string]any{"me": me, "ids": ids})
}
