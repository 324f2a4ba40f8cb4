package api

import (
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// actJSON is a line of the moderation log.
type actJSON struct {
	ID      models.ID    `json:"id,string"`
	What    string       `json:"what"`
	Who     string       `json:"who"`
	About   string       `json:"about"`
	Account *accountJSON `json:"account"` // it was done to; null for none
	Reason  string       `json:"reason"`
	At      moment       `json:"at"`
	Undo    string       `json:"undo"` // what would undo it now, "" for nothing
}

// ModerationLog is GET /api/ensemble/v1/admin/log {what, who, about, account_id}.
func (a *API) ModerationLog(c *call.Call) (any, error) {
	w := window(c, 40, 200)
	rows, err := store.Acts(c.Tx, store.Journal{What: c.Str("what"), Who: c.Str("who"), About: c.Str("about"), Target: c.ID("account_id")}, w)
	if err != nil {
		return nil, err
	}
	var about []models.ID
	for _, r := range rows {
		about = append(about, r.TargetID)
	}
	accounts, err := store.AccountsByID(c.Tx, about)
	out := []actJSON{}
	for _, r := range rows {
		v := actJSON{ID: r.ID, What: r.What, Who: r.Who, About: r.About, Reason: r.Reason, At: moment(r.At)}
		if t := accounts[r.TargetID]; t != nil {
			view := accountView(c.Site, t)
			v.Account, v.Undo = &view, undo(r.What, t)
		}
		out = append(out, v)
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	return out, err
}

// undo returns which call of the admin API undoes an act that still holds.
func undo(what string, a *models.Account) string {
	switch {
	case what == "account_suspended" && a.State == models.AccountSuspended && a.ByDomain != models.SeveritySuspend:
		return "unsuspend"
	case what == "account_limited" && a.Limited:
		return "unsilence"
	case what == "account_sensitized" && a.Sensitized:
		return "unsensitive"
	}
	return ""
}

// tallyJSON is what there was to moderate in a quarter.
type tallyJSON struct {
	From         moment         `json:"from"`
	To           moment         `json:"to"`
	ReportsHere  int            `json:"reports_here"`
	ReportsAfar  int            `json:"reports_afar"`
	Appeals      int            `json:"appeals"`
	Acts         map[string]int `json:"acts"`
	DomainBlocks *int           `json:"domain_blocks"` // null: this server does not show them
}

// Transparency is GET /api/ensemble/v1/transparency: how much there was to moderate, by
// quarter, the latest first.
func (a *API) Transparency(c *call.Call) (any, error) {
	all, err := moderation.Tallies(c.Tx)
	if err != nil {
		return nil, err
	}
	shown, err := setting(c.Tx, models.SettingPublicBlocks, models.PublicBlocksDisabled)
	out := []tallyJSON{}
	for _, t := range all {
		v := tallyJSON{From: moment(t.From), To: moment(t.To), ReportsHere: t.Here, ReportsAfar: t.Afar, Appeals: t.Appeals, Acts: map[string]int{}}
		for what, n := range t.Acts {
			if models.PublicAct(what) {
				v.Acts[what] = n
			}
		}
		if shown == models.PublicBlocksAll {
			n := t.Acts["domain_ruled"]
			v.DomainBlocks = &n
		}
		out = append(out, v)
	}
	return out, err
}
