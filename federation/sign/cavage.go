package sign

import (
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/superseriousbusiness/httpsig"

	"ensemble/models"
)

// requestTarget is the pseudo-header of method and address (draft-cavage §2.3).
const requestTarget = "(request-target)"

// signCavage makes a Signer of its own for each request: a shared one signs
// wrongly, and panics (pitfall 7).
func signCavage(r *http.Request, body []byte, key Key, opts []Option) error {
	algorithm := httpsig.ED25519
	if _, ok := key.Private.(*rsa.PrivateKey); ok {
		algorithm = httpsig.RSA_SHA256
	}
	headers := []string{requestTarget, "host", "date"}
	if !needsDigest(r.Method, body) {
		body = nil
	} else {
		headers = append(headers, "digest")
		body = append([]byte{}, body...) // not nil, even if empty: nil has no digest
	}
	s, _, err := httpsig.NewSigner([]httpsig.Algorithm{algorithm}, httpsig.DigestSha256, headers, httpsig.Signature, 0)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	twin := cavageTwin(r)
	exclude := httpsig.SignatureOption{ExcludeQueryStringFromPathPseudoHeader: slices.Contains(opts, WithoutQuery)}
	if err := s.SignRequestWithOptions(key.Private, string(key.ID), twin, body, exclude); err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	signature := twin.Header.Get("Signature")
	if algorithm == httpsig.RSA_SHA256 { // pitfall 11; the parameter is not signed
		signature = strings.Replace(signature, `algorithm="hs2019"`, `algorithm="rsa-sha256"`, 1)
	}
	r.Header.Set("Signature", signature)
	if body != nil {
		r.Header.Set("Digest", twin.Header.Get("Digest"))
	}
	return nil
}

// cavageTwin is what the library is to sign in place of r: it reads the host from
// the header map (pitfall 4) and would decode the path (pitfall 5).
func cavageTwin(r *http.Request) *http.Request {
	address := *r.URL
	if address.Path = r.URL.EscapedPath(); address.Path == "" {
		address.Path = "/"
	}
	address.RawPath = ""
	twin := &http.Request{Method: r.Method, URL: &address, Header: r.Header.Clone()}
	twin.Header.Set("Host", hostOf(r))
	return twin
}

// parseCavage checks all that needs no key. It reads the header by itself and only
// once: a library that read it again might see other headers covered.
func parseCavage(in incoming) (*Signature, error) {
	values := in.r.Header.Values("Signature")
	if len(values) != 1 {
		return nil, refuse("a request carries one Signature header, and this one has %d", len(values))
	}
	params, err := cavageParams(values[0])
	if err != nil {
		return nil, err
	}
	s := &Signature{Scheme: Cavage, KeyID: models.IRI(params["keyId"])}
	if err := checkKeyID(s.KeyID); err != nil {
		return nil, err
	}
	if s.signature, err = base64.StdEncoding.DecodeString(params["signature"]); err != nil || len(s.signature) == 0 {
		return nil, refuse("the signature is not base64")
	}
	covered := strings.Fields(strings.ToLower(params["headers"]))
	if err := cavageCovers(in, covered); err != nil {
		return nil, err
	}
	if err := cavageTimes(in, params, covered); err != nil {
		return nil, err
	}
	if slices.Contains(covered, "digest") {
		if err := checkDigest(in.r.Header.Values("Digest"), in.body); err != nil {
			return nil, err
		}
	}
	s.bases, err = cavageBases(in, params, covered)
	return s, err
}

// cavageCovers demands what Mastodon does (pitfall 2).
func cavageCovers(in incoming, covered []string) error {
	has := func(h string) bool { return slices.Contains(covered, h) }
	switch {
	case len(slices.Compact(slices.Sorted(slices.Values(covered)))) != len(covered):
		return refuse("the signature names a header twice")
	case !has(requestTarget):
		return refuse("the signature must cover (request-target)")
	case !has("host"):
		return refuse("the signature must cover the host")
	case !has("date") && !has("(created)"):
		return refuse("the signature must cover the date")
	case !has("digest") && needsDigest(in.r.Method, in.body):
		return refuse("the signature must cover the digest of the body")
	}
	return nil
}

