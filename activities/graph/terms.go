package graph

import (
	"regexp"
	"slices"
	"strings"

	"ensemble/activities"
	"ensemble/models"
	"ensemble/models/store"
)

// maxLanguages is in how many languages one may choose to hear somebody.
const maxLanguages = 50

// Terms are how one wants to hear somebody; what is nil stays as it is.
type Terms struct {
	ShowBoosts *bool
	Notify     *bool     // of whatever they say
	Languages  *[]string // ISO 639; none: all
}

var languageShape = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)

// check refuses what is no language, and leaves each once.
func (t *Terms) check() error {
	if t.Languages == nil {
		return nil
	}
	var out []string
	for _, l := range *t.Languages {
		switch l = strings.TrimSpace(l); {
		case l == "" || slices.Contains(out, l):
		case !languageShape.MatchString(l):
			return models.Errorf(models.Invalid, "%q is not a language: they are written like en or fr", l)
		default:
			out = append(out, l)
		}
	}
	if len(out) > maxLanguages {
		return models.Errorf(models.Invalid, "at most %d languages can be chosen", maxLanguages)
	}
	t.Languages = &out
	return nil
}

func (t Terms) give(f *models.Follow) {
	if t.ShowBoosts != nil {
		f.ShowBoosts = *t.ShowBoosts
	}
	if t.Notify != nil {
		f.Notify = *t.Notify
	}
	if t.Languages != nil {
		f.Languages = *t.Languages
	}
}

// termsOf are those of a follow that is there.
func termsOf(f *models.Follow) Terms {
	return Terms{ShowBoosts: &f.ShowBoosts, Notify: &f.Notify, Languages: &f.Languages}
}

// leave takes away what hangs on a follow: places on lists, and its endorsement.
func leave(tx *store.Tx, f *models.Follow) error {
	if _, err := store.Delete[models.Endorsement](tx, "account_id = ? AND target_id = ?", f.AccountID, f.TargetID); err != nil {
		return err
	}
	_, err := store.Delete[models.ListMember](tx, "account_id = ? AND list_id IN (SELECT id FROM lists WHERE account_id = ?)", f.TargetID, f.AccountID)
	return err
}

// shut refuses a follow between two whom a block keeps apart.
func shut(tx *store.Tx, me, target *models.Account) error {
	apart, err := activities.Blocked(tx, me.ID, target.ID)
	if err == nil && apart {
		err = models.Errorf(models.Forbidden, "you cannot follow %s", target.Name())
	}
	return err
}
