package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"ensemble/activities/text"
)

// inTongue returns an argument of a sentence as it is said in French: numbers with a comma,
// and why something failed, as far as that is known here. Names stay as they are.
func inTongue(arg any) any {
	switch a := arg.(type) {
	case float64:
		return comma(a)
	case string:
		return inFrench(a)
	}
	return arg
}

// A comma is a number as it is written in French.
type comma float64

// Format writes it with as many digits as %.1f asks for.
func (c comma) Format(s fmt.State, _ rune) {
	digits, ok := s.Precision()
	if !ok {
		digits = -1
	}
	_, _ = io.WriteString(s, strings.Replace(strconv.FormatFloat(float64(c), 'f', digits, 64), ".", ",", 1)) // it is written to memory
}

// A saying is what the program, or the system below it, says in English, and the same in
// French.
type saying struct {
	is *regexp.Regexp
	fr string
}

var sayings = func() (out []saying) {
	for _, pair := range [][2]string{
		{`lookup (\S+?)(?: on \S+)?: no such host`, "aucun serveur ne s’appelle $1"},
		{`lookup (\S+?)(?: on \S+)?: (?:i/o timeout|server misbehaving|.*try again)`, "le nom $1 n’a pas pu être résolu"},
		{`(?:\w+ "?[^" ]*"?: )?dial tcp (\S+): connect: connection refused`, "$1 refuse la connexion"},
		{`(?:\w+ "?[^" ]*"?: )?dial tcp (\S+): i/o timeout`, "$1 n’a pas répondu à temps"},
		{`(?:\w+ "?[^" ]*"?: )?dial tcp (\S+): connect: (?:network is unreachable|no route to host)`, "aucun chemin du réseau ne mène à $1"},
		{`(?:\w+ "?[^" ]*"?: )?context deadline exceeded(?: \(.*\))?`, "la réponse n’est pas venue à temps"},
		{`(?:tls: failed to verify certificate: )?x509: certificate signed by unknown authority`, "le certificat vient d’une autorité inconnue ici"},
		{`(?:tls: failed to verify certificate: )?x509: certificate has expired or is not yet valid.*`, "le certificat a expiré, ou n’est pas encore valable"},
		{`(?:tls: failed to verify certificate: )?x509: certificate is (?:valid for .*|not valid for any names.*)`, "le certificat est au nom d’un autre"},
		{`tls: first record does not look like a TLS handshake`, "ce qui répond ne parle pas TLS"},
		{`(?:open|stat|mkdir|mkdirat|openat|unlinkat|rename) (\S+): permission denied`, "l’accès à $1 est refusé"},
		{`(?:open|stat|mkdir|mkdirat|openat|unlinkat|rename) (\S+): no such file or directory`, "$1 n’existe pas"},
		{`(?:open|stat|mkdir|mkdirat|openat|unlinkat|rename) (\S+): not a directory`, "$1 n’est pas un dossier"},
		{`no space left on device`, "le disque est plein"},
		{`(https?://\S+) answers (\d\d\d.*)`, "$1 répond $2"},
		{`\bmedia folder `, "dossier des médias "},
		{`\bbucket (\S+) at (\S+)`, "compartiment $1 à $2"},
		{`there are no private ones`, "il n’y a pas de clés privées"},
		{`there is no public one for proofs`, "il n’y a pas de clé publique pour les preuves"},
		{`of the one for requests, `, "de celle des requêtes, "},
		{`of the one for proofs, `, "de celle des preuves, "},
		{`the private half cannot be read: `, "la moitié privée ne se lit pas : "},
		{`the private half does not fit the public one`, "la moitié privée ne va pas avec la moitié publique"},
		{`the private half is no Ed25519 key`, "la moitié privée n’est pas une clé Ed25519"},
		{`(?:sign: )?(?:the|a) (?:public|private) key is not in PEM`, "la clé n’est pas au format PEM"},
		{`the table (\S+) has (\d+) rows and not (\d+)`, "la table $1 a $2 lignes, et non $3"},
		{`(\S+) in (\S+) is damaged or missing`, "$1 dans $2 est abîmé ou manque"},
		{`(\S+) is no whole backup: its manifest, which comes last, is missing`, "$1 n’est pas une sauvegarde entière : son manifeste, à la fin, manque"},
		{`(\S+) is no backup, or is damaged: `, "$1 n’est pas une sauvegarde, ou est abîmé : "},
		{`there is no database in (\S+)`, "il n’y a pas de base de données dans $1"},
		{`there are files in (\S+) that its manifest does not name`, "il y a dans $1 des fichiers que son manifeste ne nomme pas"},
		{`there is nothing in the database`, "il n’y a rien dans la base de données"},
		{`the database is damaged: `, "la base de données est abîmée : "},
		{`there is no (\S+) on this machine: install the client programs of PostgreSQL`, "$1 n’est pas sur cette machine : installez les programmes clients de PostgreSQL"},
		{`the server was stopped, or ended, before it was over`, "le serveur a été arrêté, ou s’est arrêté, avant la fin"},
		{`the role of this server may not make a database`, "le rôle de ce serveur n’a pas le droit de créer une base de données"},
		{`write the backup: `, "l’écriture de la sauvegarde : "},
		{`copy the database: `, "la copie de la base de données : "},
	} {
		out = append(out, saying{regexp.MustCompile(pair[0]), pair[1]})
	}
	return out
}()

// inFrench says in French why something failed. What is not known here stays as it is:
// it is another program's, or a name.
func inFrench(said string) string {
	whole, stop := strings.CutSuffix(said, ".")
	if fr := text.Failure("fr", whole); fr != whole {
		whole = fr
	}
	for _, s := range sayings {
		whole = s.is.ReplaceAllString(whole, s.fr)
	}
	if stop {
		whole += "."
	}
	return whole
}

// tongue is the language of who runs a command: French where their locale says so.
func tongue(getenv func(string) string) string {
	if getenv == nil {
		return "en"
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "fr") {
				return "fr"
			}
			return "en"
		}
	}
	return "en"
}
