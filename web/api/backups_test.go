package api_test

import (
	"testing"
	"time"

	"ensemble/activities/backup"
	"ensemble/models"
	"ensemble/models/store"
)

// Admins have backups made and planned; nobody else sees that there are any.
func TestBackupsOfAdmins(t *testing.T) {
	t.Parallel()
	const at = "/api/ensemble/v1/admin/backups"
	each(t, func(s *server) {
		s.role("ruth", models.RoleAdmin)
		s.role("mo", models.RoleModerator)
		ruth := "ruth/admin:read admin:write"
		s.get(ruth, at).has("problem", "none").has("hour", nil).has("next_at", nil).has("keep", 7).has("backups.0", nil)
		for _, who := range []string{"ada/admin:read admin:write", "mo/admin:read admin:write", "ruth/read write"} {
			s.ask(who, "GET", at, nil).is(403)
			s.ask(who, "POST", at, nil).is(403)
			s.ask(who, "PUT", at+"/plan", "hour=3&keep=2").is(403)
			s.ask(who, "DELETE", at+"/1", nil).is(403)
		}
		s.ask("ruth/admin:read", "POST", at, nil).is(403)
		for _, bad := range []string{"hour=24&keep=3", "hour=-1&keep=3", "hour=3&keep=0", "hour=3&keep=91", "hour=noon&keep=3", "hour=3&keep=many"} {
			s.ask(ruth, "PUT", at+"/plan", bad).is(422)
		}
		s.get(ruth, at).has("hour", nil).has("keep", 7)
		s.ask(ruth, "PUT", at+"/plan", "hour=3&keep=2").is(200).has("hour", 3).has("keep", 2)
		s.post(ruth, at, nil).has("backups.0.state", "waiting").has("backups.0.auto", false).has("backups.1", nil)
		s.ask(ruth, "POST", at, nil).is(409).has("code", "backup_busy")
		var b *models.Backup
		s.do(func(tx *store.Tx) (err error) {
			if b, err = store.One[models.Backup](tx, "busy"); err != nil {
				return err
			}
			b, err = backup.Begin(tx, b.ID)
			return err
		})
		s.ask(ruth, "DELETE", at+"/"+b.ID.String(), nil).is(409)
		s.ask(ruth, "POST", at+"/"+b.ID.String()+"/check", nil).is(409)
		s.ask(ruth, "POST", at+"/77/check", nil).is(404)
		s.ask(ruth, "DELETE", at+"/77", nil).is(404)
		s.ask(ruth, "DELETE", at+"/x", nil).is(404)
		s.get(ruth, at).has("backups.0.state", "running")
		s.now = s.now.Add(time.Hour)
		s.get(ruth, at).has("backups.0.state", "interrupted").has("backups.0.code", "interrupted").has("problem", "failed")
		s.do(backup.Due)
		s.do(func(tx *store.Tx) error {
			b.File, b.Size = "a.tar", 77
			if err := backup.Written(tx, b); err != nil {
				return err
			}
			return backup.Proved(tx, b, models.ProofRestored, "")
		})
		s.get(ruth, at).has("backups.0.state", "done").has("backups.0.proof", "restored").has("backups.0.size", 77).has("problem", "")
		s.post(ruth, at+"/"+b.ID.String()+"/check", nil).has("backups.0.state", "checking")
		s.now = s.now.Add(time.Hour)
		s.do(backup.Due)
		s.get(ruth, at).has("backups.0.state", "done").has("backups.0.proof", "restored")
		s.ask(ruth, "DELETE", at+"/"+b.ID.String(), nil).is(200).has("backups.0", nil)
		s.get("ruth/admin:read", "/api/ensemble/v1/admin/log").has("0.what", "backup_deleted").has("0.reason", "a.tar").has("1.what", "backup_ordered").has("2.what", "backup_planned")
	}, "ada", "mo", "ruth")
}
