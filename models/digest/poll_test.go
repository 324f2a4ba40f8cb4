package digest

import "testing"

// A co-author signs what a poll asks: another option is another work. A post that
// asks nothing has the digest that it always had.
func TestPollIsInTheDigest(t *testing.T) {
	of := func(p *Poll) string {
		t.Helper()
		d, err := Content{ID: "https://a.example/1", Poll: p}.Digest()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	seen := map[string]string{of(nil): "nothing asked"}
	for name, p := range map[string]*Poll{
		"two options":   {Options: []string{"a", "b"}},
		"other order":   {Options: []string{"b", "a"}},
		"other options": {Options: []string{"a", "c"}},
		"more options":  {Options: []string{"a", "b", "c"}},
		"several may":   {Options: []string{"a", "b"}, Multiple: true},
	} {
		d := of(p)
		if seen[d] != "" {
			t.Errorf("%s has the digest of %s", name, seen[d])
		}
		seen[d] = name
	}
	b, err := Content{ID: "https://a.example/1", Poll: &Poll{Options: []string{"a", "b"}}}.Bytes()
	const want = `{"attachment":[],"audience":[],"authors":[],"content":null,"id":"https://a.example/1","inReplyTo":null,` +
		`"poll":{"multiple":false,"options":["a","b"]},"quote":null,"roles":{},"sensitive":false,"summary":null}`
	if err != nil || string(b) != want {
		t.Errorf("got %s, %v, want %s", b, err, want)
	}
}
