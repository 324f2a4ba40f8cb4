package models

import (
	"crypto/rand"
	"encoding/binary"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// An ID names a row. IDs are minted in time order, so sorting by ID sorts by age.
type ID int64

// String returns the ID in decimal, as clients see it.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Time returns the moment the ID was minted for, in milliseconds.
func (id ID) Time() time.Time { return time.UnixMilli(int64(id) >> 16).UTC() }

// ParseID reads an ID as a client sent it.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, Errorf(NotFound, "there is nothing called %q here", s)
	}
	return ID(n), nil
}

// lastID is the ID that this process minted last.
var lastID atomic.Int64

// NewID mints an ID for a thing born now: 47 bits of milliseconds, 16 of chance,
// and always above the one before, so that one moment can bear many things.
func NewID(now time.Time) ID {
	id := idAt(now)
	for {
		last := lastID.Load()
		if next := max(id, last+1); lastID.CompareAndSwap(last, next) {
			return ID(next)
		}
	}
}

// IDAt mints an ID for a thing that was born elsewhere, at t: it sorts among
// what was born here at that time. Two things of one millisecond may collide,
// with a chance of 1 in 65,536; a unique key and another try settle that.
func IDAt(t time.Time) ID { return ID(idAt(t)) }

func idAt(t time.Time) int64 {
	var chance [2]byte
	rand.Read(chance[:]) //nolint:errcheck // crypto/rand.Read never fails since Go 1.24
	return max(t.UnixMilli(), 1)<<16 | int64(binary.BigEndian.Uint16(chance[:]))
}

// An IRI is the name by which the whole network knows a thing.
type IRI string

// Public is the IRI that addresses everyone (ActivityPub §5.6).
const Public IRI = "https://www.w3.org/ns/activitystreams#Public"

// Host returns the host, with its port if it names one, in lower case; "" if the
// IRI is not an absolute http or https address without userinfo.
func (i IRI) Host() string {
	_, host, _ := i.split()
	return host
}

// Origin returns scheme://host[:port], the unit of trust between servers; "" if
// the IRI is not an absolute http or https address without userinfo.
func (i IRI) Origin() string {
	scheme, host, ok := i.split()
	if !ok {
		return ""
	}
	return scheme + "://" + host
}

// SameOrigin reports whether both are on one server, and that server is known.
func (i IRI) SameOrigin(j IRI) bool { o := i.Origin(); return o != "" && o == j.Origin() }

func (i IRI) split() (scheme, host string, ok bool) {
	u, err := url.Parse(string(i))
	if err != nil || u.User != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", "", false
	}
	host = strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && !(u.Scheme == "https" && p == "443") && !(u.Scheme == "http" && p == "80") {
		host += ":" + p
	}
	return u.Scheme, host, host != ""
}
