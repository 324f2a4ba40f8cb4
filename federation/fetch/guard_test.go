package fetch_test

import (
	"crypto/ecdh"
	"crypto/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"ensemble/federation/fetch"
	"ensemble/models"
)

// openSite is one that is not loose: https, and public addresses alone.
var openSite = models.Site{Domain: "us.example", Origin: "https://us.example"}

func TestTheGuardRefusesAddresses(t *testing.T) {
	for _, addr := range []string{
		"127.0.0.1:443", "127.8.8.8:443", "[::1]:443", "0.0.0.0:443", "0.1.2.3:443", "[::]:443",
		"10.0.0.1:443", "172.16.5.4:443", "192.168.1.1:443", "100.64.0.1:443", "198.18.0.1:443",
		"169.254.169.254:443", "100.100.100.200:443", "192.0.0.192:443", "168.63.129.16:443", "[fd00:ec2::254]:443",
		"[fe80::1]:443", "[fc00::1]:443", "[::ffff:127.0.0.1]:443", "[::ffff:10.0.0.1]:443", "[::ffff:8.8.8.8]:443",
		"[64:ff9b::7f00:1]:443", "[64:ff9b::808:808]:443", "[64:ff9b:1::1]:443", "[2002:7f00:1::]:443", "[2001:0:1::1]:443",
		"[2001:db8::1]:443", "[ff02::1]:443", "224.0.0.1:443", "255.255.255.255:443", "240.0.0.1:443",
		"8.8.8.8:80", "8.8.8.8:22", "8.8.8.8:8443", "[2606:4700::1111]:80",
	} {
		if fetch.Safe(addr) == nil {
			t.Errorf("%s passed", addr)
		}
	}
	for _, addr := range []string{"8.8.8.8:443", "[2606:4700::1111]:443"} {
		if err := fetch.Safe(addr); err != nil {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// listening returns a port of the loopback, and how often it was connected to.
func listening(t *testing.T) (port string, connections *atomic.Int32) {
	t.Helper()
	connections = new(atomic.Int32)
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, connections
}

func TestNothingInsideIsCalled(t *testing.T) {
	port, connections := listening(t)
	o := newOurAt(t, "sqlite", openSite, fetch.StrictTransport())
	app, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{
		"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "localhost", "10.0.0.1", "169.254.169.254",
		"100.64.1.1", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]",
	} {
		uri := iri("https://%s:%s/users/bob", host, port)
		_, err := o.Document(t.Context(), uri)
		if kind(err) != models.Forbidden || code(err) != "guarded_address" {
			t.Errorf("Document %s: got %v, want guarded", uri, err)
		}
		if err := o.Post(t.Context(), uri, o.alice, []byte("{}")); code(err) != "guarded_address" {
			t.Errorf("Post %s: got %v, want guarded", uri, err)
		}
		sub := &models.PushSubscription{Endpoint: uri, P256dh: app.PublicKey().Bytes(), Auth: make([]byte, 16), Standard: true}
		if err := o.Push(t.Context(), sub, app, []byte("{}")); code(err) != "guarded_address" {
			t.Errorf("Push %s: got %v, want guarded", uri, err)
		}
		if _, _, err := o.Media(t.Context(), uri, o.alice, 9); code(err) != "guarded_address" {
			t.Errorf("Media %s: got %v, want guarded", uri, err)
		}
	}
	for _, host := range []string{"2130706433", "0x7f000001", "127.1", "localhost."} {
		if _, err := o.Document(t.Context(), iri("https://%s:%s/", host, port)); err == nil {
			t.Errorf("%s was read", host)
		}
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestTheDefaultGuardKnowsPorts(t *testing.T) {
	port, connections := listening(t)
	o := newOurAt(t, "sqlite", openSite, nil)
	_, err := o.Document(t.Context(), iri("https://127.0.0.1:%s/", port))
	if kind(err) != models.Forbidden || !strings.Contains(err.Error(), "port") {
		t.Errorf("got %v, want a word about the port", err)
	}
	if connections.Load() != 0 {
		t.Error("a connection was made")
	}
}

func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	if fetch.StrictTransport().(*http.Transport).Proxy != nil {
		t.Error("a proxy would dial for us")
	}
}

// WebFinger alone may send us to another server, so it alone can be led inside.
func TestRedirectsInsideAreRefused(t *testing.T) {
	port, connections := listening(t)
	o := newOur(t, "sqlite")
	// The first step has to be allowed, so the site is loose; the second is not.
	for _, inside := range []string{"10.0.0.1", "169.254.169.254", "[::ffff:10.1.2.3]", "192.168.0.1", "[fe80::1]"} {
		s := newTheir(t, "two")
		s.on("/.well-known/webfinger", redirect(iri("https://%s:%s/x", inside, port)))
		_, err := o.Lookup(t.Context(), "bob@"+s.host)
		if code(err) != "guarded_address" {
			t.Errorf("a redirect to %s: got %v, want guarded", inside, err)
		}
		s.on("/notes/1", redirect(iri("http://%s:%s/x", inside, port)))
		if _, err := o.Document(t.Context(), s.iri("/notes/1")); kind(err) != models.Forbidden {
			t.Errorf("a document at %s: got %v, want forbidden", inside, err)
		}
	}
	if connections.Load() != 0 {
		t.Error("a connection was made")
	}
}

func TestAnOpenSiteSpeaksHTTPSAlone(t *testing.T) {
	o := newOurAt(t, "sqlite", openSite, roundTrip(func(r *http.Request) (*http.Response, error) {
		t.Errorf("asked %s", r.URL)
		return nil, http.ErrNotSupported
	}))
	for _, uri := range []models.IRI{
		"http://two.example/users/bob", "ftp://two.example/", "file:///etc/passwd", "https://user@two.example/", "two.example", "",
		"https://us.example/users/alice", "https://US.example.:443/users/alice", "https://us.example:443/", "gopher://127.0.0.1/",
	} {
		if _, err := o.Document(t.Context(), uri); kind(err) != models.Invalid && kind(err) != models.Forbidden {
			t.Errorf("%q: got %v", uri, err)
		}
		if err := o.Post(t.Context(), uri, o.alice, nil); kind(err) != models.Invalid && kind(err) != models.Forbidden {
			t.Errorf("post to %q: got %v", uri, err)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
