package models

import (
	"strings"
	"testing"
)

func TestProxiedAddressesAreSealed(t *testing.T) {
	s := Site{Origin: "https://one.example", FileKey: "secret"}
	at := IRI("https://far.example/cat.png")
	got := s.Proxied(ProxyPost, 7, "0", at)
	if !strings.HasPrefix(string(got), "https://one.example/media/proxy/post/7/0/") {
		t.Fatalf("got %s", got)
	}
	seal := string(got)[strings.LastIndex(string(got), "/")+1:]
	if !s.Holds(seal, ProxyPost, 7, "0", at) {
		t.Error("its own seal does not hold")
	}
	for name, ok := range map[string]bool{
		"another file":   s.Holds(seal, ProxyPost, 7, "0", at+"?"),
		"another slot":   s.Holds(seal, ProxyPost, 7, "1", at),
		"another row":    s.Holds(seal, ProxyPost, 8, "0", at),
		"another kind":   s.Holds(seal, ProxyAccount, 7, "0", at),
		"another secret": Site{Origin: s.Origin, FileKey: "x"}.Holds(seal, ProxyPost, 7, "0", at),
		"no seal":        s.Holds("", ProxyPost, 7, "0", at),
		"no secret":      Site{Origin: s.Origin}.Holds("", ProxyPost, 7, "0", at),
		"what is ours":   s.Holds("", ProxyPost, 7, "0", "https://one.example/x"),
	} {
		if ok {
			t.Errorf("%s: holds", name)
		}
	}
	for _, plain := range []IRI{"", "https://one.example/media/1", "data:image/png,x"} {
		if got := s.Proxied(ProxyPost, 7, "0", plain); got != plain {
			t.Errorf("%q became %q", plain, got)
		}
	}
	if got := (Site{Origin: "https://one.example"}).Proxied(ProxyPost, 7, "0", at); got != at {
		t.Errorf("without a key: %s", got)
	}
}
