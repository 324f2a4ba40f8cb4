package store

import (
	"strings"

	"ensemble/models"
)

const emojis = `SELECT e.* FROM emojis e WHERE e.id < @max AND e.id > @since AND (e.domain <> '') = @remote
AND lower(e.shortcode) LIKE @code ESCAPE '\'`

// CustomEmojis returns custom emoji of ours or, with remote, of others, whose shortcode begins
// so; the newest first.
func CustomEmojis(tx *Tx, remote bool, code string, w Window) ([]*models.Emoji, error) {
	args := w.bounds(map[string]any{"remote": remote, "code": literal(strings.ToLower(code)) + "%"})
	rows, err := scan[*models.Emoji](tx, emojis+w.order("e.id", args, 0), args)
	return cut(w, rows), err
}
