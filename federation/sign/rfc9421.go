package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"

	"ensemble/models"
)

// label names our signature among those of a message (RFC 9421 §4).
const label = "sig1"

// maxLabels bounds how many signatures of one message we look at.
const maxLabels = 4

// signRFC9421 covers what Mastodon and Fedify ask for.
func signRFC9421(r *http.Request, body []byte, key Key, now time.Time) error {
	names := []string{"@method", "@target-uri", "@authority", "date"}
	if needsDigest(r.Method, body) {
		digest, err := contentDigest(body)
		if err != nil {
			return err
		}
		r.Header.Set("Content-Digest", digest)
		names = append(names, "content-digest")
	}
	in := incoming{r: r, body: body, scheme: r.URL.Scheme, host: hostOf(r)}
	if err := in.setTarget(r.URL.RequestURI()); err != nil {
		return err
	}
	covered := innerList(names, key, now)
	base, err := signatureBase(in, covered)
	if err != nil {
		return err
	}
	signature, err := signBase(key.Private, base)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	return setSignature(r.Header, covered, signature)
}

// innerList is the value of Signature-Input for our label (RFC 9421 §4.1).
func innerList(names []string, key Key, now time.Time) httpsfv.InnerList {
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, n := range names {
		list.Items = append(list.Items, httpsfv.NewItem(n))
	}
	list.Params.Add("created", now.Unix())
	list.Params.Add("keyid", string(key.ID))
	list.Params.Add("alg", algorithmOf(key.Private.Public()))
	return list
}

// algorithmOf is the name in the registry of RFC 9421 §6.2.2.
func algorithmOf(k crypto.PublicKey) string {
	if _, ok := k.(*rsa.PublicKey); ok {
		return "rsa-v1_5-sha256"
	}
	return "ed25519"
}

// signBase signs as either dialect does: RSA a hash, Ed25519 the text.
func signBase(private crypto.Signer, base string) ([]byte, error) {
	if k, ok := private.(ed25519.PrivateKey); ok {
		return ed25519.Sign(k, []byte(base)), nil
	}
	hash := sha256.Sum256([]byte(base))
	return private.Sign(rand.Reader, hash[:], crypto.SHA256)
}

func setSignature(h http.Header, covered httpsfv.InnerList, signature []byte) error {
	input, value := httpsfv.NewDictionary(), httpsfv.NewDictionary()
	input.Add(label, covered)
	value.Add(label, httpsfv.NewItem(signature))
	for name, d := range map[string]*httpsfv.Dictionary{"Signature-Input": input, "Signature": value} {
		text, err := httpsfv.Marshal(d)
		if err != nil {
			return fmt.Errorf("sign: %s: %w", name, err)
		}
		h.Set(name, text)
	}
	return nil
}

// parseRFC9421 takes the first signature that meets our demands; proxies may have
// added others.
func parseRFC9421(in incoming) (*Signature, error) {
	inputs, err := dictionary(in.r, "Signature-Input")
	if err != nil {
		return nil, err
	}
	signatures, err := dictionary(in.r, "Signature")
	if err != nil {
		return nil, err
	}
	first := refuse("the Signature-Input header is empty")
	for i, name := range inputs.Names() {
		if i == maxLabels {
			break
		}
		s, err := parseLabel(in, inputs, signatures, name)
		if err == nil {
			return s, nil
		}
		if i == 0 {
			first = err
		}
	}
	return nil, first
}

// dictionary reads a header that is a structured field (RFC 9651 §3.2). The library
// (httpsfv 1.1.0) runs past the end of "a=@", hence the recover.
func dictionary(r *http.Request, name string) (d *httpsfv.Dictionary, err error) {
	defer func() {
		if recover() != nil {
			d, err = nil, refuse("the %s header cannot be read", name)
		}
	}()
	if d, err = httpsfv.UnmarshalDictionary(r.Header.Values(name)); err != nil {
		return nil, refuse("the %s header cannot be read", name)
	}
	return d, nil
}

