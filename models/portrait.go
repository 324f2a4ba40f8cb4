package models

import (
	"hash/fnv"
	"strconv"
	"strings"
)

// PortraitTints is how many colours there are for portraits of people who chose none.
const PortraitTints = 8

// Blank returns the picture shown for a, who chose none: the first letter of their name on
// a colour, which are the same everywhere. It is under Mastodon's own address of such a
// picture, which some clients know.
func (s Site) Blank(a *Account) IRI {
	at := s.IRI("/avatars/original/missing.png")
	if a.Username == "" {
		return at
	}
	h := fnv.New32a()
	h.Write([]byte(a.URI))
	letter := strings.ToLower(a.Username[:1])
	if strings.Trim(letter, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		letter = "_"
	}
	// Addresses that differ in their last letters alone differ little in the low bits.
	return at + IRI("?of="+letter+strconv.FormatUint(uint64(h.Sum32()>>16%PortraitTints), 10))
}
