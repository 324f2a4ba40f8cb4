package models

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// The kinds of rows whose files a site serves in place of the servers they are on.
const (
	ProxyAccount = "account" // slots: avatar, header, and those with ProxyStill
	ProxyPost    = "post"    // slots: the position of the attachment, and that with -small
	ProxyEmoji   = "emoji"   // slot: image
	ProxyCard    = "card"    // slot: image
)

// ProxyStill is at the end of a slot whose file is shown without moving.
const ProxyStill = "-static"

// Proxied returns the address under which this site serves the file at, which the
// slot of a row speaks of. It is at itself for what is ours, and where the site has
// no FileKey. Nobody else can make such an address.
func (s Site) Proxied(kind string, id ID, slot string, at IRI) IRI {
	if s.FileKey == "" || at.Origin() == "" || s.Owns(at) {
		return at
	}
	path := "/media/proxy/" + kind + "/" + id.String() + "/" + slot
	return s.IRI(path + "/" + s.seal(path, at))
}

// Holds reports whether Proxied gives a file at that address that seal.
func (s Site) Holds(seal, kind string, id ID, slot string, at IRI) bool {
	proxied := s.Proxied(kind, id, slot, at)
	_, want, _ := strings.Cut(string(proxied), "/"+slot+"/")
	return proxied != at && hmac.Equal([]byte(seal), []byte(want))
}

// seal binds a path to the address whose file is served there.
func (s Site) seal(path string, at IRI) string {
	m := hmac.New(sha256.New, []byte(s.FileKey))
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(path)))
	m.Write(n[:])
	m.Write([]byte(path + string(at)))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}
