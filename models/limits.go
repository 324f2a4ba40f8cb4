package models

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The times that rates are of.
const (
	RateWindow     = 5 * time.Minute
	SlowWindow     = 30 * time.Minute // of what leaves much behind
	PasswordWindow = 15 * time.Minute
)

// Limits are the numbers that bound what others can ask of this server. A field that
// is zero stands for its default: see Filled. A rate is how often in RateWindow, and
// -1 means as often as they like.
type Limits struct {
	Body, Nesting, Requests                      int // of one activity
	Mentions, Tags, Attachments                  int // of one post of a peer's
	Uploads, ImageMB, VideoMB, Pixels            int // of one post, and of one file, made here
	Thread                                       int
	HeaderSeconds, BodySeconds, TransferSeconds  int
	AccountCalls, AddressCalls, AddressReads     int // rates
	AccountUploads, AccountDeletions             int // in half an hour
	AddressSignups                               int // in half an hour
	ServerActivities, AddressStrangers           int // rates
	AddressApps, AddressPasswords, PairPasswords int // rates
}

// A Limit is one of Limits, as an operator sees it.
type Limit struct {
	Name, Help         string
	Default, Low, High int
	at                 *int
}

// Value returns the limit as it is, 0 for its default.
func (l Limit) Value() int { return *l.at }

// unbounded is the High of rates.
const unbounded = 1 << 30

// All returns every limit, with where it is kept in l.
func (l *Limits) All() []Limit {
	return []Limit{
		{"body", "bytes of one activity of a peer's", 1 << 20, 64 << 10, 1 << 20, &l.Body},
		{"nesting", "objects and lists within each other in one activity", 32, 8, 32, &l.Nesting},
		{"requests", "requests to other servers that one activity may cause", 30, 8, 300, &l.Requests},
		{"mentions", "people whom one post of a peer's may name", 100, 1, 100, &l.Mentions},
		{"tags", "hashtags of one post of a peer's", 100, 1, 100, &l.Tags},
		{"attachments", "files of one post of a peer's that are shown", 32, 1, 32, &l.Attachments},
		{"uploads", "files of one post that is written here", 8, 1, 32, &l.Uploads},
		{"image_mb", "MiB of one picture", 16, 1, 100, &l.ImageMB},
		{"video_mb", "MiB of one film or sound", 99, 1, 4096, &l.VideoMB},
		{"pixels", "width × height of one picture", 33_177_600, 1 << 16, 1 << 28, &l.Pixels},
		{"thread", "posts of one thread that are shown", 2000, 10, 20_000, &l.Thread},
		{"header_seconds", "time for the headers of a request to come in", 10, 1, 300, &l.HeaderSeconds},
		{"body_seconds", "time for a request and its answer", 30, 1, 3600, &l.BodySeconds},
		{"transfer_seconds", "time for an upload or a download", 600, 1, 86_400, &l.TransferSeconds},
		{"account_calls", "client calls of one account", 300, -1, unbounded, &l.AccountCalls},
		{"address_calls", "client calls without a token, from one address", 300, -1, unbounded, &l.AddressCalls},
		{"account_uploads", "files that one account uploads in half an hour", 30, -1, unbounded, &l.AccountUploads},
		{"account_deletions", "posts and boosts that one account takes back in half an hour", 30, -1, unbounded, &l.AccountDeletions},
		{"address_signups", "accounts that are asked for in half an hour, from one address", 5, -1, unbounded, &l.AddressSignups},
		{"address_reads", "documents that peers read, from one address", 3000, -1, unbounded, &l.AddressReads},
		{"server_activities", "activities of one server", 10_000, -1, unbounded, &l.ServerActivities},
		{"address_strangers", "requests to inboxes whose signature does not hold, from one address", 600, -1, unbounded, &l.AddressStrangers},
		{"address_apps", "apps that are registered, from one address", 30, -1, unbounded, &l.AddressApps},
		{"address_passwords", "passwords that are tried in a quarter of an hour, from one address", 100, -1, unbounded, &l.AddressPasswords},
		{"pair_passwords", "passwords that are tried in a quarter of an hour for one account, from one address", 10, -1, unbounded, &l.PairPasswords},
	}
}

// Filled returns l with the defaults in place of zeros.
func (l Limits) Filled() Limits {
	for _, one := range l.All() {
		if *one.at == 0 {
			*one.at = one.Default
		}
	}
	return l
}

// ParseLimits reads name=number, separated by spaces or commas. Its errors are
// sentences for who wrote it.
func ParseLimits(s string) (Limits, error) {
	var l Limits
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		name, value, _ := strings.Cut(word, "=")
		if err := l.set(name, value); err != nil {
			return Limits{}, err
		}
	}
	return l, nil
}

func (l *Limits) set(name, value string) error {
	for _, one := range l.All() {
		if one.Name != name {
			continue
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < one.Low || n > one.High || n == 0 {
			return fmt.Errorf("the limit %s (%s) is at least %d and at most %d, not %q", name, one.Help, max(one.Low, 1), one.High, value)
		}
		*one.at = n
		return nil
	}
	return fmt.Errorf("there is no limit %q: 'ensemble limits' lists them", name)
}
