package models

import (
	"runtime/debug"
	"strings"
)

// SettingTitle names the setting that calls the server otherwise than its configuration.
const SettingTitle = "site.title"

// A Site is where this server stands on the network. Origin is where its web
// pages, actors and objects live; Domain is what follows the @ in the handles of
// its people. The two may differ (WebFinger, RFC 7033 §4).
type Site struct {
	Domain string // account domain, in lower case, with a port if it needs one
	Origin string // scheme://host[:port], no trailing slash
	Title  string
	// Loose allows http and loopback addresses between servers. It is for demos
	// and tests on one machine, and never for the open network.
	Loose bool
	// FileKey makes the addresses under which this site serves files of others: see
	// Proxied. Without it they are linked where they are.
	FileKey string
	// MailFrom is the address that this site's mail comes from; "" if it sends none.
	MailFrom string
	// Source is where the source code of this program can be had; "" if the admin has not
	// said where: see SourceURL.
	Source string
	// Limits bound what others can ask; see Most.
	Limits Limits
}

// Most returns the site's limits, with the defaults where nothing else was chosen.
func (s Site) Most() Limits { return s.Limits.Filled() }

// SourceURL is where the source code of the program is told: where the admin says that it
// is, or else where the modules of its build are fetched from, or else the page about the
// server, where people can ask.
func (s Site) SourceURL() string {
	if s.Source != "" {
		return s.Source
	}
	if b, ok := debug.ReadBuildInfo(); ok {
		if host, _, _ := strings.Cut(b.Main.Path, "/"); strings.Contains(host, ".") {
			return "https://" + b.Main.Path
		}
	}
	return s.Origin + "/about"
}

// IRI returns the address of path on this site. path starts with a slash.
func (s Site) IRI(path string) IRI { return IRI(s.Origin + path) }

// Owns reports whether i is an address of this site.
func (s Site) Owns(i IRI) bool { return i.Origin() == s.Origin && s.Origin != "" }

// Secure reports whether the site is reached over https.
func (s Site) Secure() bool { return strings.HasPrefix(s.Origin, "https://") }
