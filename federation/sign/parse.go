package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"ensemble/models"
)

// How far the clock of a peer may differ, and how old a request may be
// (SECURITY rule 8, PROTOCOL G2).
const (
	maxAhead = 5 * time.Minute
	maxAge   = 12 * time.Hour
)

// Signature is the claim of a request to be by the owner of a key. All that needs
// no key is checked; until Verify says so, the claim is not proved.
type Signature struct {
	KeyID     models.IRI
	Scheme    Scheme
	signature []byte
	bases     []string // the texts that it may be a signature of, likeliest first
}

// incoming is a request beside what its server knows of it.
type incoming struct {
	r        *http.Request
	body     []byte
	scheme   string
	host     string
	path     string // as it came, with its escapes
	query    string
	hasQuery bool
	now      time.Time
}

// Signed reports whether r claims to be signed, in either dialect.
func Signed(r *http.Request) bool {
	return r.Header.Get("Signature") != "" || r.Header.Get("Signature-Input") != ""
}

// Parse checks all of a request's signature that needs no key: what it covers, the
// digest of the body, the times, the name of the key. The scheme and the host are
// those under which the world knows this server: a proxy may hide both, and a
// request that was signed for another host must not count here; "" takes the host
// from the request. Every error is Unauthed. It leaves r as it was.
func Parse(r *http.Request, body []byte, scheme, host string, now time.Time) (*Signature, error) {
	if !Signed(r) {
		return nil, refuse("the request is not signed")
	}
	in := incoming{r: r, body: body, scheme: strings.ToLower(scheme), now: now}
	in.host = ourHost(in.scheme, r.Host, host)
	uri := r.RequestURI
	if uri == "" { // a request that never was on a wire
		uri = r.URL.RequestURI()
	}
	if err := in.setTarget(uri); err != nil {
		return nil, err
	}
	if r.Header.Get("Signature-Input") != "" {
		return parseRFC9421(in)
	}
	return parseCavage(in)
}

// ourHost prefers the host as the request spells it (with a port, in upper case),
// because that is what was signed, but only if it is ours.
func ourHost(scheme, got, ours string) string {
	if ours == "" || authority(scheme, got) == authority(scheme, ours) {
		return got
	}
	return ours
}

// authority normalises a host (RFC 9421 §2.2.3): lower case, no default port.
func authority(scheme, host string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// setTarget takes the address apart without decoding it. A whole address, as a
// proxy may send it, is cut down to its path (RFC 9112 §3.2).
func (in *incoming) setTarget(uri string) error {
	if !strings.HasPrefix(uri, "/") {
		_, rest, _ := strings.Cut(uri, "://")
		uri = afterHost(rest)
	}
	if !strings.HasPrefix(uri, "/") || strings.ContainsFunc(uri, isControl) {
		return refuse("the address of the request cannot be signed")
	}
	in.path, in.query, in.hasQuery = strings.Cut(uri, "?")
	return nil
}

func afterHost(s string) string {
	i := strings.IndexAny(s, "/?")
	switch {
	case s == "":
		return ""
	case i < 0:
		return "/"
	case s[i] == '?':
		return "/" + s[i:]
	default:
		return s[i:]
	}
}

// target is path and query as they came.
func (in *incoming) target() string {
	if !in.hasQuery {
		return in.path
	}
	return in.path + "?" + in.query
}

// Verify reports, with an Unauthed error if not, whether the owner of pub made the
// signature. The kind of key decides the algorithm; what the header says of it is
// never looked at (pitfall 12). The caller shows that the key is its owner's.
func (s *Signature) Verify(pub crypto.PublicKey) error {
	if err := CheckPublic(pub); err != nil {
		return err
	}
	for _, base := range s.bases {
		if verifyBase(pub, base, s.signature) {
			return nil
		}
	}
	return refuse("the signature was not made with the key %s", s.KeyID)
}

func verifyBase(pub crypto.PublicKey, base string, signature []byte) bool {
	switch k := pub.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(k, []byte(base), signature)
	case *rsa.PublicKey:
		hash := sha256.Sum256([]byte(base))
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, hash[:], signature) == nil
	}
	return false
}

// headerValue joins the lines of a header as both dialects do.
func headerValue(r *http.Request, name string) (string, error) {
	values := r.Header[textproto.CanonicalMIMEHeaderKey(name)]
	if len(values) == 0 {
		return "", refuse("the signature covers %q, which the request has not", name)
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	value := strings.Join(trimmed, ", ")
	if strings.ContainsAny(value, "\r\n") {
		return "", refuse("the header %q has more than one line", name)
	}
	return value, nil
}

// checkKeyID wants an address, because that is how the key is found.
func checkKeyID(id models.IRI) error {
	if len(id) > 2048 || id.Host() == "" {
		return refuse("the signature names no key that could be fetched")
	}
	return nil
}

func checkDate(text string, now time.Time) error {
	t, err := http.ParseTime(text)
	if err != nil {
		return refuse("the request has no Date that can be read")
	}
	return checkCreated(t, now)
}

func checkCreated(t, now time.Time) error {
	switch {
	case t.After(now.Add(maxAhead)):
		return refuse("the request is dated in the future: %s", t.UTC().Format(time.RFC3339))
	case t.Before(now.Add(-maxAge)):
		return refuse("the request is too old: %s", t.UTC().Format(time.RFC3339))
	}
	return nil
}

func checkExpires(t, now time.Time) error {
	if now.After(t.Add(maxAhead)) {
		return refuse("the signature has expired: %s", t.UTC().Format(time.RFC3339))
	}
	return nil
}

func refuse(format string, args ...any) error {
	return models.Errorf(models.Unauthed, format, args...)
}
