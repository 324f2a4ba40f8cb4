package wire

import (
	"fmt"
	"strings"
	"testing"

	"ensemble/models"
)

// with returns an activity that is good but for what is put in its place.
func with(members string) string {
	return `{"id":"https://a.example/1","type":"Like","actor":"https://a.example/users/alice","object":"https://b.example/1"` + members + `}`
}

func TestRefusals(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	wide := `,"x":{` + strings.Repeat(`"k%d":1,`, 30) + `"k7":2}`
	var numbers []any
	for i := range 30 {
		numbers = append(numbers, i)
	}
	for _, c := range []struct{ name, body, code string }{
		{"nothing", "", "malformed"},
		{"a list", "[]", "malformed"},
		{"a second document", with("") + "{}", "malformed"},
		{"a comma too many", `{"id":"https://a.example/1",}`, "malformed"},
		{"no end", `{"id":"https://a.example/1"`, "malformed"},
		{"a number with a leading zero", with(`,"n":01`), "malformed"},
		{"a bare word", with(`,"n":NaN`), "malformed"},
		{"a line break in a string", with(",\"n\":\"a\nb\""), "malformed"},
		{"a broken escape", with(`,"n":"\u00g0"`), "malformed"},
		{"bytes that are not UTF-8", with(",\"n\":\"\xff\""), "malformed"},
		{"too many bytes", with(`,"n":"` + strings.Repeat("a", MaxBody) + `"`), "too_large"},
		{"too many values", with(`,"n":[` + strings.Repeat("1,", MaxValues) + `1]`), "too_large"},
		{"too deep", with(`,"n":` + deep), "too_deep"},
		{"two actors by one key", with(`,"actor":"https://evil.example/m"`), "duplicate_key"},
		{"a key twice, once escaped", with(`,"\u0061ctor":"https://evil.example/m"`), "duplicate_key"},
		{"a key twice, far within", with(`,"n":[{"a":{"b":1,"b":2}}]`), "duplicate_key"},
		{"a key twice among many", with(fmt.Sprintf(wide, numbers...)), "duplicate_key"},
		{"@graph", with(`,"@graph":[]`), "json_ld"},
		{"@reverse within", with(`,"n":{"@reverse":{}}`), "json_ld"},
		{"@included", with(`,"@included":[]`), "json_ld"},
		{"@nest, escaped", with(`,"n":{"\u0040nest":{}}`), "json_ld"},
		{"a context that renames actor", with(`,"@context":[{"actor":"https://evil.example/#x"}]`), "json_ld"},
		{"a context with another name for actor", with(`,"@context":{"doer":"as:actor"}`), "json_ld"},
		{"another name by a long address", with(`,"@context":{"doer":{"@id":"https://www.w3.org/ns/activitystreams#actor"}}`), "json_ld"},
		{"another name by a prefix", with(`,"@context":[{"x":"https://www.w3.org/ns/"},{"doer":"x:activitystreams#actor"}]`), "json_ld"},
		{"another name by a term", with(`,"@context":{"doer":"actor"}`), "json_ld"},
		{"another name for @id", with(`,"@context":{"uri":"@id"}`), "json_ld"},
		{"an alias of @graph", with(`,"@context":{"g":"@graph"}`), "json_ld"},
		{"a context that renames as", with(`,"@context":{"as":"https://evil.example/#"}`), "json_ld"},
		{"a context that undefines to", with(`,"@context":{"to":null}`), "json_ld"},
		{"a context within the object", with(`,"n":{"@context":{"content":"https://evil.example/#x"}}`), "json_ld"},
		{"a term with a context of its own", with(`,"@context":{"n":{"@id":"https://x.example/n","@context":{"type":"https://evil.example/#x"}}}`), "json_ld"},
		{"a prefix that changes", with(`,"@context":[{"x":"https://www.w3.org/ns/activitystreams#","y":"x:actor"},{"x":"https://z.example/"}]`), "json_ld"},
		{"actor by its long name", with(`,"as:actor":"https://evil.example/m"`), "json_ld"},
		{"@id beside id", with(`,"@id":"https://evil.example/m"`), "json_ld"},
		{"no id", `{"type":"Like","actor":"https://a.example/a","object":"https://a.example/b"}`, "bad_id"},
		{"an id that is no address", `{"id":"urn:uuid:1","type":"Like","actor":"https://a.example/a"}`, "bad_id"},
		{"an id with a password", `{"id":"https://u:p@a.example/1","type":"Like","actor":"https://a.example/a"}`, "bad_id"},
		{"an id that is relative", `{"id":"/1","type":"Like","actor":"https://a.example/a"}`, "bad_id"},
		{"an id that is a list", `{"id":["https://a.example/1"],"type":"Like","actor":"https://a.example/a"}`, "bad_id"},
		{"an id that is too long", `{"id":"https://a.example/` + strings.Repeat("a", MaxIRI) + `","type":"Like","actor":"https://a.example/a"}`, "bad_id"},
		{"no actor", `{"id":"https://a.example/1","type":"Like"}`, "bad_actor"},
		{"two actors", `{"id":"https://a.example/1","type":"Like","actor":["https://a.example/a","https://a.example/b"]}`, "bad_actor"},
		{"an actor with a name and no host", `{"id":"https://a.example/1","type":"Like","actor":"https:///a"}`, "bad_actor"},
		{"no type", `{"id":"https://a.example/1","actor":"https://a.example/a"}`, "bad_type"},
	} {
		_, err := Peek([]byte(c.body))
		if models.KindOf(err) != models.Invalid || models.CodeOf(err) != c.code {
			t.Errorf("%s: got %v (%s), want code %s", c.name, err, models.CodeOf(err), c.code)
		}
		if _, err := Decode([]byte(c.body)); err == nil {
			t.Errorf("%s: Decode takes it", c.name)
		}
	}
}

