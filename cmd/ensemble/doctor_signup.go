package main

import (
	"ensemble/activities/account"
	"ensemble/models/store"
)

// signUps looks whether those can come whom the server would let in.
func (d *doctor) signUps() []finding {
	var r account.Registrations
	err := d.db.Read(d, func(tx *store.Tx) (err error) {
		r, err = account.Registered(tx)
		return err
	})
	switch {
	case err != nil:
		return []finding{fail("", "Who may sign up cannot be read: %s", sentence(err))}
	case r.Unready() != nil:
		return []finding{warn("Fill them in at /admin/settings/legal.", "Nobody can sign up: the terms of service are not written yet, or have blanks.")}
	case r.Open() && r.Mode == "approval":
		return []finding{ok("Everybody may ask for an account.")}
	case r.Open():
		return []finding{ok("Everybody may sign up.")}
	case r.Mails && r.Mode == "invite":
		return []finding{ok("Who has an invitation may sign up.")}
	}
	return []finding{ok("Nobody signs up by themselves.")}
}
