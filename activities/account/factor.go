package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"

	"ensemble/activities/mail"
	"ensemble/models"
	"ensemble/models/store"
)

const (
	stepTime     = 30 * time.Second // RFC 6238 §4
	setUpFor     = 30 * time.Minute // how long a new secret waits for its first code
	recoverCodes = 10
)

// wrongCode says the same of a code that is wrong, old, or was used.
var wrongCode = models.Refuse(models.Forbidden, "wrong_code", "this code is wrong, or was used already")

// HasFactor reports whether a password alone does not sign a in.
func HasFactor(tx *store.Tx, a *models.Account) (bool, error) {
	codes, err := store.Any[models.Factor](tx, "account_id = ? AND secret <> ''", a.ID)
	if err != nil || codes {
		return codes, err
	}
	return store.Any[models.Passkey](tx, "account_id = ?", a.ID)
}

// HasCodes reports whether a has an app that shows codes.
func HasCodes(tx *store.Tx, a *models.Account) (bool, error) {
	return store.Any[models.Factor](tx, "account_id = ? AND secret <> ''", a.ID)
}

// factor returns what a has, and keeps others from changing it.
func factor(tx *store.Tx, a *models.Account) (*models.Factor, error) {
	if _, err := store.Hold[models.Account](tx, a.ID); err != nil {
		return nil, err
	}
	f, err := store.Maybe[models.Factor](tx, "account_id = ?", a.ID)
	if f == nil {
		f = &models.Factor{AccountID: a.ID}
	}
	return f, err
}

// BeginTOTP makes a secret for an app that shows codes, and the address by which such
// an app takes it. Nothing holds until ConfirmTOTP.
func BeginTOTP(tx *store.Tx, a *models.Account) (secret, uri string, err error) {
	f, err := factor(tx, a)
	if err != nil {
		return "", "", err
	}
	if f.Secret != "" {
		return "", "", models.Refuse(models.Conflict, "totp_on", "there are codes already: switch them off first")
	}
	raw := make([]byte, 20)
	if _, err := rand.Read(raw); err != nil {
		return "", "", err
	}
	f.Wanted, f.WantedAt = base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw), &tx.Now
	title := tx.Site.Domain
	q := url.Values{"secret": {f.Wanted}, "issuer": {title}}
	uri = "otpauth://totp/" + url.PathEscape(title+":"+a.Username) + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	return f.Wanted, uri, store.Put(tx, f)
}

// ConfirmTOTP takes the first code of a new secret, which from then on is asked for,
// and returns codes to get in without: shown once.
func ConfirmTOTP(tx *store.Tx, a *models.Account, code string) ([]string, error) {
	f, err := factor(tx, a)
	if err != nil {
		return nil, err
	}
	if f.Wanted == "" || f.WantedAt == nil || tx.Now.Sub(*f.WantedAt) > setUpFor {
		return nil, models.Refuse(models.Conflict, "totp_not_begun", "begin anew: there is no secret that waits for its first code")
	}
	step, ok := stepOf(f.Wanted, code, tx.Now, 0)
	if !ok {
		return nil, wrongCode
	}
	f.Secret, f.Since, f.Step, f.Wanted, f.WantedAt = f.Wanted, &tx.Now, step, "", nil
	if err := store.Put(tx, f); err != nil {
		return nil, err
	}
	if err := factorChanged(tx, a, "totp_on"); err != nil {
		return nil, err
	}
	return NewRecoveryCodes(tx, a)
}

// EndTOTP asks for no more codes.
func EndTOTP(tx *store.Tx, a *models.Account) error {
	f, err := factor(tx, a)
	if err != nil {
		return err
	}
	if f.Secret == "" {
		return models.Refuse(models.Conflict, "totp_off", "there are no codes to switch off")
	}
	if _, err := store.Delete[models.Factor](tx, "account_id = ?", a.ID); err != nil {
		return err
	}
	if err := forgetCodes(tx, a); err != nil {
		return err
	}
	return factorChanged(tx, a, "totp_off")
}

// forgetCodes takes away what a would recover with, where there is nothing left to
// recover from.
func forgetCodes(tx *store.Tx, a *models.Account) error {
	has, err := HasFactor(tx, a)
	if err != nil || has {
		return err
	}
	_, err = store.Delete[models.RecoveryCode](tx, "account_id = ?", a.ID)
	return err
}