func TestAllowedContexts(t *testing.T) {
	for _, context := range []string{
		`null`, `"https://www.w3.org/ns/activitystreams"`, `[]`,
		`{"id":"@id","type":"@type","actor":{"@id":"as:actor","@type":"@id"}}`,
		`[{"as":"https://www.w3.org/ns/activitystreams#","to":"as:to"}]`,
		`{"coAttributedTo":{"@id":"as:attributedTo","@type":"@id"}}`,
		`{"@vocab":"https://x.example/","@language":"und","sensitive":"as:sensitive","expires":"as:endTime"}`,
		`[{"sensitive":"as:sensitive"},{"sensitive":"https://www.w3.org/ns/activitystreams#sensitive"}]`,
	} {
		if _, err := Peek([]byte(with(`,"@context":` + context))); err != nil {
			t.Errorf("%s: %v", context, err)
		}
	}
}

func TestDecodeRefusals(t *testing.T) {
	for _, c := range []struct{ name, body, code string }{
		{"a verb that we do not know", strings.Replace(with(""), "Like", "Arrive", 1), "unknown_verb"},
		{"an object that is nothing", strings.Replace(with(""), `"https://b.example/1"`, `"tag:x"`, 1), "bad_object"},
		{"a note that nobody wrote", strings.Replace(strings.Replace(with(""), "Like", "Create", 1), `"https://b.example/1"`, `{"id":"https://b.example/1","type":"Note"}`, 1), "bad_author"},
		{"a note that is too long", strings.Replace(strings.Replace(with(""), "Like", "Create", 1), `"https://b.example/1"`,
			`{"id":"https://b.example/1","type":"Note","attributedTo":"https://b.example/b","content":"`+strings.Repeat("a", MaxContent+1)+`"}`, 1), "too_long"},
		{"an offer on unknown terms", strings.Replace(strings.Replace(with(""), "Like", "Offer", 1), `"https://b.example/1"`,
			`{"id":"https://b.example/1","type":"Collaboration","attributedTo":"https://b.example/b","onDecline":"sell"}`, 1), "bad_collaboration"},
	} {
		if _, err := Decode([]byte(c.body)); models.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want code %s", c.name, err, c.code)
		}
	}
}

