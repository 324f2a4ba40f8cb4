package api

import (
	"strconv"
	"time"

	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/activities/schedule"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

func (a *API) scheduledRoutes() []call.Route {
	const all, one = "/api/v1/scheduled_statuses", "/api/v1/scheduled_statuses/:id"
	return []call.Route{
		{Method: "GET", Path: all, Scope: "read:statuses", Handler: a.Scheduled},
		{Method: "GET", Path: one, Scope: "read:statuses", Handler: a.ScheduledStatus},
		{Method: "PUT", Path: one, Scope: "write:statuses", Handler: a.MoveScheduled},
		{Method: "DELETE", Path: one, Scope: "write:statuses", Handler: a.CancelScheduled},
		{Method: "POST", Path: "/api/ensemble/v1/collabs/:id/schedule", Scope: "write:statuses", Handler: a.ScheduleCollab},
	}
}

// plan keeps a status for later, where POST /api/v1/statuses says scheduled_at.
func (a *API) plan(c *call.Call, d post.Draft) (any, error) {
	at := c.Time("scheduled_at")
	if at.IsZero() { // no time, as is said then
		return nil, nil
	}
	row, err := schedule.Plan(c.Tx, c.Me, d, at, d.App)
	if err != nil {
		return nil, err
	}
	return scheduledView(c, row)
}

// Scheduled is GET /api/v1/scheduled_statuses.
func (a *API) Scheduled(c *call.Call) (any, error) {
	w := window(c, 20, 40)
	rows, err := store.ScheduledBy(c.Tx, c.Me.ID, w)
	if err != nil {
		return nil, err
	}
	if n := len(rows); n > 0 {
		link(c, w, rows[0].ID, rows[n-1].ID, n)
	}
	out := []*scheduledJSON{}
	for _, row := range rows {
		v, err := scheduledView(c, row)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// ScheduledStatus is GET /api/v1/scheduled_statuses/:id.
func (a *API) ScheduledStatus(c *call.Call) (any, error) {
	row, err := store.One[models.ScheduledPost](c.Tx, "id = ? AND account_id = ?", c.ID("id"), c.Me.ID)
	if err != nil {
		return nil, err
	}
	return scheduledView(c, row)
}

// MoveScheduled is PUT /api/v1/scheduled_statuses/:id: only when it appears can change.
func (a *API) MoveScheduled(c *call.Call) (any, error) {
	at := c.Time("scheduled_at")
	if at.IsZero() {
		return a.ScheduledStatus(c)
	}
	row, err := schedule.Move(c.Tx, c.Me, c.ID("id"), at)
	if err != nil {
		return nil, err
	}
	return scheduledView(c, row)
}

// CancelScheduled is DELETE /api/v1/scheduled_statuses/:id.
func (a *API) CancelScheduled(c *call.Call) (any, error) {
	return nil, schedule.Cancel(c.Tx, c.Me, c.ID("id"))
}

// ScheduleCollab is POST /api/ensemble/v1/collabs/:id/schedule {scheduled_at}: not to be
// published before that, or, without a time, as soon as the others agree.
func (a *API) ScheduleCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.Schedule(c.Tx, c.Me, row, publishAt(c)) })
}

// publishAt is when a collab is to be published, nil if that is not said.
func publishAt(c *call.Call) *time.Time {
	if at := c.Time("scheduled_at"); !at.IsZero() {
		return &at
	}
	return nil
}

// scheduledJSON is Mastodon's ScheduledStatus, and why it could not be published.
type scheduledJSON struct {
	ID          models.ID        `json:"id,string"`
	ScheduledAt moment           `json:"scheduled_at"`
	Params      scheduledParams  `json:"params"`
	Media       []attachmentJSON `json:"media_attachments"`
	Code        string           `json:"code,omitempty"`   // ours: its time came
	Reason      string           `json:"reason,omitempty"` // ours: the same in words
}

type scheduledParams struct {
	Text           string              `json:"text"`
	Poll           *scheduledPoll      `json:"poll"`
	MediaIDs       []string            `json:"media_ids"`
	Sensitive      bool                `json:"sensitive"`
	SpoilerText    *string             `json:"spoiler_text"`
	Visibility     models.Visibility   `json:"visibility"`
	Language       *string             `json:"language"`
	InReplyToID    *models.ID          `json:"in_reply_to_id,string"`
	QuotedStatusID *models.ID          `json:"quoted_status_id,string"`
	QuotePolicy    *models.QuotePolicy `json:"quote_approval_policy"`
	ApplicationID  models.ID           `json:"application_id"`
	ScheduledAt    *string             `json:"scheduled_at"` // null, as in Mastodon
	Idempotency    *string             `json:"idempotency"`
	RateLimit      bool                `json:"with_rate_limit"`
}

type scheduledPoll struct {
	Options    []string `json:"options"`
	ExpiresIn  string   `json:"expires_in"` // seconds
	Multiple   bool     `json:"multiple"`
	HideTotals bool     `json:"hide_totals"`
}

func scheduledView(c *call.Call, row *models.ScheduledPost) (*scheduledJSON, error) {
	d, err := schedule.Draft(row)
	if err != nil {
		return nil, err
	}
	v := &scheduledJSON{
		ID: row.ID, ScheduledAt: moment(row.At), Media: []attachmentJSON{}, Code: row.Code, Reason: row.Reason,
		Params: scheduledParams{
			Text: d.Text, Sensitive: d.Sensitive, SpoilerText: orNull(d.Summary), Visibility: d.Visibility, Language: orNull(d.Language),
			InReplyToID: optional(d.InReplyTo), QuotedStatusID: optional(d.Quote), QuotePolicy: d.Quotes, ApplicationID: row.AppID,
		},
	}
	if q := d.Poll; q != nil {
		v.Params.Poll = &scheduledPoll{Multiple: q.Multiple, HideTotals: q.HideTotals, ExpiresIn: strconv.Itoa(int(q.Lasts.Seconds()))}
		for _, o := range q.Options {
			v.Params.Poll.Options = append(v.Params.Poll.Options, o.Title)
		}
	}
	for _, id := range d.Media {
		v.Params.MediaIDs = append(v.Params.MediaIDs, id.String())
		m, err := store.Maybe[models.Media](c.Tx, "id = ?", id)
		if err != nil {
			return nil, err
		}
		if m != nil {
			v.Media = append(v.Media, mediaView(c, m))
		}
	}
	return v, nil
}
