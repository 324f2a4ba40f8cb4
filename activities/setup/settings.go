// Package setup is how a server is put in order by who runs it: how it is called, who may
// come, and what those need who look after it; and its first hour, in which it has no
// owner yet.
package setup

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ensemble/activities/account"
	"ensemble/activities/mail"
	"ensemble/activities/moderation"
	"ensemble/models"
	"ensemble/models/store"
)

// The settings by which an admin describes the server.
const (
	SettingDescription = "site.description" // plain text
	SettingContact     = "site.contact_email"
	SettingAccount     = "site.contact_account" // the name of somebody who lives here
	SettingThumbnail   = "site.thumbnail"       // an address
	SettingLanguages   = "site.languages"       // of who runs it, separated by commas
)

// Limits on what is said of a server, in letters.
const (
	MaxTitle       = 60
	MaxDescription = 500
	MaxMessage     = 500
	maxLanguages   = 20
)

// Settings are what is settled from pages, while the server runs.
type Settings struct {
	Title          string // "" where the configuration names it
	Description    string
	Contact        string
	ContactAccount string
	Thumbnail      string
	Languages      []string
	Registrations  account.Registrations
	StaffFactor    bool
}

// Read returns what is settled.
func Read(tx *store.Tx) (s Settings, err error) {
	rows, err := store.Find[models.Setting](tx, "name IN ?",
		[]string{models.SettingTitle, SettingDescription, SettingContact, SettingAccount, SettingThumbnail, SettingLanguages, models.SettingStaffFactor})
	if err != nil {
		return s, err
	}
	at := map[string]string{SettingLanguages: "en,fr"}
	for _, r := range rows {
		at[r.Name] = r.Value
	}
	s = Settings{
		Title: at[models.SettingTitle], Description: at[SettingDescription], Contact: at[SettingContact], ContactAccount: at[SettingAccount],
		Thumbnail: at[SettingThumbnail], Languages: tags(at[SettingLanguages]), StaffFactor: at[models.SettingStaffFactor] == "required",
	}
	s.Registrations, err = account.Registered(tx)
	return s, err
}

func tags(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// A Change is what is to be settled anew; nil leaves a thing as it is.
type Change struct {
	Title, Description, Contact, ContactAccount, Thumbnail *string
	Languages                                              *[]string
	Mode, Message                                          *string
	Reason                                                 *bool
	MinAge                                                 *int // 0 for none
	StaffFactor                                            *bool
}

// Settle changes settings, and writes each into the log. It takes effect with the commit,
// in every process. by is nil for who has the machine.
func Settle(tx *store.Tx, by *models.Account, c Change) error {
	rows, err := c.rows(tx, by)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := settle(tx, by, r.Name, r.Value); err != nil {
			return err
		}
	}
	return nil
}

// settle writes one setting; "" takes it back.
func settle(tx *store.Tx, by *models.Account, name, value string) error {
	was, err := store.Maybe[models.Setting](tx, "name = ?", name)
	if err != nil {
		return err
	}
	before := ""
	if was != nil {
		before = was.Value
	}
	if before == value {
		return nil
	}
	if value == "" {
		_, err = store.Delete[models.Setting](tx, "name = ?", name)
	} else {
		err = store.Put(tx, &models.Setting{Name: name, Value: value, UpdatedAt: &tx.Now})
	}
	if err != nil {
		return err
	}
	return moderation.Note(tx, by, "setting_changed", name, before+" → "+value)
}

// Check is nil if c makes sense, as far as that can be told without a server.
func (c Change) Check() error {
	c.ContactAccount, c.StaffFactor = nil, nil
	_, err := c.rows(&store.Tx{}, nil)
	return err
}

