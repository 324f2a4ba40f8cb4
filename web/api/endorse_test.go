package api_test

import (
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

func TestPeopleAreEndorsed(t *testing.T) {
	each(t, func(s *server) {
		s.ask("bo", "POST", peoplePath+s.id("ada")+"/endorse", nil).is(422)
		s.follow("bo", "ada")
		s.follow("bo", "cy")
		for _, verb := range []string{"/pin", "/endorse"} {
			s.post("bo", peoplePath+s.id("ada")+verb, nil).shaped("", relationshipShape).has("endorsed", true)
		}
		s.post("bo", peoplePath+s.id("cy")+"/endorse", nil)
		s.get("bo", "/api/v1/endorsements").holds(s.id("cy"), s.id("ada")).shaped("0", accountShape)
		s.get("bo", "/api/v1/endorsements?limit=1").holds(s.id("cy"))
		s.get("", peoplePath+s.id("bo")+"/endorsements").holds(s.id("cy"), s.id("ada"))
		s.get("ada", "/api/v1/endorsements").holds()
		s.between("bo", "ada").has("0.endorsed", true)
		s.post("bo", peoplePath+s.id("cy")+"/unfollow", nil).has("endorsed", false)
		for _, verb := range []string{"/unpin", "/unendorse"} {
			s.post("bo", peoplePath+s.id("ada")+verb, nil).has("endorsed", false)
		}
		s.get("", peoplePath+s.id("bo")+"/endorsements").holds()
		s.ask("", "GET", peoplePath+"42/endorsements", nil).is(404)
		s.ask("bo/read", "POST", peoplePath+s.id("ada")+"/endorse", nil).is(403)
	}, "ada", "bo", "cy")
}

// shy has somebody not want to be found.
func (s *server) shy(name string, column string) {
	s.Helper()
	s.do(func(tx *store.Tx) error {
		_, err := store.Set[models.Account](tx, map[string]any{column: column != "discoverable"}, "id = ?", s.people[name].ID)
		return err
	})
}

func TestPeopleAreSuggested(t *testing.T) {
	each(t, func(s *server) {
		for _, f := range [][2]string{{"bo", "ada"}, {"ada", "cy"}, {"ada", "shy"}, {"cy", "loud"}, {"shy", "loud"}, {"cy", "bo"}} {
			s.follow(f[0], f[1])
		}
		s.shy("shy", "discoverable")
		s.get("bo", "/api/v2/suggestions").shaped("0", "source:string sources:list account:object").shaped("0.account", accountShape).
			has("0.account.id", s.id("cy")).has("0.sources", "[friends_of_friends]").has("0.source", "past_interactions").
			has("1.account.id", s.id("loud")).has("1.sources", "[most_followed]").has("1.source", "global").has("2", nil)
		s.get("bo", "/api/v1/suggestions").holds(s.id("cy"), s.id("loud"))
		s.get("bo", "/api/v1/suggestions?limit=1").holds(s.id("cy"))
		for range 2 {
			s.ask("bo", "DELETE", "/api/v1/suggestions/"+s.id("cy"), nil).is(200)
		}
		s.ask("bo", "DELETE", "/api/v1/suggestions/42", nil).is(200)
		s.ask("bo", "DELETE", "/api/v1/suggestions/x", nil).is(404)
		s.get("bo", "/api/v1/suggestions").holds(s.id("loud"))
		s.get("ada", "/api/v1/suggestions").has("0.id", s.id("loud"))
		s.post("bo", peoplePath+s.id("loud")+"/mute", nil)
		s.get("bo", "/api/v1/suggestions").holds()
	}, "ada", "bo", "cy", "shy", "loud")
}

func TestTheDirectoryHoldsThoseWhoWantToBeFound(t *testing.T) {
	each(t, func(s *server) {
		s.stranger("eve")
		s.do(func(tx *store.Tx) error {
			_, err := store.Set[models.Account](tx, map[string]any{"discoverable": true}, "id = ?", s.people["eve"].ID)
			return err
		})
		for _, name := range []string{"cy", "ada", "shy", "low"} {
			s.say(name, "status=hi")
		}
		s.hear("eve", "hello")
		s.shy("shy", "discoverable")
		s.shy("low", "limited")
		dir := "/api/v1/directory"
		s.get("", dir).holds(s.id("eve"), s.id("ada"), s.id("cy")).shaped("0", accountShape)
		s.get("", dir+"?order=new&local=true").holds(s.id("cy"), s.id("bo"), s.id("ada"))
		s.get("", dir+"?order=active&local=true&limit=1&offset=1").holds(s.id("cy"))
		s.post("bo", peoplePath+s.id("ada")+"/block", nil)
		s.post("bo", "/api/v1/domain_blocks", "domain=two.example")
		s.get("bo", dir).holds(s.id("cy"))
		s.ask("", "GET", dir+"?offset=x", nil).is(422)
	}, "ada", "bo", "cy", "shy", "low")
}

func TestFamiliarFollowersAreWhomOneKnows(t *testing.T) {
	each(t, func(s *server) {
		for _, name := range []string{"ada", "cy", "dan"} {
			s.follow("bo", name)
			s.follow(name, "eve")
		}
		s.shy("cy", "hide_collections")
		s.post("bo", peoplePath+s.id("dan")+"/mute", nil)
		path := peoplePath + "familiar_followers?id[]="
		a := s.get("bo", path+s.id("eve")+"&id[]=42&id[]="+s.id("ada"))
		a.has("0.id", s.id("eve")).has("0.accounts.0.id", s.id("dan")).has("0.accounts.1.id", s.id("ada")).has("0.accounts.2", nil).
			has("1.id", s.id("ada")).has("1.accounts", "[]").has("2", nil)
		s.shy("eve", "hide_collections")
		s.get("bo", path+s.id("eve")).has("0.accounts", "[]")
		s.ask("", "GET", path+s.id("eve"), nil).is(401)
	}, "ada", "bo", "cy", "dan", "eve")
}
