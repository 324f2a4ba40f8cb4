// Package account is coming to live here, and what a person settles about
// themselves: password, role, profile, and leaving.
package account

import (
	"regexp"
	"strings"

	"github.com/alexedwards/argon2id"

	"ensemble/activities"
	"ensemble/activities/post"
	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

var (
	nameShape   = regexp.MustCompile(`^[a-zA-Z0-9_]{1,30}$`)
	localeShape = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$`)
	emailShape  = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$|^[^@\s]+@localhost$`)
)

// passwords are hashed by argon2id with 19 MiB, two passes and one lane: OWASP's
// second recommendation, some 30 ms here.
var passwords = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// spoken names are the server's own; unlike reserved ones, not even the command gives
// them to anybody.
var spoken = map[string]bool{"admin": true, "administrator": true, "root": true, "actor": true, "inbox": true, "system": true, "ensemble": true}

// A Spec is what a new account is to be.
type Spec struct {
	Username string
	Email    string
	Password string
	Role     models.Role
	Locale   string
}

// Called is nil if an account can have that name.
func Called(name string) error {
	switch {
	case !nameShape.MatchString(name):
		return models.Errorf(models.Invalid, "a name has 1 to 30 letters, digits and underscores")
	case spoken[strings.ToLower(name)]:
		return models.Errorf(models.Invalid, "the name %q is reserved", name)
	}
	return nil
}

func (s *Spec) check() error {
	if err := Called(s.Username); err != nil {
		return err
	}
	switch {
	case !emailShape.MatchString(s.Email):
		return models.Errorf(models.Invalid, "%q is no e-mail address", s.Email)
	case !s.Role.Valid():
		return models.Errorf(models.Invalid, "there is no role %q: user, pilot, moderator, admin or owner", s.Role)
	}
	return nil
}

// Fits is nil if a password is neither too short nor too long.
func Fits(password string) error {
	if len(password) < 8 || len(password) > 256 {
		return models.Errorf(models.Invalid, "a password has 8 to 256 characters")
	}
	return nil
}

// Hash returns what to keep of a password, or why it will not do. It takes some
// 30 ms, so it is done before a transaction.
func Hash(password string) (string, error) {
	if err := Fits(password); err != nil {
		return "", err
	}
	return argon2id.CreateHash(password, passwords)
}

