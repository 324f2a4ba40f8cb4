package api

import (
	"net/http"
	"strings"
	"time"

	"ensemble/activities/collab"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
	"ensemble/web/call"
)

// act does something to the collab that the path names, and shows it as it is then.
func (a *API) act(c *call.Call, do func(*models.Collab) error) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	if err := do(row); err != nil {
		return nil, err
	}
	return a.reread(c, row)
}

// AcceptCollab is POST …/accept {covers_edits}.
func (a *API) AcceptCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.Accept(c.Tx, c.Me, row, c.Bool("covers_edits")) })
}

// DeclineCollab is POST …/decline {confirm, never_again, reason}; to a credit
// {confirm, answer, reason}, for which see models.CreditAnswer. Without confirm
// it changes nothing and says what would happen: 409, code confirm_needed.
func (a *API) DeclineCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error {
		if !c.Bool("confirm") {
			from, err := store.Get[models.Account](c.Tx, row.InitiatorID)
			if err != nil {
				return err
			}
			return confirmNeeded(declineMeans(c, row, from))
		}
		if answer := c.Str("answer"); answer != "" {
			return collab.AnswerCredit(c.Tx, c.Me, row, answer, c.Str("reason"))
		}
		return collab.Decline(c.Tx, c.Me, row, c.Bool("never_again"), c.Str("reason"))
	})
}

// SuggestCollab is POST …/suggest {text, wording}: to ask for a change, in words or
// by the whole text as one would agree to it.
func (a *API) SuggestCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error {
		return collab.Suggest(c.Tx, c.Me, row, collab.Wish{Words: c.Str("text"), Wording: c.Str("wording")})
	})
}

// LeaveCollab is POST …/leave: at once, and for no reason.
func (a *API) LeaveCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.Leave(c.Tx, c.Me, row) })
}

// WithdrawCollab is POST …/withdraw.
func (a *API) WithdrawCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.Withdraw(c.Tx, c.Me, row) })
}

// RemoveFromCollab is POST …/remove {account_id}.
func (a *API) RemoveFromCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error {
		who, err := store.Get[models.Account](c.Tx, c.ID("account_id"))
		if err != nil {
			return err
		}
		return collab.Remove(c.Tx, c.Me, row, who)
	})
}

// RemindOfCollab is POST …/remind {account_id}.
func (a *API) RemindOfCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error {
		who, err := store.Get[models.Account](c.Tx, c.ID("account_id"))
		if err != nil {
			return err
		}
		return collab.Remind(c.Tx, c.Me, row, who)
	})
}

// InviteToCollab is POST …/invite {coauthor_ids[], coauthors[], roles[]}.
func (a *API) InviteToCollab(c *call.Call) (call.Handler, error) {
	guests, err := a.guests(c)
	if err != nil {
		return nil, err
	}
	return func(c *call.Call) (any, error) {
		return a.act(c, func(row *models.Collab) error {
			people, err := invitees(c, guests)
			if err == nil && len(people) == 0 {
				err = models.Errorf(models.Invalid, "say whom to invite: coauthor_ids[] or coauthors[]")
			}
			if err != nil {
				return err
			}
			return collab.Invite(c.Tx, c.Me, row, people)
		})
	}, nil
}

// PublishCollab is POST …/publish: alone, what became a draft again. It answers
// with the post.
func (a *API) PublishCollab(c *call.Call) (any, error) { return a.asPost(c, collab.PublishAlone) }

// asPost makes of the collab that the path names a post of the caller's, and shows
// that.
func (a *API) asPost(c *call.Call, do func(*store.Tx, *models.Account, *models.Collab) (*models.Post, error)) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	p, err := do(c.Tx, c.Me, row)
	if err != nil {
		return nil, err
	}
	return a.status(c, p.ID)
}

// DiscardCollab is DELETE /api/ensemble/v1/collabs/:id: gives a draft up.
func (a *API) DiscardCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.Discard(c.Tx, c.Me, row) })
}

// HideCollab is POST …/hide: from my own grid, nowhere else.
func (a *API) HideCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.HideFromGrid(c.Tx, c.Me, row, true) })
}

// UnhideCollab is POST …/unhide.
func (a *API) UnhideCollab(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error { return collab.HideFromGrid(c.Tx, c.Me, row, false) })
}

// KeepCollab is POST …/keep: a copy of one's own, where that was agreed and the
// initiator is gone. It answers with the copy.
func (a *API) KeepCollab(c *call.Call) (any, error) { return a.asPost(c, collab.KeepCopy) }

