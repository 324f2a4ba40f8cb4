package mail

// feet close every letter.
var feet = map[string]string{
	"en": "You get this because of an account, or of a request for one, at {domain}. Nobody reads answers to this address.",
	"fr": "Vous recevez ce message à cause d’un compte, ou d’une demande de compte, sur {domain}. Personne ne lit les réponses à cette adresse.",
}

// ends are how the link is called that ends a kind of letter.
var ends = map[string]string{
	"en": "Do not send me these any more",
	"fr": "Ne plus m’envoyer ces messages",
}

// catalogues are what letters say, in each language we speak.
var catalogues = map[string]map[Kind]words{
	"en": {
		Confirm: {
			subject: "{site}: confirm your e-mail address",
			before:  []string{"Somebody, hopefully you, signed up at {site} as {handle} with this address."},
			button:  "Confirm the address",
			after:   []string{"The link works for two days. If it was not you, do nothing: without the confirmation nothing comes of it."},
		},
		Taken: {
			subject: "{site}: you have an account already",
			before:  []string{"Somebody, perhaps you, signed up at {site} with this address. It has an account already, {handle}, so nothing was made."},
			button:  "Sign in, or ask for a new password",
			after:   []string{"If it was not you, do nothing. Whoever it was does not learn from us that you are here."},
		},
		NewAddress: {
			subject: "{site}: confirm your new e-mail address",
			before:  []string{"{handle} wants to use this address at {site} from now on."},
			button:  "Confirm the new address",
			after:   []string{"The link works for two days. Until then the old address stays. If it was not you, do nothing."},
		},
		AddressChanged: {
			subject: "{site}: your e-mail address was changed",
			before:  []string{"{handle} uses another e-mail address at {site} now: {address}. This one is no longer in use."},
			after:   []string{"If it was not you, write to who runs the server at once, and change your password."},
		},
		Reset: {
			subject: "{site}: a new password",
			before:  []string{"Somebody, hopefully you, asked for a new password for {handle} at {site}."},
			button:  "Choose a new password",
			after:   []string{"The link works once, for one hour. If it was not you, do nothing: the password stays as it is."},
		},
		PasswordChanged: {
			subject: "{site}: your password was changed",
			before:  []string{"The password of {handle} at {site} was changed on {when}. All other browsers and apps were signed out."},
			after:   []string{"If it was not you, ask for a new password at once, from the sign-in page."},
		},
		FactorChanged: {
			subject: "{site}: how you sign in was changed",
			before:  []string{"On {when}, this was changed about how {handle} signs in at {site}: {what}."},
			after:   []string{"If it was not you, change your password at once, and look through your security settings."},
		},
		BackupFailed: {
			subject: "{site}: there is no good backup",
			before:  []string{"The backup of {domain} of {when} is not good: {why}."},
			button:  "Look at the backups",
			after:   []string{"Until one is good again, nothing that is lost can be brought back from after the last good one."},
		},
		SignedIn: {
			subject: "{site}: a new sign-in",
			before:  []string{"Somebody, hopefully you, signed in at {site} as {handle} on {when}, from {address}, with: {agent}"},
			button:  "See who is signed in",
			after:   []string{"If it was not you, change your password at once: that signs everybody else out."},
		},
		Approved: {
			subject: "{site}: welcome",
			before:  []string{"Your account {handle} at {site} was approved."},
			button:  "Go to {site}",
			after:   []string{"You can sign in there, or with any app for Mastodon."},
		},
		Rejected: {
			subject: "{site}: your sign-up",
			before:  []string{"Those who look after {site} read your request for the account {handle}, and did not approve it."},
			after:   []string{"What you sent them was deleted, and the name is free again."},
		},
		Digest: {
			subject: "{site}: {count} to answer",
			before:  []string{"Hello {name}, these invitations to publish together wait for your answer:"},
			button:  "See them",
			after:   []string{"Nothing is published under your name before you agree. An invitation that nobody answers ends by itself."},
		},
		Struck: {
			subject: "{site}: the moderators decided about your account",
			before:  []string{"On {when}, those who look after {site} decided about your account {handle}: {what}"},
			button:  "Read why, and answer",
			after:   []string{"If you think that this is wrong, you can say so there: another look is taken at it."},
		},
		Reported: {
			subject: "{site}: a new report about {who}",
			before:  []string{"Somebody reported {who}. The report waits for those who look after {site}."},
			button:  "Read the report",
			after:   []string{"In your settings, under notifications, you choose what you are told by mail."},
		},
		Appealed: {
			subject: "{site}: {who} appeals",
			before:  []string{"{who} says that a decision of moderators was wrong. The appeal waits for another look."},
			button:  "Read the appeal",
			after:   []string{"In your settings, under notifications, you choose what you are told by mail."},
		},
		Asked: {
			subject: "{site}: {who} asks for an account",
			before:  []string{"{who} confirmed an e-mail address, and waits to be let in."},
			button:  "Read the request",
			after:   []string{"In your settings, under notifications, you choose what you are told by mail."},
		},
		Test: {
			subject: "{site}: a test",
			before:  []string{"This is a test. If you read it, {site} can send mail."},
		},
	},
	"fr": {
		Confirm: {
			subject: "{site} : confirmez votre adresse électronique",
			before:  []string{"Quelqu’un, sans doute vous, a créé un compte sur {site} sous le nom {handle} avec cette adresse."},
			button:  "Confirmer l’adresse",
			after:   []string{"Le lien fonctionne pendant deux jours. Si ce n’était pas vous, ne faites rien : sans confirmation, il ne se passera rien."},
		},
		Taken: {
			subject: "{site} : vous avez déjà un compte",
			before:  []string{"Quelqu’un, peut-être vous, a voulu créer un compte sur {site} avec cette adresse. Elle a déjà un compte, {handle} : rien n’a donc été créé."},
			button:  "Se connecter, ou demander un nouveau mot de passe",
			after:   []string{"Si ce n’était pas vous, ne faites rien. Nous ne disons à personne que vous êtes ici."},
		},
		NewAddress: {
			subject: "{site} : confirmez votre nouvelle adresse électronique",
			before:  []string{"{handle} souhaite désormais utiliser cette adresse sur {site}."},
			button:  "Confirmer la nouvelle adresse",
			after:   []string{"Le lien fonctionne pendant deux jours. D’ici là, l’ancienne adresse reste en place. Si ce n’était pas vous, ne faites rien."},
		},
		AddressChanged: {
			subject: "{site} : votre adresse électronique a changé",
			before:  []string{"{handle} utilise maintenant une autre adresse sur {site} : {address}. Celle-ci ne sert plus."},
			after:   []string{"Si ce n’était pas vous, écrivez tout de suite aux responsables du serveur et changez votre mot de passe."},
		},
		Reset: {
			subject: "{site} : un nouveau mot de passe",
			before:  []string{"Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour {handle} sur {site}."},
			button:  "Choisir un nouveau mot de passe",
			after:   []string{"Le lien fonctionne une fois, pendant une heure. Si ce n’était pas vous, ne faites rien : le mot de passe ne change pas."},
		},
		PasswordChanged: {
			subject: "{site} : votre mot de passe a changé",
			before:  []string{"Le mot de passe de {handle} sur {site} a été changé le {when}. Tous les autres navigateurs et applications ont été déconnectés."},
			after:   []string{"Si ce n’était pas vous, demandez tout de suite un nouveau mot de passe depuis la page de connexion."},
		},
		FactorChanged: {
			subject: "{site} : votre façon de vous connecter a changé",
			before:  []string{"Le {when}, ceci a changé dans la façon dont {handle} se connecte à {site} : {what}."},
			after:   []string{"Si ce n’était pas vous, changez tout de suite votre mot de passe et relisez vos réglages de sécurité."},
		},
		BackupFailed: {
			subject: "{site} : il n’y a pas de bonne sauvegarde",
			before:  []string{"La sauvegarde de {domain} du {when} n’est pas bonne. Voici ce que dit le programme : {why}."},
			button:  "Voir les sauvegardes",
			after:   []string{"Tant qu’aucune n’est de nouveau bonne, ce qui se perdrait depuis la dernière bonne sauvegarde ne pourrait pas être retrouvé."},
		},
		SignedIn: {
			subject: "{site} : une nouvelle connexion",
			before:  []string{"Quelqu’un, sans doute vous, s’est connecté à {site} en tant que {handle} le {when}, depuis {address}, avec : {agent}"},
			button:  "Voir qui est connecté",
			after:   []string{"Si ce n’était pas vous, changez tout de suite votre mot de passe : cela déconnecte tous les autres."},
		},
		Approved: {
			subject: "{site} : bienvenue",
			before:  []string{"Votre compte {handle} sur {site} a été accepté."},
			button:  "Aller sur {site}",
			after:   []string{"Vous pouvez vous y connecter, ou utiliser n’importe quelle application pour Mastodon."},
		},
		Rejected: {
			subject: "{site} : votre inscription",
			before:  []string{"Les responsables de {site} ont lu votre demande pour le compte {handle} et ne l’ont pas acceptée."},
			after:   []string{"Ce que vous leur aviez envoyé a été supprimé, et le nom est de nouveau libre."},
		},
		Digest: {
			subject: "{site} : {count} en attente de votre réponse",
			before:  []string{"Bonjour {name}, ces invitations à publier ensemble attendent votre réponse :"},
			button:  "Les voir",
			after:   []string{"Rien ne paraît sous votre nom sans votre accord. Une invitation restée sans réponse prend fin d’elle-même."},
		},
		Struck: {
			subject: "{site} : une décision de modération sur votre compte",
			before:  []string{"Le {when}, les responsables de {site} ont pris une décision sur votre compte {handle} : {what}"},
			button:  "Lire pourquoi, et répondre",
			after:   []string{"Si vous pensez que c’est une erreur, vous pouvez le dire sur cette page : la décision sera réexaminée."},
		},
		Reported: {
			subject: "{site} : nouveau signalement de {who}",
			before:  []string{"Le compte {who} a été signalé. Le signalement attend les responsables de {site}."},
			button:  "Lire le signalement",
			after:   []string{"Dans vos réglages, sous « Notifications », vous choisissez ce que vous recevez par courrier."},
		},
		Appealed: {
			subject: "{site} : {who} fait appel",
			before:  []string{"{who} conteste une décision de modération. L’appel attend un nouvel examen."},
			button:  "Lire l’appel",
			after:   []string{"Dans vos réglages, sous « Notifications », vous choisissez ce que vous recevez par courrier."},
		},
		Asked: {
			subject: "{site} : {who} demande un compte",
			before:  []string{"{who} a confirmé une adresse électronique et attend une réponse."},
			button:  "Lire la demande",
			after:   []string{"Dans vos réglages, sous « Notifications », vous choisissez ce que vous recevez par courrier."},
		},
		Test: {
			subject: "{site} : un essai",
			before:  []string{"Ceci est un essai. Si vous le lisez, {site} sait envoyer du courrier."},
		},
	},
}
