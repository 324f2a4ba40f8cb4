package sign

import (
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"

	"github.com/dunglas/httpsfv"
)

// bodyHash returns the hash of body by the named algorithm, in the registries of
// RFC 3230 and RFC 9530 alike; ok is false for those that we do not know.
func bodyHash(algorithm string, body []byte) (sum []byte, ok bool) {
	switch strings.ToLower(algorithm) {
	case "sha-256":
		s := sha256.Sum256(body)
		return s[:], true
	case "sha-512":
		s := sha512.Sum512(body)
		return s[:], true
	}
	return nil, false
}

// checkDigest compares every hash in a Digest header (RFC 3230) with the body, of
// which nobody else does (pitfall 1). At least one must be known.
func checkDigest(values []string, body []byte) error {
	known := false
	for entry := range strings.SplitSeq(strings.Join(values, ","), ",") {
		algorithm, text, _ := strings.Cut(strings.TrimSpace(entry), "=")
		want, ok := bodyHash(algorithm, body)
		if !ok {
			continue
		}
		got, err := base64.StdEncoding.DecodeString(text)
		if err != nil || subtle.ConstantTimeCompare(got, want) != 1 {
			return refuse("the Digest is not that of the body")
		}
		known = true
	}
	if !known {
		return refuse("the request has no Digest by SHA-256")
	}
	return nil
}

// checkContentDigest does the same for Content-Digest (RFC 9530 §2).
func checkContentDigest(r *http.Request, body []byte) error {
	digests, err := dictionary(r, "Content-Digest")
	if err != nil {
		return err
	}
	known := false
	for _, algorithm := range digests.Names() {
		want, ok := bodyHash(algorithm, body)
		if !ok {
			continue
		}
		member, _ := digests.Get(algorithm)
		item, _ := member.(httpsfv.Item)
		got, _ := item.Value.([]byte)
		if subtle.ConstantTimeCompare(got, want) != 1 {
			return refuse("the Content-Digest is not that of the body")
		}
		known = true
	}
	if !known {
		return refuse("the request has no Content-Digest by sha-256")
	}
	return nil
}

// contentDigest writes the Content-Digest of body (RFC 9530 §2).
func contentDigest(body []byte) (string, error) {
	sum := sha256.Sum256(body)
	d := httpsfv.NewDictionary()
	d.Add("sha-256", httpsfv.NewItem(sum[:]))
	text, err := httpsfv.Marshal(d)
	if err != nil {
		return "", fmt.Errorf("sign: Content-Digest: %w", err)
	}
	return text, nil
}
