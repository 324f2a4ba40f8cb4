package wire

import "testing"

func TestWhoSaysThatItVerifiesRFC9421(t *testing.T) {
	for doc, want := range map[string]bool{
		`"generator":{"type":"Application","implements":[{"href":"https://datatracker.ietf.org/doc/html/rfc9421","name":"RFC-9421"}]}`: true,
		`"generator":{"type":"Application","implements":"https://www.rfc-editor.org/rfc/rfc9421.html"}`:                                true,
		`"implements":["https://w3id.org/x",{"id":"https://www.rfc-editor.org/info/RFC9421"}]`:                                         true,
		`"implements":["https://example.test/rfc9421x"]`:                                                                               false,
		`"implements":[{"href":"https://datatracker.ietf.org/doc/html/rfc9110"}]`:                                                      false,
		`"implements":{"name":"RFC9421"}`:                                                                                              false,
		`"generator":"https://a.test/app"`:                                                                                             false,
		`"summary":"https://datatracker.ietf.org/doc/html/rfc9421"`:                                                                    false,
	} {
		a, err := DecodeActor([]byte(`{"@context":"https://www.w3.org/ns/activitystreams","id":"https://a.test/1","type":"Person","inbox":"https://a.test/1/inbox",` + doc + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if a.Verifies != want {
			t.Errorf("%s: got %t, want %t", doc, a.Verifies, want)
		}
	}
}