// cavageTimes checks every time that the signature states (pitfall 3).
func cavageTimes(in incoming, params map[string]string, covered []string) error {
	if slices.Contains(covered, "date") {
		if err := checkDate(in.r.Header.Get("Date"), in.now); err != nil {
			return err
		}
	}
	for _, name := range []string{"created", "expires"} {
		text, ok := params[name]
		if !ok && !slices.Contains(covered, "("+name+")") {
			continue
		}
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return refuse("the signature states %q as %s", text, name)
		}
		check := checkCreated
		if name == "expires" {
			check = checkExpires
		}
		if err := check(time.Unix(seconds, 0), in.now); err != nil {
			return err
		}
	}
	return nil
}

// cavageBases returns the texts that the signer may have signed, likeliest first:
// one for each reading of the address (draft-cavage §2.3).
func cavageBases(in incoming, params map[string]string, covered []string) ([]string, error) {
	var bases []string
	for _, target := range cavageTargets(in) {
		lines := make([]string, 0, len(covered))
		for _, name := range covered {
			value, err := cavageValue(in, params, target, name)
			if err != nil {
				return nil, err
			}
			lines = append(lines, name+": "+value)
		}
		bases = append(bases, strings.Join(lines, "\n"))
	}
	return bases, nil
}

func cavageValue(in incoming, params map[string]string, target, name string) (string, error) {
	switch name {
	case requestTarget:
		return strings.ToLower(in.r.Method) + " " + target, nil
	case "(created)", "(expires)":
		return params[strings.Trim(name, "()")], nil
	case "host":
		return in.host, nil
	}
	return headerValue(in.r, name)
}

// cavageTargets reads the address as it came, then decoded, as peers on Go sign it
// (pitfall 5); on a GET also without the query, as old Mastodon does (pitfall 6).
// A decoded line break is refused: it would forge further lines.
func cavageTargets(in incoming) []string {
	paths := []string{in.path}
	decoded, err := url.PathUnescape(in.path)
	if err == nil && decoded != in.path && !strings.ContainsFunc(decoded, isControl) {
		paths = append(paths, decoded)
	}
	if !in.hasQuery {
		return paths
	}
	var targets []string
	for _, p := range paths {
		targets = append(targets, p+"?"+in.query)
	}
	if in.r.Method == http.MethodGet || in.r.Method == http.MethodHead {
		targets = append(targets, paths...)
	}
	return targets
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// cavageParams reads key="value" or key=number, parted by commas and optional
// space (draft-cavage §2.1; pitfall 10). A parameter may come only once.
func cavageParams(s string) (map[string]string, error) {
	params := map[string]string{}
	for s = strings.Trim(s, " \t"); s != ""; {
		name, rest, ok := strings.Cut(s, "=")
		name = strings.Trim(name, " \t")
		if _, twice := params[name]; !ok || name == "" || twice {
			return nil, refuse("the Signature header cannot be read")
		}
		var value string
		if value, rest, ok = cavageParam(strings.TrimLeft(rest, " \t")); !ok {
			return nil, refuse("the Signature header cannot be read")
		}
		params[name] = value
		s = strings.Trim(rest, " \t")
	}
	return params, nil
}

// cavageParam reads one value, and the comma that ends it if another follows.
func cavageParam(s string) (value, rest string, ok bool) {
	quoted, isQuoted := strings.CutPrefix(s, `"`)
	if !isQuoted {
		value, rest, _ = strings.Cut(s, ",")
		return strings.Trim(value, " \t"), rest, !strings.Contains(value, `"`)
	}
	if value, rest, ok = strings.Cut(quoted, `"`); !ok {
		return "", "", false
	}
	if rest = strings.TrimLeft(rest, " \t"); rest == "" {
		return value, "", true
	}
	rest, ok = strings.CutPrefix(rest, ",")
	return value, rest, ok
}
