package api

import (
	"time"

	"ensemble/web/call"
)

// privacyFrom is when what privacy says was written.
var privacyFrom = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// privacy says, as HTML, what the program does with what it is told, in the language of
// who asks. An admin who does more with it has to write a policy of their own.
func privacy(c *call.Call) string {
	if language(c) == "fr" {
		return privacyFrench
	}
	return privacyEnglish
}

const privacyEnglish = `<h1>What this server keeps</h1>
<p><strong>Your account.</strong> Your name, your e-mail address, a hash of your password, your profile and your settings. Your profile is public.</p>
<p><strong>What you write and do.</strong> Your posts with their files, the app they were written with, your follows, favourites, boosts, bookmarks, lists, filters and notifications, as long as you have them or your account. Public and unlisted posts can be read by anybody. Posts for followers, and direct posts, go to those people and to their servers, which keep copies; who runs those servers, and who runs this one, could read them.</p>
<p><strong>Sessions.</strong> For every browser and app that is signed in: when, from which address, and what it calls itself. You can see and end each of them in your settings.</p>
<h1>Who gets it</h1>
<p>Other servers get what you share with people there, and are told when you delete it. Push services carry notifications to your apps, encrypted. Apps get what you allow them. Nothing is sold, and there is no advertising.</p>
<h1>Pictures of other servers</h1>
<p>They come to you from this server, unless its admin has chosen otherwise, so that those servers do not learn who looks.</p>
<h1>Cookies</h1>
<p>They keep you signed in and your forms safe, and nothing else.</p>
<h1>What you can do</h1>
<p>Take a copy of everything along, move to another server, and delete single posts or your whole account at any time.</p>`

const privacyFrench = `<h1>Ce que ce serveur conserve</h1>
<p><strong>Votre compte.</strong> Votre nom, votre adresse électronique, une empreinte de votre mot de passe, votre profil et vos réglages. Votre profil est public.</p>
<p><strong>Ce que vous écrivez et faites.</strong> Vos messages et leurs fichiers, l’application utilisée, vos abonnements, favoris, partages, marque-pages, listes, filtres et notifications, tant que vous les gardez ou gardez votre compte. Tout le monde peut lire les messages publics et non listés. Les messages pour vos abonné·es et les messages directs vont à ces personnes et à leurs serveurs, qui en gardent une copie ; qui gère ces serveurs, et qui gère celui-ci, pourrait les lire.</p>
<p><strong>Sessions.</strong> Pour chaque navigateur et application connectés : quand, depuis quelle adresse, et sous quel nom. Vous pouvez voir et fermer chacune dans vos réglages.</p>
<h1>Qui les reçoit</h1>
<p>Les autres serveurs reçoivent ce que vous partagez avec leurs membres, et sont prévenus quand vous le supprimez. Les services de notification transportent vos notifications, chiffrées. Les applications reçoivent ce que vous leur permettez. Rien n’est vendu, et il n’y a pas de publicité.</p>
<h1>Les images des autres serveurs</h1>
<p>Elles vous parviennent par ce serveur, sauf si son administration en a décidé autrement, afin que ces serveurs n’apprennent pas qui regarde.</p>
<h1>Cookies</h1>
<p>Ils vous gardent connecté·e et protègent vos formulaires, et rien d’autre.</p>
<h1>Ce que vous pouvez faire</h1>
<p>Emporter une copie de tout, déménager vers un autre serveur, et supprimer un message ou tout votre compte à tout moment.</p>`
