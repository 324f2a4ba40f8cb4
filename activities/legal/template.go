package legal

import (
	"embed"
	"slices"
	"strings"

	"ensemble/models"
	"ensemble/models/store"
)

//go:embed texts/*.md
var texts embed.FS

// Facts are what no program knows of who runs a server. What is "" stays a blank.
type Facts struct {
	Name    string // the person, association or company that answers for the server
	Address string // their postal address
	Contact string // their e-mail address, which is the point of contact
	Host    string // who keeps the machine, with an address
	Law     string // the country whose law holds
	Age     string // from which people may use it, in years
	Backups string // how long backups are kept, such as 30 days
}

// blanks say in each language what is missing.
var blanks = map[string][2]string{
	"name":    {"the name of who runs this server", "le nom de qui exploite ce serveur"},
	"address": {"the postal address", "l’adresse postale"},
	"contact": {"the e-mail address", "l’adresse électronique"},
	"host":    {"name and address of who keeps the machine", "nom et adresse de l’hébergeur de la machine"},
	"law":     {"the country whose law holds", "le pays dont le droit s’applique"},
	"age":     {"the minimum age", "l’âge minimum"},
	"backups": {"how long backups are kept", "la durée de conservation des sauvegardes"},
}

// Template returns the text that a server begins with, with what is known filled in.
func Template(site models.Site, k Kind, lang string, f Facts) string {
	raw, err := texts.ReadFile("texts/" + string(k) + "." + lang + ".md")
	if err != nil {
		return ""
	}
	pairs := []string{"{domain}", site.Domain}
	for key, value := range f.known() {
		if value == "" {
			value = asked(key, lang)
		}
		pairs = append(pairs, "{"+key+"}", value)
	}
	return strings.TrimSpace(strings.NewReplacer(pairs...).Replace(string(raw)))
}

// known returns the facts by the names that templates have for them, on a line each.
func (f Facts) known() map[string]string {
	all := map[string]string{"name": f.Name, "address": f.Address, "contact": f.Contact, "host": f.Host, "law": f.Law, "age": f.Age, "backups": f.Backups}
	for key, value := range all {
		all[key] = strings.Join(strings.Fields(strings.NewReplacer("[[", "[", "]]", "]").Replace(value)), " ")
	}
	return all
}

// asked is the blank that asks for a fact.
func asked(key, lang string) string {
	if lang == "fr" {
		return "[[" + blanks[key][1] + "]]"
	}
	return "[[" + blanks[key][0] + "]]"
}

// Fill writes every text from its template.
func Fill(tx *store.Tx, f Facts) error {
	for _, k := range Kinds {
		for _, lang := range Languages {
			if err := Write(tx, k, lang, Template(tx.Site, k, lang, f)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sample are facts for a server that nobody but its makers sees: demos and tests.
var Sample = Facts{
	Name: "Ensemble Demo", Address: "1 rue de l’Exemple, 75000 Paris", Contact: "contact@example.org", Host: "Ensemble Demo",
	Law: "France", Age: "15", Backups: "30 days",
}

// Answer fills f into the blanks of what is written that ask for it, and writes what was
// never written from its template. Other blanks stay.
func Answer(tx *store.Tx, f Facts) error {
	all, err := All(tx)
	if err != nil {
		return err
	}
	for _, t := range all {
		source := t.Source
		if source == "" {
			source = Template(tx.Site, t.Kind, t.Lang, Facts{})
		}
		var pairs []string
		for key, value := range f.known() {
			if value != "" {
				pairs = append(pairs, asked(key, t.Lang), value)
			}
		}
		if err := Write(tx, t.Kind, t.Lang, strings.NewReplacer(pairs...).Replace(source)); err != nil {
			return err
		}
	}
	return nil
}

// Asks returns which facts, by the names that Answer's templates have for them, the text
// still asks for: all of its template, where nobody wrote it.
func (t Text) Asks(site models.Site) []string {
	source := t.Source
	if source == "" {
		source = Template(site, t.Kind, t.Lang, Facts{})
	}
	all := []string{}
	for key := range blanks {
		if strings.Contains(source, asked(key, t.Lang)) {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}
