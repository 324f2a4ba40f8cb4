package call

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"time"

	"ensemble/models"
)

// PreviewFor is how long the address of a pending picture may be used.
const PreviewFor = 10 * time.Minute

// The sizes in which media is served.
const (
	Original = "original"
	Small    = "small"
)

// PreviewURL returns an address at which who is signed in may see a Media that is
// not public, for PreviewFor. size is Original or Small. It says nothing about
// whether they may: the caller knows, and it is asked again when it is fetched.
func (c *Call) PreviewURL(id models.ID, size string) models.IRI {
	return c.Site.IRI(PreviewPath(c.server.Secret, id, size, c.MyID(), c.Now().Add(PreviewFor)))
}

// PreviewPath returns the path of a Media for the eyes of viewer, until that time.
func PreviewPath(secret []byte, id models.ID, size string, viewer models.ID, until time.Time) string {
	e := until.Unix()
	q := url.Values{
		"v": {viewer.String()},
		"e": {models.ID(e).String()},
		"s": {hex.EncodeToString(previewMAC(secret, id, size, viewer, e))},
	}
	return "/media/preview/" + id.String() + "/" + size + "?" + q.Encode()
}

// PreviewHolds reports whether s is the signature of such a path, at the time now.
func PreviewHolds(secret []byte, id models.ID, size string, viewer models.ID, e int64, s string, now time.Time) bool {
	mac, err := hex.DecodeString(s)
	left := time.Unix(e, 0).Sub(now)
	return err == nil && len(secret) > 0 && left > 0 && left <= PreviewFor+time.Second &&
		hmac.Equal(mac, previewMAC(secret, id, size, viewer, e))
}

func previewMAC(secret []byte, id models.ID, size string, viewer models.ID, e int64) []byte {
	m := hmac.New(sha256.New, secret)
	fmt.Fprintf(m, "preview\n%d\n%s\n%d\n%d", id, size, viewer, e) // a hash never fails
	return m.Sum(nil)
}
