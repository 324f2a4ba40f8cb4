// Package digest says what bytes a person agrees to: it makes canonical JSON,
// digests in their multibase form, and the digest of a joint post. It keeps to
// itself how those are computed, and knows nothing of keys or of the network.
package digest

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/gowebpki/jcs"
	"github.com/mr-tron/base58"
)

// JCS returns the canonical JSON of a Go value (RFC 8785).
func JCS(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("digest: marshal: %w", err)
	}
	return CanonicalJSON(raw)
}

// CanonicalJSON returns the canonical form of one JSON text (RFC 8785). It
// refuses what has none: duplicate keys, lone surrogates, invalid UTF-8, numbers
// out of range, bytes after the end.
func CanonicalJSON(raw []byte) ([]byte, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, fmt.Errorf("digest: there is no JSON to canonicalise")
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("digest: canonical JSON: %w", err)
	}
	return canonical, nil
}

// Multibase returns the base58btc multibase of the sha2-256 multihash of b, as
// contentDigest and digestMultibase carry it (PROTOCOL §3.2).
func Multibase(b []byte) string { return multibase(sha256.Sum256(b)) }

// File returns what Multibase would of all that r holds, without keeping it.
func File(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", fmt.Errorf("digest: read: %w", err)
	}
	return multibase([sha256.Size]byte(h.Sum(nil))), nil
}

// multibase writes 'z', for base58btc, before the multihash: 0x12 is sha2-256,
// 0x20 its length.
func multibase(sum [sha256.Size]byte) string {
	return "z" + base58.Encode(append([]byte{0x12, sha256.Size}, sum[:]...))
}
