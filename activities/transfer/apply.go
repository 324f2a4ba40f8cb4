package transfer

import (
	"strings"

	"ensemble/activities"
	"ensemble/activities/graph"
	"ensemble/activities/post"
	"ensemble/activities/react"
	"ensemble/activities/sever"
	"ensemble/models"
	"ensemble/models/store"
)

// Found is what a line is about, as it was looked up.
type Found struct {
	Account models.ID
	Post    models.ID
}

// Apply does what a line says, once, and notes what came of it. why is the reason for
// which what it is about was not found.
func Apply(tx *store.Tx, i *models.Import, line int, f Found, why error) error {
	return Try(tx, i, line, func(me *models.Account, it models.ImportItem) error {
		if why != nil {
			return why
		}
		return do(tx, me, i.Kind, it, f)
	})
}

// Try has a line done, once, for whose import it is, and notes what came of it.
func Try(tx *store.Tx, i *models.Import, line int, do func(me *models.Account, it models.ImportItem) error) error {
	if held, err := store.Hold[models.Import](tx, i.ID); err != nil || held.FinishedAt != nil {
		return err
	}
	r, err := store.One[models.ImportRow](tx, "import_id = ? AND line = ?", i.ID, line)
	if err != nil || r.State != models.RowWaiting {
		return err
	}
	me, err := store.Get[models.Account](tx, i.AccountID)
	if err != nil {
		return err
	}
	if !me.Active() {
		return finish(tx, i.ID, models.ImportStopped)
	}
	return settle(tx, r, do(me, r.Item))
}

// Narrower returns which of two is for fewer people.
func Narrower(a, b models.Visibility) models.Visibility {
	for _, v := range []models.Visibility{models.VisDirect, models.VisFollowers, models.VisUnlisted} {
		if a == v || b == v {
			return v
		}
	}
	return models.VisPublic
}

// settle notes what came of a line. A server that does not answer is asked again; an
// error of our own makes the task try again.
func settle(tx *store.Tx, r *models.ImportRow, why error) error {
	switch models.KindOf(why) {
	case "":
		r.State = models.RowDone
	case models.Internal:
		return why
	case models.Unreachable:
		r.Attempts++
		if r.Attempts < models.MaxImportTries {
			return store.Put(tx, r)
		}
		r.State, r.Code, r.Error = models.RowFailed, "import_unreachable", "the server does not answer"
	default:
		r.State, r.Code, r.Error = models.RowFailed, codeOf(why), why.Error()
	}
	return store.Put(tx, r)
}

func codeOf(why error) string {
	if code := models.CodeOf(why); code != "" {
		return code
	}
	return "import_" + string(models.KindOf(why))
}

func do(tx *store.Tx, me *models.Account, kind models.ImportKind, it models.ImportItem, f Found) error {
	if kind == models.ImportDomains {
		return sever.Domain(tx, me, it.Domain)
	}
	if kind == models.ImportBookmarks {
		return bookmark(tx, me, f.Post)
	}
	target, err := store.Get[models.Account](tx, f.Account)
	if err != nil {
		return err
	}
	switch {
	case !target.Active() || target.System:
		return models.Refuse(models.NotFound, "import_gone", "the account is not active")
	case target.ID == me.ID:
		return models.Refuse(models.Invalid, "import_self", "that is your own account")
	}
	switch kind {
	case models.ImportFollowing:
		t := graph.Terms{ShowBoosts: it.Boosts, Notify: it.Notify}
		if it.Languages != nil {
			t.Languages = &it.Languages
		}
		return graph.FollowAs(tx, me, target, t)
	case models.ImportBlocking:
		return sever.Block(tx, me, target)
	case models.ImportMuting:
		return graph.Mute(tx, me, target, it.Hide == nil || *it.Hide, 0)
	default:
		return enlist(tx, me, target, it.List)
	}
}

// enlist puts target, whom me follows from then on, on the list of that title.
func enlist(tx *store.Tx, me, target *models.Account, title string) error {
	title = strings.TrimSpace(title)
	list, err := store.Maybe[models.List](tx, "account_id = ? AND title = ?", me.ID, title)
	if err == nil && list == nil {
		list, err = graph.MakeList(tx, me, graph.Listing{Title: &title})
	}
	if err != nil {
		return err
	}
	if err := graph.FollowAs(tx, me, target, graph.Terms{}); err != nil {
		return err
	}
	if there, err := store.Any[models.ListMember](tx, "list_id = ? AND account_id = ?", list.ID, target.ID); err != nil || there {
		return err
	}
	return graph.Enlist(tx, list, []models.ID{target.ID})
}

func bookmark(tx *store.Tx, me *models.Account, id models.ID) error {
	p, err := store.Get[models.Post](tx, id)
	if err != nil {
		return err
	}
	if may, err := post.Visible(tx, me, p); err != nil || !may {
		if err == nil {
			err = models.Refuse(models.NotFound, "import_not_yours", "you may not read that post")
		}
		return err
	}
	if apart, err := activities.Blocked(tx, me.ID, p.AccountID); err != nil || apart {
		if err == nil {
			err = models.Refuse(models.NotFound, "import_not_yours", "you may not read that post")
		}
		return err
	}
	return react.Bookmark(tx, me, p)
}