// Create makes an account that lives here. hash is of its password: see Hash.
func Create(tx *store.Tx, s Spec, hash string, k models.KeyPair) (*models.Account, error) {
	if s.Role == "" {
		s.Role = models.RoleUser
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	a, u := newcomer(tx, s.Username, s.Locale)
	if taken, err := store.Any[models.Account](tx, "lower(username) = ? AND domain = ''", strings.ToLower(s.Username)); err != nil || taken {
		if err == nil {
			err = models.Errorf(models.Conflict, "the name %s is taken", s.Username)
		}
		return nil, err
	}
	if taken, err := store.Any[models.User](tx, "email = ?", strings.ToLower(s.Email)); err != nil || taken {
		if err == nil {
			err = models.Errorf(models.Conflict, "that e-mail address has an account already")
		}
		return nil, err
	}
	if err := keep(tx, a, k); err != nil {
		return nil, err
	}
	if err := post.Named(tx, a); err != nil {
		return nil, err
	}
	u.Email, u.PasswordHash, u.Role = strings.ToLower(s.Email), hash, s.Role
	return a, store.Put(tx, u)
}

// newcomer is both sides of a new account, as they are to begin with.
func newcomer(tx *store.Tx, name, locale string) (*models.Account, *models.User) {
	a := local(tx, name, "Person", tx.Site.IRI("/users/"+name))
	a.URL = tx.Site.IRI("/@" + name)
	a.Collaborates = models.CollabFollowing
	a.Discoverable, a.Indexable = true, true
	if !localeShape.MatchString(locale) {
		locale = "en"
	}
	language, _, _ := strings.Cut(locale, "-")
	return a, &models.User{
		AccountID: a.ID, Role: models.RoleUser, Locale: locale, Language: language, Privacy: models.VisPublic,
		QuotePolicy: models.QuotePublic, CreatedAt: tx.Now,
	}
}

// System makes the instance actor, which signs what nobody in particular asks, if
// there is none yet.
func System(tx *store.Tx, k models.KeyPair) (*models.Account, error) {
	a, err := store.Maybe[models.Account](tx, "system AND domain = ''")
	if err != nil || a != nil {
		return a, err
	}
	name := strings.ReplaceAll(tx.Site.Domain, ":", "-") // a handle has no port in its name
	a = local(tx, name, "Application", tx.Site.IRI("/actor"))
	a.URL, a.System, a.Bot, a.Locked = tx.Site.IRI("/about"), true, true, true
	a.Collaborates = models.CollabNobody
	return a, keep(tx, a, k)
}

func local(tx *store.Tx, name, kind string, uri models.IRI) *models.Account {
	return &models.Account{
		ID: models.NewID(tx.Now), URI: uri, Username: name, Type: kind, State: models.AccountActive,
		Inbox: uri + "/inbox", Outbox: uri + "/outbox", Followers: uri + "/followers", Following: uri + "/following",
		Featured: uri + "/featured", FeaturedTags: uri + "/featured_tags", SharedInbox: tx.Site.IRI("/inbox"), KeyID: uri + "#main-key",
		CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}
}

func keep(tx *store.Tx, a *models.Account, k models.KeyPair) error {
	a.PublicKey = k.RSAPublic
	a.Assertions = []models.Assertion{{ID: a.URI + "#ed25519-key", Multibase: k.Ed25519Multibase}}
	if err := store.Put(tx, a); err != nil {
		return err
	}
	return store.Put(tx, &models.PrivateKey{AccountID: a.ID, RSA: k.RSA, Ed25519: k.Ed25519})
}

// Authenticate returns who signs in with that name or e-mail address and password.
// It says the same of an unknown name and of a wrong password. Who it is comes with the
// refusal, too, where the password was right.
func Authenticate(tx *store.Tx, login, password string) (*models.Account, error) {
	wrong := models.Refuse(models.Unauthed, "wrong_password", "the name or the password is wrong")
	login = strings.ToLower(strings.TrimSpace(login))
	u, err := store.Maybe[models.User](tx, "email = ? OR account_id IN (SELECT id FROM accounts WHERE lower(username) = ? AND domain = '')", login, login)
	if err != nil {
		return nil, err
	}
	hash := decoy
	if u != nil && u.PasswordHash != "" {
		hash = u.PasswordHash
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil || !ok || u == nil || u.PasswordHash == "" {
		return nil, wrong
	}
	a, err := store.Get[models.Account](tx, u.AccountID)
	if err != nil {
		return nil, err
	}
	if err := Waits(tx, a); err != nil {
		return a, err
	}
	if !a.Active() {
		return a, models.Refuse(models.Forbidden, "suspended", "this account is suspended")
	}
	return a, nil
}

// decoy is compared with where there is no such account, so that the time it takes
// tells nothing.
const decoy = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3nQJx1wqBhDPZFeiDF0rC1hTzrlFbnPBSYzRxN8t8lA"

// SetPassword gives an account a new password and ends its sessions and tokens.
func SetPassword(tx *store.Tx, a *models.Account, hash string) error {
	if _, err := store.Set[models.User](tx, map[string]any{"password_hash": hash}, "account_id = ?", a.ID); err != nil {
		return err
	}
	return signOut(tx, a)
}

func signOut(tx *store.Tx, a *models.Account) error { return signOutBut(tx, a, "", 0) }

// SetRole gives an account a role.
func SetRole(tx *store.Tx, a *models.Account, r models.Role) error {
	if !r.Valid() {
		return models.Errorf(models.Invalid, "there is no role %q: user, pilot, support, finance, moderator, admin or owner", r)
	}
	n, err := store.Set[models.User](tx, map[string]any{"role": r}, "account_id = ?", a.ID)
	if err == nil && n == 0 {
		err = models.Errorf(models.NotFound, "%s does not live here", a.Acct())
	}
	return err
}

// Suspend shuts an account out, wherever it lives, or lets it in again. It takes
// effect with the commit: tokens and sessions are checked at every request.
func Suspend(tx *store.Tx, a *models.Account, suspended bool) error {
	a.State = models.AccountActive
	if suspended {
		a.State = models.AccountSuspended
		if err := signOut(tx, a); err != nil {
			return err
		}
	}
	a.UpdatedAt = tx.Now
	return store.Put(tx, a)
}

// Delete takes an account that lives here away, for good: its posts and its name
// are gone, and every server that may know it is told. What it wrote with others is
// for collab first: see collab.Detach.
func Delete(tx *store.Tx, a *models.Account) error {
	if !a.Local() || a.System {
		return models.Errorf(models.Forbidden, "only people who live here can be deleted")
	}
	if err := first(signOut(tx, a), forgetDeeds(tx, a), forgetPerson(tx, a)); err != nil {
		return err
	}
	hearers, err := store.OneOfEachServer(tx)
	if err != nil {
		return err
	}
	if err := activities.Say(tx, a, &models.Activity{
		URI: a.URI + "#delete", Verb: models.Delete, Object: models.Ref(a.URI), To: []models.IRI{models.Public},
	}, activities.Audience{Followers: true, To: hearers}); err != nil {
		return err
	}
	a.State, a.DisplayName, a.Note, a.NoteSource, a.Fields = models.AccountDeleted, "", "", "", nil
	a.AvatarURL, a.HeaderURL, a.AvatarAlt, a.HeaderAlt, a.AttributionDomains, a.UpdatedAt = "", "", "", "", nil, tx.Now
	if err := store.Put(tx, a); err != nil {
		return err
	}
	if err := post.Named(tx, a); err != nil {
		return err
	}
	return post.EraseAll(tx, a)
}

// A Profile is what a person may change about themselves; nil leaves a thing as
// it is.
type Profile struct {
	DisplayName, Note                    *string
	Fields                               *[]models.Field
	Locked, Bot, Discoverable, Indexable *bool
	HideCollections                      *bool
	Collaborates                         *models.CollabPolicy
	AvatarURL, HeaderURL                 *string
	Privacy                              *models.Visibility
	Sensitive                            *bool
	Language                             *string
	Quotes, Duets                        *models.QuotePolicy
	More
}

// UpdateProfile changes a, who lives here, and tells those who hear them.
func UpdateProfile(tx *store.Tx, a *models.Account, p Profile) error {
	if p.Collaborates != nil && !p.Collaborates.Valid() {
		return models.Errorf(models.Invalid, "who may invite you is everyone, following, mutuals or nobody, not %q", *p.Collaborates)
	}
	if p.Privacy != nil && !p.Privacy.Valid() {
		return models.Errorf(models.Invalid, "a post is public, unlisted, private or direct, not %q", *p.Privacy)
	}
	if err := p.checkQuotes(); err != nil {
		return err
	}
	if err := p.check(); err != nil {
		return err
	}
	if p.DisplayName != nil {
		a.DisplayName = text.Line(*p.DisplayName, 60)
	}
	if p.Note != nil {
		if len([]rune(*p.Note)) > 1000 {
			return models.Errorf(models.Invalid, "a biography has at most 1000 characters")
		}
		a.NoteSource = *p.Note
		a.Note = text.Render(*p.Note, tx.Site, func(string) (*models.Mention, bool) { return nil, false }).HTML
	}
	if p.Fields != nil {
		if err := setFields(tx, a, *p.Fields); err != nil {
			return err
		}
	}
	found := a.Indexable
	set(&a.Locked, p.Locked)
	set(&a.Bot, p.Bot)
	set(&a.Discoverable, p.Discoverable)
	set(&a.Indexable, p.Indexable)
	set(&a.HideCollections, p.HideCollections)
	set(&a.Collaborates, p.Collaborates)
	set(&a.AvatarURL, p.AvatarURL)
	set(&a.HeaderURL, p.HeaderURL)
	p.change(a)
	a.Type = "Person"
	if a.Bot {
		a.Type = "Service"
	}
	a.UpdatedAt = tx.Now
	if err := store.Put(tx, a); err != nil {
		return err
	}
	if err := preferences(tx, a, p); err != nil {
		return err
	}
	if err := post.Named(tx, a); err != nil {
		return err
	}
	if a.Indexable != found {
		if err := post.Searchable(tx, a); err != nil {
			return err
		}
	}
	if p.Fields != nil {
		if err := LookAnew(tx, a); err != nil {
			return err
		}
	}
	return activities.Changed(tx, a)
}

func setFields(tx *store.Tx, a *models.Account, fields []models.Field) error {
	if len(fields) > 4 {
		return models.Errorf(models.Invalid, "a profile has at most 4 fields")
	}
	a.Fields = nil
	for _, f := range fields {
		name := text.Line(f.Name, 255)
		if name == "" {
			continue
		}
		html := text.Render(text.Line(f.Value, 255), tx.Site, func(string) (*models.Mention, bool) { return nil, false }).HTML
		html = strings.TrimSuffix(strings.TrimPrefix(html, "<p>"), "</p>")
		a.Fields = append(a.Fields, models.Field{Name: name, Value: html})
	}
	return nil
}

func preferences(tx *store.Tx, a *models.Account, p Profile) error {
	change := map[string]any{}
	if p.Privacy != nil {
		change["privacy"] = *p.Privacy
	}
	if p.Sensitive != nil {
		change["sensitive"] = *p.Sensitive
	}
	if p.Language != nil {
		change["language"] = *p.Language
	}
	if p.Quotes != nil {
		change["quote_policy"] = *p.Quotes
	}
	if p.Duets != nil {
		change["duet_policy"] = *p.Duets
	}
	if len(change) == 0 {
		return nil
	}
	_, err := store.Set[models.User](tx, change, "account_id = ?", a.ID)
	return err
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
