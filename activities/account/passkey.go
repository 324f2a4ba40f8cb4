package account

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"ensemble/activities/text"
	"ensemble/models"
	"ensemble/models/store"
)

const (
	ceremonyFor = 5 * time.Minute
	maxPasskeys = 20
)

// badPasskey says the same of all that can be wrong with an answer.
var badPasskey = models.Refuse(models.Forbidden, "bad_passkey", "this passkey did not fit: try again")

// party is this site as a relying party: passkeys are bound to its host.
func party(site models.Site) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(site.Origin)
	if err != nil {
		return nil, err
	}
	name := site.Title
	if name == "" {
		name = site.Domain
	}
	return webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: name, RPOrigins: []string{site.Origin}})
}

// holder is an account as the library asks for it.
type holder struct {
	*models.Account
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.ID.String()) }
func (h holder) WebAuthnName() string                       { return h.Username }
func (h holder) WebAuthnDisplayName() string                { return h.Name() }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func holderOf(tx *store.Tx, a *models.Account) (holder, error) {
	rows, err := Passkeys(tx, a)
	h := holder{Account: a}
	for _, row := range rows {
		var c webauthn.Credential
		if err := json.Unmarshal([]byte(row.Data), &c); err != nil {
			return h, fmt.Errorf("passkey %d: %w", row.ID, err)
		}
		h.keys = append(h.keys, c)
	}
	return h, err
}

// Passkeys returns a's, the oldest first.
func Passkeys(tx *store.Tx, a *models.Account) ([]*models.Passkey, error) {
	return store.Find[models.Passkey](tx, "account_id = ? ORDER BY id", a.ID)
}

// BeginPasskey returns what a browser is to be asked for a new passkey, and the handle
// of the answer.
func BeginPasskey(tx *store.Tx, a *models.Account) (options any, handle string, err error) {
	h, err := holderOf(tx, a)
	if err != nil {
		return nil, "", err
	}
	if len(h.keys) >= maxPasskeys {
		return nil, "", models.Errorf(models.Invalid, "nobody has more than %d passkeys", maxPasskeys)
	}
	w, err := party(tx.Site)
	if err != nil {
		return nil, "", err
	}
	o, session, err := w.BeginRegistration(h,
		webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()),
		webauthn.WithResidentKeyRequirement(protocol.ResidentKeyRequirementPreferred))
	if err != nil {
		return nil, "", err
	}
	handle, err = beginCeremony(tx, a.ID, true, session)
	return o.Response, handle, err
}

func beginCeremony(tx *store.Tx, a models.ID, adds bool, session *webauthn.SessionData) (string, error) {
	if _, err := store.Delete[models.Ceremony](tx, "ends_at < ?", tx.Now); err != nil {
		return "", err
	}
	raw, err := json.Marshal(session)
	if err != nil {
		return "", err
	}
	handle := secret()
	return handle, store.Put(tx, &models.Ceremony{ID: hashed(handle), AccountID: a, Adds: adds, Data: string(raw), EndsAt: tx.Now.Add(ceremonyFor)})
}

// endCeremony takes the ceremony with a handle: it has one answer.
func endCeremony(tx *store.Tx, handle string, adds bool) (c *models.Ceremony, s webauthn.SessionData, err error) {
	c, err = store.Maybe[models.Ceremony](tx, "id = ? AND adds = ? AND ends_at > ?", hashed(handle), adds, tx.Now)
	if err != nil || c == nil {
		return nil, s, first(err, badPasskey)
	}
	if n, err := store.Delete[models.Ceremony](tx, "id = ?", c.ID); err != nil || n == 0 {
		return nil, s, first(err, badPasskey)
	}
	return c, s, json.Unmarshal([]byte(c.Data), &s)
}

