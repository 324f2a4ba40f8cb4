package files

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/mr-tron/base58"
)

// Digest names what r gives by its content: the multibase letter of base58btc,
// then a multihash of SHA-256, as FEP-ef61 and FEP-8b32 write digests.
func Digest(r io.Reader) (string, error) {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	const sha2, length = 0x12, sha256.Size
	return "z" + base58.Encode(h.Sum([]byte{sha2, length})), nil
}

func digestOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("digest: %w", err)
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return Digest(f)
}
