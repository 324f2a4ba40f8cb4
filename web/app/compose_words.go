package app

import "ensemble/models"

// A composeTongue is a language to write in, as its speakers call it.
type composeTongue struct{ Tag, Name string }

var composeTongues = []composeTongue{
	{"af", "Afrikaans"}, {"ar", "العربية"}, {"az", "Azərbaycanca"}, {"be", "Беларуская"}, {"bg", "Български"}, {"bn", "বাংলা"},
	{"br", "Brezhoneg"}, {"bs", "Bosanski"}, {"ca", "Català"}, {"co", "Corsu"}, {"cs", "Čeština"}, {"cy", "Cymraeg"}, {"da", "Dansk"},
	{"de", "Deutsch"}, {"el", "Ελληνικά"}, {"en", "English"}, {"eo", "Esperanto"}, {"es", "Español"}, {"et", "Eesti"}, {"eu", "Euskara"},
	{"fa", "فارسی"}, {"fi", "Suomi"}, {"fr", "Français"}, {"fy", "Frysk"}, {"ga", "Gaeilge"}, {"gd", "Gàidhlig"}, {"gl", "Galego"},
	{"he", "עברית"}, {"hi", "हिन्दी"}, {"hr", "Hrvatski"}, {"hu", "Magyar"}, {"hy", "Հայերեն"}, {"id", "Bahasa Indonesia"},
	{"is", "Íslenska"}, {"it", "Italiano"}, {"ja", "日本語"}, {"ka", "ქართული"}, {"kab", "Taqbaylit"}, {"kk", "Қазақша"}, {"ko", "한국어"},
	{"lt", "Lietuvių"}, {"lv", "Latviešu"}, {"mk", "Македонски"}, {"ms", "Bahasa Melayu"}, {"nl", "Nederlands"}, {"nn", "Norsk nynorsk"},
	{"no", "Norsk"}, {"oc", "Occitan"}, {"pl", "Polski"}, {"pt", "Português"}, {"ro", "Română"}, {"ru", "Русский"}, {"sk", "Slovenčina"},
	{"sl", "Slovenščina"}, {"sq", "Shqip"}, {"sr", "Српски"}, {"sv", "Svenska"}, {"sw", "Kiswahili"}, {"ta", "தமிழ்"}, {"th", "ไทย"},
	{"tr", "Türkçe"}, {"uk", "Українська"}, {"ur", "اردو"}, {"vi", "Tiếng Việt"}, {"zh", "中文"},
}

// Tongues are the languages to choose from, with the one that is chosen.
func (v *composeView) Tongues() []composeTongue {
	for _, t := range composeTongues {
		if t.Tag == v.Language || v.Language == "" {
			return composeTongues
		}
	}
	return append([]composeTongue{{v.Language, v.Language}}, composeTongues...)
}

// Audiences are what a post can be for.
func (v *composeView) Audiences() []models.Visibility {
	return []models.Visibility{models.VisPublic, models.VisUnlisted, models.VisFollowers, models.VisDirect}
}

// Durations are how long a poll can be open, in seconds; with the one that is chosen.
func (v *composeView) Durations() []int {
	list := []int{300, 1800, 3600, 21600, 43200, 86400, 259200, 604800}
	for _, d := range list {
		if d == v.Lasts {
			return list
		}
	}
	return append([]int{v.Lasts}, list...)
}

// Roles are what somebody can be invited as.
func (v *composeView) Roles() []string {
	list := []string{string(models.RoleCoauthor)}
	for _, l := range []models.CreditLabel{
		models.CreditIllustration, models.CreditPhoto, models.CreditMusic, models.CreditVideo, models.CreditText, models.CreditAuthor,
		models.CreditTranslation, models.CreditDesign, models.CreditSource,
	} {
		list = append(list, string(models.RoleCredit)+":"+string(l))
	}
	return append(list, string(models.CreditSponsor))
}

// Policies are who may quote it.
func (v *composeView) Policies() []models.QuotePolicy {
	return []models.QuotePolicy{
		models.QuotePublic, models.QuoteFollowers, models.QuoteFollowing, models.QuoteMutuals, models.QuoteManual, models.QuoteNobody,
	}
}

// Quorums, Declines and Moderations are the terms to choose from, the default first.
func (v *composeView) Quorums() []string { return []string{"all", "any", "now"} }

// Declines are what can become of it when somebody declines.
func (v *composeView) Declines() []string { return []string{"delete", "draft", "publish"} }

// Moderations are who can take replies away.
func (v *composeView) Moderations() []string { return []string{"initiator", "all"} }

// Blank is an upload for scripts to fill in.
func (v *composeView) Blank() composeFile { return composeFile{} }

// Stranger is somebody to invite for scripts to fill in.
func (v *composeView) Stranger() composeGuest {
	return composeGuest{Role: string(models.RoleCoauthor), Ability: "full"}
}