// AddPasskey takes the answer to BeginPasskey. codes to recover with come with a first
// passkey, where there are none.
func AddPasskey(tx *store.Tx, a *models.Account, handle, name string, answer []byte) (p *models.Passkey, codes []string, err error) {
	c, session, err := endCeremony(tx, handle, true)
	if err != nil || c.AccountID != a.ID {
		return nil, nil, first(err, badPasskey)
	}
	h, err := holderOf(tx, a)
	if err != nil {
		return nil, nil, err
	}
	w, err := party(tx.Site)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, nil, badPasskey
	}
	key, err := w.CreateCredential(h, session, parsed)
	if err != nil {
		return nil, nil, badPasskey
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return nil, nil, err
	}
	p = &models.Passkey{
		ID: models.NewID(tx.Now), AccountID: a.ID, Name: passkeyName(name), Credential: base64.RawURLEncoding.EncodeToString(key.ID),
		Data: string(raw), CreatedAt: tx.Now,
	}
	if added, err := store.Add(tx, p); err != nil || !added {
		return nil, nil, first(err, badPasskey)
	}
	if err := factorChanged(tx, a, "passkey_added"); err != nil {
		return nil, nil, err
	}
	has, err := store.Any[models.RecoveryCode](tx, "account_id = ? AND used_at IS NULL", a.ID)
	if err == nil && !has {
		codes, err = NewRecoveryCodes(tx, a)
	}
	return p, codes, err
}

func passkeyName(name string) string {
	if name = text.Line(name, 60); name == "" {
		return "Passkey"
	}
	return name
}

// RenamePasskey gives one of a's another name.
func RenamePasskey(tx *store.Tx, a *models.Account, id models.ID, name string) (*models.Passkey, error) {
	p, err := store.One[models.Passkey](tx, "id = ? AND account_id = ?", id, a.ID)
	if err != nil {
		return nil, err
	}
	p.Name = passkeyName(name)
	return p, store.Put(tx, p)
}

// RemovePasskey takes one of a's away.
func RemovePasskey(tx *store.Tx, a *models.Account, id models.ID) error {
	n, err := store.Delete[models.Passkey](tx, "id = ? AND account_id = ?", id, a.ID)
	if err != nil || n == 0 {
		return first(err, models.Errorf(models.NotFound, "there is no such passkey here"))
	}
	return first(forgetCodes(tx, a), factorChanged(tx, a, "passkey_removed"))
}

// BeginAssertion returns what a browser is to be asked to sign in: with one of a's
// passkeys after the password, or with any, which then has to know its holder by
// itself, if a is nil.
func BeginAssertion(tx *store.Tx, a *models.Account) (options any, handle string, err error) {
	w, err := party(tx.Site)
	if err != nil {
		return nil, "", err
	}
	var o *protocol.CredentialAssertion
	var session *webauthn.SessionData
	var id models.ID
	if a == nil {
		o, session, err = w.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	} else {
		var h holder
		if h, err = holderOf(tx, a); err != nil {
			return nil, "", err
		}
		if len(h.keys) == 0 {
			return nil, "", badPasskey
		}
		id = a.ID
		o, session, err = w.BeginLogin(h)
	}
	if err != nil {
		return nil, "", err
	}
	handle, err = beginCeremony(tx, id, false, session)
	return o.Response, handle, err
}

// Assert takes the answer to BeginAssertion, and returns who signed in.
func Assert(tx *store.Tx, handle string, answer []byte) (*models.Account, error) {
	c, session, err := endCeremony(tx, handle, false)
	if err != nil {
		return nil, err
	}
	w, err := party(tx.Site)
	if err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, badPasskey
	}
	row, err := store.Maybe[models.Passkey](tx, "credential = ?", base64.RawURLEncoding.EncodeToString(parsed.RawID))
	if err != nil || row == nil || c.AccountID != 0 && c.AccountID != row.AccountID {
		return nil, first(err, badPasskey)
	}
	a, err := store.Hold[models.Account](tx, row.AccountID)
	if err != nil {
		return nil, err
	}
	h, err := holderOf(tx, a)
	if err != nil {
		return nil, err
	}
	var key *webauthn.Credential
	if c.AccountID == 0 {
		key, err = w.ValidateDiscoverableLogin(func(_, user []byte) (webauthn.User, error) {
			if string(user) != a.ID.String() {
				return nil, badPasskey
			}
			return h, nil
		}, session, parsed)
	} else {
		key, err = w.ValidateLogin(h, session, parsed)
	}
	if err != nil || key.Authenticator.CloneWarning {
		return nil, badPasskey
	}
	return a, used(tx, row, key)
}

func used(tx *store.Tx, row *models.Passkey, key *webauthn.Credential) error {
	raw, err := json.Marshal(key)
	if err != nil {
		return err
	}
	row.Data, row.LastUsedAt = string(raw), &tx.Now
	return store.Put(tx, row)
}
