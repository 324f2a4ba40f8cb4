package store

import (
	"strings"

	"ensemble/models"
)

// A Docket says which reports are wanted.
type Docket struct {
	State   models.ReportState // "" for any
	By      models.ID          // 0 for anybody
	Against models.ID
	Domain  string // of the target; "" for any
}

const docket = `SELECT r.* FROM reports r JOIN accounts a ON a.id = r.target_id
WHERE r.id < @max AND r.id > @since AND (@state = '' OR r.state = @state)
AND (CAST(@by AS bigint) = 0 OR r.account_id = @by) AND (CAST(@against AS bigint) = 0 OR r.target_id = @against)
AND (@domain = '' OR a.domain = @domain)`

// Reports returns what moderators were told.
func Reports(tx *Tx, q Docket, w Window) ([]*models.Report, error) {
	args := w.bounds(map[string]any{"state": string(q.State), "by": q.By, "against": q.Against, "domain": strings.ToLower(q.Domain)})
	rows, err := scan[*models.Report](tx, docket+w.order("r.id", args, 0), args)
	return cut(w, rows), err
}
