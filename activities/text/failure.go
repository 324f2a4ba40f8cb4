package text

import (
	"regexp"
	"strings"
)

// french is what federation/fetch says of a delivery, in French: by the English sentence, as
// it was written with its %s and %d. What is not here is quoted as it is.
var french = [][2]string{
	{"%s does not have that", "%s n’a pas cela"},
	{"%s says that this is gone for good", "%s dit que cela n’existe plus"},
	{"%s did not accept our signature (401)", "%s n’a pas accepté notre signature (401)"},
	{"%s refused (403)", "%s a refusé (403)"},
	{"%s asks us to slow down (429)", "%s nous demande de ralentir (429)"},
	{"%s was not ready (%d)", "%s n’était pas prêt (%s)"},
	{"%s has a problem of its own (%d)", "%s a lui-même un problème (%s)"},
	{"%s sent us somewhere else (%d)", "%s nous a envoyés ailleurs (%s)"},
	{"%s did not understand us (%d)", "%s ne nous a pas compris (%s)"},
	{"%s has no such inbox any more (404)", "%s n’a plus cette boîte de réception (404)"},
	{"the request to %s was given up before it was answered", "la requête vers %s a été abandonnée avant la réponse"},
	{"%s could not be reached", "%s n’a pas pu être joint"},
	{"%s is on a port that this server does not call", "%s est sur un port que ce serveur n’appelle pas"},
	{"%s is in a private network, which this server does not call", "%s est dans un réseau privé, que ce serveur n’appelle pas"},
	{"%s did not answer within %d s", "%s n’a pas répondu en %s s"},
	{"there is no server called %s", "aucun serveur ne s’appelle %s"},
	{"the name %s could not be looked up", "le nom %s n’a pas pu être résolu"},
	{"the certificate of %s has expired, or is not valid yet", "le certificat de %s a expiré, ou n’est pas encore valable"},
	{"the certificate of %s is for another name", "le certificat de %s est au nom d’un autre"},
	{"the certificate of %s is from an authority that is not known here", "le certificat de %s vient d’une autorité inconnue ici"},
	{"the certificate of %s is not valid", "le certificat de %s n’est pas valable"},
	{"%s does not speak TLS as we do", "%s ne parle pas TLS comme nous"},
	{"%s refused the connection", "%s a refusé la connexion"},
	{"there is no way through the network to %s", "aucun chemin du réseau ne mène à %s"},
	{"%s closed the connection before it had answered", "%s a coupé la connexion avant d’avoir répondu"},
	{"this server does not talk to %s", "ce serveur ne parle pas à %s"},
	{"its sender is suspended", "le compte qui l’envoie est suspendu"},
	{"an admin gave it up", "un admin y a renoncé"},
	{"given up: %s", "abandonné : %s"},
}

type phrase struct {
	is *regexp.Regexp
	fr string
}

var phrases = func() (out []phrase) {
	for _, pair := range french {
		like := regexp.QuoteMeta(pair[0])
		if pair[0] == "given up: %s" {
			like = strings.ReplaceAll(like, "%s", "(.+)")
		}
		like = strings.ReplaceAll(strings.ReplaceAll(like, "%s", `(\S+)`), "%d", `(\d+)`)
		out = append(out, phrase{regexp.MustCompile("^" + like + `(?:: (.*))?$`), pair[1]})
	}
	return out
}()

// Failure returns what is written of a failed delivery in the language lang, en or fr.
// What the other server said for itself stays in its own words.
func Failure(lang, sentence string) string {
	if lang != "fr" || sentence == "" {
		return sentence
	}
	for _, p := range phrases {
		m := p.is.FindStringSubmatch(sentence)
		if m == nil {
			continue
		}
		said, rest := p.fr, m[len(m)-1]
		for _, arg := range m[1 : len(m)-1] {
			said = strings.Replace(said, "%s", Failure(lang, arg), 1)
		}
		if rest != "" {
			said += " : « " + rest + " »"
		}
		return said
	}
	return sentence
}
