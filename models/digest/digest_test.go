package digest

import (
	"slices"
	"strings"
	"testing"

	"ensemble/models"
)

// The test vector of PROTOCOL §3.2.
const (
	vector       = `{"attachment":[{"digest":"zQmYJFRfKEwByaGccb3R5U7SXU6xePqRXRvPsKrWdkYsHdv","mediaType":"image/jpeg","name":"Two mugs on a windowsill"}],"audience":["https://a.example/users/alice/followers","https://b.example/users/bob","https://www.w3.org/ns/activitystreams#Public"],"authors":["https://a.example/users/alice","https://b.example/users/bob"],"content":"<p>Our first ceramics drop.</p><p class=\"p-collab-byline\">With <span class=\"h-card\"><a href=\"https://b.example/@bob\" class=\"u-url mention\">@<span>bob</span></a></span></p>","id":"https://a.example/users/alice/notes/01K4E7","inReplyTo":null,"quote":null,"roles":{"https://b.example/users/bob":"coauthor"},"sensitive":false,"summary":null}`
	vectorDigest = "zQmeBJA37PCwswc6fXSbqpPuSQVLQfKxp2BU7xq853FXo1U"
)

const (
	alice models.IRI = "https://a.example/users/alice"
	bob   models.IRI = "https://b.example/users/bob"
	carol models.IRI = "https://c.example/users/carol"
)

func mugs() Content {
	text := `<p>Our first ceramics drop.</p><p class="p-collab-byline">With <span class="h-card"><a href="https://b.example/@bob" class="u-url mention">@<span>bob</span></a></span></p>`
	return Content{
		Attachment: []Attachment{{
			Digest:    Optional("zQmYJFRfKEwByaGccb3R5U7SXU6xePqRXRvPsKrWdkYsHdv"),
			MediaType: Optional("image/jpeg"),
			Name:      Optional("Two mugs on a windowsill"),
		}},
		Audience: []models.IRI{models.Public, alice + "/followers", bob},
		Authors:  []models.IRI{alice, bob},
		Content:  &text,
		ID:       alice + "/notes/01K4E7",
		Roles:    map[models.IRI]string{bob: "coauthor"},
	}
}

func TestTheVectorOfTheProtocolIsReproducedByteForByte(t *testing.T) {
	b, err := mugs().Bytes()
	if err != nil || string(b) != vector {
		t.Errorf("Bytes: got %s, %v,\nwant %s", b, err, vector)
	}
	d, err := mugs().Digest()
	if err != nil || d != vectorDigest {
		t.Errorf("Digest: got %s, %v, want %s", d, err, vectorDigest)
	}
}

func TestOrderAndRepetitionDoNotChangeTheDigest(t *testing.T) {
	one, two := mugs(), mugs()
	one.Authors = []models.IRI{alice, bob, carol}
	two.Authors = []models.IRI{alice, carol, bob, alice, carol}
	two.Audience = []models.IRI{bob, models.Public, bob, alice + "/followers"}
	before := slices.Clone(two.Audience)
	a, errA := one.Digest()
	b, errB := two.Digest()
	if errA != nil || errB != nil || a != b {
		t.Errorf("got %s (%v) and %s (%v), want the same", a, errA, b, errB)
	}
	if !slices.Equal(two.Audience, before) {
		t.Errorf("the caller's audience became %v", two.Audience)
	}
}

func TestWhatACoauthorSeesChangesTheDigest(t *testing.T) {
	for name, change := range map[string]func(*Content){
		"another primary author": func(c *Content) { c.Authors = []models.IRI{bob, alice} },
		"another text":           func(c *Content) { c.Content = Optional("<p>Buy this.</p>") },
		"an empty text":          func(c *Content) { empty := ""; c.Content = &empty },
		"no text":                func(c *Content) { c.Content = nil },
		"another alt text":       func(c *Content) { c.Attachment[0].Name = nil },
		"another picture":        func(c *Content) { c.Attachment[0].Digest = Optional(Multibase(nil)) },
		"a wider audience":       func(c *Content) { c.Audience = append(c.Audience, carol) },
		"another role":           func(c *Content) { c.Roles[bob] = "credit" },
		"a warning":              func(c *Content) { c.Summary = Optional("pots") },
		"a sensitive mark":       func(c *Content) { c.Sensitive = true },
		"a reply":                func(c *Content) { c.InReplyTo = Optional("https://c.example/1") },
		"a quote":                func(c *Content) { c.Quote = Optional("https://c.example/1") },
	} {
		c := mugs()
		change(&c)
		if d, err := c.Digest(); err != nil || d == vectorDigest {
			t.Errorf("%s: got %s, %v, want another digest", name, d, err)
		}
	}
}

func TestWhatIsAbsentIsNullFalseOrEmpty(t *testing.T) {
	want := `{"attachment":[],"audience":[],"authors":[],"content":null,"id":"","inReplyTo":null,"quote":null,"roles":{},"sensitive":false,"summary":null}`
	if b, err := (Content{}).Bytes(); err != nil || string(b) != want {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}

func TestAFileHasTheDigestOfItsBytes(t *testing.T) {
	for _, s := range []string{"", "two mugs"} {
		d, err := File(strings.NewReader(s))
		if err != nil || d != Multibase([]byte(s)) || !strings.HasPrefix(d, "zQm") {
			t.Errorf("%q: got %s, %v", s, d, err)
		}
	}
}

func TestWhatHasNoCanonicalFormIsRefused(t *testing.T) {
	for _, raw := range []string{``, ` `, `{"a":1,"a":2}`, `{"a":"\ud800"}`, `{"a":1e999}`, `{"a":1} x`, `{"a":`, "{\"a\":\"\xff\"}"} {
		if b, err := CanonicalJSON([]byte(raw)); err == nil {
			t.Errorf("%q: got %s, want an error", raw, b)
		}
	}
}

func FuzzCanonicalJSON(f *testing.F) {
	f.Add([]byte(vector))
	f.Add([]byte(`[1e21,-0,"\u20ac",{"b":0.1,"a":[]}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		once, err := CanonicalJSON(raw)
		if err != nil {
			return
		}
		twice, err := CanonicalJSON(once)
		if err != nil || string(twice) != string(once) {
			t.Errorf("%q becomes %q, then %q (%v)", raw, once, twice, err)
		}
	})
}