func parseLabel(in incoming, inputs, signatures *httpsfv.Dictionary, name string) (*Signature, error) {
	input, _ := inputs.Get(name)
	covered, ok := input.(httpsfv.InnerList)
	if !ok {
		return nil, refuse("the Signature-Input header names no components")
	}
	value, _ := signatures.Get(name)
	item, _ := value.(httpsfv.Item)
	signature, ok := item.Value.([]byte)
	if !ok || len(signature) == 0 {
		return nil, refuse("there is no signature for %s", name)
	}
	keyID, _ := covered.Params.Get("keyid")
	text, _ := keyID.(string)
	s := &Signature{Scheme: RFC9421, KeyID: models.IRI(text), signature: signature}
	if err := checkKeyID(s.KeyID); err != nil {
		return nil, err
	}
	names, err := componentNames(covered)
	if err != nil {
		return nil, err
	}
	if err := checkComponents(in, names, covered.Params); err != nil {
		return nil, err
	}
	base, err := signatureBase(in, covered)
	s.bases = []string{base}
	return s, err
}

// checkComponents is our policy, which RFC 9421 §3.2.1 asks every verifier to have.
func checkComponents(in incoming, names map[string]bool, params *httpsfv.Params) error {
	if err := rfc9421Covers(in, names); err != nil {
		return err
	}
	if err := rfc9421Times(in, names, params); err != nil {
		return err
	}
	if names["content-digest"] {
		return checkContentDigest(in.r, in.body)
	}
	return nil
}

// rfc9421Covers is rule 8 of SECURITY: method, whole address, body.
func rfc9421Covers(in incoming, names map[string]bool) error {
	host := names["@authority"] || names["host"]
	address := names["@request-target"] || names["@path"] && (names["@query"] || !in.hasQuery)
	switch {
	case !names["@method"]:
		return refuse("the signature must cover @method")
	case !names["@target-uri"] && !(host && address):
		return refuse("the signature must cover @target-uri")
	case !names["content-digest"] && needsDigest(in.r.Method, in.body):
		return refuse("the signature must cover content-digest")
	}
	return nil
}

func rfc9421Times(in incoming, names map[string]bool, params *httpsfv.Params) error {
	created, _ := params.Get("created")
	seconds, ok := created.(int64)
	if !ok {
		return refuse("the signature must state when it was created")
	}
	if err := checkCreated(time.Unix(seconds, 0), in.now); err != nil {
		return err
	}
	if names["date"] {
		if err := checkDate(in.r.Header.Get("Date"), in.now); err != nil {
			return err
		}
	}
	expires, ok := params.Get("expires")
	if !ok {
		return nil
	}
	if seconds, ok = expires.(int64); !ok {
		return refuse("the signature states no time as expires")
	}
	return checkExpires(time.Unix(seconds, 0), in.now)
}

// componentNames refuses what RFC 9421 §2 forbids (one name twice, upper case) and
// the parameters of components, which no peer uses on a request.
func componentNames(covered httpsfv.InnerList) (map[string]bool, error) {
	names := map[string]bool{}
	for _, item := range covered.Items {
		name, ok := item.Value.(string)
		if !ok || name == "" || name != strings.ToLower(name) || names[name] {
			return nil, refuse("the signature names its components wrongly")
		}
		if len(item.Params.Names()) > 0 {
			return nil, refuse("the signature puts parameters on %q", name)
		}
		names[name] = true
	}
	return names, nil
}

// signatureBase is the text that is signed (RFC 9421 §2.5).
func signatureBase(in incoming, covered httpsfv.InnerList) (string, error) {
	var b strings.Builder
	for _, item := range covered.Items {
		name, _ := item.Value.(string)
		value, err := component(in, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%q: %s\n", name, value)
	}
	params, err := httpsfv.Marshal(covered)
	if err != nil {
		return "", refuse("the Signature-Input header cannot be written again")
	}
	b.WriteString(`"@signature-params": ` + params)
	return b.String(), nil
}

// component returns the value of one component (RFC 9421 §2.1, §2.2).
func component(in incoming, name string) (string, error) {
	switch name {
	case "@method":
		return in.r.Method, nil
	case "@target-uri":
		return in.scheme + "://" + authority(in.scheme, in.host) + in.target(), nil
	case "@authority":
		return authority(in.scheme, in.host), nil
	case "@scheme":
		return in.scheme, nil
	case "@request-target":
		return in.target(), nil
	case "@path":
		return in.path, nil
	case "@query":
		return "?" + in.query, nil
	case "host":
		return in.host, nil
	}
	if strings.HasPrefix(name, "@") {
		return "", refuse("the signature covers %q, which we do not know", name)
	}
	return headerValue(in.r, name)
}
