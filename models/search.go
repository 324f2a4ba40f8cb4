package models

import (
	"strconv"
	"strings"
)

// A Searchable is what is looked through of a post or an account: its words in their
// order, and marks that say what else is known of it. Marks are letters and digits.
type Searchable struct {
	ID    ID
	Words []string
	Marks []string
}

// The marks of a post.
const (
	MarkPublic    = "p" // anybody may find it: everyone who wrote it has opted in
	MarkReply     = "r"
	MarkSensitive = "s"
	MarkMedia     = "hm"
	MarkImage     = "hi"
	MarkVideo     = "hv"
	MarkAudio     = "ha"
	MarkPoll      = "hp"
	MarkLink      = "hl"
	MarkCrowd     = "kk" // so many people here kept it that they are not told one by one
)

// MarkBy is on what an account wrote, alone or with others.
func MarkBy(id ID) string { return "a" + strconv.FormatInt(int64(id), 36) }

// MarkTo is on what names an account.
func MarkTo(id ID) string { return "m" + strconv.FormatInt(int64(id), 36) }

// MarkKept is on what somebody here liked, passed on or bookmarked.
func MarkKept(id ID) string { return "k" + strconv.FormatInt(int64(id), 36) }

// MarkLanguage is on what is in a language, given as a BCP 47 tag.
func MarkLanguage(tag string) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(tag, "_", "-"), "-")
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(base))
	return "l" + base[:min(len(base), 8)]
}

// A Sought says which posts are looked for. A phrase is words in a row; one word is
// a short phrase.
type Sought struct {
	All, None           [][]string // phrases
	Marks, Without, Any []string   // marks: all of these, none of those, and one of the last if there are any
}
