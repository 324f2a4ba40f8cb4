package models

import "strings"

// A CreditLabel says what a credit is for: a word in lower case, as it travels
// (creditedAs). A peer may send one that is not known here. It is "" for a
// co-author, and for a credit that says no more than that.
type CreditLabel string

// The labels that are known here (FEATURES C18).
const (
	CreditAuthor       CreditLabel = "author"
	CreditPhoto        CreditLabel = "photo"
	CreditIllustration CreditLabel = "illustration"
	CreditMusic        CreditLabel = "music"
	CreditVideo        CreditLabel = "video"
	CreditText         CreditLabel = "text"
	CreditTranslation  CreditLabel = "translation"
	CreditDesign       CreditLabel = "design"
	CreditSource       CreditLabel = "source"
	CreditSponsor      CreditLabel = "sponsor" // a paid partnership (FEATURES C21)
)

// Valid reports whether l is one word of small letters, or none.
func (l CreditLabel) Valid() bool {
	return len(l) <= 20 && strings.Trim(string(l), "abcdefghijklmnopqrstuvwxyz") == ""
}

// What an artist who is asked for a credit can answer besides yes, as reason codes
// of a Reject. What follows from it is for the asker to do: they see the answer.
const (
	CreditAsCoauthor = "as_coauthor"  // ask me to stand under it as an author
	CreditByNameOnly = "by_name_only" // name me in plain words, without my account
	CreditDoNotName  = "do_not_name"
	CreditNotMine    = "not_mine"
	CreditNotAllowed = "not_allowed" // this use of my work was not permitted
)

// CreditAnswer reports whether code is one of these answers.
func CreditAnswer(code string) bool {
	return code == CreditAsCoauthor || code == CreditByNameOnly || code == CreditDoNotName || code == CreditNotMine || code == CreditNotAllowed
}
