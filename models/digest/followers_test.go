package digest

import (
	"testing"

	"ensemble/models"
)

// The example is that of FEP-8fcf.
func TestFollowersDigestIsThatOfTheFEP(t *testing.T) {
	a, b := models.IRI("https://testing.example.org/users/1"), models.IRI("https://testing.example.org/users/2")
	const want = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"
	if got := Followers([]models.IRI{a, b}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if Followers([]models.IRI{b, a}) != want {
		t.Error("the order matters")
	}
	if Followers([]models.IRI{a, a}) != Followers(nil) {
		t.Error("twice the same is not nothing")
	}
}
