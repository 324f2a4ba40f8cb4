package main

import (
	"strings"
	"testing"
	"time"

	"ensemble/activities/account"
	"ensemble/activities/collab"
	"ensemble/activities/post"
	"ensemble/models"
	"ensemble/models/store"
)

// TestAuditFindsTheBrokenLink tampers with a row, as in FEATURES N4.
func TestAuditFindsTheBrokenLink(t *testing.T) {
	t.Parallel()
	env := atHomeEnv(t)
	keys := []models.KeyPair{otherKeys(t), otherKeys(t)}
	broken(t, env, func(tx *store.Tx) error {
		ada, err := account.Create(tx, account.Spec{Username: "ada", Email: "ada@localhost"}, "no hash", keys[0])
		if err != nil {
			return err
		}
		bo, err := account.Create(tx, account.Spec{Username: "bo", Email: "bo@localhost"}, "no hash", keys[1])
		if err != nil {
			return err
		}
		bo.Collaborates = models.CollabEveryone
		if err := store.Put(tx, bo); err != nil {
			return err
		}
		_, err = collab.Offer(tx, ada, collab.Proposal{
			Draft: post.Draft{Text: "Together", Visibility: models.VisPublic}, Expires: 24 * time.Hour,
			Invitees: []collab.Invitee{{Account: bo, Role: models.RoleCoauthor}},
		})
		return err
	})
	check := func(code int, says string) {
		t.Helper()
		w, out := testWorld(env)
		if got := run(w, []string{"audit", "check"}); got != code || !strings.Contains(out.String(), says) {
			t.Errorf("got exit %d and %q, want %d and %q in it", got, out, code, says)
		}
	}
	check(0, "The audit trail holds.")
	broken(t, env, func(tx *store.Tx) error {
		_, err := store.Set[models.Event](tx, map[string]any{"reason": "they agreed"}, "seq = 2")
		return err
	})
	check(1, "link 2 is broken")
}