// RemoveReply is POST …/replies/:status_id/remove: takes a reply out of the thread,
// or asks the initiator to, whichever was agreed.
func (a *API) RemoveReply(c *call.Call) (any, error) {
	return a.act(c, func(row *models.Collab) error {
		reply, err := readable(c, c.ID("status_id"))
		if err != nil {
			return err
		}
		return collab.RemoveReply(c.Tx, c.Me, row, reply)
	})
}

// CollabHistory is GET …/history: who did what, when, in a chain of hashes.
func (a *API) CollabHistory(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	return trail(c, row)
}

// ExportCollab is GET …/history.json: the same to keep, with how to check it.
func (a *API) ExportCollab(c *call.Call) (any, error) {
	row, err := seat(c)
	if err != nil {
		return nil, err
	}
	events, err := trail(c, row)
	if err != nil {
		return nil, err
	}
	broken, err := collab.Audit(c.Tx, row)
	if err != nil {
		return nil, err
	}
	view, err := a.collab(c, row)
	if err != nil {
		return nil, err
	}
	agreed, err := lastAgreed(c, row)
	if err != nil {
		return nil, err
	}
	answer, err := call.Status(http.StatusOK, exportJSON{
		Collab: view, Agreed: agreed, Events: events, ExportedAt: moment(c.Now()), FirstBroken: broken,
		Method: "hash = hex(sha2-256(JSON array [collab uri, seq, at, actor, what, code, reason, revision, digest, previous])), as Go's encoding/json writes it",
	})
	answer.Header = http.Header{"Content-Disposition": {`attachment; filename="collab-` + row.ID.String() + `.json"`}}
	return answer, err
}

// lastAgreed shows the last version that the reader agreed to.
func lastAgreed(c *call.Call, row *models.Collab) (*agreedJSON, error) {
	rev, err := collab.Agreed(c.Tx, c.Me, row)
	if err != nil || rev == nil {
		return nil, err
	}
	n := rev.Note
	out := &agreedJSON{Revision: rev.Number, Digest: rev.Digest, Content: text.Sanitize(n.Content), Sensitive: n.Sensitive, Media: []agreedMediaJSON{}}
	if n.Summary != nil {
		out.SpoilerText = *n.Summary
	}
	for _, a := range n.Attachments {
		out.Media = append(out.Media, agreedMediaJSON{MediaType: a.MediaType, Digest: a.Digest, Description: a.Alt})
	}
	return out, nil
}

func trail(c *call.Call, row *models.Collab) ([]eventJSON, error) {
	events, err := collab.History(c.Tx, c.Me, row)
	out := []eventJSON{}
	for _, e := range events {
		out = append(out, eventJSON{
			Seq: e.Seq, At: e.At.UTC().Format(time.RFC3339Nano), Actor: e.Actor, What: e.What, Code: e.Code, Reason: e.Reason,
			Revision: e.Revision, Digest: e.Digest, Previous: e.Previous, Hash: e.Hash,
		})
	}
	return out, err
}

// eventJSON is a link of the trail, with its time exactly as it was hashed.
type eventJSON struct {
	Seq      int        `json:"seq"`
	At       string     `json:"at"`
	Actor    models.IRI `json:"actor"`
	What     string     `json:"what"`
	Code     string     `json:"code"`
	Reason   string     `json:"reason"`
	Revision int        `json:"revision"`
	Digest   string     `json:"digest"`
	Previous string     `json:"previous"`
	Hash     string     `json:"hash"`
}

type exportJSON struct {
	Collab      *collabJSON `json:"collab"`
	Events      []eventJSON `json:"events"`
	Agreed      *agreedJSON `json:"agreed"` // the last version that the reader agreed to
	Method      string      `json:"method"`
	FirstBroken int         `json:"first_broken"` // 0: the chain holds
	ExportedAt  moment      `json:"exported_at"`
}

type agreedJSON struct {
	Revision    int               `json:"revision"`
	Digest      string            `json:"digest"`
	Content     string            `json:"content"`
	SpoilerText string            `json:"spoiler_text"`
	Sensitive   bool              `json:"sensitive"`
	Media       []agreedMediaJSON `json:"media"`
}

type agreedMediaJSON struct {
	MediaType   string `json:"media_type"`
	Digest      string `json:"digest"`
	Description string `json:"description"`
}

func trimAt(acct string) string { return strings.TrimPrefix(strings.TrimSpace(acct), "@") }
