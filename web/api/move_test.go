package api_test

import (
	"testing"

	"ensemble/models"
	"ensemble/models/store"
)

// Who has a second step moves by it alone.
func TestMovingAsksTheSecondStep(t *testing.T) {
	each(t, func(s *server) {
		s.password("ada")
		next := s.stranger("next")
		s.finder.accounts["next@two.example"] = next
		s.do(func(tx *store.Tx) error {
			next.AlsoKnownAs = []models.IRI{s.people["ada"].URI}
			return store.Put(tx, next)
		})
		secret := s.post("ada", mePath+"/totp", "password="+secretWord).str("secret")
		s.now = s.now.Add(60e9)
		codes := s.post("ada", mePath+"/totp/confirm", "code="+s.code(secret))
		const move, to = "/api/v1/accounts/move", "moved_to_uri=next@two.example&confirm=next@two.example"
		s.ask("ada", "POST", move, to).is(403).has("code", "code_wanted")
		s.ask("ada", "POST", move, "moved_to_uri=next@two.example&password="+secretWord).is(403).has("code", "code_wanted")
		s.ask("ada", "POST", move, to+"&code=000000").is(403).has("code", "wrong_code")
		s.get("ada", "/api/v1/accounts/verify_credentials").has("moved", nil)
		s.post("ada", move, to+"&code="+codes.str("recovery_codes.0")).has("moved.username", "next")
		s.ask("ada", "POST", move, to+"&code="+codes.str("recovery_codes.0")).is(403).has("code", "wrong_code")
	}, "ada")
}
