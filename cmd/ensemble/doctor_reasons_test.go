package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"ensemble/models/store/storetest"
)

// What the doctor says in French is nowhere what it says in English, also why something
// failed and what is to be done.
func TestDoctorSaysNothingInEnglishInFrench(t *testing.T) {
	for en, fr := range doctorFrench {
		if en == fr && en != "%s" {
			t.Errorf("%q is the same in both languages", en)
		}
	}
	storetest.Each(t, func(t *testing.T, dialect string) {
		k := newKept(t, storetest.URL(t, dialect))
		d := &doctor{world: &world{Context: t.Context()}, db: k.db, config: k.backups.config}
		seen := 0
		look := func(all []finding) {
			for _, f := range all {
				seen++
				en, fr := f.text("en"), f.text("fr")
				if en == fr || f.hint != "" && inLanguage("fr", f.hint) == f.hint {
					t.Errorf("%q is %q in French, and %q is %q", en, fr, f.hint, inLanguage("fr", f.hint))
				}
				for _, word := range []string{" the ", " is ", " and ", " has ", " of ", "cannot"} {
					if strings.Contains(fr, word) {
						t.Errorf("English in French: %q", fr)
					}
				}
			}
		}
		for _, l := range d.looks() {
			look(l())
		}
		d.config.Data = filepath.Join(t.TempDir(), "nowhere", "at", "all")
		look(append(d.space(), d.keys()...))
		if seen < 12 {
			t.Errorf("only %d findings were read", seen)
		}
	})
}

func TestReasonsInFrench(t *testing.T) {
	for said, want := range map[string]string{
		"lookup x.example on 127.0.0.53:53: no such host.":                                    "aucun serveur ne s’appelle x.example.",
		"dial tcp 10.0.0.1:443: connect: connection refused.":                                 "10.0.0.1:443 refuse la connexion.",
		`Get "https://x.example/a": dial tcp 10.0.0.1:443: i/o timeout.`:                      "10.0.0.1:443 n’a pas répondu à temps.",
		"tls: failed to verify certificate: x509: certificate signed by unknown authority.":   "le certificat vient d’une autorité inconnue ici.",
		"tls: failed to verify certificate: x509: certificate is valid for a.example, not b.": "le certificat est au nom d’un autre.",
		"of the one for requests, the private half does not fit the public one.":              "de celle des requêtes, la moitié privée ne va pas avec la moitié publique.",
		"https://x.example/actor answers 502 Bad Gateway.":                                    "https://x.example/actor répond 502 Bad Gateway.",
		"mkdir /data/media: permission denied.":                                               "l’accès à /data/media est refusé.",
		"the table users has 1 rows and not 2.":                                               "la table users a 1 lignes, et non 2.",
		"two.example refused the connection.":                                                 "two.example a refusé la connexion.",
		"there is no pg_dump on this machine: install the client programs of PostgreSQL.":     "pg_dump n’est pas sur cette machine : installez les programmes clients de PostgreSQL.",
		"one.example": "one.example", "media folder /data/media": "dossier des médias /data/media", "2026-01-02T03:04:05Z": "2026-01-02T03:04:05Z",
	} {
		if got := inFrench(said); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
	if got := ok("%.1f of %.1f GB are free on the disk.", 1.25, 30.0).text("fr"); !strings.Contains(got, "1,2 Go") || !strings.Contains(got, "30,0 Go") {
		t.Errorf("numbers: %q", got)
	}
}

// Who has a French locale is answered in French.
func TestDoctorSpeaksTheLanguageOfTheLocale(t *testing.T) {
	for locale, want := range map[string]string{"fr_FR.UTF-8": "a refusé la connexion", "en_US.UTF-8": "refused the connection", "": "refused the connection"} {
		var out bytes.Buffer
		w := &world{Context: t.Context(), out: &out, getenv: func(name string) string {
			if name == "LANG" {
				return locale
			}
			return ""
		}}
		d := &doctor{world: w}
		d.report(warn("Install ffmpeg.", "%d letters wait for %s: %s", 3, "two.example", sentence(errors.New("two.example refused the connection"))))
		if got := out.String(); !strings.Contains(got, want) || strings.Contains(got, "Installez") != (locale == "fr_FR.UTF-8") {
			t.Errorf("%q: %s", locale, got)
		}
	}
}
