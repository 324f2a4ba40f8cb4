package digest

import (
	"crypto/sha256"
	"encoding/hex"

	"ensemble/models"
)

// Followers returns what two servers compare to see whether they agree on who of one
// of them follows somebody of the other (FEP-8fcf): the sha2-256 of each follower's
// id, all in one by exclusive or, in hex. The order does not matter.
func Followers(ids []models.IRI) string {
	var all [sha256.Size]byte
	for _, id := range ids {
		for i, b := range sha256.Sum256([]byte(id)) {
			all[i] ^= b
		}
	}
	return hex.EncodeToString(all[:])
}