// rows are the settings that c is about, checked.
func (c Change) rows(tx *store.Tx, by *models.Account) (rows []models.Setting, err error) {
	keep := func(name string, value *string, check func(string) error) {
		if value == nil || err != nil {
			return
		}
		v := strings.TrimSpace(strings.ReplaceAll(*value, "\r\n", "\n"))
		if v != "" && check != nil {
			err = check(v)
		}
		rows = append(rows, models.Setting{Name: name, Value: v})
	}
	keep(models.SettingTitle, oneLine(c.Title), upTo("title_long", MaxTitle))
	keep(SettingDescription, c.Description, upTo("description_long", MaxDescription))
	keep(SettingContact, c.Contact, anEmail)
	keep(SettingAccount, c.ContactAccount, func(s string) error { return livesHere(tx, s) })
	keep(SettingThumbnail, c.Thumbnail, func(s string) error { return aPicture(tx.Site, s) })
	keep(SettingLanguages, joined(c.Languages), languages)
	keep(account.SettingRegistrations, c.Mode, aMode)
	keep(account.SettingMessage, c.Message, upTo("message_long", MaxMessage))
	keep(account.SettingReason, word(c.Reason, "required"), nil)
	keep(account.SettingMinAge, number(c.MinAge), anAge)
	keep(models.SettingStaffFactor, word(c.StaffFactor, "required"), func(string) error { return ownFactor(tx, by) })
	return rows, err
}

func oneLine(s *string) *string {
	if s == nil {
		return nil
	}
	line := strings.Join(strings.Fields(*s), " ")
	return &line
}

func joined(s *[]string) *string {
	if s == nil {
		return nil
	}
	all := strings.Join(*s, ",")
	return &all
}

func word(on *bool, yes string) *string {
	if on == nil {
		return nil
	}
	if !*on {
		yes = ""
	}
	return &yes
}

func number(n *int) *string {
	if n == nil {
		return nil
	}
	s := ""
	if *n != 0 {
		s = strconv.Itoa(*n)
	}
	return &s
}

func upTo(code string, letters int) func(string) error {
	return func(s string) error {
		if utf8.RuneCountInString(s) > letters {
			return models.Refuse(models.Invalid, code, "that is too long: at most %d letters", letters)
		}
		return nil
	}
}

func anEmail(s string) error {
	if !mail.Valid(s) {
		return models.Refuse(models.Invalid, "bad_contact", "%q is no e-mail address", short(s))
	}
	return nil
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

func livesHere(tx *store.Tx, name string) error {
	name, domain, _ := strings.Cut(strings.TrimPrefix(name, "@"), "@")
	a, err := Named(tx, name)
	if err == nil && (a == nil || domain != "" && domain != tx.Site.Domain) {
		err = models.Refuse(models.Invalid, "bad_contact_account", "nobody here is called %s", short(name))
	}
	return err
}

// Named returns who lives here and is called so, nil for nobody.
func Named(tx *store.Tx, name string) (*models.Account, error) {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "@"), "@")
	return store.Maybe[models.Account](tx, "lower(username) = ? AND domain = '' AND NOT system AND state = ?", strings.ToLower(name), models.AccountActive)
}

func aPicture(site models.Site, s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || len(s) > 2000 || u.Scheme != "https" && (u.Scheme != "http" || !site.Loose) {
		return models.Refuse(models.Invalid, "bad_thumbnail", "the address of a picture begins with https://")
	}
	return nil
}

var tagShape = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

func languages(s string) error {
	all := tags(s)
	if len(all) > maxLanguages || slices.ContainsFunc(all, func(t string) bool { return !tagShape.MatchString(t) }) {
		return models.Refuse(models.Invalid, "bad_languages", "languages are codes such as en, fr or pt-BR, and at most %d", maxLanguages)
	}
	return nil
}

func aMode(s string) error {
	if !slices.Contains(account.Modes, s) {
		return models.Refuse(models.Invalid, "bad_mode", "who may sign up is open, approval, invite or closed, not %q", short(s))
	}
	return nil
}

func anAge(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 99 {
		return models.Refuse(models.Invalid, "bad_age", "a minimum age is a number of years up to 99")
	}
	return nil
}

// ownFactor keeps somebody from locking themselves out.
func ownFactor(tx *store.Tx, by *models.Account) error {
	if by == nil {
		return nil
	}
	has, err := account.HasFactor(tx, by)
	if err == nil && !has {
		err = models.Refuse(models.Conflict, "own_factor_first", "set up a second step for yourself first: without it you could not come back here")
	}
	return err
}
