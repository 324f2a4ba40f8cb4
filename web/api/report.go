package api

import (
	"slices"

	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// PostReport is POST /api/v1/reports. Where forward is not sent, a report of a post
// of several authors goes to each of their servers, as does one that is forwarded.
func (a *API) PostReport(c *call.Call) (any, error) {
	target, err := store.Maybe[models.Account](c.Tx, "id = ?", c.ID("account_id"))
	if err != nil {
		return nil, err
	}
	said := moderation.Complaint{
		Target: target, Posts: c.IDs("status_ids"), Category: models.ReportCategory(c.Str("category")),
		Comment: c.Str("comment"), Rules: c.Strs("rule_ids"), Domains: c.Strs("forward_to_domains"),
	}
	if c.Has("forward") {
		yes := c.Bool("forward")
		said.Forward = &yes
	}
	if err := a.checkRules(c, said.Rules); err != nil {
		return nil, err
	}
	r, err := moderation.Report(c.Tx, c.Me, said)
	if err != nil {
		return nil, err
	}
	return a.reportView(c, r)
}

// checkRules refuses rules that do not hold here.
func (a *API) checkRules(c *call.Call, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	rules, err := moderation.Rules(c.Tx)
	if err == nil && len(named(rules, ids)) < len(ids) {
		err = models.Errorf(models.Invalid, "there is no such rule here")
	}
	return err
}

// named returns those of the rules that have an ID of these.
func named(rules []moderation.Rule, ids []string) []ruleJSON {
	return ruleViews(slices.DeleteFunc(rules, func(r moderation.Rule) bool { return !slices.Contains(ids, r.ID.String()) }))
}

// reportJSON is Mastodon's Report.
type reportJSON struct {
	ID            models.ID             `json:"id,string"`
	ActionTaken   bool                  `json:"action_taken"`
	ActionTakenAt *moment               `json:"action_taken_at"`
	Category      models.ReportCategory `json:"category"`
	Comment       string                `json:"comment"`
	Forwarded     bool                  `json:"forwarded"`
	CreatedAt     moment                `json:"created_at"`
	StatusIDs     []string              `json:"status_ids"`
	RuleIDs       []string              `json:"rule_ids"`
	TargetAccount accountJSON           `json:"target_account"`
	ForwardedTo   []wayJSON             `json:"forwarded_to"` // ours
}

// wayJSON is how far the word of a report came to a server.
type wayJSON struct {
	Domain string               `json:"domain"`
	State  models.DeliveryState `json:"state"`
	Reason string               `json:"reason"`
}

func (a *API) reportView(c *call.Call, r *models.Report) (*reportJSON, error) {
	target, err := store.Get[models.Account](c.Tx, r.TargetID)
	if err != nil {
		return nil, err
	}
	ways, err := moderation.Ways(c.Tx, r)
	v := &reportJSON{
		ID: r.ID, ActionTaken: r.State == models.ReportClosed, ActionTakenAt: momentOf(r.ClosedAt), Category: r.Category,
		Comment: r.Comment, Forwarded: len(r.Forwards) > 0, CreatedAt: moment(r.CreatedAt), StatusIDs: []string{},
		RuleIDs: append([]string{}, r.RuleIDs...), TargetAccount: accountView(c.Site, target), ForwardedTo: []wayJSON{},
	}
	for _, id := range r.PostIDs {
		v.StatusIDs = append(v.StatusIDs, id.String())
	}
	for _, w := range ways {
		v.ForwardedTo = append(v.ForwardedTo, wayJSON{w.Host, w.State, w.Reason})
	}
	return v, err
}

func (a *API) reportByID(c *call.Call, id models.ID) (*reportJSON, error) {
	r, err := store.Get[models.Report](c.Tx, id)
	if err != nil {
		return nil, err
	}
	return a.reportView(c, r)
}