func TestStampRefusals(t *testing.T) {
	good := `{"id":"https://b.example/s","type":"CollaborationAuthorization","attributedTo":"https://b.example/b","interactionTarget":"https://b.example/b","interactingObject":"https://a.example/n","role":"coauthor"}`
	if _, err := DecodeStamp([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, swap := range [][2]string{
		{"CollaborationAuthorization", "QuoteAuthorization"},
		{`"attributedTo":"https://b.example/b"`, `"attributedTo":["https://b.example/b","https://c.example/c"]`},
		{`"interactingObject":"https://a.example/n"`, `"interactingObject":["https://a.example/n","https://a.example/m"]`},
		{`"role":`, `"endTime":"soon","role":`},
		{`"id":"https://b.example/s",`, ``},
	} {
		if _, err := DecodeStamp([]byte(strings.Replace(good, swap[0], swap[1], 1))); models.KindOf(err) != models.Invalid {
			t.Errorf("%s: got %v", swap[1], err)
		}
	}
	for role, want := range map[string]models.CollabRole{"coauthor": models.RoleCoauthor, "cohost": models.RoleCredit, "": models.RoleCredit} {
		a, err := DecodeStamp([]byte(strings.Replace(good, `"role":"coauthor"`, `"role":"`+role+`"`, 1)))
		if err != nil || a.Role != want {
			t.Errorf("role %q: got %v, %v", role, a, err)
		}
	}
}

// Lists are cut off at their limits.
func TestLimits(t *testing.T) {
	var mentions, tags, media, claims []string
	for i := range 200 {
		mentions = append(mentions, fmt.Sprintf(`{"type":"Mention","href":"https://x.example/%d","name":"@u%d"}`, i, i))
		tags = append(tags, fmt.Sprintf(`{"type":"Hashtag","name":"#t%d"}`, i))
		media = append(media, fmt.Sprintf(`{"type":"Image","url":"https://x.example/%d.jpg"}`, i))
		claims = append(claims, fmt.Sprintf(`"https://x.example/%d"`, i))
	}
	n, err := DecodeNote([]byte(fmt.Sprintf(`{"id":"https://a.example/1","type":["Weird","Note"],"attributedTo":"https://a.example/a","tag":[%s,%s],"attachment":[%s],"coAttributedTo":[%s]}`,
		strings.Join(mentions, ","), strings.Join(tags, ","), strings.Join(media, ","), strings.Join(claims, ","))))
	if err != nil {
		t.Fatal(err)
	}
	if n.Type != "Note" || len(n.Mentions) != MaxMentions || len(n.Tags) != MaxTags || len(n.Attachments) != MaxAttachments || len(n.Claims) != MaxClaims {
		t.Errorf("got %s with %d mentions, %d tags, %d attachments, %d claims", n.Type, len(n.Mentions), len(n.Tags), len(n.Attachments), len(n.Claims))
	}
	if n.Mentions[3].Acct != "u3@x.example" {
		t.Errorf("a mention without a domain reads %q", n.Mentions[3].Acct)
	}
}

func TestDecodeKey(t *testing.T) {
	doc := []byte(`{"id":"https://g.example/u/main-key","type":"Key","owner":"https://g.example/u","publicKeyPem":"PEM"}`)
	if k, err := DecodeKey(doc, "https://g.example/u/main-key"); err != nil || k.Owner != "https://g.example/u" || k.PEM != "PEM" {
		t.Errorf("a key document: got %v, %v", k, err)
	}
	if k, err := DecodeKey(readFile(t, "peers/fedify_actor.json"), "https://f.example/users/fay#main-key"); err != nil || k.Owner != "https://f.example/users/fay" {
		t.Errorf("an actor: got %v, %v", k, err)
	}
	if _, err := DecodeKey(doc, "https://g.example/u/other"); models.KindOf(err) != models.NotFound {
		t.Errorf("another key: got %v", err)
	}
	foreign := []byte(`{"id":"https://g.example/u","type":"Person","publicKey":{"id":"https://g.example/u#k","owner":"https://v.example/victim","publicKeyPem":"PEM"}}`)
	if a, err := DecodeActor(foreign); err != nil || a.PublicKey != "" {
		t.Errorf("a key of somebody else is taken: %v, %v", a, err)
	}
}
