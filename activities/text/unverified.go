package text

// Unverified is the line of a post that mentions those who were to stand under it,
// and whose servers cannot say that they agree: it is no more than a mention. It is
// in French under a French text and else in English.
func Unverified(language string, handles ...string) string {
	if len(handles) == 0 {
		return ""
	}
	if bylineLanguage(language) == "fr" {
		return "Avec (non vérifié) : " + listed(handles, " et ")
	}
	return "With (unverified): " + listed(handles, " and ")
}
