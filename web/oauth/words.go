package oauth

import "ensemble/web/call"

// catalogues are the words of the page in each language we speak.
var catalogues = map[string]map[string]string{
	"en": {
		"title":       "Sign in",
		"sign_in_for": "Sign in to go on to",
		"login":       "E-mail address or user name",
		"password":    "Password",
		"sign_in":     "Sign in",
		"wrong":       "This name and this password do not fit together.",
		"too_often":   "That was tried too often. Please wait a quarter of an hour.",
		"wants":       "would like to act for you,",
		"could":       "It could:",
		"allow":       "Allow",
		"deny":        "Deny",
		"other":       "Sign in as somebody else",
		"copy":        "Copy this code into",
		"no_app":      "We do not know the app that sent you here.",
		"no_redirect": "The app that sent you here gave an address to return to that it did not register, so we do not follow it.",

		"security":     "Security",
		"sessions":     "Browsers that are signed in",
		"this_browser": "this one",
		"end":          "Sign it out",
		"end_others":   "Sign all others out",
		"apps":         "Apps that may act for you",
		"no_apps":      "There are none.",
		"end_app":      "Take it back",
		"sign_out":     "Sign out",

		"scope read":        "read what you can read",
		"scope write":       "change things in your name",
		"scope follow":      "change whom you follow, block and mute",
		"scope push":        "send you notifications",
		"scope profile":     "see who you are",
		"scope admin:read":  "read what moderators can read",
		"scope admin:write": "do what moderators can do",
	},
	"fr": {
		"title":       "Connexion",
		"sign_in_for": "Connectez-vous pour continuer vers",
		"login":       "Adresse électronique ou nom d’utilisateur",
		"password":    "Mot de passe",
		"sign_in":     "Se connecter",
		"wrong":       "Ce nom et ce mot de passe ne vont pas ensemble.",
		"too_often":   "Trop de tentatives. Merci d’attendre un quart d’heure.",
		"wants":       "souhaite agir pour vous,",
		"could":       "Cette application pourrait :",
		"allow":       "Autoriser",
		"deny":        "Refuser",
		"other":       "Se connecter avec un autre compte",
		"copy":        "Copiez ce code dans",
		"no_app":      "Nous ne connaissons pas l’application qui vous envoie ici.",
		"no_redirect": "L’application qui vous envoie ici a donné une adresse de retour qu’elle n’avait pas déclarée : nous ne la suivons pas.",

		"security":     "Sécurité",
		"sessions":     "Navigateurs connectés",
		"this_browser": "celui-ci",
		"end":          "Le déconnecter",
		"end_others":   "Déconnecter tous les autres",
		"apps":         "Applications autorisées à agir pour vous",
		"no_apps":      "Il n’y en a pas.",
		"end_app":      "Retirer l’autorisation",
		"sign_out":     "Se déconnecter",

		"scope read":        "lire ce que vous pouvez lire",
		"scope write":       "modifier des choses en votre nom",
		"scope follow":      "changer qui vous suivez, bloquez et masquez",
		"scope push":        "vous envoyer des notifications",
		"scope profile":     "savoir qui vous êtes",
		"scope admin:read":  "lire ce que lisent les modérateurs",
		"scope admin:write": "faire ce que font les modérateurs",
	},
}

func words(c *call.Call) map[string]string { return catalogues[language(c)] }

func language(c *call.Call) string { return c.Language("en", "fr") }
