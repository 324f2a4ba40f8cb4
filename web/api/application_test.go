package api_test

import (
	"testing"
	"time"

	"ensemble/activities/schedule"
	"ensemble/models"
	"ensemble/models/store"
)

// A status says by which app it was written, unless its author hides that from others.
func TestStatusesSayTheirApp(t *testing.T) {
	each(t, func(s *server) {
		s.do(func(tx *store.Tx) error {
			return store.Put(tx, &models.App{ID: 7, ClientID: "tusk", Name: "Tusk", Website: "https://tusk.example", Scopes: "read write", CreatedAt: tx.Now})
		})
		s.client = "tusk"
		v := s.post("ada", "/api/v1/statuses", "status=by+an+app").has("application.name", "Tusk").has("application.website", "https://tusk.example")
		id := v.str("id")
		s.post("ada", "/api/v1/statuses", "status=later&scheduled_at="+s.now.Add(time.Hour).UTC().Format("2006-01-02T15:04:05Z")).has("params.application_id", 7)
		s.client = ""
		bare := s.post("ada", "/api/v1/statuses", "status=by+a+page").has("application", nil).str("id")
		boost := s.post("bo", "/api/v1/statuses/"+id+"/reblog", nil).has("reblog.application.name", "Tusk").str("id")
		sees := func(who, name string) {
			t.Helper()
			var want any = name
			if name == "" {
				want = nil
			}
			s.get(who, "/api/v1/statuses/"+id).has("application.name", want)
			s.get(who, "/api/v1/accounts/"+s.id("ada")+"/statuses").has("0.application", nil).has("0.id", bare).has("1.application.name", want)
			s.get(who, "/api/v1/accounts/"+s.id("bo")+"/statuses").has("0.id", boost).has("0.reblog.application.name", want)
		}
		for _, who := range []string{"ada", "bo", ""} {
			sees(who, "Tusk")
		}
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "show_application=false").is(200)
		sees("ada", "Tusk")
		sees("bo", "")
		sees("", "")
		s.ask("ada", "PUT", "/api/v1/statuses/"+id, "status=anew").is(200).has("application.name", "Tusk")
		s.ask("ada", "PATCH", "/api/v1/accounts/update_credentials", "show_application=true").is(200)
		sees("", "Tusk")
		s.now = s.now.Add(2 * time.Hour)
		s.do(func(tx *store.Tx) error {
			row, err := store.One[models.ScheduledPost](tx, "account_id = ?", s.people["ada"].ID)
			if err != nil {
				return err
			}
			return schedule.Publish(tx, row.ID)
		})
		s.get("", "/api/v1/accounts/"+s.id("ada")+"/statuses").has("0.application.name", "Tusk")
	}, "ada", "bo")
}