// stepOf returns the step whose code this is: now's, or a neighbour's, but none up to
// last.
func stepOf(secret, code string, now time.Time, last int64) (int64, bool) {
	at := now.Unix() / int64(stepTime/time.Second)
	for _, step := range []int64{at, at - 1, at + 1} {
		want, err := hotp.GenerateCode(secret, uint64(step))
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && step > last {
			return step, true
		}
	}
	return 0, false
}

// NewRecoveryCodes makes codes in place of older ones. They are shown once.
func NewRecoveryCodes(tx *store.Tx, a *models.Account) ([]string, error) {
	if _, err := store.Delete[models.RecoveryCode](tx, "account_id = ?", a.ID); err != nil {
		return nil, err
	}
	var codes []string
	for range recoverCodes {
		s := strings.ToLower(rand.Text())
		code := s[:5] + "-" + s[5:10] + "-" + s[10:15]
		codes = append(codes, code)
		if err := store.Put(tx, &models.RecoveryCode{Hash: recoveryHash(a, code), AccountID: a.ID}); err != nil {
			return nil, err
		}
	}
	return codes, nil
}

func recoveryHash(a *models.Account, code string) string { return hashed(a.ID.String() + " " + code) }

// SecondStep is nil if code is one of the time, or one to recover with; either is taken
// once. Where a has no second step, none is asked for.
func SecondStep(tx *store.Tx, a *models.Account, code string) error {
	f, err := factor(tx, a)
	if err != nil {
		return err
	}
	if has, err := HasFactor(tx, a); err != nil || !has {
		return err
	}
	code = strings.ToLower(strings.NewReplacer(" ", "", "\t", "").Replace(code))
	if step, ok := stepOf(f.Secret, code, tx.Now, f.Step); ok && f.Secret != "" {
		f.Step = step
		return store.Put(tx, f)
	}
	n, err := store.Set[models.RecoveryCode](tx, map[string]any{"used_at": tx.Now}, "hash = ? AND account_id = ? AND used_at IS NULL", recoveryHash(a, code), a.ID)
	if err != nil || n == 0 {
		return first(err, wrongCode)
	}
	return factorChanged(tx, a, "recovery_used")
}

// factorChanged tells a.
func factorChanged(tx *store.Tx, a *models.Account, what string) error {
	u, err := store.One[models.User](tx, "account_id = ?", a.ID)
	if err != nil {
		return err
	}
	return tell(tx, a, u, mail.Letter{
		Kind: mail.FactorChanged, Facts: map[string]string{"what": factorWords[strings.HasPrefix(u.Locale, "fr")][what]}, Link: "",
	})
}

// factorWords are by whether they are French.
var factorWords = map[bool]map[string]string{
	false: {
		"totp_on": "codes of an app are asked for now", "totp_off": "codes of an app are no longer asked for",
		"recovery_used": "a recovery code was used", "passkey_added": "a passkey was added", "passkey_removed": "a passkey was removed",
		"factors_ended": "those who look after the server ended all second steps, and a password alone is asked for",
	},
	true: {
		"totp_on": "les codes d’une application sont maintenant demandés", "totp_off": "les codes d’une application ne sont plus demandés",
		"recovery_used": "un code de secours a servi", "passkey_added": "une clé d’accès a été ajoutée", "passkey_removed": "une clé d’accès a été retirée",
		"factors_ended": "les responsables du serveur ont supprimé toutes les vérifications supplémentaires : seul le mot de passe est demandé",
	},
}

// BeginHalf notes that a's password was right; secret is what the browser keeps.
func BeginHalf(tx *store.Tx, a *models.Account, secret string) error {
	if _, err := store.Delete[models.HalfSignIn](tx, "ends_at < ?", tx.Now); err != nil {
		return err
	}
	return store.Put(tx, &models.HalfSignIn{ID: hashed(secret), AccountID: a.ID, EndsAt: tx.Now.Add(10 * time.Minute)})
}

// Half returns whose sign-in is half done in the browser that keeps secret.
func Half(tx *store.Tx, secret string) (*models.Account, error) {
	h, err := store.Maybe[models.HalfSignIn](tx, "id = ? AND ends_at > ?", hashed(secret), tx.Now)
	if err != nil || h == nil {
		return nil, first(err, models.Refuse(models.Unauthed, "half_over", "that took too long: sign in anew"))
	}
	return store.Get[models.Account](tx, h.AccountID)
}

// EndHalf forgets it.
func EndHalf(tx *store.Tx, secret string) error {
	_, err := store.Delete[models.HalfSignIn](tx, "id = ?", hashed(secret))
	return err
}
